// The layout of a picture: tiles in rows and columns, each value a square of whole device pixels.
// The shader, hover read-outs and tests share this arithmetic. Knows no colours and no GL.
#pragma once

#include <optional>

namespace downhill::gfx {

struct TilePoint {  // one value of a picture
  int tile = 0, x = 0, y = 0;
  bool operator==(const TilePoint&) const = default;
};

struct TileGrid {
  int tile_width = 1, tile_height = 1;  // values per tile
  int tiles = 1;
  int columns = 1;  // tiles per row of tiles
  int cell = 1;     // device pixels per value
  int gap = 0;      // device pixels between tiles

  bool operator==(const TileGrid&) const = default;

  // False unless all sizes are positive (gap: not negative).
  bool valid() const;
  int rows() const { return (tiles + columns - 1) / columns; }
  // Device pixels.
  int width() const { return columns * (tile_width * cell + gap) - gap; }
  int height() const { return rows() * (tile_height * cell + gap) - gap; }
  // The top left corner of a tile, relative to that of the picture.
  int left(int tile) const { return tile % columns * (tile_width * cell + gap); }
  int top(int tile) const { return tile / columns * (tile_height * cell + gap); }
  // The value under a device pixel; nothing in a gap or outside the picture.
  std::optional<TilePoint> at(int pixel_x, int pixel_y) const;
};

// The grid with the largest cells that fits into max_width x max_height device pixels; among those,
// the one with the fewest columns. If nothing fits, cells are 1 pixel and the grid is as wide as
// allowed: scroll it.
TileGrid fit_grid(int tile_width, int tile_height, int tiles, int max_width, int max_height,
                  int gap);

}  // namespace downhill::gfx
