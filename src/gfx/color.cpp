#include "gfx/color.hpp"

#include <algorithm>
#include <cmath>

namespace downhill::gfx {
namespace {

// In OKLCh: paper oklch(0.985 0.004 90), ink oklch(0.25 0.02 260), blue oklch(0.60 0.14 252),
// orange oklch(0.60 0.14 55), unsure oklch(0.63 0.01 260).
constexpr Palette kLight = {.paper = {0.985f, 0.0f, 0.004f},
                            .ink = {0.25f, -0.003473f, -0.019696f},
                            .positive = {0.60f, -0.043262f, -0.133148f},
                            .negative = {0.60f, 0.080301f, 0.114681f},
                            .unsure = {0.63f, -0.001736f, -0.009848f}};

// In OKLCh: paper oklch(0.20 0.006 260), ink oklch(0.93 0.005 90), blue oklch(0.74 0.13 252),
// orange oklch(0.74 0.13 55), unsure oklch(0.60 0.008 260).
constexpr Palette kDark = {.paper = {0.20f, -0.001042f, -0.005909f},
                           .ink = {0.93f, 0.0f, 0.005f},
                           .positive = {0.74f, -0.040172f, -0.123637f},
                           .negative = {0.74f, 0.074565f, 0.106490f},
                           .unsure = {0.60f, -0.001389f, -0.007878f}};

float encode(float linear) {
  if (linear <= 0.0031308f) return 12.92f * std::max(linear, 0.0f);
  return std::min(1.055f * std::pow(linear, 1.0f / 2.4f) - 0.055f, 1.0f);
}

float decode(float encoded) {
  return encoded <= 0.04045f ? encoded / 12.92f : std::pow((encoded + 0.055f) / 1.055f, 2.4f);
}

Lab mix(const Lab& from, const Lab& to, float t) {
  const float rest = 1 - t;
  return {from.l * rest + to.l * t, from.a * rest + to.a * t, from.b * rest + to.b * t};
}

}  // namespace

const Palette& palette(Theme theme) { return theme == Theme::dark ? kDark : kLight; }

Rgb to_rgb(const Lab& c) {
  const float l_root = c.l + 0.3963377774f * c.a + 0.2158037573f * c.b;
  const float m_root = c.l - 0.1055613458f * c.a - 0.0638541728f * c.b;
  const float s_root = c.l - 0.0894841775f * c.a - 1.2914855480f * c.b;
  const float l = l_root * l_root * l_root;
  const float m = m_root * m_root * m_root;
  const float s = s_root * s_root * s_root;
  return {encode(4.0767416621f * l - 3.3077115913f * m + 0.2309699292f * s),
          encode(-1.2684380046f * l + 2.6097574011f * m - 0.3413193965f * s),
          encode(-0.0041960863f * l - 0.7034186147f * m + 1.7076147010f * s)};
}

Lab to_lab(const Rgb& c) {
  const float r = decode(c.r), g = decode(c.g), b = decode(c.b);
  const float l = std::cbrt(0.4122214708f * r + 0.5363325363f * g + 0.0514459929f * b);
  const float m = std::cbrt(0.2119034982f * r + 0.6806995451f * g + 0.1073969566f * b);
  const float s = std::cbrt(0.0883024619f * r + 0.2817188376f * g + 0.6299787005f * b);
  return {0.2104542553f * l + 0.7936177850f * m - 0.0040720468f * s,
          1.9779984951f * l - 2.4285922050f * m + 0.4505937099f * s,
          0.0259040371f * l + 0.7827717662f * m - 0.8086757660f * s};
}

float distance(const Lab& x, const Lab& y) {
  return std::sqrt((x.l - y.l) * (x.l - y.l) + (x.a - y.a) * (x.a - y.a) +
                   (x.b - y.b) * (x.b - y.b));
}

Lab diverging(const Palette& p, float t) {
  return mix(p.paper, t < 0 ? p.negative : p.positive, std::min(std::abs(t), 1.0f));
}

Lab ink(const Palette& p, float t) { return mix(p.paper, p.ink, std::clamp(t, 0.0f, 1.0f)); }

Lab answer_ink(const Palette& p, float t) {
  return mix(p.unsure, t < 0 ? p.negative : p.positive, std::min(std::abs(t), 1.0f));
}

Lab certainty_ink(const Palette& p, float t) {
  return mix(p.unsure, p.ink, std::clamp(t, 0.0f, 1.0f));
}

}  // namespace downhill::gfx
