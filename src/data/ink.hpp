// Where the ink is: the pixels of every image that are not zero, listed once for all epochs. In
// MNIST they are 19 of 100, and finding them again in every batch took a fifth of a step of a small
// network. Bytes only: it must not know what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.hpp"

namespace downhill {

// Each pixel is place·256 + byte, as kernels/pixels.hpp takes them, in the order of places.
using InkOfImage = std::span<const uint32_t>;

// About 600 bytes to an image of MNIST.
class Ink {
 public:
  Ink() = default;
  // Precondition: an image has less than 2²³ pixels.
  explicit Ink(const Dataset& dataset);

  InkOfImage operator[](size_t image) const {
    return InkOfImage(pixels_).subspan(begins_[image], begins_[image + 1] - begins_[image]);
  }

 private:
  std::vector<uint32_t> pixels_;
  std::vector<size_t> begins_;  // of every image, and the end of the last one
};

}  // namespace downhill
