// The matrix product under dense layers and convolutions, C = start + A·B, in tiles whose sums stay
// in registers. A may be read across and B transposed, so each gradient is this product too.
// Convolutions walk over their images themselves and add to the same tiles. Not for use outside
// kernels/.
//
// Each element of C is one accumulator, which starts as Product states and adds a[i,k]·b[k,j] for
// k = 0, 1, …; the sizes of tiles and panels do not affect its bits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/elementwise/unary.hpp"
#include "kernels/parts.hpp"

namespace downhill::kernels {

// A: element (row, k) is data[row·row_stride + k·k_stride]. One of the two strides is 1.
struct Left {
  const float* data;
  size_t row_stride, k_stride;
};
struct Right {
  const float* data;
  size_t stride;    // from row to row in memory
  bool transposed;  // B is the transpose of the matrix in memory
};
struct Product {
  float* c;  // [rows, columns], contiguous; must not overlap A, B or bias
  Left a;
  Right b;
  uint32_t rows, columns, inner;
  bool starts_with_bias;  // sums start as `bias` (null is zero), else as C
  const float* bias;
  bool relu = false;  // store relu(C)
};

void multiply(const Product& product);

// --- The tile

// Four rows of eight columns. Node 20's V8 loads everything in a round before the arithmetic, so
// the eight sums, two vectors of B, four numbers of A and a product must together fit x86's sixteen
// registers, of which V8 reserves one. A fifth row spills there, and gains next to nothing
// elsewhere.
inline constexpr uint32_t kTileRows = 4;
inline constexpr uint32_t kTileColumns = 8;

template <uint32_t kRows, uint32_t kVectors>
using Sums = simd::f32x4[kRows][kVectors];

// The columns of C under one tile: `width` columns from `first` on, at most kTileColumns.
struct Columns {
  uint32_t first, width;
  // The lanes of vector `v` that exist.
  unsigned lanes(uint32_t v) const { return 4 * v < width ? std::min(4u, width - 4 * v) : 0; }
  bool whole() const { return width % 4 == 0; }
};

// Rows of B for one tile: four or eight floats that may be loaded, every `stride` floats.
struct Panel {
  const float* data;
  size_t stride;
};

// sums[r] += a(r)·b, for one k.
template <uint32_t kRows, uint32_t kVectors, class A>
[[gnu::always_inline]] inline void add_outer(Sums<kRows, kVectors>& sums, const float* b, A a) {
  using simd::f32x4;
  f32x4 columns[kVectors];
  for (uint32_t v = 0; v < kVectors; ++v) columns[v] = f32x4::load(b + 4 * v);
  for (uint32_t r = 0; r < kRows; ++r) {
    const f32x4 x = f32x4::splat(a(r));
    for (uint32_t v = 0; v < kVectors; ++v) sums[r][v] = sums[r][v] + x * columns[v];
  }
}

// sums += a[r][k]·b[k] for k = 0 … count - 1, where each row a[r] is contiguous.
template <uint32_t kRows, uint32_t kVectors>
[[gnu::always_inline]] inline void add_along(Sums<kRows, kVectors>& sums,
                                             const float* const (&a)[kRows], Panel b,
                                             size_t count) {
  for (size_t k = 0; k < count; ++k, b.data += b.stride) {
    add_outer(sums, b.data, [&](uint32_t r) { return a[r][k]; });
  }
}

// The same with contiguous rows of B. Two k in one round, so that the row addresses advance once
// for both.
template <uint32_t kRows, uint32_t kVectors>
[[gnu::always_inline]] inline void add_packed(Sums<kRows, kVectors>& sums,
                                              const float* const (&a)[kRows], const float* b,
                                              size_t count) {
  const float* rows[kRows];
  for (uint32_t r = 0; r < kRows; ++r) rows[r] = a[r];
  for (const float* const end = b + (count & ~size_t{1}) * kTileColumns; b != end;) {
    for (uint32_t k = 0; k < 2; ++k, b += kTileColumns) {
      add_outer(sums, b, [&](uint32_t r) { return rows[r][k]; });
    }
    for (uint32_t r = 0; r < kRows; ++r) rows[r] += 2;
  }
  if (count & 1) add_outer(sums, b, [&](uint32_t r) { return *rows[r]; });
}

// The same for rows side by side: element (r, k) of A is a[r + k·a_stride].
template <uint32_t kRows, uint32_t kVectors>
[[gnu::always_inline]] inline void add_across(Sums<kRows, kVectors>& sums, const float* a,
                                              size_t a_stride, Panel b, size_t count) {
  for (size_t k = 0; k < count; ++k, a += a_stride, b.data += b.stride) {
    add_outer(sums, b.data, [&](uint32_t r) { return a[r]; });
  }
}

// The same, where element (r, k) of A is a[r + offsets[k]].
template <uint32_t kRows, uint32_t kVectors>
[[gnu::always_inline]] inline void add_at(Sums<kRows, kVectors>& sums, const float* a,
                                          const uint32_t* offsets, Panel b, size_t count) {
  for (const uint32_t* const end = offsets + count; offsets != end; ++offsets, b.data += b.stride) {
    add_outer(sums, b.data, [of_k = a + *offsets](uint32_t r) { return of_k[r]; });
  }
}

// The same, where each k has a pair of offsets: of its numbers of A, and of its row of B.
template <uint32_t kRows, uint32_t kVectors>
[[gnu::always_inline]] inline void add_pairs(Sums<kRows, kVectors>& sums, const float* a,
                                             const float* b, const uint32_t* pairs, size_t count) {
  for (const uint32_t* const end = pairs + 2 * count; pairs != end; pairs += 2) {
    add_outer(sums, b + pairs[1], [of_k = a + pairs[0]](uint32_t r) { return of_k[r]; });
  }
}

// Load and store sums in rows of `stride` floats. `c` points to the first column of the tile.
template <uint32_t kRows, uint32_t kVectors>
[[gnu::always_inline]] inline void load_sums(Sums<kRows, kVectors>& sums, const float* c,
                                             size_t stride, Columns columns) {
  for (uint32_t r = 0; r < kRows; ++r) {
    for (uint32_t v = 0; v < kVectors; ++v) {
      sums[r][v] = load(c + r * stride + 4 * v, columns.lanes(v));
    }
  }
}
template <uint32_t kRows, uint32_t kVectors>
[[gnu::always_inline]] inline void store_sums(const Sums<kRows, kVectors>& sums, float* c,
                                              size_t stride, Columns columns) {
  for (uint32_t r = 0; r < kRows; ++r) {
    for (uint32_t v = 0; v < kVectors; ++v) {
      store(c + r * stride + 4 * v, sums[r][v], columns.lanes(v));
    }
  }
}
template <uint32_t kRows, uint32_t kVectors>
[[gnu::always_inline]] inline void rectify_sums(Sums<kRows, kVectors>& sums) {
  for (uint32_t r = 0; r < kRows; ++r) {
    for (uint32_t v = 0; v < kVectors; ++v) sums[r][v] = Relu::value(sums[r][v]);
  }
}
// Starts all rows as `bias`, which points to column 0; null is zero.
template <uint32_t kRows, uint32_t kVectors>
[[gnu::always_inline]] inline void start_sums(Sums<kRows, kVectors>& sums, const float* bias,
                                              Columns columns) {
  for (uint32_t v = 0; v < kVectors; ++v) {
    const simd::f32x4 start = bias == nullptr
                                  ? simd::f32x4::zero()
                                  : load(bias + columns.first + 4 * v, columns.lanes(v));
    for (uint32_t r = 0; r < kRows; ++r) sums[r][v] = start;
  }
}

// Calls f(Constant<rows>): one tile for all remaining rows, because single rows would wait for each
// addition. Precondition: 1 <= rows <= kTileRows.
template <class F>
inline void with_rows(uint32_t rows, F f) {
  static_assert(kTileRows == 4);
  switch (rows) {
    case 1:
      return f(Constant<1>());
    case 2:
      return f(Constant<2>());
    case 3:
      return f(Constant<3>());
    default:
      return f(Constant<4>());
  }
}

// Calls f(Constant<vectors>, columns) for the tiles of a row of C, from left to right.
template <class F>
inline void for_each_columns(uint32_t count, F f) {
  for (uint32_t j = 0; j < count; j += kTileColumns) {
    const Columns columns{j, std::min(kTileColumns, count - j)};
    columns.width > 4 ? f(Constant<2>(), columns) : f(Constant<1>(), columns);
  }
}

// Calls f(Constant<rows>, first) for `count` rows of C, in tiles of nearly equal height, because a
// low tile waits for its additions.
template <class F>
inline void for_each_rows(uint32_t count, F f) {
  for (uint32_t first = 0; first < count;) {
    const uint32_t left = count - first, tiles = (left + kTileRows - 1) / kTileRows;
    const uint32_t rows = tiles > 2 ? kTileRows : (left + tiles - 1) / tiles;
    with_rows(rows, [&](auto constant) { f(constant, first); });
    first += rows;
  }
}

// Copies `columns` of `count` rows of B into rows of kTileColumns floats, filled up with zeros. `b`
// points to row 0, column 0.
inline void fill_panel(float* panel, const float* b, size_t stride, size_t count, Columns columns) {
  for (size_t k = 0; k < count; ++k, panel += kTileColumns) {
    const float* from = b + k * stride + columns.first;
    store(panel, load(from, columns.lanes(0)));
    store(panel + 4, load(from + 4, columns.lanes(1)));
  }
}

}  // namespace downhill::kernels
