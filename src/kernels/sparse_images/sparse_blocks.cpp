#include "kernels/sparse_images/sparse_blocks.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "kernels/sparse_images/fetch.hpp"
#include "kernels/sparse_images/fractions.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// The values of two blocks: computed, or from a table.
struct Fractions {
  void load(const uint8_t* bytes, f32x4& a, f32x4& b) const { load_fractions(bytes, a, b); }
};
struct Table {
  const float* above;
  void load(const uint8_t* bytes, f32x4& a, f32x4& b) const {
    a = f32x4::set(above[bytes[0]], above[bytes[1]], above[bytes[2]], above[bytes[3]]);
    b = f32x4::set(above[bytes[4]], above[bytes[5]], above[bytes[6]], above[bytes[7]]);
  }
};
template <class F>
void with_values(const BlockValues& values, F f) {
  values.fractions ? f(Fractions{}) : f(Table{values.above});
}

}  // namespace

size_t find_sparse_blocks(SparseBlocks* of_images, BlockRow* scratch, const Pixels& pixels) {
  BlockRow* row = scratch;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    uint32_t found[4] = {};
    const auto put = [&](uint32_t v, uint32_t offset) {
      row[found[v]].offsets[v] = static_cast<uint16_t>(offset);
      std::memcpy(row[found[v]].bytes[v], image + offset, 4);
    };
    for (uint32_t k = 0; k < pixels.size; k += 16) {
      for (uint32_t v = 0; v < 4; ++v) {  // always written, but overwritten by the next if zero
        put(v, k + 4 * v);
        uint32_t block;
        std::memcpy(&block, image + k + 4 * v, 4);
        found[v] += block != 0 ? 1 : 0;
      }
    }
    const uint32_t rows = *std::max_element(found, found + 4);
    for (uint32_t v = 0; v < 4; ++v) {
      for (; found[v] < rows; ++found[v]) {
        row[found[v]].offsets[v] = static_cast<uint16_t>(4 * v);
        std::memset(row[found[v]].bytes[v], 0, 4);
      }
    }
    of_images[i] = {row, rows};
    row += rows;
  }
  return static_cast<size_t>(row - scratch);
}

BlockValues block_values(const float* above) { return {above, are_fractions(above)}; }

void sparse_blocks_forward(float* y, const float* w, float start, const SparseBlocks* of_images,
                           const BlockValues& values, uint32_t images, BlockTerm* terms) {
  fetch(images, [=](uint32_t i) { return std::as_bytes(of_images[i]); });
  const auto forward = [=](auto value, auto save) {
    BlockTerm* term = terms;
    for (uint32_t i = 0; i < images; ++i) {
      f32x4 s[4] = {f32x4::zero(), f32x4::zero(), f32x4::zero(), f32x4::zero()};
      for (const BlockRow& row : of_images[i]) {
        for (uint32_t v = 0; v < 4; v += 2) {
          f32x4 a, b;
          value.load(row.bytes[v], a, b);
          if constexpr (save.value) {
            store(term->values[v], a);
            store(term->values[v + 1], b);
          }
          s[v] = s[v] + a * f32x4::load(w + row.offsets[v]);
          s[v + 1] = s[v + 1] + b * f32x4::load(w + row.offsets[v + 1]);
        }
        if constexpr (save.value) {
          std::memcpy(term->offsets, row.offsets, sizeof term->offsets);
          term++->image = i;
        }
      }
      y[i] = sum((s[0] + s[1]) + (s[2] + s[3])) + start;
    }
  };
  with_values(values, [=](auto value) {
    terms != nullptr ? forward(value, std::true_type{}) : forward(value, std::false_type{});
  });
}

void sparse_blocks_backward_weight(float* dw, const float* dy, std::span<const BlockTerm> terms) {
  for (const BlockTerm& term : terms) {
    const f32x4 dy_of_image = f32x4::splat(dy[term.image]);
    for (uint32_t v = 0; v < 4; ++v) {
      float* const to = dw + term.offsets[v];
      store(to, f32x4::load(to) + f32x4::load(term.values[v]) * dy_of_image);
    }
  }
}

}  // namespace downhill::kernels
