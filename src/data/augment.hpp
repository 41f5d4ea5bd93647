// Item transforms: what happens to one image before it becomes floats. They take bytes and give the
// same bytes on every machine, because they use only whole numbers and floats that are multiplied,
// added and divided.
// Nothing here allocates. Knows no batches and no datasets.
//
//   Rng rng = Rng(seed).split("augment").split(epoch).split(index);
//   crop_pad(image, padded);           // zeros around it
//   random_crop(padded, rng, result);  // a window of it, anywhere
//
// Source: fastai's CropPad (with zeros) and RandomCrop (in validation: the centre), chained as in
// the article. The others are common for digits.
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

// In all of these the size of `out` is the size that is wanted. Preconditions: `out` does not
// overlap `in`, spans are as long as their sizes say, and no size is 0.

// out(r, c) = in(r + row, c + col), or 0 if `in` has no such pixel.
void copy_window(ImageView in, int32_t row, int32_t col, ImageBytes out);

// The middle of `in`, padded with zeros along an axis where `in` is smaller. If the difference is
// odd, the smaller half is cut off, or the larger half added, at the top and the left.
void crop_pad(ImageView in, ImageBytes out);
// The same. Precondition: `in` is not smaller along any axis.
void centre_crop(ImageView in, ImageBytes out);
// A window at a random place, each equally likely. Draws the row, then the column. Precondition:
// `in` is not smaller along any axis.
void random_crop(ImageView in, Rng& rng, ImageBytes out);

// Turns the image about its centre, scales it from there, then moves it. The angle is given by the
// tangent t of its half, from which cos = (1 - t²) / (1 + t²) and sin = 2t / (1 + t²) follow
// without a table or a series.
struct AffineMap {
  float tan_half = 0;         // of the angle, counterclockwise
  float scale = 1;            // above 0
  float right = 0, down = 0;  // pixels
};

// Each pixel of `out` is interpolated linearly between the four pixels of `in` around its origin (0
// outside) and rounded; the result is within 0.65 grey values of the exact one. The identity gives
// the image itself. Precondition: equal sizes.
void map_affine(ImageView in, const AffineMap& map, ImageBytes out);

// Each pixel plus deviation·normal(), rounded and limited to 0..255. Precondition: equal sizes.
void add_noise(ImageView in, float deviation, Rng& rng, ImageBytes out);

// The range of each choice. Each amount is uniform between its bounds.
inline constexpr uint32_t kCropPad = 3;                     // pixels on every side
inline constexpr int32_t kMaxShift = 2;                     // pixels, either way
inline constexpr float kMaxTanHalfAngle = 0.131652497587f;  // tan(15° / 2)
inline constexpr float kMinScale = 0.9f, kMaxScale = 1.1f;
inline constexpr float kNoise = 25.0f;  // standard deviation, in grey values

// What chance has drawn for one image. A kind reads only its own numbers; the others are those that
// change nothing.
struct AugmentDraw {
  int32_t row = 0, column = 0;  // crop, shift: the corner of the window, see copy_window
  AffineMap map;                // rotate, affine
};

// One of the choices, with its random stream: Rng(seed).split("augment").split(epoch).split(index).
// The result for an image depends on nothing else, so batches may be made in any order, repeatedly
// and of any size. Validation takes `none`, which is also what the centre crop of `crop` would
// give.
class ItemTransform {
 public:
  ItemTransform(Augment kind, uint64_t seed) : kind_(kind), seed_(seed), stream_(of_epoch(0)) {}

  void begin_epoch(uint64_t epoch) { stream_ = of_epoch(epoch); }  // 0 from the start
  Augment kind() const { return kind_; }

  // What apply() does to image `index`. Draws, in this order: crop: row, column; shift: right, down; rotate: the half angle's tangent;
  // affine: that, scale, right, down; noise draws pixel by pixel, in
  // apply().
  AugmentDraw drawn_for(uint32_t index) const;
  // Precondition: equal sizes.
  void apply(uint32_t index, ImageView in, ImageBytes out) const;

 private:
  AugmentDraw draw(Rng& rng) const;
  Rng of_epoch(uint64_t epoch) const { return Rng(seed_).split("augment").split(epoch); }

  Augment kind_;
  uint64_t seed_;
  Rng stream_;
};

}  // namespace downhill
