// Brings a named widget into view. One that is not drawn may be behind the form or a tool, or, on a
// narrow page, behind another tab: looks there, place by place, and goes back to where it began if
// there is none of that name.
#pragma once

#include <string_view>

#include "ui/label.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

class WidgetSearch {
 public:
  void begin(std::string_view widget, const Selection& selection);
  // The reader or a script has opened something else: what is open now stays open.
  void end();

  bool active() const { return frames_ > 0; }
  std::string_view widget() const { return widget_; }  // empty when there is no search

  // After every frame. `drawn`: the widget is in it, and scrolled to.
  void look(bool drawn, bool narrow, Selection& selection);

 private:
  BasicLabel<32> widget_;
  int frames_ = 0;  // left at this place
  int place_ = 0;   // places tried
  bool seen_ = false;
  Panel first_panel_ = Panel::steps;
  Tab first_tab_ = Tab::stage;
};

}  // namespace downhill::ui
