#include "ui/theme.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
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

TEST_CASE("Every tone of text is readable on the paper and its shades, in both themes") {
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

// Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
// deficiency" (2009), table 1, severity 1; on linear sRGB.
gfx::Lab seen_without(const std::array<std::array<double, 3>, 3>& m, const gfx::Lab& color) {
  const gfx::Rgb rgb = gfx::to_rgb(color);
  const std::array<double, 3> in = {linear(rgb.r), linear(rgb.g), linear(rgb.b)};
  const auto row = [&](size_t i) {
    const double v = std::clamp(m[i][0] * in[0] + m[i][1] * in[1] + m[i][2] * in[2], 0.0, 1.0);
    return static_cast<float>(v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055);
  };
  return gfx::to_lab({row(0), row(1), row(2)});
}

TEST_CASE("Rates of a race stand out from the paper and from each other, for every eye") {
  constexpr std::array<std::array<std::array<double, 3>, 3>, 4> kEyes = {
      {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
       {{{0.152286, 1.052583, -0.204868},
         {0.114503, 0.786281, 0.099216},
         {-0.003882, -0.048116, 1.051998}}},
       {{{0.367322, 0.860646, -0.227968},
         {0.280085, 0.672501, 0.047413},
         {-0.011820, 0.042940, 0.968881}}},
       {{{1.255528, -0.076749, -0.178779},
         {-0.078411, 0.930809, 0.147602},
         {0.004733, 0.691367, 0.303900}}}}};
  for (const gfx::Theme mode : {gfx::Theme::light, gfx::Theme::dark}) {
    const gfx::Lab paper = tone_color(mode, Tone::paper);
    for (int i = 0; i < 5; ++i) {
      const gfx::Lab color = among_rates_color(mode, static_cast<float>(i) / 4);
      CHECK(contrast(color, paper) >= 2.8);
      if (i == 0) continue;
      const gfx::Lab before = among_rates_color(mode, static_cast<float>(i - 1) / 4);
      CHECK(contrast(color, paper) > 1.25 * contrast(before, paper));  // in order
      for (const auto& eye : kEyes) {
        CHECK(gfx::distance(seen_without(eye, color), seen_without(eye, before)) > 0.08f);
      }
    }
  }
}

}  // namespace downhill::ui
