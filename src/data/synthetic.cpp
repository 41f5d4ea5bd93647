#include "data/synthetic.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <span>
#include <utility>

#include "base/rng.hpp"

namespace downhill {
namespace {

constexpr uint32_t kSide = kMnistSize.rows;

struct Point {
  float x, y;
};

// The path of the pen in a unit square, y down.
constexpr std::array<Point, 11> kThree = {{{0.28f, 0.20f},
                                           {0.45f, 0.12f},
                                           {0.65f, 0.15f},
                                           {0.72f, 0.28f},
                                           {0.64f, 0.42f},
                                           {0.46f, 0.47f},
                                           {0.68f, 0.54f},
                                           {0.76f, 0.68f},
                                           {0.67f, 0.82f},
                                           {0.47f, 0.88f},
                                           {0.26f, 0.80f}}};
constexpr std::array<Point, 5> kSeven = {
    {{0.25f, 0.18f}, {0.50f, 0.17f}, {0.76f, 0.16f}, {0.58f, 0.52f}, {0.44f, 0.88f}}};

float distance_to_segment(Point p, Point a, Point b) {
  const float dx = b.x - a.x, dy = b.y - a.y;
  const float along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy);
  const float t = std::clamp(along, 0.0f, 1.0f);
  const float ex = p.x - (a.x + t * dx), ey = p.y - (a.y + t * dy);
  return std::sqrt(ex * ex + ey * ey);
}

// A random handwriting: each call gives a different path, in pixels.
std::vector<Point> shake(std::span<const Point> path, Rng& rng) {
  const float width = rng.uniform(17.0f, 24.0f), height = rng.uniform(19.0f, 25.0f);
  const float slant = rng.uniform(-0.25f, 0.25f);
  const float x = 14.0f + rng.uniform(-2.0f, 2.0f), y = 14.0f + rng.uniform(-2.0f, 2.0f);
  std::vector<Point> out;
  for (const Point& p : path) {
    const float u = p.x - 0.5f + rng.uniform(-0.03f, 0.03f);
    const float v = p.y - 0.5f + rng.uniform(-0.03f, 0.03f);
    out.push_back({x + width * (u - slant * v), y + height * v});
  }
  return out;
}

void draw(std::span<const Point> path, Rng& rng, std::span<uint8_t> image) {
  const std::vector<Point> line = shake(path, rng);
  const float pen = rng.uniform(0.9f, 1.7f), ink = rng.uniform(200.0f, 255.0f);
  for (uint32_t row = 0; row < kSide; ++row) {
    for (uint32_t col = 0; col < kSide; ++col) {
      const Point pixel{static_cast<float>(col) + 0.5f, static_cast<float>(row) + 0.5f};
      float nearest = kSide;
      for (size_t i = 1; i < line.size(); ++i) {
        nearest = std::min(nearest, distance_to_segment(pixel, line[i - 1], line[i]));
      }
      // The edge of the stroke fades over one pixel.
      const float cover = std::clamp(pen + 0.5f - nearest, 0.0f, 1.0f);
      image[size_t{row} * kSide + col] = static_cast<uint8_t>(ink * cover + 0.5f);
    }
  }
}

IdxFiles draw_files(uint32_t per_class, Rng root) {
  assert(per_class > 0);
  const uint32_t count = 2 * per_class;
  std::vector<uint8_t> pixels(size_t{count} * kSide * kSide), labels(count);
  for (uint32_t i = 0; i < count; ++i) {
    Rng rng = root.split(i);
    const auto image = std::span(pixels).subspan(size_t{i} * kSide * kSide, kSide * kSide);
    labels[i] = i % 2 == 0 ? 3 : 7;
    draw(i % 2 == 0 ? std::span<const Point>(kThree) : kSeven, rng, image);
  }
  return {write_idx(IdxImages{count, kSide, kSide, pixels}), write_idx(IdxLabels{count, labels})};
}

Dataset read(IdxFiles files) {
  auto data = Dataset::from_files(std::move(files.images), files.labels, "37", "synthetic");
  assert(data.ok());
  return std::move(*data);
}

}  // namespace

IdxFiles synthetic_digit_files(uint32_t per_class, uint64_t seed) {
  return draw_files(per_class, Rng(seed).split("synthetic"));
}

Dataset synthetic_digits(uint32_t per_class, uint64_t seed) {
  return read(synthetic_digit_files(per_class, seed));
}

DigitData synthetic_digit_data(uint32_t train_per_class, uint32_t valid_per_class, uint64_t seed) {
  return {synthetic_digits(train_per_class, seed),
          read(draw_files(valid_per_class, Rng(seed).split("synthetic valid")))};
}

}  // namespace downhill
