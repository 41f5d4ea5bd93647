#include "nn/kinks.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "support/random.hpp"

using namespace downhill;

namespace {

struct Numbers {
  std::vector<float> y, dx;
};

// y = f(x) and the gradient of Σ r·y with random r.
template <class F>
Numbers pass(const Shape& shape, const std::vector<float>& x, F f) {
  Arena arena;
  Tape tape(arena);
  const Var in = tape.variable(shape, x);
  const Var out = f(in);
  const std::vector<float> r = test::normals(Rng(4), out.size());
  sum(out * tape.variable(out.shape(), r)).backward();
  REQUIRE_MESSAGE(tape.ok(), tape.error());
  Numbers numbers;
  numbers.y.assign(out.value().span().begin(), out.value().span().end());
  numbers.dx.assign(in.grad().span().begin(), in.grad().span().end());
  return numbers;
}

// Equal numbers; a closed ReLU may give -0.
void check_equal(const Numbers& a, const Numbers& b) {
  CHECK(a.y == b.y);
  CHECK(a.dx == b.dx);
}

}  // namespace

TEST_SUITE("kinks") {
  TEST_CASE("where they were kept, nothing is different") {
    const std::vector<float> x = test::normals(Rng(1), 2 * 5 * 5 * 3);
    const Shape shape{2, 5, 5, 3};
    for (const Pool2dOptions options :
         {Pool2dOptions{2}, Pool2dOptions{2, 3}, Pool2dOptions{3, 1, 1}}) {
      Kinks kinks;
      const auto with = [&](Var v) {
        const Var bent = kinks.activate(ActivationKind::leaky_relu, v);
        return kinks.max_pool2d(kinks.activate(ActivationKind::relu, bent), options);
      };
      const auto without = [&](Var v) { return max_pool2d(relu(leaky_relu(v)), options); };
      kinks.keep();
      check_equal(pass(shape, x, with), pass(shape, x, without));
      kinks.use();
      check_equal(pass(shape, x, with), pass(shape, x, without));
    }
  }

  TEST_CASE("elsewhere numbers stay on the side on which they were, until sides are kept anew") {
    Kinks kinks;
    const auto relu = [&](Var v) { return kinks.activate(ActivationKind::relu, v); };
    const auto pool = [&](Var v) { return kinks.max_pool2d(v, {.kernel = 2}); };
    kinks.keep();
    CHECK(pass(Shape{3}, {-1, 2, 3}, relu).y == std::vector<float>{0, 2, 3});
    CHECK(pass(Shape{1, 2, 2, 1}, {1, 5, 2, 3}, pool).y == std::vector<float>{5});
    kinks.use();
    CHECK(pass(Shape{3}, {1, -2, 4}, relu).y == std::vector<float>{0, -2, 4});
    CHECK(pass(Shape{1, 2, 2, 1}, {7, -5, 8, 9}, pool).y == std::vector<float>{-5});
    kinks.keep();
    CHECK(pass(Shape{3}, {1, -2, 4}, relu).y == std::vector<float>{1, 0, 4});
  }
}
