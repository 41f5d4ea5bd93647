#include "kernels/pixels.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/matmul.hpp"
#include "kernels/rows.hpp"
#include "kernels/unary.hpp"
#include "kernels/update.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

constexpr uint32_t kWord = 8;    // bytes that are looked at together
constexpr uint32_t kBlock = 16;  // that have one partial sum each
constexpr uint32_t kLine = 64;   // bytes of the cache that come together

// byte·kHigh + byte·kLow is byte/255 as a division rounds it: kHigh has nine bits of 1/255, so that
// its product is exact, kLow the rest. (tests/kernels compares all 256.)
constexpr float kHigh = 0x1.01p-8f, kLow = 0x1.010102p-24f;

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

// sums += Σ f·row
template <class Columns>
void add_terms(Columns& columns, const Term* begin, const Term* end, const float* rows) {
  for (const Term* term = begin; term != end; ++term) {
    columns.add(f32x4::splat(term->f), rows + term->row);
  }
}

}  // namespace

bool are_fractions(const float* map) {
  for (uint32_t v = 0; v < 256; ++v) {
    const float byte = static_cast<float>(v);
    if (map[v] != byte * kHigh + byte * kLow) return false;
  }
  return true;
}

bool skips_zeros(const Pixels& pixels, uint32_t out) {
  constexpr uint32_t kMost = 1u << 23;  // a dot has 24 bits for a place, of which fetch() takes one
  if (pixels.count >= kMost || pixels.size >= kMost) return false;
  if (out == 1) return pixels.size % kBlock == 0 && are_fractions(pixels.map);
  return out >= 4;
}

void pixels_to_floats(float* x, const Pixels& pixels) {
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

void terms_of_images(Terms terms, const Dots* of_images, const Pixels& pixels, uint32_t stride) {
  Term* term = terms.terms + fetch(of_images, pixels.count);
  const float zero = pixels.map[0];
  for (uint32_t i = 0; i < pixels.count; ++i) {
    for (const uint32_t dot : of_images[i]) {
      *term++ = {(dot >> 8) * stride, pixels.map[dot & 255] - zero};
    }
    terms.ends[i] = static_cast<uint32_t>(term - terms.terms);
  }
}

void terms_of_pixels(Terms terms, const Dots* of_images, const Pixels& pixels, uint32_t stride) {
  uint32_t* const ends = terms.ends;
  std::fill_n(ends, pixels.size, 0u);
  for (uint32_t i = 0; i < pixels.count; ++i) {
    for (const uint32_t dot : of_images[i]) ++ends[dot >> 8];
  }
  uint32_t before = 0;  // now where each pixel begins; as its terms come, it moves to its end
  for (uint32_t k = 0; k < pixels.size; ++k) before += std::exchange(ends[k], before);
  const float zero = pixels.map[0];
  for (uint32_t i = 0; i < pixels.count; ++i) {
    for (const uint32_t dot : of_images[i]) {
      terms.terms[ends[dot >> 8]++] = {i * stride, pixels.map[dot & 255] - zero};
    }
  }
}

void zeros_forward(float* start, const float* w, const float* b, const Pixels& pixels,
                   uint32_t out) {
  const f32x4 zero = f32x4::splat(pixels.map[0]);
  for_each_vector(out, [&](size_t j, unsigned lanes) {
    const f32x4 all = sum_down(pixels.size, [=](size_t k) { return load(w + k * out + j, lanes); });
    const f32x4 bias = b == nullptr ? f32x4::zero() : load(b + j, lanes);
    store(start + j, bias + zero * all, lanes);
  });
}

void zeros_backward_weight(float* dw, const float* dy, float* sums, const Pixels& pixels,
                           uint32_t out) {
  std::fill_n(sums, out, 0.0f);
  matmul_backward_bias(sums, dy, {.n = pixels.count, .in = pixels.size, .out = out});
  for (uint32_t k = 0; k < pixels.size; ++k) {
    scale_add(dw + size_t{k} * out, sums, pixels.map[0], out);
  }
}

void terms_forward(float* y, const float* w, const float* start, const Terms& of_images,
                   uint32_t images, uint32_t out) {
  for_each_strip(out, [&](uint32_t first, auto columns) {
    const Term* term = of_images.terms;
    for (uint32_t i = 0; i < images; ++i) {
      const Term* const end = of_images.terms + of_images.ends[i];
      if (start != nullptr) {
        columns.read(start + first);
      } else {
        for (f32x4& sum : columns.sums) sum = f32x4::zero();
      }
      add_terms(columns, term, end, w + first);
      columns.write(y + size_t{i} * out + first);
      term = end;
    }
  });
}

void terms_backward_weight(float* dw, const float* dy, const Terms& of_pixels, uint32_t pixels,
                           uint32_t out) {
  for_each_strip(out, [&](uint32_t first, auto columns) {
    const Term* term = of_pixels.terms;
    for (uint32_t k = 0; k < pixels; ++k) {
      const Term* const end = of_pixels.terms + of_pixels.ends[k];
      if (term == end) continue;
      columns.read(dw + size_t{k} * out + first);
      add_terms(columns, term, end, dy + first);
      columns.write(dw + size_t{k} * out + first);
      term = end;
    }
  });
}

uint32_t find_blocks(Blocks blocks, const Pixels& pixels) {
  uint32_t found = fetch(pixels);
  for (uint32_t i = 0; i < pixels.count; ++i) {
    const uint8_t* image = pixels.images[i];
    for (uint32_t k = 0; k < pixels.size; k += kBlock) {
      blocks.places[found] = k;
      found += any_ink(image + k) | any_ink(image + k + kWord);
    }
    blocks.ends[i] = found;
  }
  return found;
}

void blocks_forward(float* y, const float* w, const float* b, const Blocks& blocks,
                    const Pixels& pixels) {
  const f32x4 high = f32x4::splat(kHigh), low = f32x4::splat(kLow);
  const float bias = b == nullptr ? 0.0f : *b;
  uint32_t block = 0;
  for (uint32_t i = 0; i < pixels.count; ++i) {
    f32x4 s[4] = {f32x4::zero(), f32x4::zero(), f32x4::zero(), f32x4::zero()};
    for (; block < blocks.ends[i]; ++block) {
      const uint8_t* bytes = pixels.images[i] + blocks.places[block];
      const float* weights = w + blocks.places[block];
      float* values = blocks.values + size_t{block} * kBlock;
      for (uint32_t v = 0; v < 4; v += 2) {
        f32x4 x[2];
        load_bytes(bytes + 4 * v, x[0], x[1]);
        for (uint32_t k = 0; k < 2; ++k) {
          x[k] = x[k] * high + x[k] * low;
          store(values + 4 * (v + k), x[k]);
          s[v + k] = s[v + k] + x[k] * f32x4::load(weights + 4 * (v + k));
        }
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
      const float* x = blocks.values + size_t{block} * kBlock;
      float* to = dw + blocks.places[block];
      for (uint32_t v = 0; v < 4; ++v) {
        store(to + 4 * v, f32x4::load(to + 4 * v) + f32x4::load(x + 4 * v) * slope);
      }
    }
  }
}

}  // namespace downhill::kernels
