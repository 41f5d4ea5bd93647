#include "data/ink.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "data/synthetic.hpp"

namespace downhill {

TEST_CASE("ink as dots is every pixel that is not zero, in order") {
  const Dataset data = synthetic_digits(20, 3);
  const Ink ink(data, kernels::InkForm::dots);
  for (uint32_t i = 0; i < data.size(); ++i) {
    std::vector<uint8_t> drawn(data.pixels_per_image());
    uint32_t after = 0;
    for (const uint32_t dot : ink.dots(i)) {
      const uint32_t place = dot >> 8;
      CHECK(place >= after);
      after = place + 1;
      drawn[place] = static_cast<uint8_t>(dot & 255);
      CHECK(drawn[place] != 0);
    }
    CHECK(std::ranges::equal(drawn, data.image(i)));
    CHECK(ink.quads(i).empty());
  }
}

TEST_CASE("ink as quads is the same ink") {
  const Dataset data = synthetic_digits(20, 3);
  const Ink ink(data, kernels::InkForm::quads);
  for (uint32_t i = 0; i < data.size(); ++i) {
    std::vector<uint8_t> drawn(data.pixels_per_image());
    for (const kernels::QuadRow& row : ink.quads(i)) {
      for (size_t v = 0; v < 4; ++v) {
        for (size_t k = 0; k < 4; ++k) drawn[row.places[v] + k] |= row.bytes[v][k];
      }
    }
    CHECK(std::ranges::equal(drawn, data.image(i)));
    CHECK(ink.dots(i).empty());
  }
}

TEST_CASE("where nobody takes ink, none is listed") {
  const Ink ink(synthetic_digits(4, 3), kernels::InkForm::none);
  CHECK(ink.dots(0).empty());
  CHECK(ink.quads(0).empty());
}

}  // namespace downhill
