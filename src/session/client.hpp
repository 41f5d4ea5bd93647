// The page's side of the conversation: sends commands, keeps one snapshot request in flight (never
// a queue), and holds the last snapshot with its curves put together from the increments. Knows no
// threads, no clock, no ImGui.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "session/command.hpp"
#include "session/engine_link.hpp"
#include "session/snapshot.hpp"

namespace downhill {

struct Answer {  // to a command that carried an id
  uint32_t id = 0;
  std::string error;  // empty: done
};

class EngineClient {
 public:
  explicit EngineClient(EngineLink& link) : link_(&link) {}

  // Sends a command; returns the id that its Answer will carry.
  uint32_t send(Command command);
  // The same for the text form. A text that is refused here is answered at once.
  uint32_t send_text(std::string_view text);

  // Once per frame: takes in what has arrived, then asks for the next snapshot unless one is still
  // under way.
  void update();
  // What the page wants to see (SnapshotPart bits), from the next request on.
  void subscribe(uint32_t parts) { parts_ = parts; }
  void probe(uint32_t parameter) { probe_parameter_ = parameter; }

  const Snapshot& snapshot() const { return snapshot_; }
  uint64_t snapshots_received() const { return received_; }
  // Answers since the last call.
  std::vector<Answer> take_answers();

  // Empty while the engine lives.
  std::string failure() const { return link_->failure(); }
  // Replaces a failed engine and gives it the spec again. Commands that were waiting are answered
  // with the failure.
  void restart();

 private:
  void take_in(const std::vector<uint8_t>& message);
  void merge(Snapshot&& part);
  void request_snapshot();

  EngineLink* link_;
  Snapshot snapshot_;
  uint32_t parts_ = 0, probe_parameter_ = 0;
  uint32_t next_id_ = 1;
  bool in_flight_ = false;
  uint64_t received_ = 0;
  std::vector<uint32_t> waiting_;
  std::vector<Answer> answers_;
  std::vector<uint8_t> buffer_;
};

}  // namespace downhill
