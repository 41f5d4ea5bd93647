// How far apart two colours are for the eye, by published formulas: WCAG contrast, CIEDE2000, and
// the colours that an eye without one kind of cone sees.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "gfx/color.hpp"

namespace downhill::test {

using Triple = std::array<double, 3>;

inline Triple linear_rgb(const gfx::Lab& color) {
  const gfx::Rgb c = gfx::to_rgb(color);
  const auto linear = [](float encoded) {
    const auto v = static_cast<double>(encoded);
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  return {linear(c.r), linear(c.g), linear(c.b)};
}

inline Triple product(const std::array<Triple, 3>& m, const Triple& v) {
  const auto row = [&](size_t i) { return m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2]; };
  return {row(0), row(1), row(2)};
}

// Relative luminance and contrast as WCAG 2.2 defines them.
inline double contrast(const gfx::Lab& a, const gfx::Lab& b) {
  const auto luminance = [](const gfx::Lab& color) {
    const Triple c = linear_rgb(color);
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
  };
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

// Normal sight, then complete protanopia, deuteranopia and tritanopia: Machado, Oliveira and
// Fernandes, "A physiologically-based model for simulation of color vision deficiency" (2009),
// table 1; on linear sRGB.
inline constexpr std::array<std::array<Triple, 3>, 4> kEyes = {
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

// CIELAB, D65, of a colour as the eye sees it.
inline Triple cielab(const std::array<Triple, 3>& eye, const gfx::Lab& color) {
  constexpr std::array<Triple, 3> kToXyz = {{{0.4124564, 0.3575761, 0.1804375},
                                             {0.2126729, 0.7151522, 0.0721750},
                                             {0.0193339, 0.1191920, 0.9503041}}};
  Triple seen = product(eye, linear_rgb(color));
  for (double& v : seen) v = std::clamp(v, 0.0, 1.0);
  const Triple xyz = product(kToXyz, seen);
  const auto f = [](double t) {
    return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
  };
  const double x = f(xyz[0] / 0.95047), y = f(xyz[1]), z = f(xyz[2] / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

// Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula" (2005).
inline double ciede2000(const Triple& one, const Triple& two) {
  constexpr double kPi = 3.14159265358979323846;
  const auto cosine = [](double degrees) { return std::cos(degrees * kPi / 180); };
  const auto part = [](double c) {
    return std::sqrt(std::pow(c, 7) / (std::pow(c, 7) + 6103515625));
  };
  const double g = 0.5 * (1 - part((std::hypot(one[1], one[2]) + std::hypot(two[1], two[2])) / 2));
  const double a1 = one[1] * (1 + g), a2 = two[1] * (1 + g);
  const double c1 = std::hypot(a1, one[2]), c2 = std::hypot(a2, two[2]), c = (c1 + c2) / 2;
  const auto hue = [](double a, double b) {
    const double degrees = std::atan2(b, a) * 180 / kPi;
    return degrees < 0 ? degrees + 360 : degrees;
  };
  const double h1 = hue(a1, one[2]), h2 = hue(a2, two[2]);
  const bool grey = c1 * c2 == 0, across = std::abs(h1 - h2) > 180;
  const double turn = grey ? 0 : across ? h2 - h1 + (h2 > h1 ? -360 : 360) : h2 - h1;
  const double h = grey     ? h1 + h2
                   : across ? (h1 + h2 + (h1 + h2 < 360 ? 360 : -360)) / 2
                            : (h1 + h2) / 2;
  const double t = 1 - 0.17 * cosine(h - 30) + 0.24 * cosine(2 * h) + 0.32 * cosine(3 * h + 6) -
                   0.2 * cosine(4 * h - 63);
  const double middle = (one[0] + two[0]) / 2 - 50;
  const double l =
      (two[0] - one[0]) / (1 + 0.015 * middle * middle / std::sqrt(20 + middle * middle));
  const double dc = (c2 - c1) / (1 + 0.045 * c);
  const double dh = 2 * std::sqrt(c1 * c2) * std::sin(turn / 2 * kPi / 180) / (1 + 0.015 * c * t);
  const double rotation =
      -2 * part(c) * std::sin(60 * std::exp(-std::pow((h - 275) / 25, 2)) * kPi / 180);
  return std::sqrt(l * l + dc * dc + dh * dh + rotation * dc * dh);
}

}  // namespace downhill::test
