#include "kernels/tiles.hpp"

#include <algorithm>
#include <array>

#include "kernels/unary.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// Tiles of kTileRows rows and eight columns, whose accumulators stay in registers: 5·2 of them, two
// vectors of B and one number of A fit the sixteen registers of SSE. B is copied into a panel of
// eight contiguous columns first, so that edges are full vectors too: their absent columns are zero
// and not stored.
constexpr uint32_t kTileRows = 5;
constexpr uint32_t kPanelColumns = 8;
// Rows of a panel: 8 KiB of B stay in the first-level cache while all of A passes by. Between two
// panels of the same columns C waits in memory as floats, so the order of its sum does not depend
// on this number.
constexpr uint32_t kPanelRows = 256;
using Panel = std::array<float, size_t{kPanelRows} * kPanelColumns>;

// The lanes that exist of vector `v` of a panel of `width` columns.
unsigned lanes_of(uint32_t v, uint32_t width) {
  return 4 * v < width ? std::min(4u, width - 4 * v) : 0;
}

// Rows k0… of B, `depth` of them, columns j0… up to eight, zero-padded.
void fill_panel(Panel& panel, const Right& b, uint32_t k0, uint32_t depth, uint32_t j0,
                uint32_t width) {
  if (!b.transposed) {
    for (uint32_t k = 0; k < depth; ++k) {
      const float* from = b.data + (k0 + k) * b.stride + j0;
      float* to = panel.data() + size_t{k} * kPanelColumns;
      store(to, load(from, lanes_of(0, width)));
      store(to + 4, load(from + 4, lanes_of(1, width)));
    }
    return;
  }
  for (uint32_t j = 0; j < kPanelColumns; ++j) {
    const float* from = b.data + (j0 + j) * b.stride + k0;
    float* to = panel.data() + j;
    for (uint32_t k = 0; k < depth; ++k) to[size_t{k} * kPanelColumns] = j < width ? from[k] : 0.0f;
  }
}

// One tile: kRows rows of C from row `i`, kVectors vectors of columns from j0 of which `width`
// columns exist.
template <uint32_t kRows, uint32_t kVectors>
void tile(const Product& p, const Panel& panel, uint32_t depth, uint32_t k0, uint32_t i,
          uint32_t j0, uint32_t width) {
  f32x4 acc[kRows][kVectors];
  const bool from_bias = p.starts_with_bias && k0 == 0;
  for (uint32_t r = 0; r < kRows; ++r) {
    for (uint32_t v = 0; v < kVectors; ++v) {
      const float* row = from_bias ? p.bias : p.c + (i + r) * size_t{p.columns};
      acc[r][v] = row == nullptr ? f32x4::zero() : load(row + j0 + 4 * v, lanes_of(v, width));
    }
  }
  const float* b = panel.data();
  const float* a = p.a.data + i * p.a.row_stride + k0 * p.a.k_stride;
  const size_t row_stride = p.a.row_stride, k_stride = p.a.k_stride;
  for (uint32_t k = 0; k < depth; ++k, a += k_stride, b += kPanelColumns) {
    f32x4 columns[kVectors];
    for (uint32_t v = 0; v < kVectors; ++v) columns[v] = f32x4::load(b + 4 * v);
    for (uint32_t r = 0; r < kRows; ++r) {
      const f32x4 x = f32x4::splat(a[r * row_stride]);
      for (uint32_t v = 0; v < kVectors; ++v) acc[r][v] = acc[r][v] + x * columns[v];
    }
  }
  for (uint32_t r = 0; r < kRows; ++r) {
    for (uint32_t v = 0; v < kVectors; ++v) {
      store(p.c + (i + r) * size_t{p.columns} + j0 + 4 * v, acc[r][v], lanes_of(v, width));
    }
  }
}

template <uint32_t kVectors>
void tiles_of_panel(const Product& p, const Panel& panel, uint32_t depth, uint32_t k0, uint32_t j0,
                    uint32_t width) {
  uint32_t i = 0;
  for (; i + kTileRows <= p.rows; i += kTileRows) {
    tile<kTileRows, kVectors>(p, panel, depth, k0, i, j0, width);
  }
  // What is left in one tile: rows one by one would wait for each addition.
  static_assert(kTileRows == 5);
  switch (p.rows - i) {
    case 4:
      return tile<4, kVectors>(p, panel, depth, k0, i, j0, width);
    case 3:
      return tile<3, kVectors>(p, panel, depth, k0, i, j0, width);
    case 2:
      return tile<2, kVectors>(p, panel, depth, k0, i, j0, width);
    case 1:
      return tile<1, kVectors>(p, panel, depth, k0, i, j0, width);
    default:
      return;
  }
}

}  // namespace

void multiply(const Product& p) {
  Panel panel;
  // At least one round, so that a sum over nothing still stores its bias.
  for (uint32_t k0 = 0; k0 == 0 || k0 < p.inner; k0 += kPanelRows) {
    const uint32_t depth = std::min(kPanelRows, p.inner - k0);
    for (uint32_t j0 = 0; j0 < p.columns; j0 += kPanelColumns) {
      const uint32_t width = std::min(kPanelColumns, p.columns - j0);
      fill_panel(panel, p.b, k0, depth, j0, width);
      if (width > 4) {
        tiles_of_panel<2>(p, panel, depth, k0, j0, width);
      } else {
        tiles_of_panel<1>(p, panel, depth, k0, j0, width);
      }
    }
  }
}

}  // namespace downhill::kernels
