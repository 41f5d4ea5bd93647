// Batch and layer normalisation and dropout, as a user of PyTorch knows them.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
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

TEST_CASE("a normalised batch has mean 0 and variance 1 in every channel, over images and places") {
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
  // The batch: mean 3, variance 3.5 by its number, 14/3 unbiased.
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
  // In use a single image will do, and the statistics are constants.
  const Var one = room.tape.variable({1, 1}, Numbers{2});
  sum(batch_norm(one, room.ones(1), room.zeros(1), options)).backward();
  CHECK(static_cast<double>(one.grad().item()) == near(1 / deviation));
}

TEST_CASE("the way back uses the statistics of its own forward, even if they have moved since") {
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

TEST_CASE("layer_norm normalises every row by itself, a batch of one too") {
  Room room;
  const Var x = room.tape.variable({2, 4}, Numbers{1, 2, 3, 6, 10, 10, 10, 10});
  const Var y = layer_norm(x, room.ones(4), room.zeros(4) + 0.5f);
  CHECK(static_cast<double>(y.data()[0]) == near(0.5 - 2 / std::sqrt(3.5 + 1e-5)));
  CHECK(static_cast<double>(y.data()[3]) == near(0.5 + 3 / std::sqrt(3.5 + 1e-5)));
  for (size_t i = 4; i < 8; ++i) CHECK(y.data()[i] == 0.5f);  // no variance: eps alone divides
  CHECK_FALSE(layer_norm(x, room.ones(2), room.zeros(4)).valid());
  CHECK(room.tape.error() ==
        "[layer_norm] x is [2, 4], gamma [2], beta [4]: gamma and beta must be as long as x's last "
        "axis");
}

TEST_CASE("dropout drops its share, grows the rest, and repeats itself with its stream") {
  Room room;
  const Var x = room.tape.variable({100, 100}, Numbers(10'000, 1.0f));
  const Rng stream = Rng(7).split("dropout");
  const Var y = dropout(x, 0.25f, stream);
  size_t dropped = 0;
  Rng again = stream;
  for (float value : y.value().span()) {
    const bool drop = again.uniform() < 0.25f;  // element i, the i-th number
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

TEST_CASE("a dropout of everything, or of less than nothing, is refused") {
  for (float p : {1.0f, -0.5f, std::nanf("")}) {
    Room room;
    CHECK_FALSE(dropout(room.ones(3), p, Rng(1)).valid());
    CHECK(room.tape.error().ends_with("it must be in [0, 1)"));
  }
}

namespace {

constexpr Shape kImages{3, 4, 2, 5};

// relu(batch_norm(x)) and a loss that weighs every number of it.
struct Rectified {
  Room room;
  Var x = room.tape.variable(kImages, test::normals(Rng(1), kImages.size()));
  Var gamma = room.tape.variable({5}, test::normals(Rng(2), 5));
  Var beta = room.tape.variable({5}, test::normals(Rng(3), 5));
  Var weights = room.tape.variable(kImages, test::normals(Rng(4), kImages.size()));
  Var y = batch_norm(x, gamma, beta, {});

  Var loss(Var of) const { return sum(relu(of) * weights); }
};

bool same(Tensor a, Tensor b) {
  return a.size() == b.size() && test::first_difference(numbers(a), numbers(b)) == -1;
}

}  // namespace

TEST_CASE("what a ReLU reads at once, and hands on, is the same for whoever asks") {
  Rectified asked, not_asked;
  CHECK(asked.y.value());  // so that the ReLU reads what is written
  for (const Rectified* r : {&asked, &not_asked}) r->loss(r->y).backward();
  CHECK(same(asked.y.value(), not_asked.y.value()));
  const auto pairs = {std::pair(asked.y, not_asked.y),
                      {asked.x, not_asked.x},
                      {asked.gamma, not_asked.gamma},
                      {asked.beta, not_asked.beta},
                      {asked.weights, not_asked.weights}};
  for (const auto& [a, b] : pairs) CHECK(same(a.grad(), b.grad()));
  // A leaf is handed nothing: its ReLU adds to its gradient.
  Room apart;
  const Var leaf = apart.tape.variable(kImages, not_asked.y.value().span());
  sum(relu(leaf) * apart.tape.constant(not_asked.weights.value())).backward();
  CHECK(same(leaf.grad(), not_asked.y.grad()));
}

TEST_CASE("who adds to a gradient that a ReLU has handed on finds it written") {
  Rectified r, apart;
  const Var leaf = apart.room.tape.variable(kImages, apart.y.value().span());
  // The way back comes to the last use first: the other one is behind it once, and once before it.
  for (const bool relu_last : {true, false}) {
    const auto both = [=](const Rectified& of, Var v) {
      const Var first = relu_last ? sum(v * v) : of.loss(v);
      const Var second = relu_last ? of.loss(v) : sum(v * v);
      return first + second;
    };
    both(r, r.y).backward(true);
    leaf.zero_grad();
    both(apart, leaf).backward();
    CHECK(same(r.y.grad(), leaf.grad()));
  }
  // Two ReLUs: the second to come adds.
  (r.loss(r.y) + r.loss(r.y)).backward(true);
  leaf.zero_grad();
  (apart.loss(leaf) + apart.loss(leaf)).backward();
  CHECK(same(r.y.grad(), leaf.grad()));
}

TEST_CASE("a refused way back leaves the gradient that it came with") {
  Rectified r, apart;
  const Var once = r.loss(r.y), again = r.loss(r.y);
  once.backward();
  CHECK(r.room.tape.ok());
  again.backward();
  CHECK(r.room.tape.error().find("a second time through batch_norm") != std::string::npos);
  const Var leaf = apart.room.tape.variable(kImages, apart.y.value().span());
  apart.loss(leaf).backward();
  CHECK(same(r.y.grad(), leaf.grad()));
}

TEST_CASE(
    "a normalised batch that nobody has asked for is that of its own parameters, and is seen") {
  Numbers gamma_value(5, 2.0f), zeros(5, 0.0f), gradient(5, 0.0f);
  Parameter gamma{
      .name = "gamma", .value = {gamma_value.data(), {5}}, .grad = {gradient.data(), {5}}};
  Rectified r, broken;
  const Var y = batch_norm(r.x, r.room.tape.parameter(gamma), r.room.zeros(5), {});
  const Var before = batch_norm(r.x, r.room.tape.parameter(gamma), r.room.zeros(5), {});
  CHECK(before.value());
  sum(relu(y)).backward();
  gamma_value.assign(5, -7.0f);  // a step
  CHECK(same(y.value(), before.value()));
  for (const Node& node : r.room.tape.nodes()) CHECK(node.value.data != nullptr);
  // Its numbers are not finite before the ReLU's are.
  const Var wide = batch_norm(broken.x * 1e38f, broken.gamma, broken.beta, {});
  relu(wide);
  REQUIRE(broken.room.tape.first_not_finite() != nullptr);
  CHECK(std::string(broken.room.tape.first_not_finite()->op) == "batch_norm");
}
