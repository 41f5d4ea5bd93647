// The tools, which take the place of the stage: the finder and the race of learning rates. A new
// tool is its own source and, here, its two declarations and a row of kTools: the dial gets its
// button, its title a choice of all tools, and the page draws it. Knows no tool from inside.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

#include "session/race.hpp"
#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

struct ToolContext {
  const Snapshot& snapshot;
  const RaceView& race;
  Canvas& canvas;
  Selection& selection;
  Requests& requests;
};

// A tool on the page, with what it keeps from one frame to the next.
class Tool {
 public:
  virtual ~Tool() = default;
  // In the place of the stage. `whole`: with the part that draw_rest() draws alone.
  virtual void draw(ToolContext& c, const Rect& rect, bool whole) = 0;
  // On pages whose stage is too low for the whole: its second part, in the place of the curves.
  virtual void draw_rest(ToolContext& c, const Rect& rect) = 0;
  // Of the whole, dp: on a lower narrow page it scrolls.
  virtual float least_height(const ToolContext& c, float width) const = 0;
};

struct ToolRow {
  std::string_view name;         // of its button, for scripts
  std::string_view label, help;  // of its button
  std::string_view tab;          // its name among the tools
  // Asks for what the tool shows. `again`: also where there is a result already.
  void (*open)(ToolContext& c, bool again);
  std::unique_ptr<Tool> (*make)();
};

void open_finder(ToolContext& c, bool again);
std::unique_ptr<Tool> make_finder();
void open_race(ToolContext& c, bool again);
std::unique_ptr<Tool> make_race();

// The first has a button on every page, the others where there is room.
inline constexpr std::array kTools = {
    ToolRow{"find-lr", "Find", "Try a hundred rates and suggest a few.", "Sweep", open_finder,
            make_finder},
    ToolRow{"race", "Race", "Train the same model with several rates side by side.", "Race",
            open_race, make_race},
};

constexpr size_t tool_named(std::string_view name) {
  return static_cast<size_t>(std::ranges::find(kTools, name, &ToolRow::name) - kTools.begin());
}

using Tools = std::array<std::unique_ptr<Tool>, kTools.size()>;
Tools make_tools();

// Puts the tool in the place of the stage and opens it.
void open_tool(ToolContext& c, size_t tool, bool again);

// What the tools share. The heading, where it fits; where the dial may lack room for the buttons of
// all tools, also the choice between them.
void draw_tool_title(ToolContext& c, const Rect& rect, std::string_view heading);
// What the tool does, in small type cut off the top of `rest`.
void draw_tool_words(Canvas& canvas, Rect& rest, std::string_view words);
// Leaves the tool when its button, cut off the right of `title`, or Escape is pressed.
void draw_tool_done(ToolContext& c, Rect& title, std::string_view name, std::string_view help);

}  // namespace downhill::ui
