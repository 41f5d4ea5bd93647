#include "kernels/pixels.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/unary.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// Whether any of eight bytes is not zero: 1 or 0.
uint32_t any_ink(const uint8_t* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word != 0 ? 1 : 0;
}

// Reads a byte of every cache line: shuffled images lie all over the memory, and this little loop
// waits for a dozen of them at once. Gives 0, which only the machine knows.
uint32_t fetch(const Pixels& pixels) {
  constexpr uint32_t kLine = 64;
  uint64_t total = 0;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    for (uint32_t k = 0; k < pixels.size; k += kLine) total += image[k];
  }
  return total > uint64_t{pixels.count} * pixels.size * 255 ? 1 : 0;
}

// Up to six vectors of columns, whose sums stay in registers. The last one ends with the last
// column: where they overlap, both hold the same numbers.
template <uint32_t kVectors>
struct ColumnSums {
  f32x4 sums[kVectors];
  uint32_t last;  // where the last vector begins

  size_t at(uint32_t v) const { return v + 1 < kVectors ? 4 * v : last; }
  void read(const float* row) {
    for (uint32_t v = 0; v < kVectors; ++v) sums[v] = f32x4::load(row + at(v));
  }
  void write(float* row) const {
    for (uint32_t v = 0; v < kVectors; ++v) store(row + at(v), sums[v]);
  }
  void add(f32x4 factor, const float* row) {
    for (uint32_t v = 0; v < kVectors; ++v) {
      sums[v] = sums[v] + factor * f32x4::load(row + at(v));
    }
  }
};

// Calls f(first column, ColumnSums to use) for all columns, in strips of nearly equal width: V8 has
// all loads of a round before the arithmetic, and more than six vectors of each would spill.
// Precondition: out >= 4.
template <class F>
void for_each_strip(uint32_t out, F f) {
  constexpr uint32_t kMost = 6;
  uint32_t vectors = (out + 3) / 4, strips = (vectors + kMost - 1) / kMost;
  for (uint32_t first = 0; strips > 0; --strips) {
    const uint32_t now = (vectors + strips - 1) / strips;
    const uint32_t width = std::min(4 * now, out - first), last = width - 4;
    switch (now) {
      case 1:
        f(first, ColumnSums<1>{{}, last});
        break;
      case 2:
        f(first, ColumnSums<2>{{}, last});
        break;
      case 3:
        f(first, ColumnSums<3>{{}, last});
        break;
      case 4:
        f(first, ColumnSums<4>{{}, last});
        break;
      case 5:
        f(first, ColumnSums<5>{{}, last});
        break;
      default:
        f(first, ColumnSums<6>{{}, last});
        break;
    }
    first += width;
    vectors -= now;
  }
}

// sums += Σ value(dot)·rows[place(dot)]
template <class Columns>
void add_dots(Columns& columns, const uint32_t* begin, const uint32_t* end, const float* rows,
              size_t stride, const float* map) {
  for (const uint32_t* dot = begin; dot != end; ++dot) {
    columns.add(f32x4::splat(map[*dot & 255]), rows + (*dot >> 8) * stride);
  }
}

}  // namespace

void pixels_to_floats(float* x, const Pixels& pixels) {
  constexpr uint32_t kWord = 8;
  const float* const map = pixels.map;
  const f32x4 zero = f32x4::splat(map[0]);
  for (uint32_t i = 0; i < pixels.count; ++i, x += pixels.size) {
    const uint8_t* image = pixels.images[i];
    uint32_t k = 0;
    for (; k + kWord <= pixels.size; k += kWord) {
      if (any_ink(image + k) == 0) {
        store(x + k, zero);
        store(x + k + 4, zero);
        continue;
      }
      for (uint32_t j = k; j < k + kWord; ++j) x[j] = map[image[j]];
    }
    for (; k < pixels.size; ++k) x[k] = map[image[k]];
  }
}

// First the words of eight bytes that are not zero, without a branch to guess; then their bytes.
uint32_t find_dots(Dots dots, uint32_t* words, const Pixels& pixels) {
  constexpr uint32_t kWord = 8;
  const uint32_t whole = pixels.size / kWord * kWord;
  uint32_t found = fetch(pixels);
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    for (uint32_t k = 0; k < whole; k += kWord) {
      words[found] = k;
      found += any_ink(image + k);
    }
    dots.ends[i] = found;
  }
  const uint32_t* word = words;
  uint32_t* dot = dots.dots;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    const auto look = [&](uint32_t k) {  // written always, kept if it counts
      *dot = k << 8 | image[k];
      dot += image[k] != 0 ? 1 : 0;
    };
    for (const uint32_t* end = words + dots.ends[i]; word != end; ++word) {
      for (uint32_t j = 0; j < kWord; ++j) look(*word + j);
    }
    for (uint32_t k = whole; k < pixels.size; ++k) look(k);
    dots.ends[i] = static_cast<uint32_t>(dot - dots.dots);
  }
  return static_cast<uint32_t>(dot - dots.dots);
}

void turn_dots(Dots of_pixels, Dots of_images, const Pixels& pixels) {
  uint32_t* const ends = of_pixels.ends;
  std::fill_n(ends, pixels.size, 0u);
  const uint32_t* const all =
      of_images.dots + (pixels.count > 0 ? of_images.ends[pixels.count - 1] : 0);
  for (const uint32_t* dot = of_images.dots; dot != all; ++dot) ++ends[*dot >> 8];
  uint32_t before = 0;  // now where each pixel begins; as its dots come, it moves to its end
  for (uint32_t k = 0; k < pixels.size; ++k) before += std::exchange(ends[k], before);
  const uint32_t* dot = of_images.dots;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    for (const uint32_t* end = of_images.dots + of_images.ends[i]; dot != end; ++dot) {
      of_pixels.dots[ends[*dot >> 8]++] = i << 8 | (*dot & 255);
    }
  }
}

void dots_forward(float* y, const float* w, const float* b, Dots dots, const Pixels& pixels,
                  uint32_t out) {
  for_each_strip(out, [&](uint32_t first, auto columns) {
    uint32_t begin = 0;
    for (uint32_t i = 0; i < pixels.count; ++i) {
      if (b != nullptr) {
        columns.read(b + first);
      } else {
        for (f32x4& sum : columns.sums) sum = f32x4::zero();
      }
      add_dots(columns, dots.dots + begin, dots.dots + dots.ends[i], w + first, out, pixels.map);
      columns.write(y + size_t{i} * out + first);
      begin = dots.ends[i];
    }
  });
}

void dots_backward_weight(float* dw, const float* dy, Dots dots, const Pixels& pixels,
                          uint32_t out) {
  for_each_strip(out, [&](uint32_t first, auto columns) {
    uint32_t begin = 0;
    for (uint32_t k = 0; k < pixels.size; ++k) {
      if (begin == dots.ends[k]) continue;
      columns.read(dw + size_t{k} * out + first);
      add_dots(columns, dots.dots + begin, dots.dots + dots.ends[k], dy + first, out, pixels.map);
      columns.write(dw + size_t{k} * out + first);
      begin = dots.ends[k];
    }
  });
}

uint32_t find_blocks(Blocks blocks, const Pixels& pixels) {
  constexpr uint32_t kBlock = 16;
  uint32_t found = fetch(pixels);
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    for (uint32_t k = 0; k < pixels.size; k += kBlock) {
      blocks.places[found] = k;
      found += any_ink(image + k) | any_ink(image + k + 8);
    }
    blocks.ends[i] = found;
  }
  const float* const map = pixels.map;
  float* to = blocks.values;
  uint32_t block = 0;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    for (const uint32_t end = blocks.ends[i]; block < end; ++block, to += kBlock) {
      const uint8_t* from = pixels.images[i] + blocks.places[block];
      for (uint32_t k = 0; k < kBlock; ++k) to[k] = map[from[k]];
    }
  }
  return found;
}

void blocks_forward(float* y, const float* w, const float* b, const Blocks& blocks,
                    const Pixels& pixels) {
  const float bias = b == nullptr ? 0.0f : *b;
  uint32_t block = 0;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    f32x4 s[4] = {f32x4::zero(), f32x4::zero(), f32x4::zero(), f32x4::zero()};
    for (; block < blocks.ends[i]; ++block) {
      const float *x = blocks.values + size_t{block} * 16, *weights = w + blocks.places[block];
      for (uint32_t v = 0; v < 4; ++v) {
        s[v] = s[v] + f32x4::load(x + 4 * v) * f32x4::load(weights + 4 * v);
      }
    }
    y[i] = sum((s[0] + s[1]) + (s[2] + s[3])) + bias;
  }
}

void blocks_backward_weight(float* dw, const float* dy, const Blocks& blocks,
                            const Pixels& pixels) {
  uint32_t block = 0;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const f32x4 slope = f32x4::splat(dy[i]);
    for (; block < blocks.ends[i]; ++block) {
      const float* x = blocks.values + size_t{block} * 16;
      float* to = dw + blocks.places[block];
      for (uint32_t v = 0; v < 4; ++v) {
        store(to + 4 * v, f32x4::load(to + 4 * v) + f32x4::load(x + 4 * v) * slope);
      }
    }
  }
}

}  // namespace downhill::kernels
