#include "roof.hpp"

#include <cstddef>
#include <vector>

#include "kernels/dense/tiles.hpp"
#include "simd/f32x4.hpp"
#include "stopwatch.hpp"

namespace downhill::bench {

namespace {

using simd::f32x4;

constexpr int kWindows = 7;

constexpr size_t kRows = 4, kVectors = 2, kColumns = 4 * kVectors;
constexpr size_t kInner = 256;  // 12 kB of numbers

// c: [4, 8] += a: [inner, 4], packed by columns, times b: [inner, 8]. Written out here, because the
// roof must not move when the kernels change. A chain like s = s·a + b is no roof for wasm: V8
// spills twelve of them. Not unrolled, because V8 does all loads of a round first and spills those.
void add_tile(float* c, const float* a, const float* b, size_t inner) {
  f32x4 sums[kRows][kVectors];
  for (size_t r = 0; r < kRows; ++r) {
    for (size_t v = 0; v < kVectors; ++v) sums[r][v] = f32x4::load(c + r * kColumns + 4 * v);
  }
#pragma GCC unroll 1
  for (size_t k = 0; k < inner; ++k, a += kRows, b += kColumns) {
    f32x4 columns[kVectors];
    for (size_t v = 0; v < kVectors; ++v) columns[v] = f32x4::load(b + 4 * v);
    for (size_t r = 0; r < kRows; ++r) {
      const f32x4 x = f32x4::splat(a[r]);
      for (size_t v = 0; v < kVectors; ++v) sums[r][v] = sums[r][v] + x * columns[v];
    }
  }
  for (size_t r = 0; r < kRows; ++r) {
    for (size_t v = 0; v < kVectors; ++v) store(c + r * kColumns + 4 * v, sums[r][v]);
  }
}

// Keeps every tool from inlining, Binaryen at link time too. In a loop that is entered once, V8
// would stay in the code of its first tier.
void (*volatile g_add_tile)(float*, const float*, const float*, size_t) = add_tile;

double tile_flops(std::vector<float>& numbers) {
  constexpr int kCalls = 64;
  float* c = numbers.data();
  const float* a = c + kRows * kColumns;
  for (int call = 0; call < kCalls; ++call) g_add_tile(c, a, a + kRows * kInner, kInner);
  return 2.0 * kRows * kColumns * kInner * kCalls;
}

// [128, 128] times [128, 128]: A, B and C have 64 kB each.
double product_flops(std::vector<float>& numbers) {
  constexpr uint32_t kSide = 128;
  constexpr size_t kSize = size_t{kSide} * kSide;
  float* c = numbers.data();
  kernels::multiply({.c = c,
                     .a = {.data = c + kSize, .row_stride = kSide, .k_stride = 1},
                     .b = {.data = c + 2 * kSize, .stride = kSide, .transposed = false},
                     .rows = kSide,
                     .columns = kSide,
                     .inner = kSide,
                     .starts_with_bias = true,
                     .bias = nullptr});
  return 2.0 * kSide * kSide * kSide;
}

}  // namespace

Roof measure_roof(double seconds) {
  // Never subnormal, never large.
  std::vector<float> packed(kRows * kColumns + kInner * (kRows + kColumns), 1e-3f);
  std::vector<float> matrices(size_t{3} * 128 * 128, 1e-3f);
  const auto tile = [&] { return tile_flops(packed); };
  const auto product = [&] { return product_flops(matrices); };
  const double window = seconds / (2 * (kWindows + 1));
  std::vector<double> tiles, products;
  for (int i = 0; i <= kWindows; ++i) {
    const Rate of_tile = measure_rate(window, tile), of_product = measure_rate(window, product);
    if (i == 0) continue;  // warms up: V8 compiles in tiers
    tiles.push_back(of_tile.per_second());
    products.push_back(of_product.per_second());
  }
  return {median(tiles), median(products)};
}

}  // namespace downhill::bench
