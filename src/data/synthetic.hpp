// Synthetic 3s and 7s of 28 by 28 pixels, no two alike, for tests without data files: a few
// strokes, shifted, scaled, slanted and jittered by a seed. Easy to learn, but not trivial. Not
// MNIST: nothing on the page uses them.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.hpp"

namespace downhill {

struct IdxFiles {
  std::vector<uint8_t> images, labels;
};

// As IDX files, 3s and 7s alternating. The same seed gives the same bytes on every machine.
// Precondition: per_class > 0.
IdxFiles synthetic_digit_files(uint32_t per_class, uint64_t seed);

// All 3s, then all 7s.
Dataset synthetic_digits(uint32_t per_class, uint64_t seed);

// A training and a validation set from different streams of one seed.
DigitData synthetic_digit_data(uint32_t train_per_class, uint32_t valid_per_class, uint64_t seed);

}  // namespace downhill
