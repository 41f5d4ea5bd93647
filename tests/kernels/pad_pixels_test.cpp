#include "kernels/sparse_images/pad_pixels.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "kernels/reference/conv.hpp"
#include "support/byte_images.hpp"

using namespace downhill;
using kernels::Conv2dDims;
namespace reference = downhill::kernels::reference;

namespace {

constexpr size_t kGuard = 16;

std::string print(const Conv2dDims& d) {
  std::string text = "n h w in kh kw out stride padding:";
  for (uint32_t number : {d.n, d.h, d.w, d.in, d.kh, d.kw, d.out, d.stride, d.padding}) {
    text += " " + std::to_string(number);
  }
  return text;
}

// The first layers of the article's network and of LeNet, then random windows, on rows whose
// nonzero ranges can be found and on others.
std::vector<Conv2dDims> shapes() {
  std::vector<Conv2dDims> dims{{9, 28, 28, 1, 3, 3, 8, 2, 1}, {9, 28, 28, 1, 5, 5, 8, 1, 2},
                               {3, 2, 64, 1, 3, 3, 4, 1, 1},  {3, 2, 65, 1, 3, 3, 4, 1, 1},
                               {3, 3, 15, 1, 5, 5, 12, 1, 2}, {40, 4, 16, 1, 3, 3, 4, 1, 1},
                               {2, 5, 9, 3, 3, 3, 5, 1, 1},   {0, 28, 28, 1, 3, 3, 8, 2, 1}};
  Rng rng(11);
  const auto between = [&rng](uint32_t low, uint32_t high) {
    return low + rng.below(high - low + 1);
  };
  while (dims.size() < 120) {
    const Conv2dDims d{.n = between(1, 6),
                       .h = between(1, 12),
                       .w = between(1, 70),
                       .in = rng.below(5) == 0 ? 2u : 1u,
                       .kh = between(1, 5),
                       .kw = between(1, 7),
                       .out = between(1, 12),
                       .stride = between(1, 3),
                       .padding = between(1, 4)};
    if (d.kh <= d.h + 2 * d.padding && d.kw <= d.w + 2 * d.padding) dims.push_back(d);
  }
  return dims;
}

// The output of pad_pixels() in guarded memory, for images in which a byte of 0 means `zero`.
struct Padded {
  Padded(const Conv2dDims& d, float zero)
      : images(d.n, d.h * d.w * d.in, zero),
        floats(kernels::padded_floats(d) + 2 * kGuard, -5.0f),
        numbers(kernels::nonzero_numbers(d) + 2 * kGuard, 5u) {
    // Some have a margin of zeros, as digits have.
    Rng rng(3);
    for (size_t k = 0; k < images.bytes.size(); ++k) {
      const size_t x = k / d.in % d.w, y = k / d.in / d.w % d.h;
      if (k / d.in / d.w / d.h % 3 == 0 && (x < d.w / 4 || x > d.w / 2 || y < d.h / 3))
        images.bytes[k] = 0;
    }
    kernels::pixels_to_floats(images.floats.data(), images.pixels);
    if (kernels::conv2d_skips_zeros(d, zero)) nonzero.numbers = &numbers[kGuard];
    kernels::pad_pixels(&floats[kGuard], nonzero, images.pixels, d);
  }
  float value(const Conv2dDims& d, uint32_t image, uint32_t row, uint32_t x) const {
    return floats[kGuard + image * kernels::padded_image(d) +
                  row * size_t{d.w + 2 * d.padding} * d.in + x];
  }
  kernels::ConvInput input() const { return {&floats[kGuard], nonzero}; }

  test::ByteImages images;
  std::vector<float> floats;
  std::vector<uint32_t> numbers;
  kernels::Ranges nonzero;
};

}  // namespace

TEST_CASE(
    "padded images are the values of their bytes in a border of zeros, and nothing else is "
    "written") {
  for (const Conv2dDims& d : shapes()) {
    for (float zero : {0.0f, -0.4242f}) {
      INFO(print(d));
      const Padded padded(d, zero);
      const uint32_t border = d.padding * d.in, row = d.w * d.in;
      size_t wrong = 0;
      for (uint32_t i = 0; i < d.n; ++i) {
        for (uint32_t y = 0; y < d.h + 2 * d.padding; ++y) {
          for (uint32_t x = 0; x < row + 2 * border; ++x) {
            const bool inside =
                y >= d.padding && y < d.h + d.padding && x >= border && x < border + row;
            const float want =
                inside ? padded.images.floats[(i * d.h + y - d.padding) * size_t{row} + x - border]
                       : 0.0f;
            wrong += test::same_bits(padded.value(d, i, y, x), want) ? 0 : 1;
          }
        }
      }
      CHECK(wrong == 0);
      for (size_t i = 0; i < kGuard; ++i) {
        CHECK(padded.floats[i] == -5.0f);
        CHECK(padded.floats[padded.floats.size() - 1 - i] == -5.0f);
        CHECK(padded.numbers[i] == 5u);
        CHECK(padded.numbers[padded.numbers.size() - 1 - i] == 5u);
      }
    }
  }
}

TEST_CASE(
    "the range of a row holds each output whose window sees a nonzero pixel, from the first to the "
    "last") {
  for (const Conv2dDims& d : shapes()) {
    const Padded padded(d, 0);
    if (!padded.nonzero) continue;
    INFO(print(d));
    for (uint32_t i = 0; i < d.n; ++i) {
      for (uint32_t y = 0; y < d.h + 2 * d.padding; ++y) {
        const kernels::Range range = padded.nonzero[i * kernels::padded_rows(d) + y];
        const auto sees = [&](uint32_t ox) {
          for (uint32_t k = 0; k < d.kw; ++k) {
            if (padded.value(d, i, y, ox * d.stride + k) != 0) return true;
          }
          return false;
        };
        for (uint32_t ox = 0; ox < d.ow(); ++ox) {
          if (sees(ox)) CHECK((range.begin <= ox && ox < range.end));
        }
        CHECK(range.end <= d.ow());
        if (d.kw >= d.stride && range.begin < range.end)
          CHECK((sees(range.begin) && sees(range.end - 1)));
      }
    }
  }
}

TEST_CASE("a convolution of padded bytes equals that of their values, to the bit") {
  for (const Conv2dDims& d : shapes()) {
    for (const uint32_t which : {0u, 1u, 2u, 3u}) {
      const float zero = which < 2 ? 0.0f : -0.4242f;
      const bool relu = which % 2 == 1;
      INFO(print(d));
      CAPTURE(relu);
      const Padded padded(d, zero);
      const auto w = test::normals(Rng(2), size_t{d.patch()} * d.out),
                 b = test::normals(Rng(3), d.out);
      auto dy = test::normals(Rng(4), d.pixels() * d.out);
      std::vector<float> y(dy.size(), -77.0f), want_y = y, dw = test::normals(Rng(5), w.size()),
                                               want_dw = dw;
      std::vector<float> floats(kernels::conv2d_floats(d));
      std::vector<uint32_t> numbers(kernels::conv2d_numbers(d));
      const kernels::Conv2dScratch scratch{floats.data(), numbers.data()};
      kernels::conv2d_forward(y.data(), padded.input(), w.data(), b.data(), scratch, d, relu);
      const float* x = padded.images.floats.data();
      reference::conv2d_forward(want_y.data(), x, w.data(), b.data(), d);
      std::vector<float> want_dy = dy, dz(dy.size());
      for (size_t i = 0; relu && i < dy.size(); ++i) {
        want_y[i] = std::max(want_y[i], 0.0f);
        if (want_y[i] == 0.0f) want_dy[i] = 0.0f;
      }
      const kernels::UpstreamGrad upstream{dy.data(), relu ? y.data() : nullptr, dz.data()};
      kernels::conv2d_backward_parameters(dw.data(), nullptr, padded.input(), upstream, false,
                                          scratch, d);
      reference::conv2d_backward_weight(want_dw.data(), x, want_dy.data(), d);
      CHECK(test::first_difference(y, want_y) == -1);
      CHECK(test::first_difference(dw, want_dw) == -1);
    }
  }
}
