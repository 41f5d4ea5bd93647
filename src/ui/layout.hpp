// Where the parts of the page go, for any window size: three columns, two, or one with tabs. Pure
// arithmetic in dp.
#pragma once

#include <cstdint>

#include "ui/geometry.hpp"

namespace downhill::ui {

enum class Shape : uint8_t {
  wide,    // steps | stage | dial and curves
  medium,  // steps | stage above dial and curves; on a high page the dial is below the steps
  narrow,  // tabs; play and learning rate below, for a thumb
};

struct Layout {
  Shape shape = Shape::wide;
  Rect header, body;     // body: everything below the header
  Rect transport, rail;  // narrow: rail is the tab's content, transport the row of the dock
  Rect stage;            // without its margins
  Rect dial, curves;
  Rect tabs;  // narrow only
  bool dock_in_one_row = false;
  bool dial_below_steps = false;  // medium only
};

// CSS pixels per dp: on a large screen everything grows, so that a projected page can be read from
// the last row.
float page_zoom(float css_width, float css_height);

Layout make_layout(const Rect& page);

// The same with some parts hidden (bits of PagePart), whose places go to their neighbours. A narrow
// page whose stage is alone has no row of tabs, unless `keeps_tabs`.
Layout make_layout(const Rect& page, uint8_t hidden, bool keeps_tabs = false);

}  // namespace downhill::ui
