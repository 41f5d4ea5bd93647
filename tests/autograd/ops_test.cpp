#include "autograd/ops.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/shape.hpp"
#include "support/byte_images.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

std::vector<float> numbers(Tensor tensor) { return {tensor.span().begin(), tensor.span().end()}; }

doctest::Approx near(float value) { return doctest::Approx(static_cast<double>(value)); }

}  // namespace

TEST_CASE("mnist_loss gives the book's two examples: 0.4333 and 0.2333") {
  Arena arena;
  Tape tape(arena);
  const Var target = tape.constant(Tensor{tape.variable({1.0f, 0.0f, 1.0f}).value()});
  const Var first = mnist_loss_of_probabilities(tape.variable({0.9f, 0.4f, 0.2f}), target);
  const Var second = mnist_loss_of_probabilities(tape.variable({0.9f, 0.4f, 0.8f}), target);
  CHECK(first.item() == doctest::Approx(0.4333).epsilon(1e-4));
  CHECK(second.item() == doctest::Approx(0.2333).epsilon(2e-4));
}

TEST_CASE("mnist_loss on raw outputs is the book's formula written out") {
  Arena arena;
  Tape tape(arena);
  const auto values = test::normals(Rng(1), 37);
  std::vector<float> labels(37);
  for (size_t i = 0; i < labels.size(); ++i) labels[i] = i % 3 == 0 ? 1.0f : 0.0f;
  const Var x = tape.variable({37, 1}, values), again = tape.variable({37, 1}, values);
  const Var target = tape.variable({37, 1}, labels).detach();
  const Var fused = mnist_loss(x, target);
  const Var p = sigmoid(again);
  const Var composed = mean(where(target, 1.0f - p, p));
  CHECK(fused.item() == composed.item());
  fused.backward();
  composed.backward();
  for (size_t i = 0; i < 37; ++i)
    CHECK(x.grad().data[i] == near(again.grad().data[i]).epsilon(1e-6));
}

TEST_CASE("binary cross-entropy is its textbook formula, and stays finite where that does not") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({0.5f, -1.5f, 3.0f}), again = tape.variable({0.5f, -1.5f, 3.0f});
  const Var t = tape.variable({1.0f, 0.0f, 0.25f}).detach();
  const Var stable = bce_with_logits(x, t);
  const Var p = sigmoid(again);
  const Var textbook = -mean(t * log(p) + (1.0f - t) * log(1.0f - p));
  CHECK(stable.item() == near(textbook.item()).epsilon(1e-6));
  stable.backward();
  textbook.backward();
  for (size_t i = 0; i < 3; ++i)
    CHECK(x.grad().data[i] == near(again.grad().data[i]).epsilon(1e-5));

  const Var far = tape.variable({200.0f, -200.0f});
  const Var loss = bce_with_logits(far, tape.variable({0.0f, 1.0f}).detach());
  CHECK(loss.item() == 200.0f);
  loss.backward();
  CHECK(numbers(far.grad()) == std::vector<float>{0.5f, -0.5f});
}

// (1 − t)·x − log_sigmoid(x), by which PyTorch computes it, at the infinities.
TEST_CASE("binary cross-entropy of an infinite score is infinite or NaN as in PyTorch") {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const auto loss = [](float score, float target) {
    Arena arena;
    Tape tape(arena);
    return bce_with_logits(tape.variable({score}), tape.variable({target}).detach()).item();
  };
  CHECK(loss(kInf, 0) == kInf);
  CHECK(std::isnan(loss(kInf, 1)));
  CHECK(std::isnan(loss(-kInf, 0)));
  CHECK(std::isnan(loss(-kInf, 1)));
  CHECK(std::isnan(loss(-kInf, 0.5f)));
}

TEST_CASE("mse and its gradient on numbers worked by hand") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({1.0f, 2.0f, 4.0f, 0.0f}),
            t = tape.variable({0.0f, 2.0f, 2.0f, 1.0f});
  const Var loss = mse(x, t);
  CHECK(loss.item() == 1.5f);
  loss.backward();
  CHECK(numbers(x.grad()) == std::vector<float>{0.5f, 0.0f, 1.0f, -0.5f});
  CHECK(numbers(t.grad()) == std::vector<float>{-0.5f, 0.0f, -1.0f, 0.5f});
}

TEST_CASE("linear: weights have one row per input and one column per unit") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({1, 3}, std::vector{1.0f, 10.0f, 100.0f});
  const Var w = tape.variable({3, 2}, std::vector{1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f});
  const Var b = tape.variable({0.5f, -0.5f});
  const Var y = linear(x, w, b);
  CHECK(y.shape() == Shape{1, 2});
  CHECK(numbers(y.value()) == std::vector<float>{531.5f, 641.5f});
  sum(y).backward();
  CHECK(numbers(x.grad()) == std::vector<float>{3, 7, 11});
  CHECK(numbers(w.grad()) == std::vector<float>{1, 1, 10, 10, 100, 100});
  CHECK(numbers(b.grad()) == std::vector<float>{1, 1});
}

TEST_CASE("linear without b is the product, to the bit, of floats and of sparse pixels") {
  const test::ByteImages bytes(5, 64, 0.0f);
  for (const uint32_t out : {1u, 3u, 8u, 13u}) {
    for (const bool of_bytes : {false, true}) {
      std::array<std::vector<float>, 2> y, dw, dx;
      for (const size_t way : {0u, 1u}) {
        Arena arena;
        Tape tape(arena);
        const Var x = of_bytes ? tape.pixels(bytes.pixels, {5, 64})
                               : tape.variable({5, 64}, test::normals(Rng(1), 5 * 64));
        const Var w = tape.variable({64, out}, test::normals(Rng(2), 64 * out));
        const Var product = way == 0 ? matmul(x, w) : linear(x, w);
        sum(square(product)).backward();
        y[way] = numbers(product.value());
        dw[way] = numbers(w.grad());
        if (!of_bytes) dx[way] = numbers(x.grad());
      }
      CHECK(test::first_difference(y[0], y[1]) == -1);
      CHECK(test::first_difference(dw[0], dw[1]) == -1);
      CHECK(test::first_difference(dx[0], dx[1]) == -1);
    }
  }
}

TEST_CASE("forgetting to zero the gradients doubles them: the same batch twice") {
  Arena arena;
  Tape tape(arena);
  const auto values = test::normals(Rng(1), 12), weights = test::normals(Rng(2), 3);
  const Var x = tape.variable({4, 3}, values).detach();
  const Var w = tape.variable({3, 1}, weights);
  mean(square(matmul(x, w))).backward();
  const auto once = numbers(w.grad());
  mean(square(matmul(x, w))).backward();
  for (size_t i = 0; i < 3; ++i) CHECK(w.grad().data[i] == near(2 * once[i]).epsilon(1e-6));
}

TEST_CASE("a float on either side of an operator is a constant") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable(4.0f);
  CHECK((x + 1.0f).item() == 5.0f);
  CHECK((1.0f + x).item() == 5.0f);
  CHECK((x - 1.0f).item() == 3.0f);
  CHECK((1.0f - x).item() == -3.0f);
  CHECK((x * 2.0f).item() == 8.0f);
  CHECK((2.0f * x).item() == 8.0f);
  CHECK((x / 2.0f).item() == 2.0f);
  CHECK((2.0f / x).item() == 0.5f);
  CHECK((-x).item() == -4.0f);
}

TEST_CASE("exponents are whole numbers, also negative or zero") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({2.0f, -3.0f, 0.0f});
  CHECK(numbers(pow(x, 3).value()) == std::vector<float>{8, -27, 0});
  CHECK(numbers(pow(x, 0).value()) == std::vector<float>{1, 1, 1});
  CHECK(pow(x, -2).data()[0] == 0.25f);
  CHECK(std::isinf(pow(x, -1).data()[2]));
}

TEST_CASE("a reshaped value is the same memory, and its gradient comes back in the old shape") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({2, 3}, std::vector{1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f});
  const Var y = reshape(x, {3, 2});
  CHECK(y.data() == x.data());
  sum(y * y).backward();
  CHECK(x.grad().shape == Shape{2, 3});
  CHECK(numbers(x.grad()) == std::vector<float>{2, 4, 6, 8, 10, 12});
}

TEST_CASE("flattened images are in the order of PyTorch: planes, rows, columns") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({2, 2, 1, 3}, test::normals(Rng(4), 12));
  const Var y = flatten(x);
  CHECK(y.shape() == Shape{2, 6});
  for (uint32_t image = 0; image < 2; ++image) {
    for (uint32_t row = 0; row < 2; ++row) {
      for (uint32_t plane = 0; plane < 3; ++plane) {
        CHECK(y.data()[image * 6 + plane * 2 + row] == x.data()[image * 6 + row * 3 + plane]);
      }
    }
  }
}

TEST_CASE("flatten copies nothing where the memory is already in PyTorch's order") {
  Arena arena;
  Tape tape(arena);
  for (const Shape& shape : {Shape{2, 3, 4, 1}, Shape{2, 1, 1, 5}, Shape{2, 3, 2}, Shape{3, 4}}) {
    CAPTURE(print(shape));
    const Var x = tape.variable(shape, test::normals(Rng(4), shape.size()));
    const Var y = flatten(x);
    CHECK(y.shape() == Shape{shape[0], static_cast<uint32_t>(shape.size() / shape[0])});
    CHECK(y.data() == x.data());
  }
  CHECK_FALSE(flatten(tape.variable({1.0f, 2.0f})).valid());
  CHECK(tape.error() == "[flatten] x is [2]: a batch [n, …] is needed");
}

TEST_CASE("a sum along an axis removes the axis") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({2, 3}, std::vector{1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f});
  CHECK(sum(x, 0).shape() == Shape{3});
  CHECK(numbers(sum(x, 0).value()) == std::vector<float>{5, 7, 9});
  CHECK(numbers(sum(x, 1).value()) == std::vector<float>{6, 15});
  CHECK(numbers(mean(x, 1).value()) == std::vector<float>{2, 5});
  CHECK(sum(sum(x, 1), 0).shape() == Shape{});
  sum(square(mean(x, 1))).backward();
  CHECK(x.grad().data[0] == near(2 * 2.0f / 3));
  CHECK(x.grad().data[5] == near(2 * 5.0f / 3));
  CHECK_FALSE(mean(x, 2).valid());
  CHECK(tape.error() == "[mean] x is [2, 3] and has no axis 2");
}

TEST_CASE("a transposed matrix has rows for columns") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({2, 3}, std::vector{1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f});
  const Var y = transpose(x);
  CHECK(y.shape() == Shape{3, 2});
  CHECK(numbers(y.value()) == std::vector<float>{1, 4, 2, 5, 3, 6});
  CHECK_FALSE(transpose(tape.variable(1.0f)).valid());
  CHECK(tape.error() == "[transpose] x is []: a matrix is needed");
}

TEST_CASE("l1_loss and its gradient on numbers worked by hand") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({1.0f, 2.0f, 4.0f, 0.0f}),
            t = tape.variable({0.0f, 2.0f, 2.0f, 1.0f});
  const Var loss = l1_loss(x, t);
  CHECK(loss.item() == 1.0f);
  loss.backward();
  CHECK(numbers(x.grad()) == std::vector<float>{0.25f, 0.0f, 0.25f, -0.25f});
  CHECK(numbers(t.grad()) == std::vector<float>{-0.25f, 0.0f, -0.25f, 0.25f});
}

TEST_CASE("where ignores a NaN on the side that is not chosen, forward and backward") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({-1.0f, 4.0f});
  const Var positive = tape.variable({0.0f, 1.0f}).detach();
  const Var y = where(positive, log(x), x);
  CHECK(y.data()[0] == -1.0f);
  CHECK(y.data()[1] == doctest::Approx(std::log(4.0)));
}

TEST_CASE("gelu is x times the share of a normal distribution below x") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({-8, -3, -1, -0.25f, 0, 0.5f, 1, 2, 5, 30});
  const Var y = gelu(x);
  sum(y).backward();
  for (size_t i = 0; i < x.size(); ++i) {
    const auto d = static_cast<double>(x.data()[i]);
    const double share = 0.5 * std::erfc(-d / std::sqrt(2.0));
    const double density = std::exp(-0.5 * d * d) / std::sqrt(2 * 3.141592653589793);
    CHECK(std::abs(static_cast<double>(y.data()[i]) - d * share) < 3e-7 * (1 + std::abs(d)));
    CHECK(std::abs(static_cast<double>(x.grad().data[i]) - (share + d * density)) < 3e-7);
  }
}

TEST_CASE("relu and leaky_relu keep NaN, so a broken number is not hidden") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({std::numeric_limits<float>::quiet_NaN(), -1.0f});
  CHECK(std::isnan(relu(x).data()[0]));
  CHECK(std::isnan(leaky_relu(x).data()[0]));
  CHECK(leaky_relu(x).data()[1] == -0.01f);
}

TEST_CASE("shapes broadcast as in PyTorch") {
  CHECK(*broadcast({2, 3}, {3}) == Shape{2, 3});
  CHECK(*broadcast({}, {4}) == Shape{4});
  CHECK(*broadcast({5, 1, 7}, {6, 1}) == Shape{5, 6, 7});
  CHECK(*broadcast({1}, {1, 1}) == Shape{1, 1});
  CHECK(*broadcast({1, 0}, {3, 1}) == Shape{3, 0});
  CHECK_FALSE(broadcast({2, 3}, {2}).has_value());
  CHECK_FALSE(broadcast({2, 3}, {3, 3}).has_value());
  CHECK(print(Shape{4, 3}) == "[4, 3]");
  CHECK(print(Shape{}) == "[]");
  CHECK(Shape{}.size() == 1);
  CHECK(Shape{3, 0}.size() == 0);
}
