// Batch norm, layer norm and dropout, as a user of PyTorch knows them.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "autograd/ops.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

using Numbers = std::vector<float>;

Numbers numbers(Tensor tensor) { return {tensor.span().begin(), tensor.span().end()}; }
doctest::Approx near(double value) { return doctest::Approx(value).epsilon(1e-5); }

struct Room {
  Arena arena;
  Tape tape{arena};
  // gamma = 1, beta = 0, as a new layer has them.
  Var ones(uint32_t n) { return tape.variable(Shape{n}, Numbers(n, 1.0f)); }
  Var zeros(uint32_t n) { return tape.variable(Shape{n}, Numbers(n, 0.0f)); }
};

std::string refusal(Shape x, Shape gamma, const BatchNorm& options) {
  Room room;
  const Var var = room.tape.variable(x, Numbers(x.size(), 1.0f));
  const Var g = room.tape.variable(gamma, Numbers(gamma.size(), 1.0f));
  CHECK_FALSE(batch_norm(var, g, g, options).valid());
  return room.tape.error();
}

}  // namespace

TEST_CASE("a normalized batch has mean 0 and variance 1 in every channel, over images and pixels") {
  Room room;
  const Shape shape{3, 4, 2, 5};
  const Var x = room.tape.variable(shape, test::normals(Rng(1), shape.size())) * 3.0f + 7.0f;
  const Var y = batch_norm(x, room.ones(5), room.zeros(5), {});
  for (size_t c = 0; c < 5; ++c) {
    double total = 0, squares = 0;
    for (size_t i = c; i < y.size(); i += 5) {
      total += static_cast<double>(y.data()[i]);
      squares += static_cast<double>(y.data()[i]) * static_cast<double>(y.data()[i]);
    }
    CHECK(std::abs(total) < 1e-4);
    CHECK(squares / 24 == doctest::Approx(1.0).epsilon(1e-4));
  }
}

TEST_CASE("running statistics follow the batch in training, and stay otherwise") {
  Room room;
  const Var x = room.tape.variable({4, 1}, Numbers{1, 2, 3, 6});
  float mean = 0, var = 1;
  BatchNorm options{.running_mean = &mean, .running_var = &var};
  const Var trained = batch_norm(x, room.ones(1), room.zeros(1), options);
  // The batch: mean 3, biased variance 3.5, unbiased 14/3.
  CHECK(static_cast<double>(mean) == near(0.3));
  CHECK(static_cast<double>(var) == near(0.9 + 0.1 * 14 / 3));
  CHECK(static_cast<double>(trained.data()[3]) == near(3 / std::sqrt(3.5 + 1e-5)));

  const float mean_before = mean, var_before = var;
  options.update_statistics = false;
  CHECK(numbers(batch_norm(x, room.ones(1), room.zeros(1), options).value()) ==
        numbers(trained.value()));
  options.update_statistics = true;
  options.training = false;
  const Var used = batch_norm(x, room.ones(1), room.zeros(1), options);
  CHECK(mean == mean_before);
  CHECK(var == var_before);
  const double deviation = std::sqrt(static_cast<double>(var) + 1e-5);
  CHECK(static_cast<double>(used.data()[3]) == near((6 - static_cast<double>(mean)) / deviation));
  // Outside training a single image is enough, and the statistics are constants.
  const Var one = room.tape.variable({1, 1}, Numbers{2});
  sum(batch_norm(one, room.ones(1), room.zeros(1), options)).backward();
  CHECK(static_cast<double>(one.grad().item()) == near(1 / deviation));
}

TEST_CASE("backward uses the statistics of its own forward, even if they have moved since") {
  Room room;
  float mean = 1, var = 4;
  const BatchNorm options{.running_mean = &mean, .running_var = &var, .training = false};
  const Var x = room.tape.variable({1, 1}, Numbers{3});
  const Var y = batch_norm(x, room.ones(1), room.zeros(1), options);
  var = 100;
  sum(y).backward();
  CHECK(static_cast<double>(x.grad().item()) == near(0.5));
}

TEST_CASE("batch_norm says what does not fit") {
  const std::string of_one =
      "[batch_norm] x is [1, 1, 1, 3]: in training every channel needs more than one value, or its "
      "variance is 0";
  CHECK(refusal({1, 1, 1, 3}, {3}, {}) == of_one);
  CHECK(refusal({2, 3}, {4}, {}) ==
        "[batch_norm] x is [2, 3], gamma [4], beta [4]: gamma and beta must be [3]");
  CHECK(refusal({6}, {6}, {}) == "[batch_norm] x is [6]: it must be [n, c] or [n, h, w, c]");
  CHECK(refusal({2, 3}, {3}, {.training = false}) ==
        "[batch_norm] outside training the running statistics are needed, and there are none");
}

TEST_CASE("layer_norm normalizes every row by itself, also in a batch of one") {
  Room room;
  const Var x = room.tape.variable({2, 4}, Numbers{1, 2, 3, 6, 10, 10, 10, 10});
  const Var y = layer_norm(x, room.ones(4), room.zeros(4) + 0.5f);
  CHECK(static_cast<double>(y.data()[0]) == near(0.5 - 2 / std::sqrt(3.5 + 1e-5)));
  CHECK(static_cast<double>(y.data()[3]) == near(0.5 + 3 / std::sqrt(3.5 + 1e-5)));
  for (size_t i = 4; i < 8; ++i) CHECK(y.data()[i] == 0.5f);  // no variance: only eps divides
  CHECK_FALSE(layer_norm(x, room.ones(2), room.zeros(4)).valid());
  CHECK(room.tape.error() ==
        "[layer_norm] x is [2, 4], gamma [2], beta [4]: gamma and beta must be as long as x's last "
        "axis");
}

TEST_CASE("dropout drops its share, scales the rest, and repeats with its stream") {
  Room room;
  const Var x = room.tape.variable({100, 100}, Numbers(10'000, 1.0f));
  const Rng stream = Rng(7).split("dropout");
  const Var y = dropout(x, 0.25f, stream);
  size_t dropped = 0;
  Rng again = stream;
  for (float value : y.value().span()) {
    const bool drop = again.uniform() < 0.25f;  // element i takes the i-th number
    dropped += drop;
    REQUIRE(value == (drop ? 0.0f : 1.0f / 0.75f));
  }
  CHECK(dropped > 2300);  // 2500 ± 43: more than four standard deviations
  CHECK(dropped < 2700);
  sum(y).backward();
  CHECK(numbers(x.grad()) == numbers(y.value()));
  CHECK(numbers(dropout(x, 0.25f, stream).value()) == numbers(y.value()));
  CHECK(numbers(dropout(x, 0.25f, stream.split(1)).value()) != numbers(y.value()));
  CHECK(numbers(dropout(x, 0.0f, stream).value()) == numbers(x.value()));
}

TEST_CASE("a dropout probability of 1 or more, or below 0, is refused") {
  for (float p : {1.0f, -0.5f, std::nanf("")}) {
    Room room;
    CHECK_FALSE(dropout(room.ones(3), p, Rng(1)).valid());
    CHECK(room.tape.error().ends_with("it must be in [0, 1)"));
  }
}
