#include "ui/widget_search.hpp"

#include <array>

namespace downhill::ui {
namespace {

// What a view shows is asked for when it opens, and comes some frames later.
constexpr int kFramesPerPlace = 4;
constexpr std::array kTabs = {Tab::stage, Tab::steps, Tab::curves};

}  // namespace

void WidgetSearch::begin(std::string_view widget, const Selection& selection) {
  widget_ = widget;
  frames_ = kFramesPerPlace;
  place_ = 0;
  seen_ = false;
  first_panel_ = selection.panel;
  first_tab_ = selection.tab;
}

void WidgetSearch::end() {
  widget_ = {};
  frames_ = 0;
}

void WidgetSearch::look(bool drawn, bool narrow, Selection& selection) {
  if (!active()) return;
  if (drawn && !seen_) {  // scrolling takes frames, too
    seen_ = true;
    frames_ = kFramesPerPlace;
  }
  frames_ -= 1;
  if (frames_ > 0) return;
  if (drawn) return end();
  const int places = narrow ? static_cast<int>(kTabs.size()) : 1;
  if (place_ < places) {
    selection.panel = Panel::steps;
    selection.tab = kTabs[static_cast<size_t>(place_++)];
    frames_ = kFramesPerPlace;
  } else {
    selection.panel = first_panel_;
    selection.tab = first_tab_;
    end();
  }
}

}  // namespace downhill::ui
