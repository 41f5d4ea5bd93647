#include "kernels/reductions/reduce.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/optimizers/update.hpp"
#include "kernels/reference/dense.hpp"
#include "kernels/reference/rows.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

constexpr size_t kCounts[] = {0,  1,  2,  3,  4,  5,  7,   8,   15,  16,
                              17, 19, 20, 31, 32, 33, 100, 784, 1001};
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("sums and dot products equal the plain loops bit for bit") {
  for (size_t count : kCounts) {
    const auto a = test::normals(Rng(1), count), b = test::normals(Rng(2), count);
    CHECK(test::same_bits(kernels::sum(a.data(), count), kernels::reference::sum(a.data(), count)));
    CHECK(test::same_bits(kernels::dot(a.data(), b.data(), count),
                          kernels::reference::dot(a.data(), b.data(), count)));
    CHECK(test::same_bits(kernels::sum_of_squares(a.data(), count),
                          kernels::reference::dot(a.data(), a.data(), count)));
  }
}

TEST_CASE("sums agree with double precision") {
  const auto a = test::normals(Rng(3), 10'000);
  double total = 0, squares = 0;
  for (float value : a) {
    total += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  CHECK(std::abs(static_cast<double>(kernels::sum(a.data(), a.size())) - total) < 1e-3);
  CHECK(static_cast<double>(kernels::norm(a.data(), a.size())) ==
        doctest::Approx(std::sqrt(squares)).epsilon(1e-6));
}

TEST_CASE(
    "the norm of finite numbers is finite, and exact where their squares leave float's range") {
  const auto norm_of = [](const std::vector<float>& x) {
    return kernels::norm(x.data(), x.size());
  };
  for (float size : {1e30f, 1e19f, 1e-22f, 1e-38f, 1e-44f}) {
    CAPTURE(size);
    const float unit = size * 4.0f / 4.0f;  // the float that a subnormal becomes
    CHECK(norm_of({3 * unit, -4 * unit, 0, 0, 12 * unit}) ==
          doctest::Approx(static_cast<double>(13 * unit)));
    CHECK(norm_of({3 * unit, -4 * unit, 0, 0, 12 * unit}) > 12 * unit);
  }
  const float largest = std::numeric_limits<float>::max();
  CHECK(norm_of({largest, largest}) == largest);
  CHECK(norm_of({0, 0, 0}) == 0.0f);
  CHECK(norm_of({}) == 0.0f);
  CHECK(norm_of({1, -kInfinity}) == kInfinity);
  CHECK(std::isnan(norm_of({1, kNaN, 1e30f})));
  const std::vector<float> x(5, largest), y(5, -largest);
  CHECK(kernels::norm_in_double(x.data(), 5) ==
        doctest::Approx(std::sqrt(5.0) * static_cast<double>(largest)));
  CHECK(kernels::norm_of_difference(kInfinity, x.data(), y.data(), 5) == largest);
  CHECK(kernels::norm_of_difference(0, x.data(), x.data(), 5) == 0.0f);
}

TEST_CASE("minimum and maximum skip NaNs") {
  const std::vector<float> x{kNaN, 3, -2, kNaN, 7, 0};
  CHECK(kernels::min(x.data(), x.size()) == -2.0f);
  CHECK(kernels::max(x.data(), x.size()) == 7.0f);
  CHECK(kernels::min(x.data() + 1, 1) == 3.0f);
  CHECK(std::isnan(kernels::max(x.data(), 1)));
  const std::vector<float> below{-kInfinity, -5};
  CHECK(kernels::max(below.data(), 2) == -5.0f);
  CHECK(kernels::min(below.data(), 2) == -kInfinity);
}

TEST_CASE("a single value that is not finite is found at any index") {
  for (size_t count : {1u, 4u, 5u, 17u, 100u}) {
    std::vector<float> x(count, 3e38f);
    CHECK(kernels::all_finite(x.data(), count));
    for (size_t at = 0; at < count; ++at) {
      for (float bad : {kNaN, kInfinity, -kInfinity}) {
        x[at] = bad;
        CHECK_FALSE(kernels::all_finite(x.data(), count));
      }
      x[at] = -3e38f;
    }
  }
  CHECK(kernels::all_finite(nullptr, 0));
}

TEST_CASE("sums along an axis equal the plain loops bit for bit, both ways") {
  for (size_t outer : {1u, 3u}) {
    for (size_t extent : {0u, 1u, 5u, 16u, 35u}) {
      for (size_t inner : {1u, 3u, 4u, 6u, 17u}) {
        const kernels::AxisDims d{.outer = outer, .extent = extent, .inner = inner};
        const size_t size = outer * extent * inner;
        const auto x = test::normals(Rng(1), size), dy = test::normals(Rng(2), outer * inner);
        std::vector<float> y(outer * inner), want_y(outer * inner);
        kernels::sum_axis(y.data(), x.data(), 3.0f, d);
        kernels::reference::sum_axis(want_y.data(), x.data(), 3.0f, d);
        CHECK(test::first_difference(y, want_y) == -1);
        auto dx = x, want = x;
        kernels::sum_axis_backward(dx.data(), dy.data(), 3.0f, d);
        kernels::reference::sum_axis_backward(want.data(), dy.data(), 3.0f, d);
        CHECK(test::first_difference(dx, want) == -1);
      }
    }
  }
}

TEST_CASE("updates equal a plain loop over the elements") {
  for (size_t count : kCounts) {
    const auto w = test::normals(Rng(1), count), dw = test::normals(Rng(2), count);
    auto plus = w, scaled = w, shifted = w, product = w, summed = w;
    kernels::add_to(plus.data(), dw.data(), count);
    kernels::scale_add(scaled.data(), dw.data(), 0.3f, count);
    kernels::add_scalar(shifted.data(), 0.7f, count);
    kernels::multiply(product.data(), w.data(), dw.data(), count);
    kernels::multiply_add(summed.data(), w.data(), dw.data(), count);
    for (size_t i = 0; i < count; ++i) {
      CHECK(test::same_bits(plus[i], w[i] + dw[i]));
      CHECK(test::same_bits(scaled[i], w[i] + 0.3f * dw[i]));
      CHECK(test::same_bits(shifted[i], w[i] + 0.7f));
      CHECK(test::same_bits(product[i], w[i] * dw[i]));
      CHECK(test::same_bits(summed[i], w[i] + w[i] * dw[i]));
    }
  }
}

TEST_CASE("transposing once gives the columns, twice the matrix") {
  const auto m = test::normals(Rng(1), 7 * 5);
  std::vector<float> t(m.size()), back(m.size());
  kernels::transpose(t.data(), m.data(), 7, 5);
  kernels::transpose(back.data(), t.data(), 5, 7);
  CHECK(back == m);
  CHECK(t[2 * 7 + 4] == m[4 * 5 + 2]);
  kernels::add_transposed(back.data(), t.data(), 5, 7);
  for (size_t i = 0; i < m.size(); ++i) CHECK(back[i] == 2 * m[i]);
}
