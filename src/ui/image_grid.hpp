// Images of the dataset on the page: their size, and pictures whose tiles they are.
#pragma once

#include <algorithm>

#include "gfx/tile_grid.hpp"
#include "session/snapshot.hpp"

namespace downhill::ui {

// The size of every image in a snapshot; 0 × 0 before there are data.
inline ImageSize image_size(const Snapshot& snapshot) {
  return {snapshot.status.image_rows, snapshot.status.image_columns};
}

// Tiles of this size, each about `width` device pixels wide, in whole pixels per value.
inline gfx::TileGrid image_grid(ImageSize images, float width) {
  gfx::TileGrid grid;
  grid.tile_width = static_cast<int>(std::max(images.columns, 1u));
  grid.tile_height = static_cast<int>(std::max(images.rows, 1u));
  grid.cell = std::max(1, static_cast<int>(width / static_cast<float>(grid.tile_width) + 0.01f));
  return grid;
}

}  // namespace downhill::ui
