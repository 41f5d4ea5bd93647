// How the weights of a layer stand as a picture: one tile for each image of weights, the tiles in
// rows and columns. Parameters::values are laid out so that the tiles follow one another in memory.
// Pure arithmetic.
#pragma once

#include <cstdint>

#include "gfx/tile_grid.hpp"
#include "session/snapshot.hpp"

namespace downhill::ui {

enum class TileKind : uint8_t {
  images,   // a tile per unit: a first layer that sees pixels
  kernels,  // a row per unit, a tile for each plane that it sees
  matrix,   // one tile: a row per unit, a column per input
  bars,     // of a norm: gamma and beta of each channel
};

struct LayerTiles {
  TileKind kind = TileKind::images;
  int units = 1;   // that can be enlarged one by one; a matrix and bars are one piece
  int planes = 1;  // tiles per unit
  int width = 28, height = 28;
  int size() const { return width * height; }
};
LayerTiles tiles_of(const LayerInfo& layer);

struct TilePlan {
  gfx::TileGrid grid;
  float shrink = 1;  // device pixels on the page per device pixel of the picture
  int first = 0;     // tile of the layer
  int per_page = 1;  // units
};
// The largest tiles that fit into width x height device pixels; `unit`: one of them alone, -1: as
// many as fit, from this page on. `scale`: device pixels per dp.
TilePlan plan_tiles(const LayerTiles& tiles, float width, float height, float scale, int unit,
                    int page);

// What is said of the picture: "16 filters × 8 planes", "10 units × 30 inputs".
struct TileWords {
  const char* unit = "unit";    // of what there is a row or a tile
  const char* units = "units";  //
  const char* inner = nullptr;  // of what there is a column; null: nothing
};
TileWords tile_words(const LayerInfo& layer);

}  // namespace downhill::ui
