// Item transforms: what happens to one image before it becomes floats. Bytes in, bytes of the same
// bits on every machine out: whole numbers, or floats that are multiplied, added and divided only.
// They must not know batches or datasets; none of them allocates.
//
//   Rng rng = Rng(seed).split("augment").split(epoch).split(index);
//   crop_pad(image, padded);           // 28x28 in the middle of 34x34
//   random_crop(padded, rng, result);  // 28x28 out of it, somewhere
//
// Source: fastai's CropPad (zeros around), RandomCrop (in validation: the centre), as the article
// chains them; the others are the usual ones for digits.
#pragma once

#include <cstdint>
#include <span>

#include "base/rng.hpp"
#include "data/choices.hpp"

namespace downhill {

struct ImageView {
  std::span<const uint8_t> pixels;  // [rows, cols], 0 paper ... 255 ink
  uint32_t rows = 0, cols = 0;
};

struct ImageBytes {
  std::span<uint8_t> pixels;  // [rows, cols]
  uint32_t rows = 0, cols = 0;
  operator ImageView() const { return {pixels, rows, cols}; }  // NOLINT: implicit by design
};

// In all of these `out` says which size is wanted, and must not overlap `in`. Preconditions: spans
// hold what the sizes say, and no size is 0.

// out(r, c) = in(r + row, c + col), and 0 where `in` has no such pixel.
void copy_window(ImageView in, int32_t row, int32_t col, ImageBytes out);

// The middle of `in`, with zeros around it along an axis in which it is the smaller one. Of an odd
// difference the smaller half is cut off, or the larger half added, at the top and the left.
void crop_pad(ImageView in, ImageBytes out);
// The same, of an `in` that is nowhere smaller.
void centre_crop(ImageView in, ImageBytes out);
// Anywhere in `in`, each place as likely; draws the row, then the column. Precondition: `in` is
// nowhere smaller.
void random_crop(ImageView in, Rng& rng, ImageBytes out);

// Turns the image about its centre, then enlarges it from there, then moves it. An angle is given
// by the tangent t of its half, from which cos = (1 - t²) / (1 + t²) and sin = 2t / (1 + t²)
// follow without a table or a series.
struct AffineMap {
  float tan_half = 0;         // of the angle, counterclockwise
  float scale = 1;            // above 0
  float right = 0, down = 0;  // pixels
};

// Each pixel is taken from where it came from, between four pixels by linear interpolation, 0
// outside, and rounded; less than 0.65 grey values from the exact result. The identity
// gives the image itself. Precondition: equal sizes.
void map_affine(ImageView in, const AffineMap& map, ImageBytes out);

// Each pixel plus deviation·normal(), rounded, at least 0 and at most 255. Precondition: equal
// sizes.
void add_noise(ImageView in, float deviation, Rng& rng, ImageBytes out);

// How far the choices go. Each amount is uniform between its bounds.
inline constexpr uint32_t kCropPad = 3;                     // pixels on every side: 28 becomes 34
inline constexpr int32_t kMaxShift = 2;                     // pixels, either way
inline constexpr float kMaxTanHalfAngle = 0.131652497587f;  // tan(15° / 2)
inline constexpr float kMinScale = 0.9f, kMaxScale = 1.1f;
inline constexpr float kNoise = 25.0f;  // standard deviation, in grey values

// One of the choices, with its random stream: Rng(seed).split("augment").split(epoch).split(index).
// What becomes of an image depends on nothing else, so batches can be made in any order, again, and
// of any size. Validation takes `none`, which for `crop` is what its centre crop gives.
class ItemTransform {
 public:
  ItemTransform(Augment kind, uint64_t seed) : kind_(kind), seed_(seed), stream_(of_epoch(0)) {}

  void begin_epoch(uint64_t epoch) { stream_ = of_epoch(epoch); }  // 0 from the start
  Augment kind() const { return kind_; }

  // Draws, in this order: crop: row, column; shift: right, down; rotate: the half angle's tangent;
  // affine: that, scale, right, down; noise: pixel by pixel. Precondition: equal sizes.
  void apply(uint32_t index, ImageView in, ImageBytes out) const;

 private:
  Rng of_epoch(uint64_t epoch) const { return Rng(seed_).split("augment").split(epoch); }

  Augment kind_;
  uint64_t seed_;
  Rng stream_;
};

}  // namespace downhill
