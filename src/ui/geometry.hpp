// Points and rectangles in density-independent pixels (dp), y down. The page is laid out by cutting
// rectangles into smaller ones. Knows nothing of Dear ImGui or devices.
#pragma once

#include <algorithm>

namespace downhill::ui {

struct Vec {
  float x = 0, y = 0;
  bool operator==(const Vec&) const = default;
};

struct Rect {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool operator==(const Rect&) const = default;

  static Rect at(float x, float y, float width, float height) {
    return {x, y, x + width, y + height};
  }
  static Rect around(Vec center, float half) {
    return {center.x - half, center.y - half, center.x + half, center.y + half};
  }

  float width() const { return x1 - x0; }
  float height() const { return y1 - y0; }
  Vec center() const { return {(x0 + x1) / 2, (y0 + y1) / 2}; }
  bool empty() const { return x1 <= x0 || y1 <= y0; }
  bool contains(Vec p) const { return p.x >= x0 && p.x < x1 && p.y >= y0 && p.y < y1; }
  bool overlaps(const Rect& r) const { return x0 < r.x1 && r.x0 < x1 && y0 < r.y1 && r.y0 < y1; }

  Rect inset(float dx, float dy) const { return {x0 + dx, y0 + dy, x1 - dx, y1 - dy}; }
  Rect inset(float d) const { return inset(d, d); }
  Rect moved(float dx, float dy) const { return {x0 + dx, y0 + dy, x1 + dx, y1 + dy}; }

  // Cuts a strip off one side and returns it; never more than there is.
  Rect cut_top(float height_wanted) {
    const Rect strip{x0, y0, x1, std::min(y1, y0 + height_wanted)};
    y0 = strip.y1;
    return strip;
  }
  Rect cut_bottom(float height_wanted) {
    const Rect strip{x0, std::max(y0, y1 - height_wanted), x1, y1};
    y1 = strip.y0;
    return strip;
  }
  Rect cut_left(float width_wanted) {
    const Rect strip{x0, y0, std::min(x1, x0 + width_wanted), y1};
    x0 = strip.x1;
    return strip;
  }
  Rect cut_right(float width_wanted) {
    const Rect strip{std::max(x0, x1 - width_wanted), y0, x1, y1};
    x1 = strip.x0;
    return strip;
  }
};

}  // namespace downhill::ui
