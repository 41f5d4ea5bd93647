// Parses a script for the desktop app, for tests and for pictures in the docs:
//   "play; wait 2; click step:gradient; hover 300,200; set?lr=0.5; frames 3"
// Each part is a command of command.hpp, a click or a hover (on a named widget or at a position in
// dp), or a wait in seconds or in frames. Knows no window: the caller looks up names and moves the
// pointer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace downhill {

struct ScriptPart {
  enum class Kind { command, click, hover, wait, frames } kind = Kind::command;
  std::string text;    // the command, or the name of the widget
  float x = 0, y = 0;  // dp, if there is no name
  double amount = 0;   // seconds or frames
};

// Refuses anything else; the engine checks the commands later.
Result<std::vector<ScriptPart>> parse_script(std::string_view text);

}  // namespace downhill
