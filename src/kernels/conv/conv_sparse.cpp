#include "kernels/conv/conv_sparse.hpp"

#include <bit>

#include "kernels/dense/tiles.hpp"
#include "kernels/optimizers/update.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// Vectors of sums that stay in registers, beside one that is added and its factor.
constexpr uint32_t kMostVectors = 10;

// Calls f(l, bits, counted) for the four numbers of a vector, where `counted` is 0 for a zero of
// either sign and 1 otherwise. So a list advances without an unpredictable branch.
template <class F>
[[gnu::always_inline]] inline void for_each_number(const float* vector, F f) {
  for (uint32_t l = 0; l < 4; ++l) {
    const uint32_t bits = std::bit_cast<uint32_t>(vector[l]);
    f(l, bits, bits << 1 == 0 ? 0u : 1u);
  }
}

// to += Σ dy·x over a list of dy, along one row of their windows.
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

// The arguments of add_terms() besides the lists: dx of a group, W with the output channel first,
// and the distance from row to row in each.
struct Windows {
  float* dx;
  const float* w;
  size_t dx_row, w_row, rows;
};

// dx += Σⱼ dy[j]·W[j], for kVectors of each window row of `count` output pixels. `first` is the
// index of their first term in the list.
template <uint32_t kVectors>
[[gnu::noinline]] void add_terms(Windows of, const uint32_t* pixels, size_t count,
                                 const uint32_t* terms, uint32_t first) {
  const uint32_t *term = terms + first, *end;
  for (const uint32_t* const last = pixels + 2 * count; pixels != last; pixels += 2, term = end) {
    end = terms + pixels[1];
    float* dx = of.dx + pixels[0];
    const float* const of_first = of.w + term[0];
    const f32x4 dy = f32x4::splat(std::bit_cast<float>(term[1]));
    for (size_t k = 0; k < of.rows * of.w_row; k += of.w_row, dx += of.dx_row) {
      f32x4 sums[kVectors];
      for (uint32_t v = 0; v < kVectors; ++v) sums[v] = f32x4::load(of_first + k + 4 * v) * dy;
      for (const uint32_t* other = term + 2; other != end; other += 2) {
        const float* const of_j = of.w + k + other[0];
        const f32x4 dy_j = f32x4::splat(std::bit_cast<float>(other[1]));
        for (uint32_t v = 0; v < kVectors; ++v)
          sums[v] = sums[v] + f32x4::load(of_j + 4 * v) * dy_j;
      }
      for (uint32_t v = 0; v < kVectors; ++v) store(dx + 4 * v, f32x4::load(dx + 4 * v) + sums[v]);
    }
  }
}

}  // namespace

FewVectors::FewVectors(uint32_t* memory, const Conv2dDims& d)
    : d_(d), numbers_(memory), few_(conv2d_may_be_sparse(d)) {}

// Each vector is written, and overwritten by the next one if it is zero.
bool FewVectors::find(const float* dy, uint32_t count) {
  if (!few_) return false;
  const Conv2dDims d = d_;
  uint32_t *to = numbers_, at = 0;
  for (uint32_t i = 0; i < count * d.oh(); ++i) {
    auto window = static_cast<uint32_t>(window_offset(d, i / d.oh(), i % d.oh(), 0));
    for (uint32_t ox = 0; ox < d.ow(); ++ox, window += d.stride * d.in) {
      for (uint32_t j = 0; j < d.out; j += 4, at += 4) {
        to[0] = at, to[1] = j, to[2] = window;
        to += any(f32x4::load(dy + at) != f32x4::zero()) ? 3 : 0;
      }
    }
  }
  count_ = static_cast<size_t>(to - numbers_) / 3;
  few_ = count_ <= conv2d_few(d, count);
  return few_;
}

SparseWeightGrad::SparseWeightGrad(float* dw, Conv2dScratch scratch, const Conv2dDims& d)
    : d_(d),
      dw_(dw),
      sums_(scratch.floats + conv2d_image_floats(d)),
      vectors_(scratch.numbers, d),
      ends_(vectors_.scratch_behind()),
      list_(ends_ + d.out) {}

bool SparseWeightGrad::takes(const float* dy, uint32_t count) {
  if (dw_ == nullptr) return false;
  const bool few = vectors_.find(dy, count);
  if (!few) finish();
  return few;
}

void SparseWeightGrad::finish() {
  if (transposed_) transpose(dw_, sums_, d_.out, d_.patch());
  transposed_ = false;
}

void SparseWeightGrad::add(const Images& images, const float* dy) {
  if (!transposed_) transpose(sums_, dw_, d_.patch(), d_.out);
  transposed_ = true;
  list(images.count, dy);
  const uint32_t width = d_.kw * d_.in;
  float* sums = sums_;
  for (uint32_t j = 0; j < d_.out; ++j) {
    const uint32_t *const from = list_ + j * of_channel_, *const end = list_ + ends_[j];
    for (uint32_t ky = 0; ky < d_.kh; ++ky, sums += width) {
      for_each_part<kMostVectors>(width / 4, [&](auto vectors, uint32_t first) {
        const float* const row = images.data + ky * images.row + 4 * first;
        add_windows<decltype(vectors)::value>(sums + 4 * first, row, from, end);
      });
    }
  }
}

// Each channel's list is in the order of the pixels. Each number is written, and overwritten by the
// next one if it is zero, so a list has space for one more.
void SparseWeightGrad::list(uint32_t images, const float* dy) {
  of_channel_ = 2 * (size_t{images} * d_.oh() * d_.ow() + 1);
  for (uint32_t j = 0; j < d_.out; ++j) ends_[j] = static_cast<uint32_t>(j * of_channel_);
  for (size_t i = 0; i < vectors_.count(); ++i) {
    const FewVectors::Vector vector = vectors_[i];
    uint32_t* const ends = ends_ + vector.channel;
    for_each_number(dy + vector.at, [&](uint32_t l, uint32_t bits, uint32_t counted) {
      uint32_t* const to = list_ + ends[l];
      to[0] = vector.window, to[1] = bits;
      ends[l] += 2 * counted;
    });
  }
}

SparseInputGrad::SparseInputGrad(GradTarget dx, const float* w, Conv2dScratch scratch,
                                 const Conv2dDims& d)
    : d_(d),
      dx_(dx),
      from_(w),
      images_(scratch.floats),
      w_(scratch.floats + conv2d_image_floats(d)),
      vectors_(scratch.numbers, d),
      pixels_(vectors_.scratch_behind()),
      terms_(pixels_ + 2 * (size_t{conv2d_largest_group(d)} * d.oh() * d.ow() + 1)) {}

bool SparseInputGrad::add(const float* dy, uint32_t first, uint32_t count) {
  if (!vectors_.find(dy, count)) return false;
  if (first == 0) transpose(w_, from_, d_.patch(), d_.out);
  begin(first, count);
  const size_t pixels = list(dy);
  const uint32_t width = d_.kw * d_.in;
  // Windows overlap: all parts of a row must be added before the next pixel's row.
  const size_t at_once = width <= 4 * kMostVectors ? pixels : 1;
  for (size_t i = 0; i < pixels; i += at_once) {
    const uint32_t first_term = i == 0 ? 0 : pixels_[2 * i - 1];
    for_each_part<kMostVectors>(width / 4, [&](auto vectors, uint32_t part) {
      const Windows windows{images_ + 4 * part, w_ + 4 * part, padded_row(d_), width, d_.kh};
      add_terms<decltype(vectors)::value>(windows, pixels_ + 2 * i, at_once, terms_, first_term);
    });
  }
  end(first, count);
  return true;
}

// Lists the terms pixel by pixel, and returns the number of pixels.
size_t SparseInputGrad::list(const float* dy) {
  uint32_t *pixel = pixels_ - 2, *end = terms_;
  uint32_t window = ~0u;
  for (size_t i = 0; i < vectors_.count(); ++i) {
    const FewVectors::Vector vector = vectors_[i];
    for_each_number(dy + vector.at, [&](uint32_t l, uint32_t bits, uint32_t counted) {
      end[0] = (vector.channel + l) * d_.patch(), end[1] = bits;
      end += 2 * counted;
    });
    pixel += vector.window != window ? 2 : 0;
    window = vector.window;
    pixel[0] = window, pixel[1] = static_cast<uint32_t>(end - terms_);
  }
  return static_cast<size_t>(pixel + 2 - pixels_) / 2;
}

void SparseInputGrad::begin(uint32_t first, uint32_t count) {
  const size_t image = size_t{d_.h} * d_.w * d_.in;
  float* const dx = dx_.data + first * image;
  if (d_.padding == 0) images_ = dx;
  if (dx_.overwrite || d_.padding > 0) std::fill_n(images_, count * padded_image(d_), 0.0f);
  if (dx_.overwrite || d_.padding == 0) return;
  for_each_image_row(count, d_,
                     [&](size_t padded, size_t row) { copy_row(images_ + padded, dx + row, d_); });
}

void SparseInputGrad::end(uint32_t first, uint32_t count) const {
  if (d_.padding == 0) return;
  float* const dx = dx_.data + first * size_t{d_.h} * d_.w * d_.in;
  for_each_image_row(count, d_,
                     [&](size_t padded, size_t row) { copy_row(dx + row, images_ + padded, d_); });
}

}  // namespace downhill::kernels
