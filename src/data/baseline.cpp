#include "data/baseline.hpp"

#include <array>
#include <cassert>
#include <cmath>

namespace downhill {
namespace {

template <class Term>
float sum_in_four_lanes(size_t n, Term term) {
  std::array<float, 4> lanes{};
  for (size_t i = 0; i < n; ++i) lanes[i % 4] += term(i);
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

}  // namespace

float image_distance(std::span<const uint8_t> image, std::span<const float> ideal,
                     Distance distance) {
  assert(image.size() == ideal.size());
  const auto difference = [&](size_t i) {
    return static_cast<float>(image[i]) / 255.0f - ideal[i];
  };
  const float n = static_cast<float>(image.size());
  if (distance == Distance::l1) {
    return sum_in_four_lanes(image.size(), [&](size_t i) { return std::abs(difference(i)); }) / n;
  }
  const float sum = sum_in_four_lanes(image.size(), [&](size_t i) {
    const float d = difference(i);
    return d * d;
  });
  return std::sqrt(sum / n);
}

PixelBaseline::PixelBaseline(const Dataset& train) {
  const uint32_t pixels = train.pixels_per_image();
  // Sums of bytes are integers, so each mean is rounded once and does not depend on the order of
  // the images.
  assert(train.size() <= UINT32_MAX / 255);
  std::vector<std::vector<uint32_t>> sums(train.class_count(), std::vector<uint32_t>(pixels));
  for (uint32_t i = 0; i < train.size(); ++i) {
    uint32_t* const sum = sums[train.class_of(i)].data();
    const uint8_t* const image = train.image(i).data();
    for (uint32_t p = 0; p < pixels; ++p) sum[p] += image[p];
  }
  for (uint32_t which = 0; which < train.class_count(); ++which) {
    auto& ideal = ideals_.emplace_back(pixels);
    if (train.class_size(which) == 0) continue;
    known_.push_back(which);
    const double scale = 255.0 * train.class_size(which);
    for (uint32_t p = 0; p < pixels; ++p) {
      ideal[p] = static_cast<float>(static_cast<double>(sums[which][p]) / scale);
    }
  }
}

uint32_t PixelBaseline::classify(std::span<const uint8_t> image, Distance distance) const {
  uint32_t nearest = known_[0];
  float least = image_distance(image, ideals_[nearest], distance);
  for (size_t i = 1; i < known_.size(); ++i) {
    const float there = image_distance(image, ideals_[known_[i]], distance);
    if (there < least) {
      least = there;
      nearest = known_[i];
    }
  }
  return nearest;
}

BaselineScore PixelBaseline::score(const Dataset& valid, Distance distance) const {
  assert(valid.class_count() == class_count());
  BaselineScore score;
  score.classes.resize(class_count());
  for (uint32_t i = 0; i < valid.size(); ++i) {
    const uint32_t truth = valid.class_of(i);
    const bool right = classify(valid.image(i), distance) == truth;
    ++score.classes[truth].count;
    ++score.count;
    if (right) {
      ++score.classes[truth].right;
      ++score.right;
    }
  }
  score.accuracy = static_cast<float>(score.right) / static_cast<float>(score.count);
  return score;
}

}  // namespace downhill
