// Convolution and pooling as ops: shapes, options, errors and memory.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "autograd/ops.hpp"
#include "support/alloc_guard.hpp"
#include "support/byte_images.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

struct Lesson {
  Arena arena;
  Tape tape{arena};
  Var images(Shape shape) { return tape.variable(shape, test::normals(Rng(1), shape.size())); }
};

std::vector<float> numbers(Tensor tensor) { return {tensor.span().begin(), tensor.span().end()}; }

}  // namespace

TEST_CASE("conv2d on numbers worked by hand") {
  Lesson t;
  const Var x = t.tape.variable({1, 2, 3, 1}, std::vector{1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f});
  const Var w = t.tape.variable({1, 2, 1, 2}, std::vector{1.0f, -1.0f, 10.0f, 0.5f});
  const Var b = t.tape.variable({100.0f, 200.0f});
  const Var y = conv2d(x, w, b);
  CHECK(y.shape() == Shape{1, 2, 2, 2});
  CHECK(numbers(y.value()) == std::vector<float>{121, 200, 132, 199.5f, 154, 198.5f, 165, 198});
  sum(y).backward();
  CHECK(numbers(x.grad()) == std::vector<float>{0, 10.5f, 10.5f, 0, 10.5f, 10.5f});
  CHECK(numbers(w.grad()) == std::vector<float>{12, 12, 16, 16});
  CHECK(numbers(b.grad()) == std::vector<float>{4, 4});
}

TEST_CASE(
    "a convolution of bytes has the bits of that of their values, and converts them to floats only "
    "without padding") {
  for (float zero : {0.0f, -0.4242f}) {
    for (uint32_t padding : {0u, 1u, 2u}) {  // without padding the bytes become floats first
      const test::ByteImages images(3, 28 * 28, zero);
      const auto w0 = test::normals(Rng(1), 9 * 8), b0 = test::normals(Rng(2), 8);
      std::vector<float> results[2];
      for (const bool bytes : {false, true}) {
        Lesson t;
        const Shape flat{3, 784}, square{3, 28, 28, 1};
        const Var x =
            reshape(bytes ? t.tape.pixels(images.pixels, flat)
                          : t.tape.constant({const_cast<float*>(images.floats.data()), flat}),
                    square);
        const Var w = t.tape.variable(Shape{3, 3, 1, 8}, w0), b = t.tape.variable(Shape{8}, b0);
        const Var y = conv2d(x, w, b, {.stride = 2, .padding = padding});
        sum(y * y).backward();
        // Without padding the bytes become floats.
        if (bytes) CHECK((t.tape.nodes()[x.id()].value.data == nullptr) == (padding > 0));
        for (Tensor tensor : {y.value(), w.grad(), b.grad(), x.value()}) {
          results[bytes].insert(results[bytes].end(), tensor.span().begin(), tensor.span().end());
        }
      }
      CHECK(test::first_difference(results[0], results[1]) == -1);
    }
  }
}

TEST_CASE("a value that is both images and weights gets both gradients") {
  Lesson t, apart;
  const Shape shape{2, 2, 2, 2};
  const Var both = t.images(shape), x = apart.images(shape), w = apart.images(shape);
  sum(square(conv2d(both, both, {.padding = 1}))).backward();
  sum(square(conv2d(x, w, {.padding = 1}))).backward();
  const std::vector<float> got = numbers(both.grad()), dx = numbers(x.grad()),
                           dw = numbers(w.grad());
  for (size_t i = 0; i < got.size(); ++i) {
    CHECK(static_cast<double>(got[i]) == doctest::Approx(static_cast<double>(dx[i] + dw[i])));
  }
}

TEST_CASE("the article's network shrinks images to one pixel") {
  Lesson t;
  Var x = t.images({2, 28, 28, 1});
  uint32_t channels = 1;
  for (uint32_t out : {8u, 16u, 32u, 16u, 10u}) {
    x = conv2d(x, t.images({3, 3, channels, out}), {.stride = 2, .padding = 1});
    channels = out;
  }
  CHECK(x.shape() == Shape{2, 1, 1, 10});
  CHECK(t.tape.ok());
}

TEST_CASE("a pool's stride is its kernel by default") {
  Lesson t;
  const Var x = t.images({2, 7, 5, 3});
  CHECK(max_pool2d(x, {2}).shape() == Shape{2, 3, 2, 3});
  CHECK(avg_pool2d(x, {.kernel = 3, .stride = 2, .padding = 1}).shape() == Shape{2, 4, 3, 3});
  CHECK(avg_pool2d(x, {.kernel = 5, .stride = 1}).shape() == Shape{2, 3, 1, 3});
  CHECK(t.tape.ok());
}

TEST_CASE("images that require no gradient get none, and the weights' gradient is the same") {
  Lesson t;
  const Var x = t.images({2, 5, 5, 3}), fixed = x.detach();
  const Var w = t.images({3, 3, 3, 4}), again = t.images({3, 3, 3, 4});
  sum(square(conv2d(x, w))).backward();
  sum(square(conv2d(fixed, again))).backward();
  CHECK(x.grad());
  CHECK_FALSE(fixed.grad());
  CHECK(test::first_difference(w.grad().span(), again.grad().span()) == -1);
}

TEST_CASE("convolution and pooling refuse what does not fit, with a message") {
  const auto error_of = [](auto build) {
    Lesson t;
    CHECK_FALSE(build(t).valid());
    return t.tape.error();
  };
  const auto of_conv = [&](Shape x, Shape w, Conv2dOptions options = {}) {
    return error_of([&](Lesson& t) { return conv2d(t.images(x), t.images(w), options); });
  };
  CHECK(of_conv({1, 3, 3, 1}, {5, 5, 1, 2}) ==
        "[conv2d] the 5 × 5 kernel does not fit into 3 × 3 with padding 0");
  CHECK(of_conv({1, 9, 3, 1}, {3, 6, 1, 2}, {.padding = 1}) ==
        "[conv2d] the 3 × 6 kernel does not fit into 9 × 3 with padding 1");
  CHECK(of_conv({1, 4, 4, 3}, {3, 3, 1, 2}) ==
        "[conv2d] x is [1, 4, 4, 3], W is [3, 3, 1, 2]: x must be [n, h, w, c] and W [kh, kw, c, "
        "out]");
  CHECK(of_conv({4, 4, 3}, {3, 3, 3, 2}).starts_with("[conv2d] x is [4, 4, 3], W is"));
  CHECK(of_conv({1, 4, 4, 1}, {0, 3, 1, 2}) == "[conv2d] the kernel must be at least 1 × 1");
  CHECK(of_conv({1, 4, 4, 1}, {3, 3, 1, 2}, {.stride = 0}) ==
        "[conv2d] the stride must be at least 1");
  CHECK(error_of([](Lesson& t) {
          return conv2d(t.images({1, 4, 4, 1}), t.images({3, 3, 1, 2}), t.images({3}));
        }) == "[conv2d] W is [3, 3, 1, 2], b is [3]: b must be [2]");

  const auto of_max = [&](Shape x, Pool2dOptions options) {
    return error_of([&](Lesson& t) { return max_pool2d(t.images(x), options); });
  };
  CHECK(of_max({2, 3}, {2}) ==
        "[max_pool2d] x is [2, 3]: it must be [n, h, w, c], and no image empty");
  CHECK(of_max({2, 0, 3, 1}, {2}).starts_with("[max_pool2d] x is [2, 0, 3, 1]"));
  CHECK(of_max({1, 3, 3, 1}, {0}) == "[max_pool2d] the kernel must be at least 1 × 1");
  CHECK(of_max({1, 3, 3, 1}, {.kernel = 3, .padding = 2}) ==
        "[max_pool2d] padding 2 is more than half of the kernel, 3");
  CHECK(error_of([](Lesson& t) {
          return avg_pool2d(t.images({1, 2, 4, 1}), {3});
        }) == "[avg_pool2d] the 3 × 3 kernel does not fit into 2 × 4 with padding 0");
}

TEST_CASE("from the third step on, a step of a convolutional network allocates nothing") {
  Lesson t;
  const std::vector<float> images = test::normals(Rng(2), size_t{9} * 12 * 12);
  const std::vector<float> first = test::normals(Rng(3), 3 * 3 * 8),
                           second = test::normals(Rng(4), 3 * 3 * 8 * 4);
  const auto step = [&] {
    t.tape.clear();
    const Var x = t.tape.variable({9, 12, 12, 1}, images);
    Var y = max_pool2d(relu(conv2d(x, t.tape.variable({3, 3, 1, 8}, first), {.padding = 1})), {2});
    y = avg_pool2d(conv2d(y, t.tape.variable({3, 3, 8, 4}, second)), {2});
    mean(square(y)).backward();
    REQUIRE(t.tape.ok());
  };
  step();
  step();
  CHECK(test::allocations_of([&] {
          for (int i = 0; i < 3; ++i) step();
        }) == 0);
}
