// Tools that measure something about a run. A tool works in slices while training rests, and leaves
// the run as it was, also when it is stopped half-way.
#pragma once

#include <memory>
#include <string_view>

#include "session/command.hpp"
#include "session/snapshot.hpp"
#include "train/trainer.hpp"

namespace downhill {

class Tool {
 public:
  virtual ~Tool() = default;
  // Does one piece of work; false when nothing is left to do.
  virtual bool advance() = 0;
  // Copies what it has found so far.
  virtual void publish(Findings& findings) const = 0;
  virtual std::string_view name() const = 0;  // of its command: "find_lr"
};

// The tool of that command, or null if the command has none.
std::unique_ptr<Tool> make_tool(CommandKind kind, Trainer& trainer);

}  // namespace downhill
