// Softmax and cross-entropy over classes. tests/kernels checks their kernels' order of sums.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "autograd/ops.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

doctest::Approx near(float value) { return doctest::Approx(static_cast<double>(value)); }

// The error message that a target causes.
std::string refusal(Shape logits, std::vector<float> target) {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable(logits, test::normals(Rng(1), logits.size()));
  const Var t = tape.variable(Shape{static_cast<uint32_t>(target.size())}, target).detach();
  CHECK_FALSE(softmax_cross_entropy(x, t).valid());
  return tape.error();
}

}  // namespace

TEST_CASE("the cross-entropy is the mean of -log_softmax at the right classes") {
  Arena arena;
  Tape tape(arena);
  const auto values = test::normals(Rng(2), 6 * 10);
  const Var x = tape.variable({6, 10}, values), again = tape.variable({6, 10}, values);
  std::vector<float> right = {0, 9, 3, 3, 7, 1}, onehot(60);
  for (size_t i = 0; i < 6; ++i) onehot[10 * i + static_cast<size_t>(right[i])] = 1;
  const Var fused = softmax_cross_entropy(x, tape.constant(Tensor{right.data(), {6}}));
  const Var chosen = log_softmax(again) * tape.constant(Tensor{onehot.data(), {6, 10}});
  const Var composed = -mean(sum(chosen, 1));
  CHECK(fused.item() == near(composed.item()).epsilon(1e-6));
  fused.backward();
  composed.backward();
  for (size_t i = 0; i < 60; ++i) {
    CHECK(x.grad().data[i] == near(again.grad().data[i]).epsilon(1e-5));
  }
}

TEST_CASE("the loss of ten equal scores is log 10, and their gradients add up to zero") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({4, 10}, std::vector<float>(40, 3.0f));
  const Var loss = softmax_cross_entropy(x, tape.variable({0.0f, 1.0f, 2.0f, 9.0f}).detach());
  CHECK(static_cast<double>(loss.item()) == doctest::Approx(std::log(10.0)));
  loss.backward();
  for (size_t row = 0; row < 4; ++row) {
    double total = 0;
    for (size_t j = 0; j < 10; ++j) total += static_cast<double>(x.grad().data[10 * row + j]);
    CHECK(std::abs(total) < 1e-7);
  }
  CHECK(x.grad().data[0] == near((0.1f - 1.0f) / 4));
  CHECK(x.grad().data[1] == near(0.1f / 4));
}

TEST_CASE("softmax along the last axis is exp of log_softmax; of a scalar it is 1") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({2, 3, 5}, test::normals(Rng(3), 30));
  const Var p = softmax(x), q = exp(log_softmax(x)), total = sum(p, 2);
  for (size_t i = 0; i < 30; ++i) CHECK(p.data()[i] == near(q.data()[i]).epsilon(1e-6));
  for (float one : total.value().span()) CHECK(one == near(1.0f).epsilon(1e-6));
  CHECK(softmax(tape.variable(7.0f)).item() == 1.0f);
  CHECK(log_softmax(tape.variable(7.0f)).item() == 0.0f);
}

TEST_CASE("a target that names no class is refused, by its row and value") {
  const char* range = ": a class is a whole number from 0 to 9";
  CHECK(refusal({3, 10}, {1, 2, 10}) ==
        std::string("[softmax_cross_entropy] target[2] is 10") + range);
  CHECK(refusal({3, 10}, {1, -1, 2}) ==
        std::string("[softmax_cross_entropy] target[1] is -1") + range);
  CHECK(refusal({3, 10}, {0.5f, 1, 2}) ==
        std::string("[softmax_cross_entropy] target[0] is 0.5") + range);
  CHECK(refusal({1, 10}, {std::numeric_limits<float>::quiet_NaN()}).ends_with(range));
  CHECK(refusal({1, 10}, {1e30f}).ends_with(range));
  CHECK(refusal({3, 10}, {1, 2}) ==
        "[softmax_cross_entropy] the logits are [3, 10], the target is [2]: they must be [n, "
        "classes] and [n]");
  CHECK(refusal({0, 10}, {}).ends_with("they must be [n, classes] and [n]"));
}
