#include "gfx/color.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>

#include "test_paths.hpp"

namespace downhill::gfx {
namespace {

constexpr Theme kThemes[] = {Theme::light, Theme::dark};

TEST_CASE("OKLab gives the published values of the primaries") {
  // Ottosson's reference implementation, rounded: white, red, green, blue.
  const struct {
    Rgb rgb;
    Lab lab;
  } published[] = {{{1, 1, 1}, {1.0f, 0.0f, 0.0f}},
                   {{1, 0, 0}, {0.627955f, 0.224863f, 0.125846f}},
                   {{0, 1, 0}, {0.866440f, -0.233888f, 0.179498f}},
                   {{0, 0, 1}, {0.452014f, -0.032457f, -0.311528f}}};
  for (const auto& [rgb, lab] : published) CHECK(distance(to_lab(rgb), lab) < 2e-4f);
}

TEST_CASE("sRGB to OKLab and back is the same colour") {
  for (float r : {0.0f, 0.02f, 0.5f, 1.0f}) {
    for (float g : {0.0f, 0.3f, 0.9f}) {
      for (float b : {0.04f, 0.6f, 1.0f}) {
        const Rgb back = to_rgb(to_lab({r, g, b}));
        CHECK(back.r == doctest::Approx(r).epsilon(0.002));
        CHECK(back.g == doctest::Approx(g).epsilon(0.002));
        CHECK(back.b == doctest::Approx(b).epsilon(0.002));
      }
    }
  }
}

TEST_CASE("every colour of the palette, and of the maps between, can be shown by an sRGB screen") {
  for (Theme theme : kThemes) {
    const Palette& p = palette(theme);
    for (int i = -100; i <= 100; ++i) {
      const Lab color = diverging(p, static_cast<float>(i) / 100);
      CHECK(distance(to_lab(to_rgb(color)), color) < 2e-3f);  // clipping would change it
    }
    CHECK(distance(to_lab(to_rgb(p.ink)), p.ink) < 2e-3f);
  }
}

TEST_CASE("zero is the paper") {
  for (Theme theme : kThemes) {
    CHECK(diverging(palette(theme), 0) == palette(theme).paper);
    CHECK(ink(palette(theme), 0) == palette(theme).paper);
    CHECK(ink(palette(theme), 1) == palette(theme).ink);
  }
}

TEST_CASE("a value and its opposite look equally strong") {
  for (Theme theme : kThemes) {
    const Palette& p = palette(theme);
    for (float t : {0.1f, 0.35f, 0.7f, 1.0f}) {
      const Lab plus = diverging(p, t), minus = diverging(p, -t);
      CHECK(plus.l == doctest::Approx(minus.l));
      CHECK(distance(plus, p.paper) == doctest::Approx(distance(minus, p.paper)).epsilon(0.05));
    }
  }
}

TEST_CASE("lightness moves one way from the paper to either end, in equal steps") {
  for (Theme theme : kThemes) {
    const Palette& p = palette(theme);
    const float direction = theme == Theme::light ? -1.0f : 1.0f;
    for (float sign : {1.0f, -1.0f}) {
      const float step = distance(diverging(p, 0), diverging(p, sign * 0.05f));
      for (int i = 1; i <= 20; ++i) {
        const Lab before = diverging(p, sign * static_cast<float>(i - 1) / 20);
        const Lab here = diverging(p, sign * static_cast<float>(i) / 20);
        CHECK((here.l - before.l) * direction > 0);
        CHECK(distance(before, here) == doctest::Approx(step).epsilon(0.001));
      }
    }
  }
}

TEST_CASE("values beyond the scale keep the colour of its end") {
  const Palette& p = palette(Theme::light);
  CHECK(diverging(p, 7) == diverging(p, 1));
  CHECK(diverging(p, -7) == diverging(p, -1));
  CHECK(ink(p, -1) == p.paper);
}

// WCAG 2.2: contrast from relative luminance, which is the Y of linear sRGB.
float luminance(const Rgb& c) {
  const auto linear = [](float x) {
    return x <= 0.04045f ? x / 12.92f : std::pow((x + 0.055f) / 1.055f, 2.4f);
  };
  return 0.2126f * linear(c.r) + 0.7152f * linear(c.g) + 0.0722f * linear(c.b);
}

float contrast_on_paper(const Palette& p, const Lab& color) {
  const float paper = luminance(to_rgb(p.paper)), y = luminance(to_rgb(color));
  return (std::max(y, paper) + 0.05f) / (std::min(y, paper) + 0.05f);
}

TEST_CASE("text is readable and marks are seen: contrast 12 for ink, 3 for blue and orange") {
  for (Theme theme : kThemes) {
    const Palette& p = palette(theme);
    const auto contrast = [&](const Lab& color) { return contrast_on_paper(p, color); };
    CHECK(contrast(p.ink) >= 12);
    CHECK(contrast(p.positive) >= 3);
    CHECK(contrast(p.negative) >= 3);
  }
}

TEST_CASE("every ink of an answer can be read: contrast 3 on the paper, also where it is unsure") {
  for (Theme theme : kThemes) {
    const Palette& p = palette(theme);
    const auto contrast = [&](const Lab& color) { return contrast_on_paper(p, color); };
    for (int i = -100; i <= 100; ++i) {
      const float t = static_cast<float>(i) / 100;
      CHECK(contrast(answer_ink(p, t)) >= 3);
      CHECK(contrast(certainty_ink(p, t)) >= 3);
      CHECK(distance(to_lab(to_rgb(answer_ink(p, t))), answer_ink(p, t)) < 2e-3f);
    }
    CHECK(answer_ink(p, 1) == p.positive);
    CHECK(answer_ink(p, -2) == p.negative);
    CHECK(answer_ink(p, 0) == p.unsure);
    CHECK(certainty_ink(p, -1) == p.unsure);
    CHECK(certainty_ink(p, 1) == p.ink);
    // Unsure is grey: no hue, and far from both answers.
    CHECK(std::hypot(p.unsure.a, p.unsure.b) < 0.02f);
    for (float t : {-1.0f, 1.0f}) CHECK(distance(p.unsure, answer_ink(p, t)) > 0.1f);
  }
}

// Machado, Oliveira, Fernandes, "A physiologically-based model for simulation of color vision
// deficiency" (2009): complete protanopia, deuteranopia and tritanopia in linear sRGB.
Rgb simulate(const float (&m)[9], const Lab& color) {
  const auto linear = [](float x) {
    return x <= 0.04045f ? x / 12.92f : std::pow((x + 0.055f) / 1.055f, 2.4f);
  };
  const auto encoded = [](float x) {
    x = std::clamp(x, 0.0f, 1.0f);
    return x <= 0.0031308f ? 12.92f * x : 1.055f * std::pow(x, 1 / 2.4f) - 0.055f;
  };
  const Rgb c = to_rgb(color);
  const float r = linear(c.r), g = linear(c.g), b = linear(c.b);
  return {encoded(m[0] * r + m[1] * g + m[2] * b), encoded(m[3] * r + m[4] * g + m[5] * b),
          encoded(m[6] * r + m[7] * g + m[8] * b)};
}

TEST_CASE(
    "blue and orange stay apart for readers who do not tell red from green or blue from yellow") {
  const float deficiencies[3][9] = {{0.152286f, 1.052583f, -0.204868f, 0.114503f, 0.786281f,
                                     0.099216f, -0.003882f, -0.048116f, 1.051998f},
                                    {0.367322f, 0.860646f, -0.227968f, 0.280085f, 0.672501f,
                                     0.047413f, -0.011820f, 0.042940f, 0.968881f},
                                    {1.255528f, -0.076749f, -0.178779f, -0.078411f, 0.930809f,
                                     0.147602f, 0.004733f, 0.691367f, 0.303900f}};
  for (Theme theme : kThemes) {
    const Palette& p = palette(theme);
    for (const auto& matrix : deficiencies) {
      const Lab blue = to_lab(simulate(matrix, p.positive));
      const Lab orange = to_lab(simulate(matrix, p.negative));
      CHECK(distance(blue, orange) > 0.15f);  // 0.02 is just visible
    }
  }
}

std::string hex(const Lab& color) {
  const Rgb rgb = to_rgb(color);
  char text[8];
  const auto byte = [](float x) { return static_cast<unsigned>(std::lround(x * 255)); };
  std::snprintf(text, sizeof text, "#%02x%02x%02x", byte(rgb.r), byte(rgb.g), byte(rgb.b));
  return text;
}

TEST_CASE("the page around the canvas has the same colours") {
  std::ifstream file(DOWNHILL_SOURCE_DIR "/web/site/page.css");
  const std::string css{std::istreambuf_iterator<char>(file), {}};
  const size_t dark = css.find("prefers-color-scheme: dark");
  REQUIRE(dark != std::string::npos);
  for (Theme theme : kThemes) {
    const size_t from = theme == Theme::dark ? dark : 0;
    const auto declared = [&](const std::string& name) {
      return css.substr(css.find("--" + name + ": ", from) + name.size() + 4, 7);
    };
    CHECK(declared("paper") == hex(palette(theme).paper));
    CHECK(declared("ink") == hex(palette(theme).ink));
    CHECK(declared("three") == hex(palette(theme).positive));
    CHECK(declared("seven") == hex(palette(theme).negative));
  }
}

}  // namespace
}  // namespace downhill::gfx
