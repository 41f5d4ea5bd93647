#include "data/ink.hpp"

#include <algorithm>

namespace downhill {

Ink::Ink(const Dataset& dataset) : begins_(1, 0) {
  const uint32_t count = dataset.size(), size = dataset.pixels_per_image();
  const auto blank = [](std::span<const uint8_t> image) {
    return static_cast<size_t>(std::ranges::count(image, uint8_t{0}));
  };
  size_t total = 0;
  for (uint32_t i = 0; i < count; ++i) total += size - blank(dataset.image(i));
  pixels_.resize(total + 1);  // one more than counts, to be written in vain
  begins_.reserve(size_t{count} + 1);
  size_t found = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const std::span<const uint8_t> image = dataset.image(i);
    for (uint32_t place = 0; place < size; ++place) {  // without a branch to guess
      pixels_[found] = place << 8 | image[place];
      found += image[place] != 0 ? 1 : 0;
    }
    begins_.push_back(found);
  }
}

}  // namespace downhill
