// The colours of pictures, curves and legends. There are two scales from orange to blue. That of
// values goes from negative through the paper, which is zero, to positive. That of answers goes from
// the second class through a grey, which is unsure, to the first. Arithmetic only; the shaders
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

// OKLab, in which equal distances look equally far apart. Lightness 0..1, a: green to red, b: blue
// to yellow. Source: Björn Ottosson, "A perceptual color space for image processing" (2020),
// bottosson.github.io/posts/oklab.
struct Lab {
  float l = 0, a = 0, b = 0;
  bool operator==(const Lab&) const = default;
};

// `positive` and `negative` have equal lightness and chroma, so that a value and its opposite look
// equally strong. Blue and orange differ for every common kind of colour blindness.
struct Palette {
  Lab paper;     // zero; also the page's background
  Lab ink;       // text; a pixel of a digit at full strength
  Lab positive;  // +scale, and the first class: blue
  Lab negative;  // -scale, and the second class: orange
  Lab unsure;    // the ink of an answer between two classes: a grey that can be read
};

const Palette& palette(Theme theme);

Rgb to_rgb(const Lab& color);  // colours outside sRGB are clipped
Lab to_lab(const Rgb& color);
float distance(const Lab& a, const Lab& b);  // Euclidean in OKLab

// Weights and gradients: a straight line in OKLab from paper (t = 0) to blue (t = 1) or orange (t =
// -1), so that equal differences of value are equal differences of colour. Clamps t to -1..1.
Lab diverging(const Palette& palette, float t);

// Digits: a straight line from paper (t = 0) to ink (t = 1). Clamps t to 0..1.
Lab ink(const Palette& palette, float t);

// The ink of a digit by the answer of the model: from the grey of no answer (t = 0) to blue (t = 1)
// or orange (t = -1). Also for marks whose sign is shown and that must be seen whatever their size.
// Clamps t to -1..1.
Lab answer_ink(const Palette& palette, float t);
// The same where the classes have no colours: from that grey (t = 0) to ink (t = 1).
Lab certainty_ink(const Palette& palette, float t);

}  // namespace downhill::gfx
