// What requires_grad, backward, accumulation, zero_grad, detach and no_grad mean: the same as in
// PyTorch.
#include "autograd/tape.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "autograd/ops.hpp"
#include "support/alloc_guard.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

struct Lesson {
  Arena arena;
  Tape tape{arena};
};

std::vector<float> numbers(Tensor tensor) { return {tensor.span().begin(), tensor.span().end()}; }

}  // namespace

TEST_CASE("x = 8, y = x², y.backward(): the gradient is 16") {
  Lesson t;
  const Var x = t.tape.variable(8.0f);
  const Var y = x * x;
  CHECK(y.item() == 64.0f);
  y.backward();
  CHECK(x.grad().item() == 16.0f);
}

TEST_CASE("the book's vector: the squares of 3, 4, 10 add up to 125, gradients 6, 8, 20") {
  Lesson t;
  const Var x = t.tape.variable({3.0f, 4.0f, 10.0f});
  const Var y = sum(square(x));
  CHECK(y.item() == 125.0f);
  y.backward();
  CHECK(numbers(x.grad()) == std::vector<float>{6, 8, 20});
}

TEST_CASE("micrograd's first example gives its published value and gradients") {
  // The README of karpathy/micrograd: g is 24.7041, dg/da is 138.8338, dg/db is 645.5773.
  Lesson t;
  const Var a = t.tape.variable(-4.0f), b = t.tape.variable(2.0f);
  Var c = a + b;
  Var d = a * b + pow(b, 3);
  c = c + (c + 1.0f);
  c = c + (1.0f + c + (-a));
  d = d + (d * 2.0f + relu(b + a));
  d = d + (3.0f * d + relu(b - a));
  const Var e = c - d;
  const Var f = pow(e, 2);
  Var g = f / 2.0f;
  g = g + 10.0f / f;
  CHECK(g.item() == doctest::Approx(24.7041).epsilon(1e-6));
  g.backward();
  CHECK(a.grad().item() == doctest::Approx(138.8338).epsilon(1e-6));
  CHECK(b.grad().item() == doctest::Approx(645.5773).epsilon(1e-6));
}

TEST_CASE("a leaf has no gradient before the first backward, then it adds up until it is zeroed") {
  Lesson t;
  const Var x = t.tape.variable(3.0f);
  CHECK_FALSE(x.grad());
  (x * x).backward();
  CHECK(x.grad().item() == 6.0f);
  (x * x).backward();
  CHECK(x.grad().item() == 12.0f);
  x.zero_grad();
  CHECK_FALSE(x.grad());
  (x * x).backward();
  CHECK(x.grad().item() == 6.0f);
}

TEST_CASE("a parameter keeps its gradient when the tape is cleared, until zero_grad") {
  Lesson t;
  float value[2] = {1, 2}, grad[2] = {0, 0};
  Parameter w{"w", {value, {2}}, {grad, {2}}};
  for (int step = 1; step <= 3; ++step) {
    t.tape.clear();
    sum(square(t.tape.parameter(w))).backward();
    CHECK(w.has_grad);
    CHECK(grad[1] == 4.0f * static_cast<float>(step));
  }
  w.zero_grad();
  CHECK_FALSE(w.has_grad);
  CHECK(grad[1] == 0.0f);
  t.tape.clear();
  const Var again = t.tape.parameter(w);
  CHECK_FALSE(again.grad());
  sum(square(again)).backward();
  CHECK(grad[0] == 2.0f);
  CHECK(again.grad().data == grad);
}

TEST_CASE("a frozen parameter and a constant get no gradient, and nothing is computed for them") {
  Lesson t;
  float value[2] = {1, 2}, grad[2] = {0, 0};
  Parameter w{"w", {value, {2}}, {grad, {2}}, false};
  const Var frozen = t.tape.parameter(w), x = t.tape.variable({5.0f, 6.0f}),
            c = t.tape.constant(2.0f);
  sum(frozen * x * c).backward();
  CHECK_FALSE(w.has_grad);
  CHECK_FALSE(c.grad());
  CHECK_FALSE(c.requires_grad());
  CHECK(numbers(x.grad()) == std::vector<float>{2, 4});
  CHECK_FALSE((frozen * c).requires_grad());
}

TEST_CASE("a value used twice gets the sum of both gradients") {
  Lesson t;
  const Var x = t.tape.variable(3.0f);
  const Var y = x * x + x * 5.0f - x / x;
  y.backward();
  CHECK(x.grad().item() == 11.0f);
}

TEST_CASE("gradients of broadcast operands are summed to the operand's shape") {
  Lesson t;
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  const Var x = t.tape.variable({2, 3}, values);
  const Var row = t.tape.variable({10.0f, 20.0f, 30.0f});
  const Var column = t.tape.variable({2, 1}, std::vector{1.0f, -1.0f});
  const Var y = (x + row) * column;
  CHECK(y.shape() == Shape{2, 3});
  CHECK(numbers(y.value()) == std::vector<float>{11, 22, 33, -14, -25, -36});
  sum(y).backward();
  CHECK(numbers(row.grad()) == std::vector<float>{0, 0, 0});
  CHECK(numbers(column.grad()) == std::vector<float>{66, 75});
  CHECK(numbers(x.grad()) == std::vector<float>{1, 1, 1, -1, -1, -1});
  CHECK(row.grad().shape == Shape{3});
}

TEST_CASE("two losses may share a part if the first backward retains it") {
  Lesson t;
  const Var x = t.tape.variable(2.0f);
  const Var shared = x * x;
  (shared * 3.0f).backward(true);
  (shared + 1.0f).backward();
  CHECK(t.tape.ok());
  CHECK(x.grad().item() == 16.0f);
  CHECK(shared.grad().item() == 1.0f);  // a result's is that of the last pass alone
}

TEST_CASE("detach keeps the numbers and stops the gradient") {
  Lesson t;
  const Var x = t.tape.variable(3.0f);
  const Var y = x * x;
  const Var z = x * y.detach();
  CHECK(y.detach().data() == y.data());
  z.backward();
  CHECK(x.grad().item() == 9.0f);
  CHECK_FALSE(y.grad());
}

TEST_CASE("without recording no backward is kept") {
  Lesson t;
  const Var x = t.tape.variable(3.0f);
  {
    const NoGrad off(t.tape);
    CHECK_FALSE((x * x).requires_grad());
  }
  CHECK((x * x).requires_grad());
  CHECK(x.requires_grad());
}

TEST_CASE("what the loss does not depend on is not touched by backward") {
  Lesson t;
  const Var x = t.tape.variable(3.0f), other = t.tape.variable(4.0f);
  const Var y = x * x;
  const Var aside = other * x;
  y.backward();
  CHECK_FALSE(other.grad());
  CHECK_FALSE(aside.grad());
  aside.backward();
  CHECK(t.tape.ok());
  CHECK(x.grad().item() == 10.0f);
}

TEST_CASE("backward from a leaf gives it the gradient one") {
  Lesson t;
  const Var x = t.tape.variable(3.0f);
  x.backward();
  CHECK(x.grad().item() == 1.0f);
}

TEST_CASE("a chain of sixty diamonds is walked once, not 2^60 times") {
  Lesson t;
  const Var x = t.tape.variable(1.0f);
  Var y = x;
  for (int i = 0; i < 60; ++i) y = y + y;
  y.backward();
  CHECK(x.grad().item() == 0x1p60f);
  CHECK(t.tape.nodes().size() == 61);
}

TEST_CASE("a chain of a hundred thousand ops needs no stack") {
  Lesson t;
  const Var x = t.tape.variable(2.0f);
  Var y = x;
  for (int i = 0; i < 100'000; ++i) y = -y;
  y.backward();
  CHECK(x.grad().item() == 1.0f);
}

TEST_CASE("the tape can be read: names, inputs, shapes and, with a clock, times") {
  Lesson t;
  t.tape.set_clock([]() -> uint64_t {
    static uint64_t ticks = 0;  // a clock that advances by one at every reading
    return ++ticks;
  });
  const Var x = t.tape.variable({1.0f, 2.0f});
  const Var loss = mean(sigmoid(x * 3.0f));
  loss.backward();
  std::string names;
  for (const Node& node : t.tape.nodes()) names += std::string(node.op) + " ";
  CHECK(names == "variable constant mul sigmoid mean ");
  const Node& mul = t.tape.nodes()[2];
  CHECK(mul.input_count == 2);
  CHECK(mul.inputs[0] == x.id());
  CHECK(mul.inputs[1] == 1);
  CHECK(mul.value.shape == Shape{2});
  CHECK(mul.forward_ns == 1);
  CHECK(mul.backward_ns == 1);
  CHECK(t.tape.nodes()[0].is_leaf());
  CHECK(mul.grad != nullptr);  // results keep theirs too
}

TEST_CASE("from the third step on, a step allocates nothing") {
  Lesson t;
  std::vector<float> values = test::normals(Rng(1), 784 * 30 + 30), grads(values.size());
  Parameter w{"w", {values.data(), {784, 30}}, {grads.data(), {784, 30}}};
  Parameter b{"b", {values.data() + 784 * 30, {30}}, {grads.data() + 784 * 30, {30}}};
  std::vector<float> images = test::normals(Rng(2), 64 * 784), targets(64 * 30, 1.0f);
  const auto step = [&] {
    t.tape.clear();
    const Var x = t.tape.constant(Tensor{images.data(), {64, 784}});
    const Var target = t.tape.constant(Tensor{targets.data(), {64, 30}});
    const Var y = relu(linear(x, t.tape.parameter(w), t.tape.parameter(b)));
    Var loss = bce_with_logits(y, target) + mnist_loss(y, target) * 0.5f;
    for (int i = 0; i < 100; ++i)
      loss = loss + mean(square(y)) / 100.0f;  // more nodes than the first table holds
    loss.backward();
    REQUIRE(t.tape.ok());
  };
  step();
  step();
  CHECK(test::allocations_of([&] {
          for (int i = 0; i < 5; ++i) step();
        }) == 0);
  CHECK(t.arena.block_count() == 1);
}
