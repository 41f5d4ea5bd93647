#include "gfx/tile_grid.hpp"

#include <algorithm>

namespace downhill::gfx {

bool TileGrid::valid() const {
  return tile_width > 0 && tile_height > 0 && tiles > 0 && columns > 0 && cell > 0 && gap >= 0;
}

std::optional<TilePoint> TileGrid::at(int pixel_x, int pixel_y) const {
  if (pixel_x < 0 || pixel_y < 0 || pixel_x >= width() || pixel_y >= height()) return {};
  const int pitch_x = tile_width * cell + gap, pitch_y = tile_height * cell + gap;
  const int tile = pixel_y / pitch_y * columns + pixel_x / pitch_x;
  const int x = pixel_x % pitch_x / cell, y = pixel_y % pitch_y / cell;
  if (tile >= tiles || x >= tile_width || y >= tile_height) return {};
  return TilePoint{tile, x, y};
}

TileGrid fit_grid(int tile_width, int tile_height, int tiles, int max_width, int max_height,
                  int gap) {
  TileGrid best{tile_width, tile_height, std::max(tiles, 1), 1, 0, gap};
  for (int columns = 1; columns <= best.tiles; ++columns) {
    TileGrid grid = best;
    grid.columns = columns;
    const int free_x = max_width - gap * (columns - 1);
    const int free_y = max_height - gap * (grid.rows() - 1);
    grid.cell = std::min(free_x / (columns * tile_width), free_y / (grid.rows() * tile_height));
    if (grid.cell > best.cell) best = grid;
  }
  if (best.cell > 0) return best;
  best.cell = 1;
  best.columns = std::clamp((max_width + gap) / (tile_width + gap), 1, best.tiles);
  return best;
}

}  // namespace downhill::gfx
