#include "kernels/sparse_images/pixels.hpp"

#include <doctest/doctest.h>

#include "support/byte_images.hpp"

using namespace downhill;

TEST_CASE("a byte has the value in the map, and above a byte of 0 the difference") {
  const test::ByteImages images(3, 61, -0.4242f);
  for (size_t k = 0; k < images.bytes.size(); ++k) {
    CHECK(
        test::same_bits(images.floats[k], static_cast<float>(images.bytes[k]) / 255.0f + -0.4242f));
  }
  std::vector<float> above(256);
  kernels::values_above_zero(above.data(), images.map.data());
  for (size_t v = 0; v < 256; ++v) CHECK(test::same_bits(above[v], images.map[v] - images.map[0]));
}
