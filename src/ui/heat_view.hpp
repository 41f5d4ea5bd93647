// The weights of one layer, or their gradients, as a picture in the one colour language, with the
// scale printed below: images of 28 x 28 for units that see pixels, kernels for filters, a matrix
// for units that see a list, bars for norms. Reads parameters, asks gfx for the picture, says what
// is under the mouse.
#pragma once

#include <optional>
#include <string_view>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/layer_tiles.hpp"

namespace downhill::ui {

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
  LayerTiles tiles;
  TilePlan plan;
  bool known = false;               // there are values
  std::optional<uint32_t> hovered;  // index into the slab
  int hovered_unit = -1;
  bool clicked = false;

  int first_unit() const { return plan.first / tiles.planes; }
  int units_shown() const { return plan.grid.tiles / tiles.planes; }
};

// Draws the picture from the top left of `room`. `pointed`: a parameter to mark, hovered here or in
// a sister picture.
HeatFrame draw_heat(Canvas& canvas, const Rect& room, const HeatSubject& subject,
                    std::optional<uint32_t> pointed, std::optional<uint32_t> probed);

// The edges between many small tiles: what lies under a picture in this rectangle.
void draw_tile_ground(Canvas& canvas, const Rect& picture, const gfx::TileGrid& grid, float shrink);

// A colour bar with its ends and its zero, `width` wide from `at`. Takes 26 dp of height.
void draw_color_bar(Canvas& canvas, Vec at, float width, float scale);

}  // namespace downhill::ui
