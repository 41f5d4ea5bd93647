// The top of the page: the name, one quiet line, and the experiment as labelled controls. Every
// control is a field of the spec's own table: its label, help and choices come from there, and a
// change leaves as `set?field=value`.
#pragma once

#include <string_view>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/requests.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {

class Header {
 public:
  void draw(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);

  // The controls alone, in as many rows as the width needs (a sheet on narrow pages). Returns the
  // height.
  float draw_controls(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                      Requests& requests);
  // How wide the controls are in one row.
  static float controls_width();
  // How high they are, flowing into rows of this width.
  static float controls_height(float width);

 private:
  void draw_wordmark(Canvas& canvas, Vec at) const;
  void draw_field(const Snapshot& snapshot, Canvas& canvas, std::string_view name, const Rect& rect,
                  Requests& requests);
  void draw_menu_field(const Snapshot& snapshot, Canvas& canvas, std::string_view name,
                       const Rect& rect, Requests& requests);
  void draw_model(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);
  void draw_sheet(const Snapshot& snapshot, Canvas& canvas, const Rect& button_rect,
                  Requests& requests);

  double copied_at_ = -1e9;
  TextField widths_, seed_, batch_, epochs_;
};

}  // namespace downhill::ui
