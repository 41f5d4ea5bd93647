#include "kernels/sparse_images/pad_pixels.hpp"

#include <bit>

#include "kernels/sparse_images/fetch.hpp"
#include "kernels/sparse_images/fractions.hpp"

namespace downhill::kernels {
namespace {

constexpr uint32_t kAtOnce = 16;     // bytes that one instruction compares with 0
constexpr uint32_t kMostWidth = 64;  // conv2d_skips_zeros() allows no more pixels in a row

// Finds the outputs along a row whose windows see a nonzero pixel of an image row.
class NonzeroOutputs {
 public:
  explicit NonzeroOutputs(const Conv2dDims& d) {
    for (uint32_t x = 0; x < d.w; ++x) {
      const uint32_t padded_x = x + d.padding;
      const uint32_t begin = padded_x < d.kw ? 0 : (padded_x - d.kw) / d.stride + 1;
      outputs_[x] = {begin, std::max(begin, std::min(padded_x / d.stride + 1, d.ow()))};
    }
  }
  Range of(const uint8_t* row, uint32_t width) const {
    uint64_t nonzero = 0;
    const auto compare = [&](uint32_t x) {
      nonzero |= uint64_t{simd::active::bytes_above_zero(row + x)} << x;
    };
    for (uint32_t x = 0; x + kAtOnce < width; x += kAtOnce) compare(x);
    compare(width - kAtOnce);
    if (nonzero == 0) return {0, 0};
    return {outputs_[std::countr_zero(nonzero)].begin, outputs_[std::bit_width(nonzero) - 1].end};
  }

 private:
  Range outputs_[kMostWidth];  // whose windows see pixel x of a row
};

// The ranges of all rows of a padded image.
void find_ranges(Ranges nonzero, const uint8_t* image, const Conv2dDims& d,
                 const NonzeroOutputs& outputs) {
  const uint32_t rows = static_cast<uint32_t>(padded_rows(d)), height = d.h, width = d.w;
  for (uint32_t row = 0; row < rows; ++row) {
    const uint32_t y = row - d.padding;  // modulo 2ⁿ
    nonzero.set(row, y < height ? outputs.of(image + y * width, width) : Range{0, 0});
  }
}

}  // namespace

void pad_pixels(float* x, Ranges nonzero, const Pixels& pixels, const Conv2dDims& d) {
  const size_t row = size_t{d.w} * d.in, border = size_t{d.padding} * d.in;
  const size_t edge = d.padding * (row + 2 * border);  // the rows above an image
  const bool fractions = are_fractions(pixels.map);
  const NonzeroOutputs outputs(nonzero ? d : Conv2dDims{});
  fetch(d.n, [&](uint32_t i) { return std::as_bytes(std::span(pixels.images[i], pixels.size)); });
  for (uint32_t i = 0; i < d.n; ++i) {
    const uint8_t* bytes = pixels.images[i];
    if (nonzero) find_ranges(nonzero.from(i * padded_rows(d)), bytes, d, outputs);
    std::fill_n(x, edge + border, 0.0f);
    x += edge + border;
    for (uint32_t y = 0; y < d.h; ++y, bytes += row) {
      write_values(x, bytes, row, pixels.map, fractions);
      std::fill_n(x + row, 2 * border, 0.0f);  // the right border, and the left one of the next row
      x += row + 2 * border;
    }
    std::fill_n(x, edge - border, 0.0f);
    x += edge - border;
  }
}

}  // namespace downhill::kernels
