#include "ui/theme.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace downhill::ui {
namespace {

// Relative luminance and contrast as WCAG 2.2 defines them.
double linear(float c) {
  const auto v = static_cast<double>(c);
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

double luminance(const gfx::Lab& color) {
  const gfx::Rgb rgb = gfx::to_rgb(color);
  return 0.2126 * linear(rgb.r) + 0.7152 * linear(rgb.g) + 0.0722 * linear(rgb.b);
}

double contrast(const gfx::Lab& a, const gfx::Lab& b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace

TEST_CASE("Every tone of text can be read on the paper and its shades, in both themes") {
  for (const gfx::Theme mode : {gfx::Theme::light, gfx::Theme::dark}) {
    const gfx::Lab paper = tone_color(mode, Tone::paper);
    for (const Tone tone :
         {Tone::faint, Tone::soft, Tone::ink, Tone::three_text, Tone::seven_text, Tone::rate}) {
      CHECK_MESSAGE(contrast(tone_color(mode, tone), paper) >= 4.5, static_cast<int>(tone));
    }
    for (const Tone tone : {Tone::soft, Tone::ink}) {
      CHECK_MESSAGE(contrast(tone_color(mode, tone), tone_color(mode, Tone::surface_deep)) >= 4.5,
                    static_cast<int>(tone));
    }
    CHECK(contrast(tone_color(mode, Tone::paper), tone_color(mode, Tone::ink)) >= 10);
  }
}

TEST_CASE("Three, seven and the learning rate are far apart for the eye") {
  for (const gfx::Theme mode : {gfx::Theme::light, gfx::Theme::dark}) {
    const gfx::Lab three = tone_color(mode, Tone::three), seven = tone_color(mode, Tone::seven),
                   lr = tone_color(mode, Tone::rate);
    CHECK(gfx::distance(three, seven) > 0.2f);
    CHECK(gfx::distance(three, lr) > 0.15f);
    CHECK(gfx::distance(seven, lr) > 0.15f);
  }
}

}  // namespace downhill::ui
