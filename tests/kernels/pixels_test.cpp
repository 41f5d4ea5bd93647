#include "kernels/sparse_images/pixels.hpp"

#include <doctest/doctest.h>

#include "support/byte_images.hpp"

using namespace downhill;
using kernels::ink_form;
using kernels::InkForm;

TEST_CASE("zeros are skipped only where sums are whole vectors, or sixteen partial ones") {
  CHECK(ink_form(32, 1) == InkForm::quads);
  CHECK(ink_form(31, 1) == InkForm::none);
  CHECK(ink_form(1u << 16, 1) == InkForm::quads);
  CHECK(ink_form((1u << 16) + 16, 1) == InkForm::none);  // of 16 bits is a quad's place
  CHECK(ink_form(32, 3) == InkForm::none);
  CHECK(ink_form(31, 4) == InkForm::dots);
  CHECK(ink_form(1u << 23, 4) == InkForm::none);
}

TEST_CASE("a byte has the value of the map, and above a byte of 0 what is left") {
  const test::ByteImages images(3, 61, -0.4242f);
  for (size_t k = 0; k < images.bytes.size(); ++k) {
    CHECK(
        test::same_bits(images.floats[k], static_cast<float>(images.bytes[k]) / 255.0f + -0.4242f));
  }
  std::vector<float> above(256);
  kernels::values_above_zero(above.data(), images.map.data());
  for (size_t v = 0; v < 256; ++v) CHECK(test::same_bits(above[v], images.map[v] - images.map[0]));
}
