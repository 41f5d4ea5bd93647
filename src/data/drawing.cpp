#include "data/drawing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "data/augment.hpp"

namespace downhill {

namespace {

// A line of the pen from (x0, y0) to (x1, y1) in ink pixels: each pixel is as dark as the distance
// of its centre from the line says, with a soft edge one pixel wide.
void draw_line(std::vector<uint8_t>& ink, float x0, float y0, float x1, float y1, float radius) {
  constexpr auto kSide = static_cast<int>(kInkSide);
  const auto first = [&](float a, float b) {
    return std::clamp(static_cast<int>(std::min(a, b) - radius) - 1, 0, kSide);
  };
  const auto last = [&](float a, float b) {
    return std::clamp(static_cast<int>(std::max(a, b) + radius) + 2, 0, kSide);
  };
  const float dx = x1 - x0, dy = y1 - y0, squared = dx * dx + dy * dy;
  for (int row = first(y0, y1); row < last(y0, y1); ++row) {
    for (int column = first(x0, x1); column < last(x0, x1); ++column) {
      const float px = static_cast<float>(column) + 0.5f - x0,
                  py = static_cast<float>(row) + 0.5f - y0;
      const float along =
          squared > 0 ? std::clamp((px * dx + py * dy) / squared, 0.0f, 1.0f) : 0.0f;
      const float ex = px - along * dx, ey = py - along * dy;
      const float dark = std::clamp(radius + 0.5f - std::sqrt(ex * ex + ey * ey), 0.0f, 1.0f);
      uint8_t& pixel = ink[static_cast<size_t>(row * kSide + column)];
      pixel = std::max(pixel, static_cast<uint8_t>(dark * 255.0f + 0.5f));
    }
  }
}

std::vector<uint8_t> ink_of(const Drawing& drawing) {
  std::vector<uint8_t> ink(size_t{kInkSide} * kInkSide, 0);
  const auto side = static_cast<float>(kInkSide);
  const float radius = drawing.pen * side / 2;
  const float* at = drawing.points.data();
  for (const uint32_t count : drawing.strokes) {
    for (uint32_t i = 0; i < count; ++i, at += 2) {
      const float* from = i > 0 ? at - 2 : at;
      draw_line(ink, from[0] * side, from[1] * side, at[0] * side, at[1] * side, radius);
    }
  }
  return ink;
}

std::array<uint32_t, 4> box_of(ImageView ink) {
  uint32_t top = ink.rows, left = ink.cols, bottom = 0, right = 0;
  for (uint32_t row = 0; row < ink.rows; ++row) {
    for (uint32_t column = 0; column < ink.cols; ++column) {
      if (ink.pixels[row * ink.cols + column] == 0) continue;
      top = std::min(top, row), bottom = row + 1;
      left = std::min(left, column), right = std::max(right, column + 1);
    }
  }
  if (bottom == 0) return {};
  return {top, left, bottom - top, right - left};
}

// How much of source cell i lies in [from, to).
float overlap(uint32_t i, float from, float to) {
  const auto low = static_cast<float>(i);
  return std::max(0.0f, std::min(low + 1, to) - std::max(low, from));
}

// Each pixel of `out` is the mean of `in` over the part of the box that it covers.
void scale_to(ImageView in, const std::array<uint32_t, 4>& box, ImageBytes out) {
  const auto [top, left, rows, columns] = box;
  const float high = static_cast<float>(rows) / static_cast<float>(out.rows),
              wide = static_cast<float>(columns) / static_cast<float>(out.cols);
  for (uint32_t row = 0; row < out.rows; ++row) {
    const float y0 = static_cast<float>(row) * high, y1 = y0 + high;
    for (uint32_t column = 0; column < out.cols; ++column) {
      const float x0 = static_cast<float>(column) * wide, x1 = x0 + wide;
      float sum = 0;
      for (auto y = static_cast<uint32_t>(y0); y < rows && static_cast<float>(y) < y1; ++y) {
        for (auto x = static_cast<uint32_t>(x0); x < columns && static_cast<float>(x) < x1; ++x) {
          const uint8_t dark = in.pixels[(top + y) * in.cols + left + x];
          sum += static_cast<float>(dark) * overlap(y, y0, y1) * overlap(x, x0, x1);
        }
      }
      const float mean = sum / (high * wide);
      out.pixels[row * out.cols + column] = static_cast<uint8_t>(std::min(255.0f, mean + 0.5f));
    }
  }
}

// The darkest pixel becomes black: a thin pen leaves grey where a pixel is wider than its line.
void darken(std::vector<uint8_t>& pixels) {
  const uint32_t darkest = std::ranges::max(pixels);
  if (darkest == 0) return;
  for (uint8_t& pixel : pixels)
    pixel = static_cast<uint8_t>((pixel * 255u + darkest / 2) / darkest);
}

uint32_t scaled(uint32_t extent, uint32_t longest) {
  return std::max(1u, (extent * kFittedSide + longest / 2) / longest);
}

// Where a digit of `extent` cells begins so that its centre of mass is in the middle, but inside.
int32_t begin_of(float centre, uint32_t extent, uint32_t side) {
  const float begin = static_cast<float>(side) / 2 - centre;
  const auto rounded = static_cast<int32_t>(begin + 64.5f) - 64;  // down, from any sign
  return std::clamp(rounded, 0, static_cast<int32_t>(side - extent));
}

void centre_by_mass(ImageView digit, ImageBytes out) {
  float sum = 0, across = 0, down = 0;
  for (uint32_t row = 0; row < digit.rows; ++row) {
    for (uint32_t column = 0; column < digit.cols; ++column) {
      const auto dark = static_cast<float>(digit.pixels[row * digit.cols + column]);
      sum += dark;
      across += dark * (static_cast<float>(column) + 0.5f);
      down += dark * (static_cast<float>(row) + 0.5f);
    }
  }
  if (sum <= 0) return;
  copy_window(digit, -begin_of(down / sum, digit.rows, out.rows),
              -begin_of(across / sum, digit.cols, out.cols), out);
}

}  // namespace

bool is_sound(const Drawing& drawing) {
  const auto inside = [](float v) { return v >= 0 && v <= 1; };
  const size_t points = drawing.points.size() / 2;
  const auto whole = std::accumulate(drawing.strokes.begin(), drawing.strokes.end(), uint64_t{0});
  return drawing.points.size() % 2 == 0 && points <= kMaxDrawnPoints && whole == points &&
         std::ranges::count(drawing.strokes, 0u) == 0 &&
         std::ranges::all_of(drawing.points, inside) &&
         (drawing.pixels.empty() || drawing.pixels.size() == kMnistSize.pixels()) &&
         drawing.pen >= kMinPen && drawing.pen <= kMaxPen;
}

Drawing changed(Drawing drawing, const DrawOrder& order) {
  if (order.points) {
    drawing.points = *order.points;
    drawing.strokes = order.strokes;
    drawing.pixels.clear();
  }
  if (order.pixels) {
    drawing.pixels = *order.pixels;
    drawing.points.clear();
    drawing.strokes.clear();
  }
  if (order.pen) drawing.pen = *order.pen;
  if (order.centred) drawing.centred = *order.centred;
  return drawing;
}

PreparedDrawing prepare(const Drawing& drawing) {
  PreparedDrawing out;
  out.pixels.assign(kMnistSize.pixels(), 0);
  if (!drawing.pixels.empty()) {
    out.pixels = drawing.pixels;
    return out;
  }
  out.ink = ink_of(drawing);
  const ImageView ink{out.ink, kInkSide, kInkSide};
  const ImageBytes pixels{out.pixels, kMnistSize.rows, kMnistSize.columns};
  out.box = box_of(ink);
  if (!drawing.centred) {
    scale_to(ink, {0, 0, kInkSide, kInkSide}, pixels);
    return out;
  }
  const uint32_t longest = std::max(out.box[2], out.box[3]);
  if (longest == 0) return out;
  out.rows = scaled(out.box[2], longest);
  out.columns = scaled(out.box[3], longest);
  out.fitted.resize(size_t{out.rows} * out.columns);
  scale_to(ink, out.box, {out.fitted, out.rows, out.columns});
  darken(out.fitted);
  centre_by_mass({out.fitted, out.rows, out.columns}, pixels);
  return out;
}

}  // namespace downhill
