#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/elementwise/binary.hpp"
#include "kernels/elementwise/grad_target.hpp"
#include "kernels/elementwise/select.hpp"
#include "kernels/reductions/loss.hpp"
#include "support/random.hpp"

using namespace downhill;
using namespace downhill::kernels;
namespace scalar = downhill::simd::scalar;

namespace {

constexpr size_t kCounts[] = {1, 3, 4, 5, 8, 17, 100};

// A function with a number of its own.
struct Scaled {
  float factor = 1;
  template <Lanes V>
  V value(V x) const {
    return x * V::splat(factor);
  }
  template <Lanes V>
  V slope(V, V) const {
    return V::splat(factor);
  }
};
struct Difference {
  template <Lanes V>
  static V value(V a, V b) {
    return a - b;
  }
  template <Lanes V>
  static V da(V, V, V dy) {
    return dy;
  }
  template <Lanes V>
  static V db(V, V, V dy) {
    return -dy;
  }
};
struct Quotient {
  template <Lanes V>
  static V value(V a, V b) {
    return a / b;
  }
  template <Lanes V>
  static V da(V, V b, V dy) {
    return dy / b;
  }
  template <Lanes V>
  static V db(V a, V b, V dy) {
    return -(dy * ((a / b) / b));
  }
};

// A function and its slope, tail included, against one number at a time on the scalar machine.
template <class Function>
void check_function(Function f = {}) {
  for (size_t count : kCounts) {
    const auto x = test::normals(Rng(1), count), dy = test::normals(Rng(2), count);
    std::vector<float> y(count + 4, -9.0f), dx = test::normals(Rng(3), count + 4);
    const auto dx_before = dx;
    auto overwrite = dx;
    map_forward<Function>(y.data(), x.data(), count, f);
    map_backward<Function>(dx.data(), x.data(), y.data(), dy.data(), count, f);
    map_backward<Function>({overwrite.data(), true}, x.data(), y.data(), dy.data(), count, f);
    for (size_t i = 0; i < count; ++i) {
      const auto xi = scalar::f32x4::splat(x[i]);
      const auto yi = f.value(xi);
      CHECK(test::same_bits(y[i], yi.lanes[0]));
      const float gradient = gradient_of(f, scalar::f32x4::splat(dy[i]), xi, yi).lanes[0];
      CHECK(test::same_bits(dx[i], dx_before[i] + gradient));
      CHECK(test::same_bits(overwrite[i], 0.0f + gradient));  // never -0
    }
    for (size_t i = count; i < count + 4; ++i) {  // nothing after the end changes
      CHECK(y[i] == -9.0f);
      CHECK(dx[i] == dx_before[i]);
      CHECK(overwrite[i] == dx_before[i]);
    }
  }
}

// Broadcasting, element by element.
template <class F>
void for_each_element(const BroadcastDims& d, F f) {
  size_t y = 0;
  for (uint32_t i = 0; i < d.extent[0]; ++i) {
    for (uint32_t j = 0; j < d.extent[1]; ++j) {
      for (uint32_t k = 0; k < d.extent[2]; ++k) {
        for (uint32_t l = 0; l < d.extent[3]; ++l) {
          const uint32_t at[4] = {i, j, k, l};
          size_t a = 0, b = 0;
          for (int axis = 0; axis < 4; ++axis) {
            a += size_t{at[axis]} * d.stride_a[axis];
            b += size_t{at[axis]} * d.stride_b[axis];
          }
          f(y++, a, b);
        }
      }
    }
  }
}

// Shapes of rank four: an operand repeats along the axes in its mask (bit 0 is the last axis).
std::vector<BroadcastDims> walks() {
  std::vector<BroadcastDims> all;
  for (auto extent :
       {std::array<uint32_t, 4>{2, 3, 4, 5}, {1, 1, 3, 17}, {3, 1, 2, 1}, {1, 1, 1, 8}}) {
    for (unsigned mask_a = 0; mask_a < 16; ++mask_a) {
      for (unsigned mask_b = 0; mask_b < 16; ++mask_b) {
        BroadcastDims d;
        d.extent = extent;
        uint32_t step_a = 1, step_b = 1;
        for (int axis = 3; axis >= 0; --axis) {
          const bool repeat_a = (mask_a >> (3 - axis) & 1) != 0,
                     repeat_b = (mask_b >> (3 - axis) & 1) != 0;
          d.stride_a[axis] = repeat_a || extent[axis] == 1 ? 0 : step_a;
          d.stride_b[axis] = repeat_b || extent[axis] == 1 ? 0 : step_b;
          if (!repeat_a) step_a *= extent[axis];
          if (!repeat_b) step_b *= extent[axis];
        }
        all.push_back(d);
      }
    }
  }
  return all;
}

template <class Function>
void check_broadcast() {
  const auto a = test::normals(Rng(1), 200), dy = test::normals(Rng(3), 200);
  auto b = test::normals(Rng(2), 200);
  for (float& value : b) value += value < 0 ? -1.0f : 1.0f;  // away from zero, for div
  for (const BroadcastDims& d : walks()) {
    std::vector<float> y(200), da(200), db(200);
    std::vector<double> want_da(200), want_db(200);
    broadcast_forward<Function>(y.data(), a.data(), b.data(), d);
    broadcast_backward<Function>(da.data(), db.data(), a.data(), b.data(), dy.data(), d);
    for_each_element(d, [&](size_t iy, size_t ia, size_t ib) {
      const auto va = scalar::f32x4::splat(a[ia]), vb = scalar::f32x4::splat(b[ib]);
      const auto vdy = scalar::f32x4::splat(dy[iy]);
      REQUIRE(test::same_bits(y[iy], Function::value(va, vb).lanes[0]));
      want_da[ia] += static_cast<double>(Function::da(va, vb, vdy).lanes[0]);
      want_db[ib] += static_cast<double>(Function::db(va, vb, vdy).lanes[0]);
    });
    for (size_t i = 0; i < 200; ++i) {
      REQUIRE(static_cast<double>(da[i]) == doctest::Approx(want_da[i]).epsilon(1e-4));
      REQUIRE(static_cast<double>(db[i]) == doctest::Approx(want_db[i]).epsilon(1e-4));
    }
  }
}

}  // namespace

TEST_CASE("functions over memory equal one number at a time, tails included") {
  check_function<Abs>();
  check_function<Relu>();
  check_function<Sigmoid>();
  for (const float factor : {-0.5f, 3.0f}) check_function(Scaled{factor});
}

TEST_CASE("relu keeps NaN, so a broken number is not hidden") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float x[5] = {nan, 1, -1, nan, nan};
  float y[5];
  map_forward<Relu>(y, x, 5);
  CHECK(y[0] != y[0]);
  CHECK(y[2] == 0.0f);
  CHECK(y[4] != y[4]);
}

TEST_CASE(
    "binary functions broadcast along every set of axes, and their gradients are summed back") {
  check_broadcast<Difference>();
  check_broadcast<Quotient>();
}

TEST_CASE("axes that both operands traverse contiguously are joined into one row") {
  BroadcastDims same;
  same.extent = {2, 3, 4, 5};
  same.stride_a = same.stride_b = {60, 20, 5, 1};
  const BroadcastDims one_row = join_axes(same);
  CHECK(one_row.extent == std::array<uint32_t, 4>{1, 1, 1, 120});
  BroadcastDims bias = same;
  bias.stride_b = {0, 0, 0, 1};
  const BroadcastDims rows = join_axes(bias);
  CHECK(rows.extent == std::array<uint32_t, 4>{1, 1, 24, 5});
}

TEST_CASE("select takes each element from the operand that the condition chooses") {
  Rng rng(9);
  std::vector<float> condition(200);
  for (float& value : condition) value = static_cast<float>(rng.below(2));
  const auto x = test::normals(Rng(1), 200), dy = test::normals(Rng(2), 200);
  for (bool when : {true, false}) {
    for (const BroadcastDims& d : walks()) {
      std::vector<float> y(200, -8.0f), dx(200);
      std::vector<double> want(200);
      select_forward(y.data(), condition.data(), x.data(), when, d);
      select_backward(dx.data(), condition.data(), dy.data(), when, d);
      for_each_element(d, [&](size_t iy, size_t ic, size_t ix) {
        const bool chosen = (condition[ic] != 0.0f) == when;
        REQUIRE(y[iy] == (chosen ? x[ix] : -8.0f));
        if (chosen) want[ix] += static_cast<double>(dy[iy]);
      });
      for (size_t i = 0; i < 200; ++i) {
        REQUIRE(static_cast<double>(dx[i]) == doctest::Approx(want[i]).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE("losses write the term of each image and return the mean") {
  const float x[5] = {0.0f, 2.0f, -2.0f, 100.0f, -100.0f}, target[5] = {1, 1, 0, 0, 1};
  float terms[5], p[5];
  const float mnist = mnist_loss_forward(terms, p, x, target, 5);
  CHECK(terms[0] == 0.5f);
  CHECK(terms[1] == doctest::Approx(0.119203).epsilon(1e-5));
  CHECK(terms[2] == doctest::Approx(0.119203).epsilon(1e-5));
  CHECK(terms[3] == 1.0f);
  CHECK(terms[4] == 1.0f);
  CHECK(mnist == doctest::Approx(0.5476812));
  const float bce = bce_with_logits_forward(terms, x, target, 5);
  CHECK(terms[0] == doctest::Approx(0.6931472));
  CHECK(terms[1] == doctest::Approx(0.1269280));
  CHECK(terms[3] == 100.0f);  // the naive formula gives infinity
  CHECK(terms[4] == 100.0f);
  CHECK(bce == doctest::Approx(40.1894));
  CHECK(l1_loss_forward(terms, x, target, 5) == doctest::Approx((1 + 1 + 2 + 100 + 101) / 5.0));
  CHECK(terms[4] == 101.0f);
  CHECK(mse_forward(terms, x, target, 5) == doctest::Approx((1 + 1 + 4 + 10000 + 10201) / 5.0));
}
