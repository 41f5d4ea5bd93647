#include "kernels/pool/pool.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include "kernels/reference/conv.hpp"
#include "support/random.hpp"

using namespace downhill;
using kernels::Pool2dDims;
namespace reference = downhill::kernels::reference;

namespace {

std::string print(const Pool2dDims& d) {
  std::string text;
  for (uint32_t number : {d.n, d.h, d.w, d.channels, d.kernel, d.stride, d.padding}) {
    text += " " + std::to_string(number);
  }
  return "n h w channels kernel stride padding:" + text;
}

size_t pixels_of_y(const Pool2dDims& d) { return size_t{d.n} * d.oh() * d.ow(); }

std::vector<Pool2dDims> shapes() {
  std::vector<Pool2dDims> dims;
  Rng rng(42);
  for (uint32_t channels : {1u, 3u, 4u, 5u, 8u, 17u}) {
    for (uint32_t kernel = 1; kernel <= 5; ++kernel) {
      for (uint32_t stride = 1; stride <= 3; ++stride) {
        for (uint32_t padding = 0; padding <= kernel / 2; ++padding) {
          const Pool2dDims d{.n = 1 + rng.below(4),
                             .h = 1 + rng.below(9),
                             .w = 1 + rng.below(9),
                             .channels = channels,
                             .kernel = kernel,
                             .stride = stride,
                             .padding = padding};
          if (kernel <= d.h + 2 * padding && kernel <= d.w + 2 * padding) dims.push_back(d);
        }
      }
    }
  }
  dims.insert(dims.end(), {{1, 1, 1, 3, 3, 1, 1},  // the image is smaller than the window
                           {2, 6, 6, 4, 2, 5, 0},  // pixels between the windows
                           {0, 4, 4, 2, 2, 2, 0}});
  return dims;
}

// Few different numbers, so that windows hold equal ones, and a few NaNs.
std::vector<float> pixels(const Pool2dDims& d) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kOdd[] = {std::numeric_limits<float>::quiet_NaN(), kInfinity, -kInfinity, -0.0f};
  std::vector<float> values(size_t{d.n} * d.h * d.w * d.channels);
  Rng rng(9);
  for (float& value : values) {
    value = static_cast<float>(rng.below(5)) - 2.0f;
    if (rng.below(10) == 0) value = kOdd[rng.below(4)];
  }
  return values;
}

struct Max {
  std::vector<float> y, winner, dx;
};

// One channel, one image of `w` columns, dy = 1, 2, 3, …
Max max_pool(std::vector<float> x, uint32_t w, uint32_t kernel, uint32_t stride,
             uint32_t padding = 0) {
  const auto h = static_cast<uint32_t>(x.size() / w);
  const Pool2dDims d{1, h, w, 1, kernel, stride, padding};
  Max max{std::vector<float>(pixels_of_y(d)), std::vector<float>(pixels_of_y(d)),
          std::vector<float>(x.size())};
  std::vector<float> dy(max.y.size());
  for (size_t i = 0; i < dy.size(); ++i) dy[i] = static_cast<float>(i + 1);
  kernels::max_pool2d_forward(max.y.data(), max.winner.data(), x.data(), d);
  kernels::max_pool2d_backward(max.dx.data(), max.winner.data(), dy.data(), d);
  return max;
}

using Floats = std::vector<float>;

}  // namespace

TEST_CASE("the fast pools equal the plain loops bit for bit") {
  for (const Pool2dDims& d : shapes()) {
    INFO(print(d));
    const Floats x = pixels(d), dy = test::normals(Rng(3), pixels_of_y(d) * d.channels);
    const Floats before = test::normals(Rng(4), x.size());
    Floats fast(dy.size(), -7.0f), slow = fast, winner = fast, slow_winner = fast;
    Floats dx = before, slow_dx = before;
    kernels::max_pool2d_forward(fast.data(), winner.data(), x.data(), d);
    kernels::max_pool2d_backward(dx.data(), winner.data(), dy.data(), d);
    reference::max_pool2d_forward(slow.data(), slow_winner.data(), x.data(), d);
    reference::max_pool2d_backward(slow_dx.data(), slow_winner.data(), dy.data(), d);
    CHECK(test::first_difference(fast, slow) == -1);
    CHECK(test::first_difference(winner, slow_winner) == -1);
    CHECK(test::first_difference(dx, slow_dx) == -1);
    // An overwritten gradient is the one added to zeros.
    Floats overwrite(x.size(), -7.0f), added(x.size(), 0.0f);
    kernels::max_pool2d_backward({overwrite.data(), true}, winner.data(), dy.data(), d);
    reference::max_pool2d_backward(added.data(), winner.data(), dy.data(), d);
    CHECK(test::first_difference(overwrite, added) == -1);

    kernels::avg_pool2d_forward(fast.data(), x.data(), d);
    kernels::avg_pool2d_backward(dx.data(), dy.data(), d);
    reference::avg_pool2d_forward(slow.data(), x.data(), d);
    reference::avg_pool2d_backward(slow_dx.data(), dy.data(), d);
    CHECK(test::first_difference(fast, slow) == -1);
    CHECK(test::first_difference(dx, slow_dx) == -1);
  }
}

TEST_CASE("max pooling of adjacent windows leaves out rows and columns that fill no window") {
  const Max max = max_pool({1, 5, 2, 9,  //
                            3, 4, 8, 9,  //
                            7, 7, 7, 7},
                           4, 2, 2);
  CHECK(max.y == Floats{5, 9});
  CHECK(max.winner == Floats{1, 1});
  CHECK(max.dx == Floats{0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("a pixel that wins in several windows gets all their gradients") {
  const Max max = max_pool({0, 0, 0,  //
                            0, 9, 0,  //
                            0, 0, 0},
                           3, 2, 1);
  CHECK(max.y == Floats{9, 9, 9, 9});
  CHECK(max.winner == Floats{3, 2, 1, 0});
  CHECK(max.dx[4] == 1 + 2 + 3 + 4);
}

TEST_CASE("the first of equal numbers wins, the last of NaNs, and padding never") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float lowest = -std::numeric_limits<float>::infinity();
  CHECK(max_pool({4, 4, 4, 4}, 2, 2, 2).winner == Floats{0});
  CHECK(max_pool({-0.0f, 0.0f, 0.0f, 0.0f}, 2, 2, 2).winner == Floats{0});
  CHECK(max_pool({lowest, lowest, lowest, lowest}, 2, 2, 2).winner == Floats{0});
  const Max broken = max_pool({nan, 1, nan, 2}, 2, 2, 2);
  CHECK(broken.y[0] != broken.y[0]);
  CHECK(broken.dx == Floats{0, 0, 1, 0});
  // 3 × 3 around each corner of 2 × 2, all below zero: padding that counted as 0 would win.
  const Max negative = max_pool({-4, -3, -2, -1}, 2, 3, 1, 1);
  CHECK(negative.y == Floats{-1, -1, -1, -1});
  CHECK(negative.winner == Floats{8, 7, 5, 4});
}

TEST_CASE("an average divides by the whole window, padding included") {
  const Floats x{1, 2, 3, 4}, dy{9, 18, 27, 36};
  Floats y(4), dx(4, 1.0f);
  const Pool2dDims d{.n = 1, .h = 2, .w = 2, .channels = 1, .kernel = 3, .stride = 1, .padding = 1};
  kernels::avg_pool2d_forward(y.data(), x.data(), d);
  kernels::avg_pool2d_backward(dx.data(), dy.data(), d);
  for (size_t i = 0; i < 4; ++i) {
    CHECK(y[i] == 10.0f / 9.0f);
    CHECK(dx[i] == 1 + 1 + 2 + 3 + 4);
  }
}
