// The colour language: class "3" and everything positive is blue, class "7" and everything negative
// is orange, zero is the paper, in pictures, curves and legends alike. Pure arithmetic; the shaders
// compute the same maps from the same constants. Knows no GL and no widgets.
#pragma once

#include <cstdint>

namespace downhill::gfx {

enum class Theme : uint8_t { light, dark };

// Gamma-encoded sRGB, each 0..1.
struct Rgb {
  float r = 0, g = 0, b = 0;
  bool operator==(const Rgb&) const = default;
};

// OKLab: equal distances look equally far apart. Lightness 0..1, a green-red, b blue-yellow.
// Source: Björn Ottosson, "A perceptual color space for image processing" (2020),
// bottosson.github.io/posts/oklab.
struct Lab {
  float l = 0, a = 0, b = 0;
  bool operator==(const Lab&) const = default;
};

// `positive` and `negative` have one lightness and one chroma, so that a value and its opposite
// look equally strong; blue and orange stay apart for every common kind of colour blindness.
struct Palette {
  Lab paper;     // zero; also the page's background
  Lab ink;       // text; a pixel of a digit at full strength
  Lab positive;  // +scale: blue
  Lab negative;  // -scale: orange
};

const Palette& palette(Theme theme);

Rgb to_rgb(const Lab& color);  // colours outside sRGB are clipped
Lab to_lab(const Rgb& color);
float distance(const Lab& a, const Lab& b);  // Euclidean in OKLab

// Weights and gradients: a straight line in OKLab from paper to blue (t = 1) and to orange (t =
// -1), so equal differences of value are equal differences of colour. t is clamped to -1..1.
Lab diverging(const Palette& palette, float t);

// Digits: a straight line from paper (t = 0) to ink (t = 1). t is clamped to 0..1.
Lab ink(const Palette& palette, float t);

}  // namespace downhill::gfx
