#include "gfx/tile_grid.hpp"

#include <doctest/doctest.h>

namespace downhill::gfx {
namespace {

TEST_CASE(
    "every value of a grid is found under each of its device pixels, and nothing is in the gaps") {
  const TileGrid grid{
      .tile_width = 3, .tile_height = 2, .tiles = 5, .columns = 2, .cell = 4, .gap = 3};
  REQUIRE(grid.width() == 2 * 12 + 3);
  REQUIRE(grid.height() == 3 * 8 + 2 * 3);
  int pixels = 0;
  for (int y = -2; y < grid.height() + 2; ++y) {
    for (int x = -2; x < grid.width() + 2; ++x) {
      const auto at = grid.at(x, y);
      if (!at) continue;
      ++pixels;
      const int left = grid.left(at->tile) + at->x * grid.cell;
      const int top = grid.top(at->tile) + at->y * grid.cell;
      CHECK((x >= left && x < left + grid.cell && y >= top && y < top + grid.cell));
    }
  }
  CHECK(pixels == 5 * 3 * 2 * 4 * 4);
}

TEST_CASE("the best fit has the largest cells: a wide area gets columns, a tall one rows") {
  const TileGrid wide = fit_grid(28, 28, 30, 1000, 300, 4);
  CHECK(wide.width() <= 1000);
  CHECK(wide.height() <= 300);
  CHECK(wide.cell == 3);
  const TileGrid tall = fit_grid(28, 28, 30, 300, 1000, 4);
  CHECK(tall.cell == 3);
  CHECK(tall.columns < wide.columns);
  CHECK(tall.height() <= 1000);
  const TileGrid one = fit_grid(28, 28, 1, 500, 400, 4);
  CHECK(one.cell == 14);
  CHECK(one.columns == 1);
}

TEST_CASE("no other number of columns would give larger cells") {
  for (int tiles : {1, 2, 7, 30, 64, 100}) {
    const TileGrid best = fit_grid(28, 28, tiles, 640, 480, 2);
    for (int columns = 1; columns <= tiles; ++columns) {
      TileGrid other = best;
      other.columns = columns;
      ++other.cell;
      CHECK((other.width() > 640 || other.height() > 480));
    }
  }
}

TEST_CASE("if nothing fits, a grid is as wide as allowed, one device pixel per value") {
  const TileGrid grid = fit_grid(28, 28, 500, 100, 50, 2);
  CHECK(grid.cell == 1);
  CHECK(grid.columns == 3);
  CHECK(grid.width() <= 100);
  CHECK(fit_grid(28, 28, 4, 5, 5, 2).columns == 1);
}

TEST_CASE("a grid with a size of zero is not valid") {
  CHECK(TileGrid{}.valid());
  CHECK_FALSE(TileGrid{.tile_width = 0}.valid());
  CHECK_FALSE(TileGrid{.tiles = 0}.valid());
  CHECK_FALSE(TileGrid{.cell = 0}.valid());
  CHECK_FALSE(TileGrid{.gap = -1}.valid());
}

}  // namespace
}  // namespace downhill::gfx
