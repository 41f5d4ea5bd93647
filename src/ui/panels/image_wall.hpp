// Images side by side, each with two short lines below it; a click chooses one.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"

namespace downhill::ui {

struct WallImages {
  std::string_view name;            // of the widgets: "worst:0"
  uint64_t key = 0;                 // of the picture
  uint64_t version = 0;             // changes when the pixels do
  ImageSize size;                   // of each image
  std::span<const uint8_t> pixels;  // [n][rows][columns]

  int count() const {
    return size.pixels() == 0 ? 0 : static_cast<int>(pixels.size() / size.pixels());
  }
};

// The number of columns from `least` to `most` whose last row holds the most images: many columns,
// and no ragged end. Of equally good ones, the largest.
int fullest_columns(int images, int least, int most);

// Where each image goes: the largest images with which all fit; where they do not, small ones.
class WallPlan {
 public:
  WallPlan(const Canvas& canvas, const Rect& rect, const WallImages& images);
  int images() const { return images_; }
  float height() const;
  Rect tile(const Rect& content, int i) const;
  Rect words(const Rect& content, int i) const;
  const gfx::TileGrid& grid() const { return grid_; }

 private:
  void use_cell(const Canvas& canvas, int cell);
  int fitting_columns(float width) const;

  int images_ = 0, columns_ = 1;
  float width_ = 0, height_ = 0, pitch_x_ = 0, pitch_y_ = 0, left_ = 0;
  gfx::TileGrid grid_;  // of the texture
};

gfx::TextureId wall_picture(Canvas& canvas, const WallPlan& plan, const WallImages& images);

// Draws the images in `rect`, scrolling when they do not all fit. `lines(i, place)` draws the two
// tiny lines below image i. Returns the image that was clicked.
template <class Lines>
std::optional<int> draw_image_wall(Canvas& canvas, const Rect& rect, const WallImages& images,
                                   const Lines& lines) {
  const WallPlan plan(canvas, rect, images);
  std::optional<int> clicked;
  if (plan.images() == 0) return clicked;
  const gfx::TextureId texture = wall_picture(canvas, plan, images);
  const BasicLabel<32> scroll = BasicLabel<32>(images.name).add("-wall");
  const Rect content = canvas.begin_scroll(scroll, rect, plan.height());
  for (int i = 0; i < plan.images(); ++i) {
    const Rect tile = plan.tile(content, i);
    if (tile.y0 > rect.y1 || plan.words(content, i).y1 < rect.y0) continue;
    canvas.image_tile(texture, plan.grid(), i, tile);
    canvas.outline(tile.inset(-1), Tone::line);
    const Hit hit = canvas.hit(images.name, tile, i);
    if (hit.hovered) canvas.outline(tile.inset(-3), Tone::soft, 4, 1);
    if (hit.clicked) clicked = i;
    lines(i, plan.words(content, i));
  }
  canvas.end_scroll();
  return clicked;
}

}  // namespace downhill::ui
