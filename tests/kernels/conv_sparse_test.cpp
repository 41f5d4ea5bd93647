#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/conv/conv.hpp"
#include "support/conv_data.hpp"

using namespace downhill;
using kernels::Conv2dDims;
using test::print;
using test::run_fast;
using test::run_reference;
using Data = test::ConvData;
namespace reference = downhill::kernels::reference;

namespace {

// Window rows of whole vectors, long enough: one part and several, the longest and the shortest
// part, without padding, with a stride, and images in groups of one.
std::vector<Conv2dDims> shapes_with_long_rows() {
  std::vector<Conv2dDims> dims = {{9, 14, 14, 8, 5, 5, 16, 1, 2}, {5, 9, 7, 4, 4, 4, 4, 2, 1},
                                  {4, 6, 6, 16, 3, 3, 8, 1, 0},   {3, 5, 4, 11, 1, 4, 12, 3, 2},
                                  {7, 3, 2, 16, 3, 3, 32, 2, 1},  {2, 5, 5, 28, 2, 3, 4, 1, 2},
                                  {30, 1, 1, 16, 1, 1, 8, 1, 0},  {1, 28, 28, 4, 7, 7, 4, 1, 3},
                                  {6, 20, 20, 2, 8, 8, 4, 1, 0},  {0, 4, 4, 8, 3, 3, 4, 1, 0}};
  for (const Conv2dDims& d : dims) REQUIRE(kernels::conv2d_may_be_sparse(d));
  return dims;
}

}  // namespace

// The kernels go number by number where dy has few nonzero numbers, up to the first group of images
// that has many.
TEST_CASE("zeros in dy change no bit of finite gradients, however many and wherever") {
  enum class Few { none, everywhere, at_first, later };
  for (const Conv2dDims& d : shapes_with_long_rows()) {
    for (const Few few : {Few::none, Few::everywhere, Few::at_first, Few::later}) {
      INFO(print(d) << ", " << static_cast<int>(few));
      Data fast(d), slow(d);
      Rng rng(9);
      for (size_t i = 0; i < fast.dy.size(); ++i) {
        const bool first = i < fast.dy.size() / 2;
        const bool thin = few == Few::everywhere || (few == Few::at_first && first) ||
                          (few == Few::later && !first);
        if (few == Few::none || (thin && rng.below(8) != 0)) {
          fast.dy[i] = rng.below(2) == 0 ? 0.0f : -0.0f;
        }
      }
      slow.dy = fast.dy;
      run_fast(fast, d, nullptr);
      run_reference(slow, d, nullptr);
      CHECK(test::first_difference(fast.dw, slow.dw) == -1);
      CHECK(test::first_difference(fast.db, slow.db) == -1);
      CHECK(test::first_difference(fast.dx, slow.dx) == -1);
      std::vector<float> overwrite(fast.dx.size(), -77.0f), zeros(fast.dx.size(), 0.0f);
      kernels::conv2d_backward_input({overwrite.data(), true}, fast.dy.data(), fast.w.data(),
                                     fast.scratch(), d);
      reference::conv2d_backward_input(zeros.data(), slow.dy.data(), slow.w.data(), d);
      CHECK(test::first_difference(overwrite, zeros) == -1);
    }
  }
}

TEST_CASE("layers whose lists of nonzero dy would be long have no memory for them") {
  const auto numbers = [](uint32_t out) {
    return kernels::conv2d_numbers({1, 28, 28, 16, 1, 1, out, 1, 0});
  };
  CHECK(numbers(40) < 100'000);
  CHECK(numbers(332) < 10'000);
  // Windows of 28×28 pixels are not summed tap by tap, so there is no group for them.
  CHECK(kernels::conv2d_floats({256, 1, 1, 4, 28, 28, 4, 1, 14}) < 60'000);
}

TEST_CASE("gradients from few numbers of dy keep NaN") {
  const Conv2dDims d{3, 6, 6, 4, 5, 5, 4, 1, 2};
  REQUIRE(kernels::conv2d_may_be_sparse(d));
  Data fast(d), slow(d);
  std::fill(fast.dy.begin(), fast.dy.end(), 0.0f);
  fast.dy[5] = std::numeric_limits<float>::quiet_NaN();
  fast.dy[200] = 3.0f;
  slow.dy = fast.dy;
  run_fast(fast, d, nullptr);
  run_reference(slow, d, nullptr);
  const auto indices_of_nan = [](const std::vector<float>& numbers) {
    std::vector<size_t> indices;
    for (size_t i = 0; i < numbers.size(); ++i) {
      if (std::isnan(numbers[i])) indices.push_back(i);
    }
    return indices;
  };
  CHECK(!indices_of_nan(fast.dw).empty());
  CHECK(indices_of_nan(fast.dw) == indices_of_nan(slow.dw));
  CHECK(indices_of_nan(fast.dx) == indices_of_nan(slow.dx));
}
