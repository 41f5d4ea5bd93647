// What the desktop app can be told to do by itself, for tests and for pictures in the docs:
//   "play; wait 2; click step:gradient; hover 300,200; set?lr=0.5; frames 3"
// Each part is a command of command.hpp, or a click, a hover (on a widget's name or on dp), a wait
// in seconds of time or in frames. Knows no window: the caller looks names up and moves the
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
  std::string text;    // the command, or the widget's name
  float x = 0, y = 0;  // where there is no name
  double amount = 0;   // seconds or frames
};

// Refuses what is not one of the above; commands are checked later, by the engine.
Result<std::vector<ScriptPart>> parse_script(std::string_view text);

}  // namespace downhill
