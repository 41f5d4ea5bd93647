// Batch transforms: how pixels become floats, and how rows of numbers are scaled. A transform of single pixels is a table of 256
// floats, so its bits are the same everywhere and its cost does not depend on the formula. Item
// transforms (augment.hpp), which move the pixels of one image and stay in bytes, come before it.
// Must not know batches or datasets.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace downhill {

// Mean and deviation of all pixels of some images, on the scale 0..1: 0.1307 and 0.3081 for MNIST.
struct PixelStatistics {
  float mean = 0;
  float deviation = 1;  // of the population (divided by n); above 0
};

class PixelMap {
 public:
  // 0..255 to 0..1: value / 255.
  static PixelMap to_float() { return PixelMap(0.0f, 1.0f); }
  // (value / 255 - mean) / deviation. Precondition: deviation > 0.
  static PixelMap normalize(float mean, float deviation) { return PixelMap(mean, deviation); }
  static PixelMap normalize(const PixelStatistics& pixels) {
    return PixelMap(pixels.mean, pixels.deviation);
  }

  float operator[](uint8_t value) const { return table_[value]; }
  std::span<const float, 256> table() const { return table_; }

  // Precondition: as many floats as bytes.
  void apply(std::span<const uint8_t> in, std::span<float> out) const {
    assert(in.size() == out.size());
    for (size_t i = 0; i < in.size(); ++i) out[i] = table_[in[i]];
  }

 private:
  PixelMap(float mean, float deviation) {
    for (size_t v = 0; v < table_.size(); ++v) {
      table_[v] = (static_cast<float>(v) / 255.0f - mean) / deviation;
    }
  }

  std::array<float, 256> table_;
};

// How rows of numbers enter a model: each column minus its mean, divided by its deviation. At first
// as they are.
struct RowMap {
  static constexpr size_t kMostColumns = 4;
  std::array<float, kMostColumns> mean = {0, 0, 0, 0}, deviation = {1, 1, 1, 1};

  // Precondition: as many places as numbers, at most kMostColumns.
  void apply(std::span<const float> in, std::span<float> out) const {
    assert(in.size() == out.size() && in.size() <= kMostColumns);
    for (size_t i = 0; i < in.size(); ++i) out[i] = (in[i] - mean[i]) / deviation[i];
  }
};

// Both: of a dataset's items one or the other matters.
struct InputMap {
  PixelMap pixels = PixelMap::to_float();
  RowMap rows = {};

  InputMap() = default;
  InputMap(const PixelMap& map) : pixels(map) {}  // NOLINT: of images
  explicit InputMap(const RowMap& map) : rows(map) {}
};

}  // namespace downhill
