#include "data/augment.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace downhill {
namespace {

void check([[maybe_unused]] ImageView image) {
  assert(image.rows > 0 && image.cols > 0);
  assert(image.pixels.size() == size_t{image.rows} * image.cols);
}

void check_equal([[maybe_unused]] ImageView in, [[maybe_unused]] ImageView out) {
  check(in);
  check(out);
  assert(in.rows == out.rows && in.cols == out.cols);
}

// Half of the difference, rounded down: half of -5 is -3.
int32_t half(uint32_t in, uint32_t out) {
  return (static_cast<int32_t>(in) - static_cast<int32_t>(out)) >> 1;
}

// Positions between pixels are in units of 2^-24 pixel. Interpolation takes the upper 12 bits of
// the fraction as a weight, so that 255 times two weights fits into 32 bits.
constexpr int kPlaceBits = 24, kWeightBits = 12;
constexpr uint32_t kOne = 1u << kWeightBits;

int64_t to_place(float pixels) {
  return static_cast<int64_t>(std::floor(static_cast<double>(pixels) * (1 << kPlaceBits) + 0.5));
}

uint32_t pixel_or_zero(ImageView image, int64_t row, int64_t col) {
  const bool inside = row >= 0 && row < image.rows && col >= 0 && col < image.cols;
  return inside ? image.pixels[static_cast<size_t>(row * image.cols + col)] : 0;
}

uint8_t between_pixels(ImageView image, int64_t y, int64_t x) {
  const int64_t row = y >> kPlaceBits, col = x >> kPlaceBits;
  const uint32_t down = static_cast<uint32_t>(y >> (kPlaceBits - kWeightBits)) & (kOne - 1);
  const uint32_t right = static_cast<uint32_t>(x >> (kPlaceBits - kWeightBits)) & (kOne - 1);
  const uint32_t upper =
      (kOne - right) * pixel_or_zero(image, row, col) + right * pixel_or_zero(image, row, col + 1);
  const uint32_t lower = (kOne - right) * pixel_or_zero(image, row + 1, col) +
                         right * pixel_or_zero(image, row + 1, col + 1);
  return static_cast<uint8_t>(((kOne - down) * upper + down * lower + kOne * kOne / 2) >>
                              (2 * kWeightBits));
}

AffineMap random_turn(Rng& rng) {
  return {.tan_half = rng.uniform(-kMaxTanHalfAngle, kMaxTanHalfAngle)};
}

AffineMap random_affine(Rng& rng) {
  constexpr float kShift = static_cast<float>(kMaxShift);
  AffineMap map = random_turn(rng);
  map.scale = rng.uniform(kMinScale, kMaxScale);
  map.right = rng.uniform(-kShift, kShift);
  map.down = rng.uniform(-kShift, kShift);
  return map;
}

int32_t random_offset(int32_t most, Rng& rng) {
  return static_cast<int32_t>(rng.below(static_cast<uint32_t>(2 * most + 1))) - most;
}

}  // namespace

void copy_window(ImageView in, int32_t row, int32_t col, ImageBytes out) {
  check(in);
  check(out);
  const int64_t out_cols = out.cols;
  const int64_t first = std::clamp<int64_t>(-int64_t{col}, 0, out_cols);  // of a row, in `out`
  const int64_t last = std::clamp<int64_t>(int64_t{in.cols} - col, first, out_cols);
  for (uint32_t r = 0; r < out.rows; ++r) {
    uint8_t* to = out.pixels.data() + size_t{r} * out.cols;
    const int64_t from = int64_t{r} + row;
    if (from < 0 || from >= in.rows || first == last) {
      std::memset(to, 0, out.cols);
      continue;
    }
    std::memset(to, 0, static_cast<size_t>(first));
    std::memcpy(to + first, in.pixels.data() + from * in.cols + first + col,
                static_cast<size_t>(last - first));
    std::memset(to + last, 0, static_cast<size_t>(out_cols - last));
  }
}

void crop_pad(ImageView in, ImageBytes out) {
  copy_window(in, half(in.rows, out.rows), half(in.cols, out.cols), out);
}

void centre_crop(ImageView in, ImageBytes out) {
  assert(in.rows >= out.rows && in.cols >= out.cols);
  crop_pad(in, out);
}

void random_crop(ImageView in, Rng& rng, ImageBytes out) {
  assert(in.rows >= out.rows && in.cols >= out.cols);
  const auto row = static_cast<int32_t>(rng.below(in.rows - out.rows + 1));
  const auto col = static_cast<int32_t>(rng.below(in.cols - out.cols + 1));
  copy_window(in, row, col, out);
}

// With positions relative to the centre, y pointing down, and the rotation R:
// out = scale·R·in + move, so in = R⁻¹·(out - move) / scale. Along a row and down a column the
// position in `in` moves by a constant step.
void map_affine(ImageView in, const AffineMap& map, ImageBytes out) {
  check_equal(in, out);
  assert(map.scale > 0);
  const float t = map.tan_half, length = (1.0f + t * t) * map.scale;
  const float cosine = (1.0f - t * t) / length, sine = (t + t) / length;
  const float middle_x = static_cast<float>(in.cols - 1) * 0.5f;
  const float middle_y = static_cast<float>(in.rows - 1) * 0.5f;
  const float x0 = -middle_x - map.right, y0 = -middle_y - map.down;
  const int64_t corner_x = to_place(middle_x + (cosine * x0 - sine * y0));
  const int64_t corner_y = to_place(middle_y + (sine * x0 + cosine * y0));
  const int64_t along = to_place(cosine), aslant = to_place(sine);
  for (uint32_t r = 0; r < out.rows; ++r) {
    int64_t x = corner_x - r * aslant, y = corner_y + r * along;
    for (uint32_t c = 0; c < out.cols; ++c, x += along, y += aslant) {
      out.pixels[size_t{r} * out.cols + c] = between_pixels(in, y, x);
    }
  }
}

void add_noise(ImageView in, float deviation, Rng& rng, ImageBytes out) {
  check_equal(in, out);
  for (size_t p = 0; p < in.pixels.size(); ++p) {
    const float grey = static_cast<float>(in.pixels[p]) + deviation * rng.normal();
    out.pixels[p] = static_cast<uint8_t>(std::clamp(grey, 0.0f, 255.0f) + 0.5f);
  }
}

AugmentDraw ItemTransform::draw(Rng& rng) const {
  constexpr int32_t kPad = static_cast<int32_t>(kCropPad);
  AugmentDraw drawn;
  switch (kind_) {
    case Augment::none:
    case Augment::noise:
      break;
    case Augment::crop:
      // crop_pad and random_crop in one step, without the padded image.
      drawn.row = random_offset(kPad, rng);
      drawn.column = random_offset(kPad, rng);
      break;
    case Augment::shift:
      drawn.column = -random_offset(kMaxShift, rng);
      drawn.row = -random_offset(kMaxShift, rng);
      break;
    case Augment::rotate:
      drawn.map = random_turn(rng);
      break;
    case Augment::affine:
      drawn.map = random_affine(rng);
      break;
  }
  return drawn;
}

AugmentDraw ItemTransform::drawn_for(uint32_t index) const {
  Rng rng = stream_.split(uint64_t{index});
  return draw(rng);
}

void ItemTransform::apply(uint32_t index, ImageView in, ImageBytes out) const {
  check_equal(in, out);
  Rng rng = stream_.split(uint64_t{index});
  const AugmentDraw drawn = draw(rng);
  switch (kind_) {
    case Augment::none:
    case Augment::crop:
    case Augment::shift:
      return copy_window(in, drawn.row, drawn.column, out);
    case Augment::rotate:
    case Augment::affine:
      return map_affine(in, drawn.map, out);
    case Augment::noise:
      return add_noise(in, kNoise, rng, out);
  }
}

}  // namespace downhill
