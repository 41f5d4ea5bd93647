#include "kernels/sparse_images/pad_pixels.hpp"

#include <bit>

#include "kernels/sparse_images/fetch.hpp"
#include "kernels/sparse_images/fractions.hpp"

namespace downhill::kernels {
namespace {

constexpr uint32_t kAtOnce = 16, kMost = 64;  // pixels of a row

// What windows see of the rows of an image.
class Sight {
 public:
  explicit Sight(const Conv2dDims& d) {
    for (uint32_t x = 0; x < d.w; ++x) {
      const uint32_t padded_x = x + d.padding;
      const uint32_t begin = padded_x < d.kw ? 0 : (padded_x - d.kw) / d.stride + 1;
      outputs_[x] = {begin, std::max(begin, std::min(padded_x / d.stride + 1, d.ow()))};
    }
  }
  Range of(const uint8_t* row, uint32_t width) const {
    uint64_t nonzero = 0;
    const auto look = [&](uint32_t x) {
      nonzero |= uint64_t{simd::active::bytes_above_zero(row + x)} << x;
    };
    for (uint32_t x = 0; x + kAtOnce < width; x += kAtOnce) look(x);
    look(width - kAtOnce);
    if (nonzero == 0) return {0, 0};
    return {outputs_[std::countr_zero(nonzero)].begin, outputs_[std::bit_width(nonzero) - 1].end};
  }

 private:
  Range outputs_[kMost];  // along a row, that see this pixel
};

// What windows see of an image, the rows of the padding too.
void look_at(Ranges nonzero, const uint8_t* image, const Conv2dDims& d, const Sight& sight) {
  const uint32_t rows = static_cast<uint32_t>(padded_rows(d)), height = d.h, width = d.w;
  for (uint32_t row = 0; row < rows; ++row) {
    const uint32_t y = row - d.padding;  // modulo 2ⁿ
    nonzero.set(row, y < height ? sight.of(image + y * width, width) : Range{0, 0});
  }
}

}  // namespace

bool can_find_nonzero(const Pixels& pixels, const Conv2dDims& d) {
  return pixels.map[0] == 0.0f && d.in == 1 && d.w >= kAtOnce && d.w <= kMost;
}

void pad_pixels(float* x, Ranges nonzero, const Pixels& pixels, const Conv2dDims& d) {
  const size_t row = size_t{d.w} * d.in, border = size_t{d.padding} * d.in;
  const size_t edge = d.padding * (row + 2 * border);  // the rows above an image
  const bool fractions = are_fractions(pixels.map);
  const Sight sight(nonzero ? d : Conv2dDims{});
  fetch(d.n, [&](uint32_t i) { return std::as_bytes(std::span(pixels.images[i], pixels.size)); });
  for (uint32_t i = 0; i < d.n; ++i) {
    const uint8_t* bytes = pixels.images[i];
    if (nonzero) look_at(nonzero.from(i * padded_rows(d)), bytes, d, sight);
    std::fill_n(x, edge + border, 0.0f);
    x += edge + border;
    for (uint32_t y = 0; y < d.h; ++y, bytes += row) {
      write_values(x, bytes, row, pixels.map, fractions);
      std::fill_n(x + row, 2 * border, 0.0f);  // on its right, and on the left of the next one
      x += row + 2 * border;
    }
    std::fill_n(x, edge - border, 0.0f);
    x += edge - border;
  }
}

}  // namespace downhill::kernels
