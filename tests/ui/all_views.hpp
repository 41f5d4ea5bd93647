// Everything that can fill the middle of the page, one after the other.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "headless.hpp"
#include "ui/panels/stage_views.hpp"

namespace downhill::test {

// Selects every view of the stage, every tool, the form and one image, and calls look(its name).
inline void for_each_view(HeadlessPage& page, const std::function<void(const std::string&)>& look) {
  ui::Selection& selection = page.page.selection();
  for (const ui::StageView& view : ui::kStageViews) {
    selection = {};
    selection.stage = view.phase;
    if (view.phase)
      selection.tabs[static_cast<size_t>(*view.phase)] =
          static_cast<uint8_t>(&view - ui::views_of(view.phase).data());
    look("view " + std::to_string(&view - ui::kStageViews.data()));
  }
  for (const ui::ToolRow& tool : ui::kTools) {
    selection = {};
    show_tool(selection, tool.name);
    look(std::string(tool.name));
  }
  selection = {};
  selection.panel = ui::Panel::experiment;
  look("experiment");
  selection = {};
  selection.inspect({ImageSource::train, 0, std::nullopt});
  look("one image");
}

}  // namespace downhill::test
