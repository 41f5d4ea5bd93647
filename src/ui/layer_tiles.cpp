#include "ui/layer_tiles.hpp"

#include <algorithm>
#include <cmath>

namespace downhill::ui {
namespace {

constexpr float kGaps[] = {5, 3, 2, 1};  // dp between tiles: small tiles stand closer together
constexpr float kSmallKernelCell = 2;    // dp per weight; with smaller cells, show fewer filters
constexpr float kKernelCell = 3;         // dp per weight to aim for then
constexpr float kLargestCell = 64;       // dp; a kernel of nine weights need not fill the stage

// Rounding a small cell down to whole device pixels can halve the picture, so small cells are
// rounded up and the picture is drawn slightly shrunk.
void set_cell(TilePlan& plan, const LayerTiles& tiles, int count, int columns, float cell,
              float gap) {
  const bool shrunk = cell < 3 && std::floor(cell) < 0.92f * cell;
  const float whole = std::max(1.0f, shrunk ? std::ceil(cell) : std::floor(cell));
  plan.shrink = shrunk || cell < 1 ? cell / whole : 1;
  plan.grid = {tiles.width,
               tiles.height,
               count,
               columns,
               static_cast<int>(whole),
               static_cast<int>(std::round(gap / plan.shrink))};
}

float cell_of(const LayerTiles& tiles, int columns, int rows, float width, float height,
              float gap) {
  const auto c = static_cast<float>(columns), r = static_cast<float>(rows);
  return std::min((width - gap * (c - 1)) / (c * static_cast<float>(tiles.width)),
                  (height - gap * (r - 1)) / (r * static_cast<float>(tiles.height)));
}

// Chooses the number of columns that makes the tiles largest. The gap is `widest` or less.
void arrange_freely(TilePlan& plan, const LayerTiles& tiles, int count, float width, float height,
                    float scale, float widest = kGaps[0]) {
  for (const float wanted : kGaps) {
    if (wanted > widest) continue;
    const float gap = std::max(1.0f, std::round(wanted * scale));
    float best = 0, best_worth = 0;
    int columns = 1;
    for (int c = 1; c <= count; ++c) {
      const float cell = cell_of(tiles, c, (count + c - 1) / c, width, height, gap);
      // Full rows look calmer and may cost an eighth of the size.
      const float worth = count % c == 0 ? cell * 1.13f : cell;
      if (worth >= best_worth) best_worth = worth, best = cell, columns = c;
    }
    best = std::clamp(best, 0.05f, kLargestCell * scale);
    set_cell(plan, tiles, count, columns, best, gap);
    if (best * static_cast<float>(tiles.width) >= 4 * gap) return;
  }
}

// Sets the units per page and the first tile of page `page`; a page beyond the last is the last.
// Returns the number of tiles on it.
int turn_to_page(TilePlan& plan, const LayerTiles& tiles, int per_page, int page) {
  plan.per_page = per_page;
  plan.pages = (tiles.units + per_page - 1) / per_page;
  const int first = std::clamp(page, 0, plan.pages - 1) * per_page;
  plan.first = first * tiles.planes;
  return std::min(per_page, tiles.units - first) * tiles.planes;
}

// How many units, whose planes stand side by side, make a row of the largest tiles; 0: not even one
// fits.
int units_across(const LayerTiles& tiles, float width, float height, float scale, float gap) {
  int best = 0;
  float best_worth = 0;
  for (int across = 1; across <= tiles.units; ++across) {
    const int columns = across * tiles.planes, rows = (tiles.units + across - 1) / across;
    if (cell_of(tiles, columns, 1, width, 1e9f, gap) < std::max(1.0f, std::floor(scale))) break;
    const float cell = cell_of(tiles, columns, rows, width, height, gap);
    const float worth = tiles.units % across == 0 ? cell * 1.13f : cell;  // as in arrange_freely
    if (worth > best_worth || best == 0) best_worth = worth, best = across;
  }
  return best;
}

// A row for each unit, or for several of them where that leaves less of the room empty; a column
// for each plane. False when the planes of one unit do not fit side by side.
bool arrange_rows(TilePlan& plan, const LayerTiles& tiles, float width, float height, float scale,
                  int page) {
  for (const float wanted : kGaps) {
    const float gap = std::max(1.0f, std::round(wanted * scale));
    const int across = units_across(tiles, width, height, scale, gap);
    if (across == 0) continue;
    const int columns = across * tiles.planes, most = (tiles.units + across - 1) / across;
    const float widest = cell_of(tiles, columns, 1, width, 1e9f, gap);
    const float all = cell_of(tiles, columns, most, width, height, gap);
    const float least =
        std::floor(std::min(widest, all >= kSmallKernelCell * scale ? all : kKernelCell * scale));
    const auto tall = static_cast<float>(tiles.height);
    const int rows = std::clamp(static_cast<int>((height + gap) / (tall * least + gap)), 1, most);
    const float cell =
        std::min(cell_of(tiles, columns, rows, width, height, gap), kLargestCell * scale);
    if (cell * tall < 3 * gap && wanted > 1) continue;
    const int count = turn_to_page(plan, tiles, std::min(rows * across, tiles.units), page);
    set_cell(plan, tiles, count, columns, std::floor(std::max(cell, 1.0f)), gap);
    plan.across = across;
    return true;
  }
  return false;
}

// How many tiles of whole pixels fit with this gap (dp), at least one.
int units_with_gap(const LayerTiles& tiles, float width, float height, float scale, float wanted) {
  const float least = std::max(1.0f, std::floor(scale));
  const float gap = std::max(1.0f, std::round(wanted * scale));
  const auto fit = [&](float room, int side) {
    return static_cast<int>((room + gap) / (static_cast<float>(side) * least + gap));
  };
  return std::clamp(fit(width, tiles.width) * fit(height, tiles.height), 1, tiles.units);
}

}  // namespace

LayerTiles tiles_of(const LayerInfo& layer) {
  LayerTiles tiles;
  const auto out = static_cast<int>(layer.out);
  if (is_norm(layer.kind)) {
    return {TileKind::bars, 1, 1, out, 1};
  }
  // When every input is a single number, a tile would show nothing.
  if (layer.rows == 1 && (layer.planes == 1 || layer.columns == 1)) {
    return {TileKind::matrix, 1, 1, static_cast<int>(layer.in), out};
  }
  tiles.kind = layer.planes == 1 ? TileKind::images : TileKind::kernels;
  tiles.units = out;
  tiles.planes = static_cast<int>(layer.planes);
  tiles.width = static_cast<int>(layer.columns);
  tiles.height = static_cast<int>(layer.rows);
  return tiles;
}

TilePlan plan_tiles(const LayerTiles& tiles, float width, float height, float scale, int unit,
                    int page) {
  TilePlan plan;
  plan.per_page = tiles.units;
  if (unit >= 0 && unit < tiles.units) {
    plan.first = unit * tiles.planes;
    arrange_freely(plan, tiles, tiles.planes, width, height, scale);
    return plan;
  }
  int per_page = tiles.units;
  float widest = kGaps[0];
  if (tiles.kind == TileKind::kernels) {
    if (arrange_rows(plan, tiles, width, height, scale, page)) return plan;
    per_page = 1;  // its planes in as many rows as they need
  } else {
    per_page = units_with_gap(tiles, width, height, scale, widest);
    // Tiles that stand closer together are better than a second page.
    for (const float gap : kGaps) {
      if (units_with_gap(tiles, width, height, scale, gap) < tiles.units) continue;
      per_page = tiles.units;
      widest = gap;
      break;
    }
  }
  const int count = turn_to_page(plan, tiles, per_page, page);
  arrange_freely(plan, tiles, count, width, height, scale, widest);
  return plan;
}

TileWords tile_words(const LayerInfo& layer) {
  if (is_norm(layer.kind)) return {"channel", "channels", nullptr};
  if (layer.kind == LayerKind::conv) {
    return {"filter", "filters", layer.planes > 1 ? "planes" : nullptr};
  }
  if (tiles_of(layer).kind == TileKind::matrix) return {"unit", "units", "inputs"};
  return {"unit", "units", layer.planes > 1 ? "planes" : nullptr};
}

}  // namespace downhill::ui
