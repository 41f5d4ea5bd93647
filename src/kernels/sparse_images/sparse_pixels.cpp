#include "kernels/sparse_images/sparse_pixels.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/parts.hpp"
#include "kernels/sparse_images/fetch.hpp"
#include "simd/f32x4.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

constexpr uint32_t kWord = 8;        // bytes that are compared with 0 together
constexpr uint32_t kTogether = 256;  // images whose numbers fit a byte

// 1 if any of eight bytes is nonzero, else 0.
uint32_t is_nonzero(const uint8_t* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word != 0 ? 1 : 0;
}

// Columns that are summed together, in rows of `stride` floats. Vectors start at columns 0, 4, 8, …
// and at `last`. The last one ends at the last column; where it overlaps another, both hold the
// same numbers.
struct Strip {
  const float* rows;
  size_t stride;
  uint32_t last;
};
// The same rows, copied together: a strip of a wide matrix maps to a few cache sets, whose lines
// evict each other.
template <uint32_t kVectors>
struct PackedStrip {
  static constexpr size_t stride = 4 * kVectors;
  static constexpr uint32_t last = 4 * (kVectors - 1);
  const float* rows;
};

// A row of a strip, or its sums, in registers.
template <uint32_t kVectors>
struct ColumnSums {
  f32x4 sums[kVectors];

  static size_t at(uint32_t v, uint32_t last) { return v + 1 < kVectors ? 4 * v : last; }
  void clear() { std::fill_n(sums, kVectors, f32x4::zero()); }
  void read(const float* row, uint32_t last) {
    for (uint32_t v = 0; v < kVectors; ++v) sums[v] = f32x4::load(row + at(v, last));
  }
  void write(float* row, uint32_t last) const {
    for (uint32_t v = 0; v < kVectors; ++v) store(row + at(v, last), sums[v]);
  }
  void rectify() {
    for (f32x4& sum : sums) sum = Relu::value(sum);
  }
  void add_row(const float* row, uint32_t last) {
    for (uint32_t v = 0; v < kVectors; ++v) sums[v] = sums[v] + f32x4::load(row + at(v, last));
  }
  // Masks an upstream gradient by a ReLU whose results are `row`, with the bits of map_backward().
  void mask_by_relu(const float* row, uint32_t last) {
    for (uint32_t v = 0; v < kVectors; ++v) {
      const f32x4 y = f32x4::load(row + at(v, last));
      sums[v] = f32x4::zero() + Relu::gradient(sums[v], y, y);
    }
  }
  template <class AnyStrip>
  void add(float factor, const AnyStrip& strip, uint32_t row) {
    const float* x = strip.rows + row * strip.stride;
    const f32x4 f = f32x4::splat(factor);
    for (uint32_t v = 0; v < kVectors; ++v) {
      sums[v] = sums[v] + f * f32x4::load(x + at(v, strip.last));
    }
  }
};

constexpr uint32_t kMostVectors = 8;
constexpr uint32_t kMostColumns = 4 * kMostVectors;

// Calls f(first column, offset of the last vector from it, ColumnSums to use) for all columns,
// strip by strip. Precondition: out >= 4.
template <class F>
void for_each_strip(uint32_t out, F f) {
  for_each_part<kMostVectors>((out + 3) / 4, [&](auto vectors, uint32_t part) {
    constexpr uint32_t kVectors = decltype(vectors)::value;
    const uint32_t first = 4 * part;
    f(first, std::min(4 * kVectors, out - first) - 4, ColumnSums<kVectors>{});
  });
}

// relu: the strip's place in the results of a ReLU, which mask the copy; or null.
template <uint32_t kVectors>
PackedStrip<kVectors> pack(float* to, const Strip& strip, uint32_t rows,
                           ColumnSums<kVectors> columns, const float* relu = nullptr) {
  using Packed = PackedStrip<kVectors>;
  for (size_t row = 0; row < rows; ++row) {
    columns.read(strip.rows + row * strip.stride, strip.last);
    if (relu != nullptr) columns.mask_by_relu(relu + row * strip.stride, strip.last);
    columns.write(to + row * Packed::stride, Packed::last);
  }
  return {to};
}

// The sparse pixels of images, pixel by pixel.  stride: from pixel to pixel in `columns.entries`
void turn(PixelColumns columns, const SparsePixels* of_images, uint32_t images, uint32_t size,
          uint32_t stride) {
  for (uint32_t k = 0; k < size; ++k) columns.ends[k] = columns.entries + size_t{k} * stride;
  for (uint32_t i = 0; i < images; ++i) {
    for (const uint32_t pixel : of_images[i]) {
      *columns.ends[pixel >> 8]++ = static_cast<uint16_t>(i << 8 | (pixel & 255));
    }
  }
}

}  // namespace

uint32_t find_nonzero_words(NonzeroWords words, const Pixels& pixels) {
  const uint32_t whole = pixels.size / kWord * kWord;
  uint32_t found = 0;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    // Each offset is written, and overwritten by the next one if its word is zero.
    for (uint32_t k = 0; k < whole; k += kWord) {
      words.offsets[found] = k;
      found += is_nonzero(image + k);
    }
    words.ends[i] = found;
  }
  return found;
}

uint32_t find_sparse_pixels(SparsePixels* of_images, uint32_t* scratch, const NonzeroWords& words,
                            const Pixels& pixels) {
  const uint32_t whole = pixels.size / kWord * kWord;
  const uint32_t* word = words.offsets;
  uint32_t* pixel = scratch;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    const uint32_t* const first = pixel;
    const auto list = [&](uint32_t k) {  // a zero is overwritten by the next pixel
      *pixel = k << 8 | image[k];
      pixel += image[k] != 0 ? 1 : 0;
    };
    for (const uint32_t* end = words.offsets + words.ends[i]; word != end; ++word) {
      for (uint32_t j = 0; j < kWord; ++j) list(*word + j);
    }
    for (uint32_t k = whole; k < pixels.size; ++k) list(k);
    of_images[i] = {first, pixel};
  }
  return static_cast<uint32_t>(pixel - scratch);
}

size_t strip_scratch(uint32_t size) { return size_t{std::max(size, kTogether)} * kMostColumns; }

void sparse_pixels_forward(float* y, const float* w, const float* start,
                           const SparsePixels* of_images, const float* above, MatmulDims dims,
                           float* scratch, bool relu) {
  constexpr uint32_t kMany = 32;  // images from which on copying W pays
  fetch(dims.n, [=](uint32_t i) { return std::as_bytes(of_images[i]); });
  for_each_strip(dims.out, [&](uint32_t first, uint32_t last, auto sums) {
    const auto forward = [&](auto strip) {
      for (uint32_t i = 0; i < dims.n; ++i) {
        sums.clear();
        if (start != nullptr) sums.read(start + first, last);
        for (const uint32_t pixel : of_images[i]) sums.add(above[pixel & 255], strip, pixel >> 8);
        if (relu) sums.rectify();
        sums.write(y + size_t{i} * dims.out + first, last);
      }
    };
    const Strip strip{w + first, dims.out, last};
    dims.n >= kMany ? forward(pack(scratch, strip, dims.in, sums)) : forward(strip);
  });
}

// An odd number of lines: with a power of two, all columns would share a few cache sets.
uint32_t column_capacity(uint32_t images) {
  constexpr uint32_t kPerLine = 64 / sizeof(uint16_t);  // in a line
  return ((std::min(images, kTogether) + kPerLine - 1) / kPerLine | 1) * kPerLine;
}

void sparse_pixels_backward(GradTarget dw, float* db, const UpstreamGrad& dy,
                            const SparsePixels* of_images, const float* above, MatmulDims dims,
                            PixelColumns columns, float* scratch) {
  const uint32_t stride = column_capacity(dims.n), out = dims.out;
  if (dims.n == 0) dw.begin(size_t{dims.in} * out);
  for (uint32_t i = 0; i < dims.n; i += kTogether, of_images += kTogether) {
    const uint32_t now = std::min(dims.n - i, kTogether);
    turn(columns, of_images, now, dims.in, stride);
    for_each_strip(out, [&](uint32_t first, uint32_t last, auto sums) {
      const size_t at = size_t{i} * out + first;
      const float* const relu = dy.relu == nullptr ? nullptr : dy.relu + at;
      const auto strip = pack(scratch, Strip{dy.dy + at, out, last}, now, sums, relu);
      if (db != nullptr) {
        sums.read(db + first, last);
        for (size_t row = 0; row < now; ++row) {
          sums.add_row(strip.rows + row * strip.stride, strip.last);
        }
        sums.write(db + first, last);
      }
      for (uint32_t k = 0; k < dims.in; ++k) {
        const uint16_t* pixel = columns.entries + size_t{k} * stride;
        const uint16_t* const end = columns.ends[k];
        float* const to = dw.data + size_t{k} * out + first;
        if (dw.overwrite) {
          sums.clear();
        } else if (pixel != end) {
          sums.read(to, last);
        } else {
          continue;
        }
        for (; pixel != end; ++pixel) sums.add(above[*pixel & 255], strip, *pixel >> 8);
        sums.write(to, last);
      }
    });
    dw.overwrite = false;
  }
}

}  // namespace downhill::kernels
