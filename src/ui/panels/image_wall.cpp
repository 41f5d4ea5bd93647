#include "ui/panels/image_wall.hpp"

#include <algorithm>
#include <cmath>

#include "ui/image_grid.hpp"

namespace downhill::ui {
namespace {

constexpr float kSmallest = 56, kGapX = 14, kWords = 34;

}  // namespace

WallPlan::WallPlan(const Canvas& canvas, const Rect& rect, const WallImages& images)
    : images_(images.count()) {
  const float s = canvas.scale();
  grid_ = image_grid(images.size, kSmallest * s);
  width_ = static_cast<float>(grid_.tile_width * grid_.cell) / s;
  height_ = static_cast<float>(grid_.tile_height * grid_.cell) / s;
  const float width = rect.width() - 12;  // beside the scroll bar
  columns_ = std::max(1, static_cast<int>((width + kGapX) / (width_ + kGapX)));
  pitch_x_ = width_ + kGapX;
  pitch_y_ = height_ + kWords;
  grid_.tiles = std::max(images_, 1);
  grid_.columns = std::min(8, grid_.tiles);
  grid_.gap = 2;
}

float WallPlan::height() const {
  return static_cast<float>((images_ + columns_ - 1) / columns_) * pitch_y_ + 4;
}

Rect WallPlan::tile(const Rect& content, int i) const {
  return Rect::at(content.x0 + 2 + pitch_x_ * static_cast<float>(i % columns_),
                  content.y0 + 4 + pitch_y_ * static_cast<float>(i / columns_), width_, height_);
}

Rect WallPlan::words(const Rect& content, int i) const {
  const Rect above = tile(content, i);
  return {above.x0 - 4, above.y1 + 1, above.x1 + 8, above.y1 + kWords - 4};
}

gfx::TextureId wall_picture(Canvas& canvas, const WallPlan& plan, const WallImages& images) {
  return canvas.pictures().draw(images.key, {.bytes = images.pixels,
                                             .version = images.version,
                                             .grid = plan.grid(),
                                             .map = gfx::ColorMap::ink,
                                             .theme = canvas.theme().mode()});
}

}  // namespace downhill::ui
