// The wire between the page and one engine: bytes out, bytes in. `platform` implements it with a
// Web Worker or a std::thread, tests with a Session in the same thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace downhill {

class EngineLink {
 public:
  virtual ~EngineLink() = default;
  // Takes a message for the engine (command.hpp). Never blocks.
  virtual void send(const std::vector<uint8_t>& message) = 0;
  // The oldest message from the engine (message.hpp), or false when there is none. Never blocks.
  virtual bool poll(std::vector<uint8_t>& message) = 0;
  // Why the engine is gone ("the engine stopped: …"), empty while it lives.
  virtual std::string failure() const = 0;
  // Grows while an engine that sends no message is known to make progress: in a long piece of work
  // that it cannot interrupt.
  virtual uint64_t signs_of_life() const { return 0; }
  // Whether restart() ends an engine that does not answer. A worker can be ended at any time, a
  // thread only when it looks for messages.
  virtual bool can_end_silent() const { return true; }
  // Starts a fresh engine in place of a failed one. What the old one had learned is lost; the
  // client sends the spec again.
  virtual void restart() = 0;
};

}  // namespace downhill
