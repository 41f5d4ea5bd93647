// Tiles of every kind of layer fit into their space and follow the order of memory.
#include "ui/layer_tiles.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

namespace downhill::ui {
namespace {

LayerInfo conv(uint32_t planes, uint32_t out, uint32_t kernel) {
  LayerInfo layer;
  layer.kind = LayerKind::conv;
  layer.planes = planes;
  layer.rows = layer.columns = kernel;
  layer.in = planes * kernel * kernel;
  layer.out = out;
  return layer;
}

LayerInfo linear(uint32_t in, uint32_t out) {
  LayerInfo layer;
  layer.in = layer.columns = in;
  layer.out = out;
  return layer;
}

LayerInfo first_linear(uint32_t out) {
  LayerInfo layer = linear(784, out);
  layer.rows = layer.columns = 28;
  return layer;
}

}  // namespace

TEST_CASE("The kind of a layer decides how its weights are shown") {
  CHECK(tiles_of(first_linear(30)).kind == TileKind::images);
  CHECK(tiles_of(linear(30, 10)).kind == TileKind::matrix);
  CHECK(tiles_of(conv(1, 8, 3)).kind == TileKind::images);
  CHECK(tiles_of(conv(8, 16, 3)).kind == TileKind::kernels);
  CHECK(tiles_of(conv(8, 16, 1)).kind == TileKind::matrix);  // a kernel of one weight is no image
  LayerInfo norm;
  norm.kind = LayerKind::batch_norm;
  norm.in = 1;
  norm.out = 16;
  CHECK(tiles_of(norm).kind == TileKind::bars);
  // A linear layer after a flattened stack of maps sees planes too.
  LayerInfo behind = conv(16, 10, 7);
  behind.kind = LayerKind::linear;
  CHECK(tiles_of(behind).kind == TileKind::kernels);
}

TEST_CASE("A picture shows every weight of its layer once, or whole units of it") {
  for (const LayerInfo& layer :
       {first_linear(1), first_linear(512), linear(512, 512), linear(30, 1), conv(1, 8, 3),
        conv(8, 16, 3), conv(64, 10, 3), conv(512, 512, 3), conv(3, 64, 7)}) {
    const LayerTiles tiles = tiles_of(layer);
    CHECK(tiles.units * tiles.planes * tiles.size() ==
          static_cast<int>(layer.in) * static_cast<int>(layer.out));
    for (const float scale : {1.0f, 2.0f, 3.0f}) {
      for (const float side : {120.0f, 254.0f, 500.0f}) {
        for (const int unit : {-1, 0, tiles.units - 1}) {
          const TilePlan plan = plan_tiles(tiles, side * scale, side * scale, scale, unit, 0);
          REQUIRE(plan.grid.valid());
          CHECK(plan.grid.tiles % tiles.planes == 0);
          CHECK(static_cast<float>(plan.grid.width()) * plan.shrink <= side * scale + 2);
          CHECK(static_cast<float>(plan.grid.height()) * plan.shrink <= side * scale + 2);
          if (unit >= 0) CHECK(plan.first == unit * tiles.planes);
        }
      }
    }
  }
}

TEST_CASE("All pages together show every unit; a page beyond the last is the last") {
  const LayerTiles tiles = tiles_of(first_linear(512));
  const TilePlan first = plan_tiles(tiles, 300, 300, 1, -1, 0);
  REQUIRE(first.per_page < 512);
  const int pages = (512 + first.per_page - 1) / first.per_page;
  int seen = 0;
  for (int page = 0; page < pages; ++page) {
    const TilePlan plan = plan_tiles(tiles, 300, 300, 1, -1, page);
    CHECK(plan.first == seen);
    seen += plan.grid.tiles;
  }
  CHECK(seen == 512);
  CHECK(plan_tiles(tiles, 300, 300, 1, -1, 99).first ==
        plan_tiles(tiles, 300, 300, 1, -1, pages - 1).first);
}

TEST_CASE("Several filters share a row where that makes them larger, and the room is used") {
  const LayerTiles tiles = tiles_of(conv(8, 16, 3));
  for (const float scale : {1.0f, 2.0f, 3.0f}) {
    for (const auto& [width, height] :
         {std::pair{254.0f, 400.0f}, {440.0f, 240.0f}, {440.0f, 440.0f}, {700.0f, 180.0f}}) {
      CAPTURE(width);
      CAPTURE(height);
      const TilePlan plan = plan_tiles(tiles, width * scale, height * scale, scale, -1, 0);
      CHECK(plan.grid.tiles == 8 * 16);
      CHECK(plan.grid.columns == 8 * plan.across);
      const auto wide = static_cast<float>(plan.grid.width()) * plan.shrink / (width * scale),
                 high = static_cast<float>(plan.grid.height()) * plan.shrink / (height * scale);
      CHECK(std::max(wide, high) > 0.8f);
      CHECK(wide * high > 0.4f);
    }
  }
  CHECK(plan_tiles(tiles, 700, 180, 1, -1, 0).across > 1);
}

TEST_CASE("Kernels take a row per filter where their planes fit") {
  const LayerTiles tiles = tiles_of(conv(8, 16, 3));
  CHECK(plan_tiles(tiles, 254, 400, 1, -1, 0).grid.columns == 8);
  const TilePlan wide = plan_tiles(tiles_of(conv(512, 512, 3)), 254, 254, 1, -1, 7);
  CHECK(wide.per_page == 1);  // one filter at a time
  CHECK(wide.first == 7 * 512);
}

}  // namespace downhill::ui
