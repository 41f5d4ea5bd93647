#include "data/points.hpp"

#include <cassert>
#include <utility>
#include <vector>

#include "base/rng.hpp"

namespace downhill {

namespace {

// The parabola is lowest in the middle; J. Howard, S. Gugger, fastbook, chapter 4, has its numbers.
constexpr float kBend = 0.75f, kMiddle = 9.5f, kLowest = 1, kCurveNoise = 3;
constexpr float kSlope = 1.5f, kStart = 2, kLineNoise = 2;

float speed_at(DataKind kind, float time) {
  if (kind == DataKind::line) return kSlope * time + kStart;
  const float away = time - kMiddle;
  return kBend * (away * away) + kLowest;
}

Dataset points_of(DataKind kind, Rng noise) {
  const uint32_t width = kData[kind].features;
  std::vector<float> features(size_t{kPointCount} * width), targets(kPointCount);
  const float deviation = kind == DataKind::line ? kLineNoise : kCurveNoise;
  for (uint32_t i = 0; i < kPointCount; ++i) {
    const float time = static_cast<float>(i);
    features_of(time, std::span(features).subspan(size_t{i} * width, width));
    targets[i] = speed_at(kind, time) + deviation * noise.normal();
  }
  return Dataset::from_rows(std::move(features), std::move(targets));
}

}  // namespace

void features_of(float time, std::span<float> features) {
  assert(features.size() == 1 || features.size() == 2);
  features.back() = time;
  if (features.size() == 2) features.front() = time * time;
}

float time_of(std::span<const float> features) { return features.back(); }

DigitData point_data(DataKind kind, uint64_t seed) {
  const Rng noise = Rng(seed).split(kData[kind].words.word);
  return {points_of(kind, noise.split("train")), points_of(kind, noise.split("valid"))};
}

}  // namespace downhill
