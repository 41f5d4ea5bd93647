#include "ui/panels/image_wall.hpp"

#include <algorithm>
#include <cmath>

#include "ui/image_grid.hpp"

namespace downhill::ui {
namespace {

// dp
constexpr float kSmallest = 56, kLargest = 112;
constexpr float kGap = 10, kWideGap = 24;           // between images, as it is least and most
constexpr float kLines = 72;                        // wide: "3 taken for 7"
constexpr float kWords = 34, kWideWords = 34 + 14;  // high, with the gap to the next row

}  // namespace

int fullest_columns(int images, int least, int most) {
  int best = std::max(most, 1);
  const auto in_last_row = [images](int columns) {
    return images % columns == 0 ? columns : images % columns;
  };
  for (int columns = best - 1; columns >= std::max(least, 1); --columns)
    if (in_last_row(columns) > in_last_row(best)) best = columns;
  return best;
}

WallPlan::WallPlan(const Canvas& canvas, const Rect& rect, const WallImages& images)
    : images_(images.count()) {
  grid_ = image_grid(images.size, kSmallest * canvas.scale());
  grid_.tiles = std::max(images_, 1);
  grid_.columns = std::min(8, grid_.tiles);
  grid_.gap = 2;
  const int smallest = grid_.cell;
  const gfx::TileGrid largest = image_grid(images.size, kLargest * canvas.scale());
  for (int cell = std::max(largest.cell, smallest); cell >= smallest; --cell) {
    use_cell(canvas, cell);
    const int most = fitting_columns(rect.width());
    const int rows = static_cast<int>((rect.height() - 4) / pitch_y_);
    if (rows * most < images_) continue;
    if (images_ == 0) return;
    columns_ = fullest_columns(images_, (images_ + rows - 1) / rows, most);
    // What is left goes between them.
    const auto gaps = static_cast<float>(std::max(columns_ - 1, 1));
    const auto lines = static_cast<float>((images_ + columns_ - 1) / columns_);
    pitch_x_ = std::clamp((rect.width() - 2 * left_ - width_) / gaps, pitch_x_,
                          std::max(pitch_x_, width_ + kWideGap));
    pitch_y_ = std::clamp((rect.height() - 4) / lines, pitch_y_, height_ + kWideWords);
    return;
  }
  columns_ = fitting_columns(rect.width() - 12);  // beside the scroll bar
}

void WallPlan::use_cell(const Canvas& canvas, int cell) {
  grid_.cell = cell;
  width_ = static_cast<float>(grid_.tile_width * cell) / canvas.scale();
  height_ = static_cast<float>(grid_.tile_height * cell) / canvas.scale();
  pitch_x_ = std::max(width_ + kGap, kLines + 2);
  pitch_y_ = height_ + kWords;
  left_ = std::max(2.0f, (kLines - width_) / 2 - 4);  // the lines may stand out a little
}

int WallPlan::fitting_columns(float width) const {
  return std::max(1, static_cast<int>((width - 2 * left_ - width_) / pitch_x_) + 1);
}

float WallPlan::height() const {
  return static_cast<float>((images_ + columns_ - 1) / columns_) * pitch_y_ + 4;
}

Rect WallPlan::tile(const Rect& content, int i) const {
  return Rect::at(content.x0 + left_ + pitch_x_ * static_cast<float>(i % columns_),
                  content.y0 + 4 + pitch_y_ * static_cast<float>(i / columns_), width_, height_);
}

Rect WallPlan::words(const Rect& content, int i) const {
  const Rect above = tile(content, i);
  const float half = std::max(width_, kLines) / 2;
  return {above.center().x - half, above.y1 + 1, above.center().x + half, above.y1 + kWords - 4};
}

gfx::TextureId wall_picture(Canvas& canvas, const WallPlan& plan, const WallImages& images) {
  return canvas.pictures().draw(images.key, {.bytes = images.pixels,
                                             .version = images.version,
                                             .grid = plan.grid(),
                                             .map = gfx::ColorMap::ink,
                                             .theme = canvas.theme().mode()});
}

}  // namespace downhill::ui
