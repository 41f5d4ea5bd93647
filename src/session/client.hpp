// The page's side of the conversation: sends commands, keeps one snapshot request in flight (never
// a queue), and merges the parts and the new points of the curves into one snapshot. Knows no
// threads, no clock, no ImGui.
#pragma once

#include <cstdint>
#include <deque>
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

  // An id for a command that the page carries out itself.
  uint32_t next_id();

  // Once per frame: takes in what has arrived, then asks for the next snapshot unless one is in
  // flight.
  void update();
  // When something arrives and no frame is drawn (a hidden tab): takes it in, and asks for a
  // snapshot only if an answer waits for one, so a hidden tab does not keep an engine busy.
  void poll();
  // What the page wants to see (SnapshotPart bits), from the next request on. What happens to a
  // part that is no longer requested is a column of kParts.
  // `deferrable`: those of them that a request may leave out while the page holds them from an equal
  // request. A snapshot that an answer waits for has them all the same.
  void subscribe(uint32_t parts, uint32_t deferrable = 0) {
    parts_ = parts;
    deferrable_ = deferrable;
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
  // Answers since the last call. An answer of the engine is returned together with the first
  // snapshot that shows what the command did, so that a script then reads the new numbers.
  std::vector<Answer> take_answers();
  // Files that `save` asked for, since the last call.
  std::vector<File> take_files();

  // Why the engine is gone, in a sentence; empty while it runs.
  std::string failure() const;

  // Call one of these once a frame with the seconds since the last frame. An engine that owes an
  // answer and is silent for kSilentSeconds hangs.
  // True when it does; the caller ends it.
  bool hangs(double seconds);
  // True when it did and was replaced: the new engine goes on from the last state that the old one
  // gave (keep_state), and what waited for it is answered with a sentence. Where an engine cannot be
  // ended, failure() says so until it speaks again.
  bool watch(double seconds);
  static constexpr double kSilentSeconds = 10;
  static constexpr std::string_view kHangs = "[engine] it has not answered for 10 seconds";
  // Frames can be far apart, in a hidden tab or after the computer has slept; meanwhile nothing was
  // received either.
  static constexpr double kMostSecondsPerFrame = 0.25;
  // Whether a replaced engine went on from such a state, and not from the initial weights.
  bool resumes() const { return resumes_; }
  // Replaces a failed engine and gives it the spec again. Commands that were waiting have been
  // answered with the failure.
  void restart();

 private:
  void take_in(const std::vector<uint8_t>& message);
  bool is_of_another_run(const Snapshot& part) const;
  void merge(Snapshot&& part);
  void request_snapshot();
  uint32_t refuse(uint32_t id, const std::string& sentence);
  void answer_waiting(const std::string& sentence);
  void keep_state();
  void send_encoded(const Command& command);

  EngineLink* link_;
  Snapshot snapshot_;
  // The experiment that the engine was last given, or that it reported: a fresh engine gets it.
  ExperimentSpec wanted_;
  uint32_t parts_ = 0, deferrable_ = 0, probe_parameter_ = 0;
  std::optional<SnapshotRequest> complete_;  // the last one that left no part out
  uint32_t deferred_ = 0;                    // parts that the one in flight leaves out
  ImageSource source_ = ImageSource::batch;
  uint32_t image_ = 0;
  uint8_t cell_truth_ = 0, cell_answer_ = 0;
  uint32_t last_id_ = 0;
  bool in_flight_ = false;
  uint64_t received_ = 0;
  std::string failed_;             // said by the engine itself; see also EngineLink::failure
  std::vector<uint32_t> waiting_;  // ids sent and not answered
  std::vector<Answer> held_;       // until the next snapshot
  std::vector<Answer> answers_;
  std::vector<File> files_;

  double silent_ = 0;           // seconds since the last sign of life, while an answer is owed
  uint64_t signs_ = 0;          // of life, at that time
  bool heard_ = false;          // a snapshot has come since the engine was started
  bool hangs_ = false;          // and cannot be ended
  std::deque<uint32_t> saves_;  // ids of the `save`s without an answer
  uint32_t keep_id_ = 0;        // of the one whose state the engine could go on from
  File kept_;                   // that state; empty: none
  double kept_at_ = 0;          // its seconds of training
  bool resumes_ = false;
  std::vector<uint8_t> buffer_;
};

}  // namespace downhill
