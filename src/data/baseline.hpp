// Pixel similarity, a baseline that does not learn: the mean image of each class is its ideal
// digit, and an image is classified as the class whose ideal is nearest. Every model should beat
// it. Must not know the network.
//
// Source: J. Howard, S. Gugger, fastbook, chapter 4: 0.9168 of the 3s and 0.9854 of the 7s by L1.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.hpp"

namespace downhill {

enum class Distance : uint8_t {
  l1,  // mean absolute difference
  l2,  // root of the mean squared difference (RMSE)
};

// Both sides as floats 0..1, summed in four lanes, in order. Precondition: equal sizes.
float image_distance(std::span<const uint8_t> image, std::span<const float> ideal,
                     Distance distance);

struct BaselineScore {
  struct Class {
    uint32_t right = 0, count = 0;
  };
  std::vector<Class> classes;  // in the dataset's order of classes
  uint32_t right = 0, count = 0;
  float accuracy = 0;  // right / count over all images, 0..1
};

class PixelBaseline {
 public:
  // Precondition: `train` is not empty.
  explicit PixelBaseline(const Dataset& train);

  uint32_t class_count() const { return static_cast<uint32_t>(ideals_.size()); }
  // The mean image of a class: [rows, cols], 0..1. For "37", class 0 is "3" and class 1 is "7". All
  // zero for a class without images (possible in a small subset), which is never the nearest.
  std::span<const float> ideal(uint32_t which) const { return ideals_[which]; }

  // The nearest class; the first of them on a tie.
  uint32_t classify(std::span<const uint8_t> image, Distance distance) const;
  // Precondition: `valid` has the image size and the classes of the training set.
  BaselineScore score(const Dataset& valid, Distance distance) const;

 private:
  std::vector<std::vector<float>> ideals_;  // [class][rows * cols]
  std::vector<uint32_t> known_;             // the classes that have an ideal, in order
};

}  // namespace downhill
