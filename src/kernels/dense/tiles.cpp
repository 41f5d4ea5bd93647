#include "kernels/dense/tiles.hpp"

#include <array>

namespace downhill::kernels {
namespace {

// Rows of a panel: 8 KiB of B stay in the first-level cache during a pass over A. Between two
// panels of the same columns the sums are in C as floats, so their order does not depend on this
// number.
constexpr uint32_t kPanelRows = 256;
// Longer rows of B are copied into a panel: in place they would share too few cache sets.
constexpr size_t kNear = 16;
using PanelMemory = std::array<float, size_t{kPanelRows} * kTileColumns>;

// Rows [k0, k0 + depth) of B: in place, or a contiguous copy in whole vectors.
Panel panel_of(const Right& b, PanelMemory& memory, uint32_t k0, uint32_t depth, Columns columns) {
  const Panel copy{memory.data(), kTileColumns};
  if (!b.transposed) {
    const float* rows = b.data + k0 * b.stride;
    if (b.stride <= kNear && columns.whole()) return {rows + columns.first, b.stride};
    fill_panel(memory.data(), rows, b.stride, depth, columns);
    return copy;
  }
  for (uint32_t j = 0; j < kTileColumns; ++j) {
    const float* from = b.data + (columns.first + j) * b.stride + k0;
    float* to = memory.data() + j;
    const bool exists = j < columns.width;
    for (uint32_t k = 0; k < depth; ++k) to[size_t{k} * kTileColumns] = exists ? from[k] : 0.0f;
  }
  return copy;
}

}  // namespace

void multiply(const Product& p) {
  PanelMemory memory;
  // At least one round, so that an empty sum still stores its bias.
  for (uint32_t k0 = 0; k0 == 0 || k0 < p.inner; k0 += kPanelRows) {
    const uint32_t depth = std::min(kPanelRows, p.inner - k0);
    const bool from_bias = p.starts_with_bias && k0 == 0;
    const bool relu = p.relu && k0 + depth == p.inner;  // the sums are whole
    for_each_columns(p.columns, [&](auto vectors, Columns columns) {
      const Panel panel = panel_of(p.b, memory, k0, depth, columns);
      for_each_rows(p.rows, [&](auto rows, uint32_t i) {
        float* c = p.c + i * size_t{p.columns} + columns.first;
        const float* a = p.a.data + i * p.a.row_stride + k0 * p.a.k_stride;
        constexpr uint32_t kRows = decltype(rows)::value;
        Sums<kRows, decltype(vectors)::value> sums;
        from_bias ? start_sums(sums, p.bias, columns) : load_sums(sums, c, p.columns, columns);
        if (p.a.k_stride == 1) {
          const float* row[kRows];
          for (uint32_t r = 0; r < kRows; ++r) row[r] = a + r * p.a.row_stride;
          add_along(sums, row, panel, depth);
        } else {
          add_across(sums, a, p.a.k_stride, panel, depth);
        }
        if (relu) rectify_sums(sums);
        store_sums(sums, c, p.columns, columns);
      });
    });
  }
}

}  // namespace downhill::kernels
