// Pixel similarity, the baseline without learning: the mean image of each class is its ideal digit,
// and an image is taken for the class whose ideal it lies nearest to. Every model should beat it.
// It must not know the network.
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

// Pixels as floats 0..1 on both sides; summed in four lanes, in order. Precondition: equal sizes.
float image_distance(std::span<const uint8_t> image, std::span<const float> ideal,
                     Distance distance);

struct BaselineScore {
  struct Class {
    uint32_t right = 0, count = 0;
  };
  std::vector<Class> classes;  // in the dataset's order: 3, 7
  uint32_t right = 0, count = 0;
  float accuracy = 0;  // right / count over all images, 0..1
};

class PixelBaseline {
 public:
  // Precondition: `train` is not empty.
  explicit PixelBaseline(const Dataset& train);

  uint32_t class_count() const { return static_cast<uint32_t>(ideals_.size()); }
  // The mean image of a class: [rows, cols], 0..1. Class 0 is "3", class 1 is "7". All zero for a
  // class without an image (a small subset may have one), which is never the nearest.
  std::span<const float> ideal(uint32_t which) const { return ideals_[which]; }

  // The nearest class; the first of them if several are equally near.
  uint32_t classify(std::span<const uint8_t> image, Distance distance) const;
  // Precondition: images and classes of `valid` are those of the training set.
  BaselineScore score(const Dataset& valid, Distance distance) const;

 private:
  std::vector<std::vector<float>> ideals_;  // [class][rows * cols]
  std::vector<uint32_t> known_;             // the classes that have an ideal, in order
};

}  // namespace downhill
