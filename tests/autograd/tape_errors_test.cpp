// What the tape refuses, and the messages it leaves: no exception, no crash, no second message.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "autograd/ops.hpp"
#include "autograd/tape.hpp"

using namespace downhill;

namespace {

struct Lesson {
  Arena arena;
  Tape tape{arena};
};

}  // namespace

TEST_CASE("backward from anything but one number is refused with a message") {
  Lesson t;
  const Var x = t.tape.variable({1.0f, 2.0f});
  (x * x).backward();
  CHECK_FALSE(t.tape.ok());
  CHECK(t.tape.error() ==
        "[backward] the loss must be one number, but mul has the shape [2]: sum or mean it first");
  CHECK_FALSE(x.grad());
}

TEST_CASE("backward from something that depends on no variable is refused") {
  Lesson t;
  square(t.tape.constant(3.0f)).backward();
  CHECK(t.tape.error() == "[backward] nothing the loss depends on requires a gradient");
}

TEST_CASE("a second backward through the same results is refused, unless the graph was retained") {
  Lesson t;
  const Var x = t.tape.variable(3.0f);
  const Var y = x * x;
  y.backward(true);
  y.backward();
  CHECK(t.tape.ok());
  CHECK(x.grad().item() == 12.0f);
  y.backward();
  CHECK(t.tape.error().starts_with("[backward] a second time through mul"));
  CHECK(x.grad().item() == 12.0f);
}

TEST_CASE(
    "shapes that do not fit leave one message, and the invalid result passes through later ops") {
  Lesson t;
  const std::vector<float> many(20, 1.0f);
  const Var x = t.tape.variable({4, 3}, std::span(many).first(12));
  const Var w = t.tape.variable({2, 5}, std::span(many).first(10));
  const Var b = t.tape.variable({1.0f, 1.0f, 1.0f, 1.0f, 1.0f});
  const Var y = linear(x, w, b);
  CHECK_FALSE(y.valid());
  CHECK(t.tape.error() == "[linear] x is [4, 3], W is [2, 5]: x must be [n, in] and W [in, out]");
  const Var z = mean(relu(y) * 2.0f + 1.0f);
  CHECK_FALSE(z.valid());
  CHECK(std::isnan(z.item()));
  z.backward();
  CHECK(t.tape.error().starts_with("[linear]"));
  t.tape.clear();
  CHECK(t.tape.ok());
  const Var row = t.tape.variable({1.0f, 2.0f});
  CHECK_FALSE(linear(row, row).valid());
  CHECK(t.tape.error() == "[linear] x is [2], W is [2]: x must be [n, in] and W [in, out]");
}

TEST_CASE(
    "every op refuses shapes that do not fit, with a message that names the op and the shapes") {
  const auto error_of = [](auto build) {
    Lesson t;
    const std::vector<float> six(6, 1.0f);
    const Var m = t.tape.variable({2, 3}, six), v = t.tape.variable({1.0f, 2.0f});
    CHECK_FALSE(build(t.tape, m, v).valid());
    return t.tape.error();
  };
  CHECK(error_of([](Tape&, Var m, Var v) { return m + v; }) ==
        "[add] a is [2, 3], b is [2]: they cannot be broadcast to one shape");
  CHECK(error_of([](Tape&, Var m, Var v) { return where(m, m, v); }).starts_with("[where] "));
  CHECK(error_of([](Tape&, Var m, Var) {
          return matmul(m, m);
        }).starts_with("[matmul] a is [2, 3], b is [2, 3]"));
  CHECK(error_of([](Tape&, Var m, Var) { return reshape(m, {4}); }) ==
        "[reshape] x is [2, 3] and cannot become [4]: the numbers of elements differ");
  CHECK(error_of([](Tape&, Var m, Var v) { return mse(m, v); }) ==
        "[mse] the prediction is [2, 3], the target is [2]: they must be equal and not empty");
  CHECK(
      error_of([](Tape&, Var m, Var v) { return mnist_loss(m, v); }).starts_with("[mnist_loss] "));
  CHECK(error_of([](Tape&, Var m, Var v) {
          return bce_with_logits(m, v);
        }).starts_with("[bce_with_logits] "));
  CHECK(error_of([](Tape& tape, Var, Var) { return tape.variable({3}, std::vector{1.0f}); }) ==
        "[variable] 1 values cannot have the shape [3]");
  CHECK(error_of([](Tape&, Var m, Var) { return m * Var(); }) ==
        "[mul] an operand was never given a value");
}

TEST_CASE("products of extents that would wrap are refused before anything is allocated") {
  constexpr const char* kPossible =
      " would have more than the 1073741823 numbers that are possible";
  const auto error_of = [](auto build) {
    Lesson t;
    const std::vector<float> many(1 << 16, 1.0f);
    const Var column = t.tape.variable({1 << 16, 1}, many), row = reshape(column, {1, 1 << 16});
    CHECK_FALSE(build(t.tape, column, row).valid());
    CHECK(t.arena.used() < size_t{1} << 20);
    return t.tape.error();
  };
  const std::string square = "[65536, 65536]";
  CHECK(error_of([](Tape&, Var c, Var r) { return c + r; }) == "[add] " + square + kPossible);
  CHECK(error_of([](Tape&, Var c, Var r) { return where(c, c, r); }) ==
        "[where] " + square + kPossible);
  CHECK(error_of([](Tape&, Var c, Var r) { return matmul(c, r); }) ==
        "[matmul] " + square + kPossible);
  CHECK(error_of([](Tape&, Var c, Var r) { return linear(c, r, {.relu = true}); }) ==
        "[linear] " + square + kPossible);
  CHECK(error_of([](Tape&, Var c, Var r) {
          return conv2d(reshape(c, {1 << 16, 1, 1, 1}), reshape(r, {1, 1, 1, 1 << 16}));
        }) == "[conv2d] [65536, 1, 1, 65536]" + std::string(kPossible));
  // 2^64 is 0 to a product of 64 bits.
  const Shape huge{1 << 16, 1 << 16, 1 << 16, 1 << 16};
  const std::string all = "[65536, 65536, 65536, 65536]";
  CHECK(error_of([=](Tape& tape, Var, Var) {
          return reshape(tape.variable({0}, std::vector<float>()), huge);
        }) == "[reshape] " + all + kPossible);
  CHECK(error_of([=](Tape& tape, Var, Var) { return tape.variable(huge, std::vector<float>()); }) ==
        "[variable] " + all + kPossible);
  CHECK(error_of([=](Tape& tape, Var, Var) {
          return tape.constant(Tensor{nullptr, huge});
        }) == "[constant] " + all + kPossible);
}

TEST_CASE("windows whose numbers would wrap are refused") {
  const auto error_of = [](auto build) {
    Lesson t;
    const std::vector<float> many(16, 1.0f);
    const Var x = t.tape.variable({1, 4, 4, 1}, many),
              pixel = t.tape.variable({1, 1, 1, 1}, std::span(many).first(1));
    CHECK_FALSE(build(x, pixel).valid());
    return t.tape.error();
  };
  constexpr uint32_t kHalf = (1u << 31) - 1;  // 4 + 2·kHalf wraps to 2
  CHECK(error_of([](Var, Var pixel) {
          return max_pool2d(pixel, {.kernel = 6001, .padding = 3000});
        }) == "[max_pool2d] a kernel of 6001 pixels is too wide: at most 4096 are possible");
  CHECK(error_of([](Var x, Var) {
          return avg_pool2d(x, {.kernel = 2 * kHalf + 1, .padding = kHalf});
        }).starts_with("[avg_pool2d] [1, 4294967295, 4294967295, 1] would have more than"));
  CHECK(error_of([](Var x, Var pixel) {
          return conv2d(x, pixel, {.padding = kHalf});
        }).starts_with("[conv2d] [1, 4294967295, 4294967295, 1] would have more than"));
  CHECK(error_of([](Var x, Var pixel) {
          return conv2d(x, pixel, {.stride = 1 << 20, .padding = 1 << 20});
        }).starts_with("[conv2d] [1, 2097156, 2097156, 1] would have more than"));
  Lesson t;
  const Var x = t.tape.variable({1, 1, 1, 1}, std::vector<float>{3});
  const Var y = max_pool2d(x, {.kernel = 4096, .padding = 2048});
  sum(y).backward();
  CHECK(t.tape.ok());
  CHECK(x.grad().item() == static_cast<float>(y.size()));
}

TEST_CASE("a value of an earlier step or of another tape is refused, not read") {
  Lesson t, other;
  const Var old = t.tape.variable(1.0f);
  const Var foreign = other.tape.variable(1.0f);
  t.tape.clear();
  const Var x = t.tape.variable(2.0f);
  CHECK_FALSE(old.valid());
  CHECK_FALSE((x * old).valid());
  CHECK(t.tape.error() == "[mul] an operand is of an earlier step: the tape was cleared since");
  t.tape.clear();
  CHECK_FALSE((t.tape.variable(2.0f) * foreign).valid());
  CHECK(t.tape.error() == "[mul] the operands belong to different tapes");
}
