// Ten classes for tests without data files: each digit is a bright patch at its own position,
// shifted, with noise. Easy to tell apart, and no two alike. They do not look like digits.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/rng.hpp"
#include "data/dataset.hpp"
#include "data/synthetic.hpp"

namespace downhill::test {

inline void draw_ten(uint8_t digit, Rng rng, uint8_t* pixels) {
  const uint32_t top = 3 + 9 * (digit % 3u) + rng.below(3),
                 left = 2 + 6 * (digit / 3u) + rng.below(3);
  for (uint32_t y = 0; y < 28; ++y) {
    for (uint32_t x = 0; x < 28; ++x) {
      const bool ink = y >= top && y < top + 6 && x >= left && x < left + 4;
      pixels[y * 28 + x] = static_cast<uint8_t>(ink ? 160 + rng.below(96) : rng.below(40));
    }
  }
}

// As IDX files, 0 to 9 in turn.
inline IdxFiles ten_digit_files(uint32_t per_class, uint64_t seed) {
  const uint32_t count = 10 * per_class;
  std::vector<uint8_t> pixels(size_t{count} * 784), labels(count);
  for (uint32_t i = 0; i < count; ++i) {
    labels[i] = static_cast<uint8_t>(i % 10);
    draw_ten(labels[i], Rng(seed).split(i), pixels.data() + size_t{i} * 784);
  }
  return {write_idx(IdxImages{count, 28, 28, pixels}), write_idx(IdxLabels{count, labels})};
}

inline DigitData ten_digit_data(uint32_t train_per_class, uint32_t valid_per_class, uint64_t seed,
                                std::string_view digits = "0123456789") {
  IdxFiles train = ten_digit_files(train_per_class, seed);
  IdxFiles valid = ten_digit_files(valid_per_class, seed + 1000);
  auto data = read_digit_data(std::move(train.images), train.labels, std::move(valid.images),
                              valid.labels, digits);
  return std::move(*data);
}

}  // namespace downhill::test
