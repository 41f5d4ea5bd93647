#include "kernels/conv_sparse.hpp"

#include <bit>

#include "kernels/tiles.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// The sums of so many vectors stay in registers, beside one that is added and its factor.
constexpr uint32_t kMostVectors = 10;

// Calls f(Constant<vectors>, first) for a row of `width` numbers, in parts of nearly equal length.
template <class F>
void for_each_part(uint32_t width, F f) {
  const uint32_t vectors = width / 4, parts = (vectors + kMostVectors - 1) / kMostVectors;
  for (uint32_t part = 0, first = 0; part < parts; ++part) {
    const uint32_t left = parts - part, size = (vectors - first + left - 1) / left;
    const auto call = [&]<uint32_t... kLess>(std::integer_sequence<uint32_t, kLess...>) {
      ((size == kLess + 1 ? f(Constant<kLess + 1>(), 4 * first) : void()), ...);
    };
    call(std::make_integer_sequence<uint32_t, kMostVectors>());
    first += size;
  }
}

// How many numbers are not zero in each of four channels of dy, which begin at `dy`.
f32x4 count_numbers(const float* dy, size_t pixels, uint32_t out) {
  f32x4 count = f32x4::zero();
  for (size_t i = 0; i < pixels; ++i, dy += out) {
    count = count + one_where(f32x4::load(dy) != f32x4::zero());
  }
  return count;
}

// Calls f(j, bits) for the channels of a pixel: for four, if any is not zero, one after the other.
template <class F>
[[gnu::always_inline]] inline void for_each_number(const float* dy, uint32_t out, F f) {
  for (uint32_t j = 0; j < out; j += 4) {
    if (!any(f32x4::load(dy + j) != f32x4::zero())) continue;
    for (uint32_t l = 0; l < 4; ++l) f(j + l, std::bit_cast<uint32_t>(dy[j + l]));
  }
}
// 0 of a zero of either sign, else 1: the list goes on without a branch that nobody can foresee.
uint32_t counted(uint32_t bits) { return bits << 1 == 0 ? 0 : 1; }

// sums += dy·x for a list of dy, along one row of their windows.
template <uint32_t kVectors>
[[gnu::noinline]] void add_windows(float* to, const float* images, const uint32_t* list,
                                   const uint32_t* end) {
  f32x4 sums[kVectors];
  for (uint32_t v = 0; v < kVectors; ++v) sums[v] = f32x4::load(to + 4 * v);
  for (; list != end; list += 2) {
    const float* const x = images + list[0];
    const f32x4 dy = f32x4::splat(std::bit_cast<float>(list[1]));
    for (uint32_t v = 0; v < kVectors; ++v) sums[v] = sums[v] + f32x4::load(x + 4 * v) * dy;
  }
  for (uint32_t v = 0; v < kVectors; ++v) store(to + 4 * v, sums[v]);
}

// dx += Σⱼ dy[j]·W[j] for all rows of a window. `width`: from one to the next in W.
template <uint32_t kVectors>
[[gnu::noinline]] void add_terms(float* dx, size_t dx_row, const float* w, size_t width,
                                 size_t rows, const uint32_t* terms, const uint32_t* end) {
  const float* const of_first = w + terms[0];
  const f32x4 first = f32x4::splat(std::bit_cast<float>(terms[1]));
  for (size_t k = 0; k < rows * width; k += width, dx += dx_row) {
    f32x4 sums[kVectors];
    for (uint32_t v = 0; v < kVectors; ++v) sums[v] = f32x4::load(of_first + k + 4 * v) * first;
    for (const uint32_t* term = terms + 2; term != end; term += 2) {
      const float* const of_j = w + k + term[0];
      const f32x4 dy = f32x4::splat(std::bit_cast<float>(term[1]));
      for (uint32_t v = 0; v < kVectors; ++v) sums[v] = sums[v] + f32x4::load(of_j + 4 * v) * dy;
    }
    for (uint32_t v = 0; v < kVectors; ++v) store(dx + 4 * v, f32x4::load(dx + 4 * v) + sums[v]);
  }
}

}  // namespace

void Turned::read(const float* w) const {
  for (uint32_t k = 0; k < patch; k += 4, w += 4 * out) {
    for (uint32_t j = 0; j < out; j += 4) {
      f32x4 a[4];
      for (uint32_t i = 0; i < 4; ++i) a[i] = f32x4::load(w + i * out + j);
      transpose(a[0], a[1], a[2], a[3]);
      for (uint32_t i = 0; i < 4; ++i) store(data + size_t{j + i} * patch + k, a[i]);
    }
  }
}

void Turned::write(float* w) const {
  for (uint32_t k = 0; k < patch; k += 4, w += 4 * out) {
    for (uint32_t j = 0; j < out; j += 4) {
      f32x4 a[4];
      for (uint32_t i = 0; i < 4; ++i) a[i] = f32x4::load(data + size_t{j + i} * patch + k);
      transpose(a[0], a[1], a[2], a[3]);
      for (uint32_t i = 0; i < 4; ++i) store(w + i * out + j, a[i]);
    }
  }
}

SparseWeights::SparseWeights(float* dw, Conv2dScratch scratch, const Conv2dDims& d)
    : d_(d),
      dw_(dw),
      sums_(scratch.floats + conv2d_image_floats(d), d),
      begins_(scratch.numbers),
      ends_(begins_ + d.out),
      list_(ends_ + d.out),
      going_(dw != nullptr && conv2d_may_be_sparse(d)) {}

bool SparseWeights::takes(const float* dy, uint32_t count) {
  if (!going_) return false;
  const size_t pixels = size_t{count} * d_.oh() * d_.ow();
  uint32_t begin = 0;
  for (uint32_t j = 0; j < d_.out; j += 4) {
    float counts[4];
    store(counts, count_numbers(dy + j, pixels, d_.out));
    for (uint32_t l = 0; l < 4; ++l) {
      begins_[j + l] = ends_[j + l] = begin;
      begin += static_cast<uint32_t>(counts[l]) + 1;  // one more, which list() writes in vain
    }
  }
  going_ = begin - d_.out <= conv2d_few(d_, count);
  if (!going_) finish();
  return going_;
}

void SparseWeights::finish() {
  if (turned_) sums_.write(dw_);
  turned_ = false;
}

void SparseWeights::add(const Images& images, const float* dy) {
  if (!turned_) sums_.read(dw_);
  turned_ = true;
  list(images, dy);
  const uint32_t width = d_.kw * d_.in;
  float* sums = sums_.data;
  for (uint32_t j = 0; j < d_.out; ++j) {
    const uint32_t *const from = list_ + 2 * begins_[j], *const end = list_ + 2 * ends_[j];
    for (uint32_t ky = 0; ky < d_.kh; ++ky, sums += width) {
      for_each_part(width, [&](auto vectors, uint32_t k) {
        const float* const row = images.data + ky * images.row + k;
        add_windows<decltype(vectors)::value>(sums + k, row, from, end);
      });
    }
  }
}

// In each channel in the order of the pixels.
void SparseWeights::list(const Images& images, const float* dy) {
  for (uint32_t image = 0; image < images.count; ++image) {
    for (uint32_t oy = 0; oy < d_.oh(); ++oy) {
      auto window = static_cast<uint32_t>(images.window(image, oy, 0, d_) - images.data);
      for (uint32_t ox = 0; ox < d_.ow(); ++ox, window += d_.stride * d_.in, dy += d_.out) {
        for_each_number(dy, d_.out, [&](uint32_t j, uint32_t bits) {
          uint32_t* const at = list_ + size_t{2} * ends_[j];
          at[0] = window, at[1] = bits;
          ends_[j] += counted(bits);
        });
      }
    }
  }
}

SparseInput::SparseInput(Sink dx, const float* w, Conv2dScratch scratch, const Conv2dDims& d)
    : d_(d),
      dx_(dx),
      from_(w),
      images_(scratch.floats),
      w_(scratch.floats + conv2d_image_floats(d), d),
      terms_(scratch.numbers),
      going_(conv2d_may_be_sparse(d)) {}

bool SparseInput::add(const float* dy, uint32_t first, uint32_t count) {
  if (!going_) return false;
  f32x4 numbers = f32x4::zero();
  for (uint32_t j = 0; j < d_.out; j += 4) {
    numbers = numbers + count_numbers(dy + j, size_t{count} * d_.oh() * d_.ow(), d_.out);
  }
  going_ = static_cast<size_t>(sum(numbers)) <= conv2d_few(d_, count);
  if (!going_) return false;
  if (first == 0) w_.read(from_);
  begin(first, count);
  const uint32_t width = d_.kw * d_.in;
  for (uint32_t i = 0; i < count * d_.oh(); ++i) {
    const size_t row = i / d_.oh() * padded_rows(d_) + i % d_.oh() * size_t{d_.stride};
    float* window = images_ + row * padded_row(d_);
    for (uint32_t ox = 0; ox < d_.ow(); ++ox, window += d_.stride * d_.in, dy += d_.out) {
      const uint32_t* const end = find_terms(dy);
      if (end == terms_) continue;
      for_each_part(width, [&](auto vectors, uint32_t k) {
        add_terms<decltype(vectors)::value>(window + k, padded_row(d_), w_.data + k, width, d_.kh,
                                            terms_, end);
      });
    }
  }
  end(first, count);
  return true;
}

const uint32_t* SparseInput::find_terms(const float* dy) const {
  uint32_t* end = terms_;
  for_each_number(dy, d_.out, [&](uint32_t j, uint32_t bits) {
    end[0] = j * d_.patch(), end[1] = bits;
    end += 2 * counted(bits);
  });
  return end;
}

void SparseInput::begin(uint32_t first, uint32_t count) {
  const size_t image = size_t{d_.h} * d_.w * d_.in;
  float* const dx = dx_.data + first * image;
  if (d_.padding == 0) images_ = dx;
  if (dx_.fresh || d_.padding > 0) std::fill_n(images_, count * padded_image(d_), 0.0f);
  if (dx_.fresh || d_.padding == 0) return;
  for_each_image_row(count, d_,
                     [&](size_t padded, size_t row) { copy_row(images_ + padded, dx + row, d_); });
}

void SparseInput::end(uint32_t first, uint32_t count) const {
  if (d_.padding == 0) return;
  float* const dx = dx_.data + first * size_t{d_.h} * d_.w * d_.in;
  for_each_image_row(count, d_,
                     [&](size_t padded, size_t row) { copy_row(dx + row, images_ + padded, d_); });
}

}  // namespace downhill::kernels
