// Tools that look at a run from its side: each works in slices while training rests, and leaves the
// run as it was, also when it is ended half-way.
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
  // One piece of work; false when nothing is left.
  virtual bool advance() = 0;
  // What it has found out so far.
  virtual void publish(Findings& findings) const = 0;
  virtual std::string_view name() const = 0;  // of its command: "find_lr"
};

// The tool of that command, or null if the command has none.
std::unique_ptr<Tool> make_tool(CommandKind kind, Trainer& trainer);

}  // namespace downhill
