// Checks the gradient of any operation against finite differences. A case says how to build the
// operation, how to draw its inputs, and at which values of an input it has a kink; the checker
// knows no operation.
//
// The outputs y are weighted with random numbers r. Σ r·y is differentiated on the tape, and
// numerically by the five-point formula (error of order h⁴), summed in double from the float
// outputs.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/ops.hpp"
#include "base/arena.hpp"
#include "support/random.hpp"

namespace downhill::test {

struct GradInput {
  Shape shape;
  float (*draw)(Rng&) = [](Rng& rng) { return rng.normal(); };
  std::vector<float> kinks{};  // draws are pushed away from these
  bool differentiable = true;  // false: a constant (a target, a condition)
  bool distinct = false;       // draw a shuffled grid: a maximum has a kink where two values meet
};

struct GradCase {
  std::string op;  // as declared in autograd/ops.hpp
  std::vector<GradInput> inputs;
  std::function<Var(Tape&, const std::vector<Var>&)> build;
  double tolerance = 1e-3;  // of |difference| / (1 + |derivative|)
  float step = 0x1p-6f;     // h
};

class GradChecker {
 public:
  explicit GradChecker(const GradCase& grad_case) : case_(grad_case), tape_(arena_) {
    Rng rng = Rng(17).split(case_.op);
    for (const GradInput& input : case_.inputs) {
      std::vector<float> values(input.shape.size());
      for (float& value : values) value = away_from_kinks(input, input.draw(rng));
      if (input.distinct) values = shuffled_grid(rng, values.size());
      values_.push_back(values);
    }
  }

  // A sentence for each wrong gradient, after one backward pass, and after two (which must give
  // twice the gradient).
  std::vector<std::string> problems() {
    std::vector<std::string> found;
    const auto once = analytic(1), twice = analytic(2);
    for (size_t i = 0; i < case_.inputs.size(); ++i) {
      if (!case_.inputs[i].differentiable) continue;
      REQUIRE(once[i].size() == values_[i].size());
      for (size_t k = 0; k < values_[i].size(); ++k) {
        const double slope = numeric(values_[i][k]);
        const double error = std::abs(slope - static_cast<double>(once[i][k]));
        const double error_of_two = std::abs(2 * slope - static_cast<double>(twice[i][k]));
        const double allowed = case_.tolerance * (1 + std::abs(slope));
        if (error <= allowed && error_of_two <= 2 * allowed) continue;
        found.push_back(case_.op + " " + shapes() + ", input " + std::to_string(i) + "[" +
                        std::to_string(k) + "] = " + std::to_string(values_[i][k]) +
                        ": the tape says " + std::to_string(once[i][k]) + " and then " +
                        std::to_string(twice[i][k]) + ", differences " + std::to_string(slope));
      }
    }
    return found;
  }

 private:
  float away_from_kinks(const GradInput& input, float value) const {
    const float distance = 4 * case_.step;
    for (float kink : input.kinks) {
      if (std::abs(value - kink) < distance)
        value = value < kink ? kink - distance : kink + distance;
    }
    return value;
  }

  // Values around 0, spaced so that no step makes two of them equal.
  std::vector<float> shuffled_grid(Rng& rng, size_t count) const {
    std::vector<float> values(count);
    for (size_t i = 0; i < count; ++i) {
      const float place = static_cast<float>(i) - static_cast<float>(count) / 2;
      values[i] = 8 * case_.step * place;
      std::swap(values[i], values[rng.below(static_cast<uint32_t>(i + 1))]);
    }
    return values;
  }

  Var build(std::vector<Var>& inputs) {
    tape_.clear();
    inputs.clear();
    for (size_t i = 0; i < case_.inputs.size(); ++i) {
      const Shape shape = case_.inputs[i].shape;
      const Var leaf = tape_.variable(shape, values_[i]);
      inputs.push_back(case_.inputs[i].differentiable ? leaf : leaf.detach());
    }
    const Var y = case_.build(tape_, inputs);
    REQUIRE_MESSAGE(tape_.ok(), tape_.error());
    if (weights_.empty()) weights_ = normals(Rng(18), y.size());
    return y;
  }

  // The gradients after `times` backward passes through the same results.
  std::vector<std::vector<float>> analytic(int times) {
    std::vector<Var> inputs;
    const Var y = build(inputs);
    const Var loss = sum(y * tape_.constant(Tensor{weights_.data(), y.shape()}));
    for (int i = 0; i < times; ++i) loss.backward(true);
    REQUIRE_MESSAGE(tape_.ok(), tape_.error());
    std::vector<std::vector<float>> gradients;
    for (const Var& input : inputs) {
      const auto grad = input.grad().span();
      gradients.emplace_back(grad.begin(), grad.end());
    }
    return gradients;
  }

  double weighted_outputs() {
    std::vector<Var> inputs;
    const Var y = build(inputs);
    double total = 0;
    for (size_t k = 0; k < y.size(); ++k) {
      total += static_cast<double>(weights_[k]) * static_cast<double>(y.data()[k]);
    }
    return total;
  }

  // d Σ r·y / d value, where `value` is one number of values_.
  double numeric(float& value) {
    const float here = value, h = case_.step;
    const auto at = [&](float x) {
      value = x;
      return weighted_outputs();
    };
    const double near =
        (at(here + h) - at(here - h)) / static_cast<double>((here + h) - (here - h));
    const double far = (at(here + 2 * h) - at(here - 2 * h)) /
                       static_cast<double>((here + 2 * h) - (here - 2 * h));
    value = here;
    return (4 * near - far) / 3;
  }

  std::string shapes() const {
    std::string text;
    for (const GradInput& input : case_.inputs)
      text += (text.empty() ? "" : " ") + print(input.shape);
    return text;
  }

  const GradCase& case_;
  Arena arena_;
  Tape tape_;
  std::vector<std::vector<float>> values_;
  std::vector<float> weights_;
};

}  // namespace downhill::test
