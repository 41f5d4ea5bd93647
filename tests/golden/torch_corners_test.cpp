// Infinities, NaNs and other corners, as PyTorch has them. golden/torch/generate_corners.py says what
// the numbers are.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "autograd/ops.hpp"
#include "nn/optimizers.hpp"
#include "support/advice.hpp"
#include "support/golden_words.hpp"

using namespace downhill;

namespace {

using Binary = std::function<Var(Var, Var)>;

void check_equal(const Tensor& ours, const std::vector<float>& want) {
  REQUIRE(ours.size() == want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    CAPTURE(i);
    if (std::isfinite(want[i]))
      CHECK(ours.data[i] == doctest::Approx(static_cast<double>(want[i])).epsilon(1e-5));
    if (std::isnan(want[i])) CHECK(std::isnan(ours.data[i]));
    if (std::isinf(want[i])) CHECK(ours.data[i] == want[i]);
  }
}

// Σ y·upstream, whose gradient of y is `upstream`.
void backward(Var y, const std::vector<float>& upstream, Tape& tape) {
  const Var weights = tape.constant(Tensor{const_cast<float*>(upstream.data()), y.shape()});
  sum(y * weights).backward();
}

void check_unary(test::GoldenWords& golden) {
  const std::map<std::string, Var (*)(Var)> ops = {
      {"relu", relu}, {"abs", abs},         {"square", square},
      {"exp", exp},   {"log", log},         {"leaky_relu", [](Var x) { return leaky_relu(x); }},
      {"tanh", tanh}, {"sigmoid", sigmoid}, {"gelu", gelu}};
  const std::string name = golden.word();
  CAPTURE(name);
  const std::vector<float> x = golden.numbers("x"), y = golden.numbers("y");
  const std::vector<float> open = golden.numbers("open"), grad = golden.numbers("grad");
  Arena arena;
  Tape tape(arena);
  const Var input = tape.variable(Shape{static_cast<uint32_t>(x.size())}, x);
  const Var output = ops.at(name)(input);
  check_equal(output.value(), y);
  backward(output, open, tape);
  check_equal(input.grad(), grad);
}

void check_bce(test::GoldenWords& golden) {
  const float x = golden.number(), target = golden.number();
  CAPTURE(x);
  CAPTURE(target);
  Arena arena;
  Tape tape(arena);
  const Var input = tape.variable({x});
  const Var loss = bce_with_logits(input, tape.variable({target}));
  loss.backward();
  check_equal(loss.value(), {golden.number()});
  check_equal(input.grad(), {golden.number()});
}

void check_batch_norm(test::GoldenWords& golden) {
  const bool training = golden.number() == 1.0f;
  CAPTURE(training);
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({3, 2}, std::vector<float>{3, 1, 3, 2, 3, 4});
  const Var gamma = tape.variable({2.0f, 2.0f}), beta = tape.variable({0.5f, 0.5f});
  float mean[] = {3, 0}, variance[] = {0, 1};
  const Var y =
      batch_norm(x, gamma, beta,
                 {.running_mean = mean, .running_var = variance, .eps = 0, .training = training});
  backward(y, {1, 1, 2, 2.5f, 4, 4}, tape);
  check_equal(y.value(), golden.numbers("y"));
  // PyTorch's rounding errors around 0 are not ours.
  const std::vector<float> dx = golden.numbers("dx");
  for (size_t i = 0; i < dx.size(); ++i) {
    if (std::isinf(dx[i])) {
      CHECK(x.grad().data[i] == dx[i]);
    } else {
      CHECK(std::abs(x.grad().data[i] - dx[i]) < 1e-6f);
    }
  }
  check_equal(gamma.grad(), golden.numbers("dgamma"));
  check_equal(beta.grad(), golden.numbers("dbeta"));
}

void check_twice(test::GoldenWords& golden) {
  const std::map<std::string, Binary> ops = {
      {"add", [](Var a, Var b) { return a + b; }},
      {"sub", [](Var a, Var b) { return a - b; }},
      {"neg", [](Var a, Var) { return -a; }},
      {"mul", [](Var a, Var b) { return a * b; }},
      {"mul_number", [](Var a, Var) { return a * 2.0f; }},
      {"add_number", [](Var a, Var) { return a + 2.0f; }},
      {"div", [](Var a, Var b) { return a / b; }},
      {"sum", [](Var a, Var) { return sum(a); }},
      {"sum_axis", [](Var a, Var) { return sum(a, 1); }},
      {"mean", [](Var a, Var) { return mean(a); }},
      {"reshape", [](Var a, Var) { return reshape(a, {4}); }},
      {"flatten",
       [](Var a, Var) {
         return flatten(reshape(a, {1, 1, 2, 2}));
       }},
      {"transpose", [](Var a, Var) { return transpose(a); }},
      {"relu", [](Var a, Var) { return relu(a); }},
      {"where", [](Var a, Var b) { return where(a, a, b); }},
      {"matmul", [](Var a, Var b) { return matmul(a, b); }},
      {"softmax", [](Var a, Var) { return softmax(a); }},
      {"mse", [](Var a, Var b) { return mse(a, b); }}};
  const std::string name = golden.word();
  CAPTURE(name);
  const bool allowed = golden.number() == 1.0f;
  Arena arena;
  Tape tape(arena);
  const Var a = tape.variable({2, 2}, std::vector<float>{1, 2, 3, 5});
  const Var b = tape.variable({2, 2}, std::vector<float>{1, 3, 2, 1});
  const Var y = ops.at(name)(a, b), loss = y.size() == 1 ? y : sum(y);
  loss.backward();
  const std::vector<float> once(a.grad().span().begin(), a.grad().span().end());
  loss.backward();
  CHECK(tape.ok() == allowed);
  for (size_t i = 0; i < 4; ++i) CHECK(a.grad().data[i] == (allowed ? 2 * once[i] : once[i]));
}

void check_momentum(test::GoldenWords& golden) {
  const bool nesterov = golden.number() == 1.0f;
  CAPTURE(nesterov);
  const std::vector<float> rates = golden.numbers("rates"), weights = golden.numbers("weights");
  ParameterSlabs slabs;
  Parameter& w = slabs.add("w", {1});
  slabs.allocate();
  w.value.data[0] = 1;
  Optimizer optimizer;
  optimizer.begin({.kind = nesterov ? OptimizerKind::nesterov : OptimizerKind::momentum}, slabs);
  for (size_t i = 0; i < rates.size(); ++i) {
    w.grad.data[0] = 2 * w.value.data[0];
    w.has_grad = true;
    optimizer.step(slabs, {.lr = 0.125f, .momentum = rates[i]});
    CHECK(w.value.data[0] == doctest::Approx(static_cast<double>(weights[i])).epsilon(1e-6));
  }
}

}  // namespace

TEST_SUITE("golden") {
  TEST_CASE("infinities, NaNs and other corners are PyTorch's") {
    INFO(test::torch_advice("corners"));
    test::GoldenWords golden("corners.txt");
    uint32_t cases = 0;
    for (std::string word = golden.word(); !word.empty(); word = golden.word(), ++cases) {
      if (word == "unary") {
        check_unary(golden);
      } else if (word == "bce") {
        check_bce(golden);
      } else if (word == "batch_norm") {
        check_batch_norm(golden);
      } else if (word == "twice") {
        check_twice(golden);
      } else if (word == "momentum") {
        check_momentum(golden);
      } else {
        FAIL("an unknown case: ", word);
      }
    }
    CHECK(cases == 9 + 28 + 2 + 18 + 2);
  }
}
