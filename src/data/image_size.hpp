// How large the images of a dataset are. Knows no pixels.
#pragma once

#include <cstdint>

namespace downhill {

struct ImageSize {
  uint32_t rows = 0, columns = 0;

  constexpr uint32_t pixels() const { return rows * columns; }
  bool operator==(const ImageSize&) const = default;
};

// The images of MNIST, which the site brings: the size that experiments are written for.
inline constexpr ImageSize kMnistSize = {28, 28};

}  // namespace downhill
