#include "kernels/dots.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "simd/f32x4.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

constexpr uint32_t kWord = 8;        // bytes that are looked at together
constexpr uint32_t kLine = 64;       // bytes of the cache that come together
constexpr uint32_t kTogether = 256;  // images whose number fits a byte

// Whether any of eight bytes is not zero: 1 or 0.
uint32_t any_ink(const uint8_t* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word != 0 ? 1 : 0;
}

// Reads a byte of every cache line: shuffled images lie all over the memory, and this little loop
// waits for a dozen of them at once. Gives 0, which only the machine knows.
uint32_t fetch(const Pixels& pixels) {
  uint64_t total = 0;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    for (uint32_t k = 0; k < pixels.size; k += kLine) total += image[k];
  }
  return total > uint64_t{pixels.count} * pixels.size * 255 ? 1 : 0;
}
uint32_t fetch(const Dots* of_images, uint32_t count) {
  uint32_t any = 0;
  for (uint32_t i = 0; i < count; ++i) {
    for (size_t k = 0; k < of_images[i].size(); k += kLine / sizeof(uint32_t)) {
      any |= of_images[i][k];
    }
  }
  return any >> 31;  // of a place below 2²³
}

// Up to eight vectors of columns, whose sums stay in registers. The last one ends with the last
// column: where they overlap, both hold the same numbers.
template <uint32_t kVectors>
struct ColumnSums {
  f32x4 sums[kVectors];
  uint32_t last;  // where the last vector begins

  size_t at(uint32_t v) const { return v + 1 < kVectors ? 4 * v : last; }
  void clear() { std::fill_n(sums, kVectors, f32x4::zero()); }
  void read(const float* row) {
    for (uint32_t v = 0; v < kVectors; ++v) sums[v] = f32x4::load(row + at(v));
  }
  void write(float* row) const {
    for (uint32_t v = 0; v < kVectors; ++v) store(row + at(v), sums[v]);
  }
  void add(float factor, const float* row) {
    const f32x4 f = f32x4::splat(factor);
    for (uint32_t v = 0; v < kVectors; ++v) sums[v] = sums[v] + f * f32x4::load(row + at(v));
  }
};

constexpr uint32_t kMostVectors = 8;

// Calls f(first column, ColumnSums to use) for all columns, in strips of nearly equal width.
// Precondition: out >= 4.
template <class F>
void for_each_strip(uint32_t out, F f) {
  uint32_t vectors = (out + 3) / 4, strips = (vectors + kMostVectors - 1) / kMostVectors;
  for (uint32_t first = 0; strips > 0; --strips) {
    const uint32_t now = (vectors + strips - 1) / strips;
    const uint32_t width = std::min(4 * now, out - first), last = width - 4;
    [&]<uint32_t... kLess>(std::integer_sequence<uint32_t, kLess...>) {
      (void)((now == kLess + 1 && (f(first, ColumnSums<kLess + 1>{{}, last}), true)) || ...);
    }
    (std::make_integer_sequence<uint32_t, kMostVectors>());
    first += width;
    vectors -= now;
  }
}

// The dots of some images, pixel by pixel.  stride: from pixel to pixel in `columns.dots`
void turn(Columns columns, const Dots* of_images, uint32_t images, uint32_t size, uint32_t stride) {
  for (uint32_t k = 0; k < size; ++k) columns.ends[k] = columns.dots + size_t{k} * stride;
  for (uint32_t i = 0; i < images; ++i) {
    for (const uint32_t dot : of_images[i]) {
      *columns.ends[dot >> 8]++ = static_cast<uint16_t>(i << 8 | (dot & 255));
    }
  }
}

}  // namespace

uint32_t find_words(Words words, const Pixels& pixels) {
  const uint32_t whole = pixels.size / kWord * kWord;
  uint32_t found = fetch(pixels);
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    for (uint32_t k = 0; k < whole; k += kWord) {  // written always, kept if it counts
      words.places[found] = k;
      found += any_ink(image + k);
    }
    words.ends[i] = found;
  }
  return found;
}

uint32_t find_dots(Dots* of_images, uint32_t* room, const Words& words, const Pixels& pixels) {
  const uint32_t whole = pixels.size / kWord * kWord;
  const uint32_t* word = words.places;
  uint32_t* dot = room;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    const uint32_t* const first = dot;
    const auto look = [&](uint32_t k) {  // as above
      *dot = k << 8 | image[k];
      dot += image[k] != 0 ? 1 : 0;
    };
    for (const uint32_t* end = words.places + words.ends[i]; word != end; ++word) {
      for (uint32_t j = 0; j < kWord; ++j) look(*word + j);
    }
    for (uint32_t k = whole; k < pixels.size; ++k) look(k);
    of_images[i] = {first, dot};
  }
  return static_cast<uint32_t>(dot - room);
}

void dots_forward(float* y, const float* w, const float* start, const Dots* of_images,
                  const float* above, uint32_t images, uint32_t out) {
  w += fetch(of_images, images);
  for_each_strip(out, [&](uint32_t first, auto columns) {
    for (uint32_t i = 0; i < images; ++i) {
      columns.clear();
      if (start != nullptr) columns.read(start + first);
      for (const uint32_t dot : of_images[i]) {
        columns.add(above[dot & 255], w + size_t{dot >> 8} * out + first);
      }
      columns.write(y + size_t{i} * out + first);
    }
  });
}

// An odd number of lines: with a power of two all columns would share a few places of the cache.
uint32_t column_room(uint32_t images) {
  constexpr uint32_t kDots = kLine / sizeof(uint16_t);
  return ((std::min(images, kTogether) + kDots - 1) / kDots | 1) * kDots;
}

void dots_backward_weight(float* dw, const float* dy, const Dots* of_images, const float* above,
                          uint32_t images, uint32_t size, uint32_t out, Columns columns) {
  const uint32_t stride = column_room(images);
  for (uint32_t now = 0; images > 0; images -= now, of_images += now, dy += size_t{now} * out) {
    now = std::min(images, kTogether);
    turn(columns, of_images, now, size, stride);
    for_each_strip(out, [&](uint32_t first, auto sums) {
      for (uint32_t k = 0; k < size; ++k) {
        const uint16_t* dot = columns.dots + size_t{k} * stride;
        const uint16_t* const end = columns.ends[k];
        if (dot == end) continue;
        sums.read(dw + size_t{k} * out + first);
        for (; dot != end; ++dot) {
          const uint32_t image = *dot >> 8;
          sums.add(above[*dot & 255], dy + size_t{image} * out + first);
        }
        sums.write(dw + size_t{k} * out + first);
      }
    });
  }
}

}  // namespace downhill::kernels
