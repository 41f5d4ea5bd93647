#include "ui/layout.hpp"

#include <algorithm>
#include <array>

#include "ui/panels/transport.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {
namespace {

constexpr float kMargin = 24, kNarrowMargin = 16;
constexpr float kHeader = 76, kNarrowHeader = 56, kTabs = 48;
constexpr float kRail = 288, kSide = 316;
// With columns, a page is this wide, or so high that the dial fits below the steps.
constexpr float kWideEnough = 900, kHigh = 900;
constexpr float kHighestRail = 7 * 88;

Layout wide(const Rect& page) {
  Layout l;
  Rect rest = page;
  l.header = rest.cut_top(kHeader);
  l.body = rest;
  const float spare = std::max(0.0f, rest.width() - 1280);
  Rect left = rest.cut_left(kRail + 2 * kMargin + std::min(48.0f, spare * 0.1f))
                  .inset(kMargin, kMargin * 0.75f);
  Rect right = rest.cut_right(kSide + 2 * kMargin + std::min(140.0f, spare * 0.3f))
                   .inset(kMargin, kMargin * 0.75f);
  l.transport = left.cut_top(Transport::kHeight);
  left.cut_top(20);
  l.rail = left;
  l.stage = rest.inset(kMargin, kMargin * 0.75f);
  l.dial = right.cut_top(std::clamp(right.height() * 0.34f, 200.0f, 280.0f));
  right.cut_top(16);
  l.curves = right;
  return l;
}

Layout medium(const Rect& page) {
  Layout l;
  l.shape = Shape::medium;
  Rect rest = page;
  l.header = rest.cut_top(kHeader - 12);
  l.body = rest;
  Rect left = rest.cut_left(kRail + kMargin + kNarrowMargin).inset(0, kNarrowMargin);
  left.x0 += kMargin;
  left.x1 -= kNarrowMargin;
  l.transport = left.cut_top(Transport::kHeight);
  left.cut_top(12);
  Rect right = rest.inset(kNarrowMargin, kNarrowMargin);
  right.x1 -= kMargin - kNarrowMargin;
  l.curves = right.cut_bottom(std::clamp(right.height() * 0.36f, 200.0f, 260.0f));
  right.cut_bottom(16);
  l.stage = right;
  if (page.height() >= kHigh) {
    const float dial = std::clamp(left.height() * 0.33f, 200.0f, 270.0f);
    l.rail = left.cut_top(std::min(left.height() - dial - 16, kHighestRail));
    left.cut_top(16);
    l.dial = left.cut_top(dial);
    l.dial_below_steps = true;
  } else {
    l.rail = left;
    l.dial = l.curves.cut_left(std::min(260.0f, l.curves.width() * 0.4f));
    l.curves.cut_left(24);
  }
  return l;
}

Layout narrow(const Rect& page) {
  Layout l;
  l.shape = Shape::narrow;
  Rect rest = page;
  l.header = rest.cut_top(kNarrowHeader);
  l.body = rest;
  l.tabs = rest.cut_top(kTabs).inset(kNarrowMargin, 0);
  l.dock_in_one_row = page.width() >= 640;
  Rect dock = rest.cut_bottom(l.dock_in_one_row ? 72.0f : 128.0f).inset(kNarrowMargin, 0);
  if (l.dock_in_one_row) {
    l.dial = dock.cut_right(dock.width() * 0.48f);
    l.dial.x0 += 16;
    l.transport = dock;
  } else {
    l.dial = dock.cut_top(60);
    l.transport = dock;
  }
  l.stage = l.rail = l.curves = rest.inset(kNarrowMargin, 12);
  return l;
}

// On a wide page the stage takes the column of dial and curves if both are hidden.
void give_places(Layout& l, bool dial, bool curves) {
  const Rect column{l.dial.x0, l.dial.y0, l.curves.x1, l.curves.y1};
  if (l.shape == Shape::wide) {
    if (dial) l.curves.y0 = column.y0;
    if (dial && curves) l.stage.x1 = column.x1;
  } else if (l.shape == Shape::medium) {
    if (dial && !l.dial_below_steps) l.curves.x0 = l.dial.x0;
    if (curves && (dial || l.dial_below_steps)) l.stage.y1 = l.curves.y1;
  } else if (dial && l.dock_in_one_row) {
    l.transport.x1 = l.dial.x1;
  } else if (dial) {
    l.stage.y1 += l.dial.height();
    l.rail = l.stage;
    l.curves = l.stage;
  }
}

}  // namespace

float page_zoom(float css_width, float css_height) {
  const float room = std::min(css_width / 1600, css_height / 900);
  float zoom = 1;
  for (const float step : {1.2f, 1.5f, 2.0f, 2.5f, 3.0f}) {
    if (room >= step) zoom = step;
  }
  return zoom;
}

Layout make_layout(const Rect& page) {
  if (page.width() < 700 || page.height() < 600) return narrow(page);
  if (page.width() < kWideEnough && page.height() < kHigh) return narrow(page);
  return page.width() < 1100 ? medium(page) : wide(page);
}

Layout make_layout(const Rect& page, uint8_t hidden, bool keeps_tabs) {
  Layout l = make_layout(page);
  const auto hides = [hidden](PagePart part) {
    return (hidden >> static_cast<unsigned>(part) & 1u) != 0;
  };
  give_places(l, hides(PagePart::dial), hides(PagePart::curves));
  if (hides(PagePart::dial)) l.dial = {};
  if (l.shape == Shape::narrow) {
    // Curves and steps are behind tabs of their own; the stage alone needs none.
    if (!hides(PagePart::curves) || !hides(PagePart::steps) || keeps_tabs) return l;
    l.stage.y0 = l.tabs.y0 + 8;
    l.tabs = {};
    return l;
  }
  if (hides(PagePart::curves)) l.curves = {};
  if (hides(PagePart::steps)) l.rail = {};
  return l;
}

}  // namespace downhill::ui
