// The weights that see pixels, or their gradients, as images: one 28x28 tile per unit of the first
// layer, in the one colour language, with the scale printed below. Reads parameters, asks gfx for
// the picture, says what is under the mouse.
#pragma once

#include <optional>
#include <string_view>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"

namespace downhill::ui {

inline constexpr int kSide = 28, kPixels = kSide * kSide;

struct HeatSubject {
  std::string_view name = {};          // of the widget: "weights"
  uint64_t key = 0;                    // of the picture, one per place on the page
  std::span<const float> values = {};  // the whole slab of Parameters, or empty
  const LayerInfo* layer = nullptr;
  int unit = -1;  // one tile large; -1: all
  int page = 0;   // of tiles, where not all fit
  float scale = 1;
  uint64_t version = 0;  // changes when values do
};

struct HeatFrame {  // what stands where, for the caller's own marks
  Rect rect;        // of the picture
  gfx::TileGrid grid;
  float shrink = 1;  // device pixels on the page per device pixel of the picture
  int first = 0;     // unit of the first tile
  int units = 0;     // in the layer
  int per_page = 0;
  std::optional<uint32_t> hovered;  // index into the slab
  int hovered_unit = -1;
  bool clicked = false;
};

// How many tiles of this layer fit into a place at once.
int tiles_per_page(const Canvas& canvas, Vec size, int units);

// Draws the picture from the top left of `room`. `pointed`: a parameter to mark, hovered here or in
// a sister picture.
HeatFrame draw_heat(Canvas& canvas, const Rect& room, const HeatSubject& subject,
                    std::optional<uint32_t> pointed, std::optional<uint32_t> probed);

// A colour bar with its ends and its zero, `width` wide from `at`. Takes 26 dp of height.
void draw_color_bar(Canvas& canvas, Vec at, float width, float scale);

}  // namespace downhill::ui
