// Drawn 3s and 7s, 28 by 28, no two alike, for tests that should need no files: a few strokes,
// shifted, scaled, slanted and shaken by a seed. Easy to learn, but not trivial. They must not be
// mistaken for MNIST: nothing on the page uses them.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.hpp"

namespace downhill {

struct IdxFiles {
  std::vector<uint8_t> images, labels;
};

// As IDX files, 3 and 7 in turn. The same seed gives the same bytes on every machine. Precondition:
// per_class > 0.
IdxFiles synthetic_digit_files(uint32_t per_class, uint64_t seed);

// All 3s, then all 7s.
Dataset synthetic_digits(uint32_t per_class, uint64_t seed);

// Training and validation set, from different streams of one seed.
DigitData synthetic_digit_data(uint32_t train_per_class, uint32_t valid_per_class, uint64_t seed);

}  // namespace downhill
