#include "data/sparse_images.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "data/synthetic.hpp"
#include "support/alloc_guard.hpp"

namespace downhill {

TEST_CASE("sparse pixels are all pixels that are not zero, in order") {
  const Dataset data = synthetic_digits(20, 3);
  SparseImages images(data, kernels::SparseForm::pixels);
  for (uint32_t i = 0; i < data.size(); ++i) {
    std::vector<uint8_t> drawn(data.pixels_per_image());
    uint32_t after = 0;
    for (const uint32_t pixel : images.pixels(i)) {
      const uint32_t index = pixel >> 8;
      CHECK(index >= after);
      after = index + 1;
      drawn[index] = static_cast<uint8_t>(pixel & 255);
      CHECK(drawn[index] != 0);
    }
    CHECK(std::ranges::equal(drawn, data.image(i)));
    CHECK(images.blocks(i).empty());
  }
}

TEST_CASE("sparse blocks hold the same pixels") {
  const Dataset data = synthetic_digits(20, 3);
  SparseImages images(data, kernels::SparseForm::blocks);
  for (uint32_t i = 0; i < data.size(); ++i) {
    std::vector<uint8_t> drawn(data.pixels_per_image());
    for (const kernels::BlockRow& row : images.blocks(i)) {
      for (size_t v = 0; v < 4; ++v) {
        for (size_t k = 0; k < 4; ++k) drawn[row.offsets[v] + k] |= row.bytes[v][k];
      }
    }
    CHECK(std::ranges::equal(drawn, data.image(i)));
    CHECK(images.pixels(i).empty());
  }
}

TEST_CASE(
    "the pixels of an image are listed once, in any order of images, and stay at one address") {
  const Dataset data = synthetic_digits(20, 3);
  for (const kernels::SparseForm form :
       {kernels::SparseForm::pixels, kernels::SparseForm::blocks}) {
    SparseImages images(data, form);
    SparseImages in_order(data, form);
    const auto addresses = [&](uint32_t i) {
      return std::pair<const void*, const void*>(images.pixels(i).data(), images.blocks(i).data());
    };
    std::vector<std::pair<const void*, const void*>> before(data.size());
    const AllocGuard guard;
    for (uint32_t k = 0; k < data.size(); ++k)
      before[k * 7 % data.size()] = addresses(k * 7 % data.size());
    CHECK(guard.count() == 0);
    for (uint32_t i = 0; i < data.size(); ++i) {
      CHECK(addresses(i) == before[i]);
      CHECK(std::ranges::equal(images.pixels(i), in_order.pixels(i)));
      CHECK(std::ranges::equal(std::as_bytes(images.blocks(i)), std::as_bytes(in_order.blocks(i))));
    }
  }
}

TEST_CASE("without a layer that reads them nothing is listed") {
  SparseImages images(synthetic_digits(4, 3), kernels::SparseForm::none);
  CHECK(images.pixels(0).empty());
  CHECK(images.blocks(0).empty());
}

}  // namespace downhill
