#include "kernels/matmul.hpp"

#include <algorithm>
#include <array>

#include "kernels/reduce.hpp"
#include "kernels/unary.hpp"
#include "kernels/update.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// C += A·B in tiles of kTileRows rows and eight columns, whose accumulators stay in registers: 5·2
// of them, two vectors of B and one number of A fit the sixteen registers of SSE. B is copied into
// a panel of eight contiguous columns first, so that edges are full vectors too: their absent
// columns are zero and not stored.
constexpr uint32_t kTileRows = 5;
constexpr uint32_t kPanelColumns = 8;
// Rows of a panel: 8 KiB of B stay in the first-level cache while all of A passes by. Between two
// panels of the same columns C waits in memory as floats, so the order of its sum does not depend
// on this number.
constexpr uint32_t kPanelRows = 256;
using Panel = std::array<float, size_t{kPanelRows} * kPanelColumns>;

// A number of A: element (row, k) is data[row·row_stride + k·k_stride].
struct Left {
  const float* data;
  size_t row_stride, k_stride;
};
struct Right {
  const float* data;
  size_t stride;    // from row to row in memory
  bool transposed;  // B is the transpose of what stands in memory
};
struct Product {
  float* c;  // [rows, columns], contiguous
  Left a;
  Right b;
  uint32_t rows, columns, inner;
  bool starts_with_bias;  // of the sum: a row of `bias` (null is zero), or what is in C
  const float* bias;
};

// Rows k0… of B, `depth` of them, columns j0… up to eight, zero-padded.
void fill_panel(Panel& panel, const Right& b, uint32_t k0, uint32_t depth, uint32_t j0,
                uint32_t width) {
  if (!b.transposed) {
    for (uint32_t k = 0; k < depth; ++k) {
      const float* from = b.data + (k0 + k) * b.stride + j0;
      float* to = panel.data() + size_t{k} * kPanelColumns;
      for (uint32_t j = 0; j < kPanelColumns; ++j) to[j] = j < width ? from[j] : 0.0f;
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
  const auto lanes_of = [width](uint32_t v) { return std::min(4u, width - 4 * v); };
  const bool from_bias = p.starts_with_bias && k0 == 0;
  for (uint32_t r = 0; r < kRows; ++r) {
    for (uint32_t v = 0; v < kVectors; ++v) {
      const float* row = from_bias ? p.bias : p.c + (i + r) * size_t{p.columns};
      acc[r][v] = row == nullptr ? f32x4::zero() : load(row + j0 + 4 * v, lanes_of(v));
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
      store(p.c + (i + r) * size_t{p.columns} + j0 + 4 * v, acc[r][v], lanes_of(v));
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
  for (; i < p.rows; ++i) tile<1, kVectors>(p, panel, depth, k0, i, j0, width);
}

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

// dw += Σᵢ x[i]·dy[i] for a single output: eight vectors of dw at a time stay in registers over all
// rows.
void backward_weight_of_one(float* dw, const float* x, const float* dy, MatmulDims dims) {
  constexpr size_t kVectors = 8;
  size_t k = 0;
  for (; k + 4 * kVectors <= dims.in; k += 4 * kVectors) {
    f32x4 acc[kVectors];
    for (size_t v = 0; v < kVectors; ++v) acc[v] = f32x4::load(dw + k + 4 * v);
    const float* row = x + k;
    for (uint32_t i = 0; i < dims.n; ++i, row += dims.in) {
      const f32x4 factor = f32x4::splat(dy[i]);
      for (size_t v = 0; v < kVectors; ++v) acc[v] = acc[v] + f32x4::load(row + 4 * v) * factor;
    }
    for (size_t v = 0; v < kVectors; ++v) store(dw + k + 4 * v, acc[v]);
  }
  for_each_vector(dims.in - k, [&](size_t offset, unsigned lanes) {
    f32x4 acc = load(dw + k + offset, lanes);
    for (uint32_t i = 0; i < dims.n; ++i) {
      acc = acc + load(x + size_t{i} * dims.in + k + offset, lanes) * f32x4::splat(dy[i]);
    }
    store(dw + k + offset, acc, lanes);
  });
}

}  // namespace

void matmul_forward(float* y, const float* x, const float* w, const float* b, MatmulDims dims) {
  if (dims.out == 1) {
    const float bias = b == nullptr ? 0.0f : *b;
    for (uint32_t i = 0; i < dims.n; ++i) y[i] = dot(x + size_t{i} * dims.in, w, dims.in) + bias;
    return;
  }
  multiply({.c = y,
            .a = {x, dims.in, 1},
            .b = {w, dims.out, false},
            .rows = dims.n,
            .columns = dims.out,
            .inner = dims.in,
            .starts_with_bias = true,
            .bias = b});
}

void matmul_backward_weight(float* dw, const float* x, const float* dy, MatmulDims dims) {
  if (dims.out == 1) return backward_weight_of_one(dw, x, dy, dims);
  multiply({.c = dw,
            .a = {x, 1, dims.in},
            .b = {dy, dims.out, false},
            .rows = dims.in,
            .columns = dims.out,
            .inner = dims.n,
            .starts_with_bias = false,
            .bias = nullptr});
}

void matmul_backward_bias(float* db, const float* dy, MatmulDims dims) {
  for_each_vector(dims.out, [&](size_t j, unsigned lanes) {
    f32x4 acc = load(db + j, lanes);
    for (uint32_t i = 0; i < dims.n; ++i) acc = acc + load(dy + size_t{i} * dims.out + j, lanes);
    store(db + j, acc, lanes);
  });
}

void matmul_backward_input(float* dx, const float* dy, const float* w, MatmulDims dims) {
  if (dims.out == 1) {
    for (uint32_t i = 0; i < dims.n; ++i) scale_add(dx + size_t{i} * dims.in, w, dy[i], dims.in);
    return;
  }
  multiply({.c = dx,
            .a = {dy, dims.out, 1},
            .b = {w, dims.out, true},
            .rows = dims.n,
            .columns = dims.in,
            .inner = dims.out,
            .starts_with_bias = false,
            .bias = nullptr});
}

}  // namespace downhill::kernels
