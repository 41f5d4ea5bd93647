// How a layer's weights are laid out as a picture: tiles in rows and columns, one for each image of
// weights. Parameters::values are stored so that consecutive tiles are consecutive in memory. Pure
// arithmetic.
#pragma once

#include <cstdint>

#include "gfx/tile_grid.hpp"
#include "session/snapshot.hpp"

namespace downhill::ui {

enum class TileKind : uint8_t {
  images,   // a tile per unit: a first layer that sees pixels
  kernels,  // rows of units, each a row of tiles: one per input plane
  matrix,   // one tile: a row per unit, a column per input
  bars,     // a norm: gamma and beta of each channel
};

struct LayerTiles {
  TileKind kind = TileKind::images;
  int units = 1;   // can be enlarged one by one; a matrix or bars count as one
  int planes = 1;  // tiles per unit
  int width = 1, height = 1;
  int size() const { return width * height; }
};
LayerTiles tiles_of(const LayerInfo& layer);

struct TilePlan {
  gfx::TileGrid grid;
  float shrink = 1;  // device pixels on the page per device pixel of the picture
  int first = 0;     // index of the first tile on this page
  int per_page = 1;  // units per page
  int pages = 1;
  int across = 1;  // kernels: units in a row
};
// The largest tiles that fit into width x height device pixels. `unit`: show this unit alone; -1:
// as many as fit, on page `page`. `scale`: device pixels per dp.
TilePlan plan_tiles(const LayerTiles& tiles, float width, float height, float scale, int unit,
                    int page);

// The words that describe the picture: "16 filters × 8 planes", "10 units × 30 inputs".
struct TileWords {
  const char* unit = "unit";    // what each row or tile shows
  const char* units = "units";  // its plural
  const char* inner = nullptr;  // what each column shows; null: nothing
};
TileWords tile_words(const LayerInfo& layer);

}  // namespace downhill::ui
