#include "data/ink.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "data/synthetic.hpp"
#include "support/alloc_guard.hpp"

namespace downhill {

TEST_CASE("ink as dots is every pixel that is not zero, in order") {
  const Dataset data = synthetic_digits(20, 3);
  Ink ink(data, kernels::InkForm::dots);
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
  Ink ink(data, kernels::InkForm::quads);
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

TEST_CASE("ink is listed in whatever order it is asked for, once, and stays where it is") {
  const Dataset data = synthetic_digits(20, 3);
  for (const kernels::InkForm form : {kernels::InkForm::dots, kernels::InkForm::quads}) {
    Ink ink(data, form);
    Ink in_order(data, form);
    const auto places = [&](uint32_t i) {
      return std::pair<const void*, const void*>(ink.dots(i).data(), ink.quads(i).data());
    };
    std::vector<std::pair<const void*, const void*>> before(data.size());
    const AllocGuard guard;
    for (uint32_t k = 0; k < data.size(); ++k)
      before[k * 7 % data.size()] = places(k * 7 % data.size());
    CHECK(guard.count() == 0);
    for (uint32_t i = 0; i < data.size(); ++i) {
      CHECK(places(i) == before[i]);
      CHECK(std::ranges::equal(ink.dots(i), in_order.dots(i)));
      CHECK(std::ranges::equal(std::as_bytes(ink.quads(i)), std::as_bytes(in_order.quads(i))));
    }
  }
}

TEST_CASE("where nobody takes ink, none is listed") {
  Ink ink(synthetic_digits(4, 3), kernels::InkForm::none);
  CHECK(ink.dots(0).empty());
  CHECK(ink.quads(0).empty());
}

}  // namespace downhill
