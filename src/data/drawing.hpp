// A digit drawn by hand: the strokes of a pen, the ink that they leave, and the image of 28 × 28
// pixels that a model sees. Strokes are kept, not pixels, so that one can be taken back. Uses
// multiplication, addition, division and square roots only: the same bytes everywhere.
//
// Source of the preparation: Y. LeCun, C. Cortes, C. Burges, The MNIST database: the digit is
// scaled to fit 20 × 20 pixels, keeping its proportions, and moved so that its centre of mass is
// the middle of 28 × 28. Its darkest pixel becomes black, as in almost all of those images.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "data/image_size.hpp"

namespace downhill {

inline constexpr uint32_t kInkSide = 4 * kMnistSize.columns;  // of the square that is drawn on
inline constexpr uint32_t kFittedSide = 20;                   // that a digit is scaled to fit
inline constexpr size_t kMaxDrawnPoints = 4096;
inline constexpr float kMinPen = 0.01f, kMaxPen = 0.3f;

struct Drawing {
  // x, y, x, y …, 0..1 of the square from its upper left corner; at most kMaxDrawnPoints pairs.
  std::vector<float> points;
  std::vector<uint32_t> strokes;  // points of each, at least one; their sum is all points
  // Instead of strokes: [28, 28], 0 paper … 255 ink, which is taken as it is.
  std::vector<uint8_t> pixels;
  float pen = 0.07f;    // width of the line, as a share of the square: kMinPen..kMaxPen
  bool centred = true;  // prepared as MNIST was; otherwise only made smaller

  bool blank() const { return points.empty() && pixels.empty(); }
  bool operator==(const Drawing&) const = default;
};

// Whether lengths and ranges are as described above.
bool is_sound(const Drawing& drawing);

// What changes of a drawing; what is left out stays. Strokes take the place of pixels, and pixels
// that of strokes.
struct DrawOrder {
  std::optional<std::vector<float>> points;  // with `strokes`, as above; empty: nothing is drawn
  std::vector<uint32_t> strokes;
  std::optional<std::vector<uint8_t>> pixels;
  std::optional<float> pen;
  std::optional<bool> centred;
  bool operator==(const DrawOrder&) const = default;
};
Drawing changed(Drawing drawing, const DrawOrder& order);

// Every stage of the preparation, for showing.
struct PreparedDrawing {
  std::vector<uint8_t> ink;          // [kInkSide, kInkSide]; empty for `pixels`
  std::array<uint32_t, 4> box = {};  // first row and column, rows and columns of the ink; 0: none
  uint32_t rows = 0, columns = 0;    // of the fitted digit; 0 unless centred
  std::vector<uint8_t> fitted;       // [rows, columns], kFittedSide at most
  std::vector<uint8_t> pixels;       // [28, 28], for the model
};

// Precondition: is_sound(drawing).
PreparedDrawing prepare(const Drawing& drawing);

}  // namespace downhill
