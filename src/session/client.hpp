// The page's side of the conversation: sends commands, keeps one snapshot request in flight (never
// a queue), and holds the last snapshot with its curves put together from the increments. Knows no
// threads, no clock, no ImGui.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "session/command.hpp"
#include "session/engine_link.hpp"
#include "session/message.hpp"
#include "session/snapshot.hpp"

namespace downhill {

class EngineClient {
 public:
  explicit EngineClient(EngineLink& link) : link_(&link) {}

  // Sends a command; returns the id that its Answer will carry. A command that could not be sent
  // (out of range, no engine) is answered at once.
  uint32_t send(Command command);
  // The same for the text form. A text that is refused here is answered at once.
  uint32_t send_text(std::string_view text);

  // An id for an answer that somebody else gives.
  uint32_t next_id();

  // Once per frame: takes in what has arrived, then asks for the next snapshot unless one is still
  // under way.
  void update();
  // When something arrives and no frame is drawn (a hidden tab): takes it in, and asks for a
  // snapshot only if an answer waits for one. It never keeps itself busy.
  void poll();
  // What the page wants to see (SnapshotPart bits), from the next request on. A part that is no
  // longer asked for stays as it last was, but for the probe, the examples, the inspection, its
  // gradient and the digest: they go.
  // `patient`: those of them that need not come anew, if what is held of them is what is looked at.
  // They come all the same with the snapshot that an answer waits for.
  void subscribe(uint32_t parts, uint32_t patient = 0) {
    parts_ = parts;
    patient_ = patient;
  }
  void probe(uint32_t parameter) { probe_parameter_ = parameter; }
  // Which image is inspected, and which cell of the confusion matrix is opened.
  void inspect(ImageSource source, uint32_t image) {
    source_ = source;
    image_ = image;
  }
  void open_cell(uint8_t truth, uint8_t answer) {
    cell_truth_ = truth;
    cell_answer_ = answer;
  }

  const Snapshot& snapshot() const { return snapshot_; }
  uint64_t snapshots_received() const { return received_; }
  // Answers since the last call. An answer of the engine is given out together with the first
  // snapshot that shows what the command did, so that whoever waits for it then reads true numbers.
  std::vector<Answer> take_answers();
  // Files that `save` asked for, since the last call.
  std::vector<File> take_files();

  // Why there is no engine any more, in a sentence; empty while it lives.
  std::string failure() const;
  // Replaces a failed engine and gives it the spec again. Commands that were waiting have been
  // answered with the failure.
  void restart();

 private:
  void take_in(const std::vector<uint8_t>& message);
  bool is_of_another_run(const Snapshot& part) const;
  void merge(Snapshot&& part);
  void merge_curves(Curves&& news);
  void request_snapshot();
  uint32_t refuse(uint32_t id, const std::string& sentence);
  void answer_waiting(const std::string& sentence);

  EngineLink* link_;
  Snapshot snapshot_;
  // What the engine was last told to learn, or said it learns: a fresh engine is told it again.
  ExperimentSpec wanted_;
  uint32_t parts_ = 0, patient_ = 0, probe_parameter_ = 0;
  std::optional<SnapshotRequest> complete_;  // the last one that asked for everything
  uint32_t spared_ = 0;                      // parts that the one under way does not ask for
  ImageSource source_ = ImageSource::batch;
  uint32_t image_ = 0;
  uint8_t cell_truth_ = 0, cell_answer_ = 0;
  uint32_t last_id_ = 0;
  bool in_flight_ = false;
  uint64_t received_ = 0;
  std::string failed_;             // what the engine itself said; the link knows the rest
  std::vector<uint32_t> waiting_;  // ids sent and not answered
  std::vector<Answer> held_;       // answered, the next snapshot lets them go
  std::vector<Answer> answers_;
  std::vector<File> files_;
  std::vector<uint8_t> buffer_;
};

}  // namespace downhill
