#include "autograd/dual.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "support/gradcheck.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

// f(x, …) on Duals, whose operands all have the tangents that come after them.
struct DualCase {
  std::string op;
  std::vector<test::GradInput> operands;
  std::function<Dual(const std::vector<Dual>&)> of;
};

std::vector<Dual> duals_of(const std::vector<Var>& in) {
  const size_t n = in.size() / 2;
  std::vector<Dual> duals;
  for (size_t i = 0; i < n; ++i) duals.emplace_back(in[i], in[n + i]);
  return duals;
}

test::GradInput one(Shape shape) { return {.shape = shape}; }
test::GradInput bent(Shape shape) { return {.shape = shape, .kinks = {0.0f}}; }
test::GradInput apart(Shape shape) { return {.shape = shape, .distinct = true}; }

template <class F>
DualCase of_one(const char* op, test::GradInput x, F f) {
  return {op, {x}, [f](const std::vector<Dual>& in) { return f(in[0]); }};
}

std::vector<DualCase> cases() {
  std::vector<DualCase> all;
  for (const uint32_t n : {1u, 4u, 7u}) {
    all.push_back(of_one("relu", bent({3, n}), [](Dual x) { return relu(x); }));
    all.push_back(of_one("leaky_relu", bent({3, n}), [](Dual x) { return leaky_relu(x); }));
    all.push_back(of_one("sigmoid", one({3, n}), [](Dual x) { return sigmoid(x); }));
    all.push_back(of_one("tanh", one({3, n}), [](Dual x) { return tanh(x); }));
    all.push_back(of_one("gelu", one({3, n}), [](Dual x) { return gelu(x); }));
    all.push_back(of_one("flatten", one({2, 2, 3, n}), [](Dual x) { return flatten(x); }));
    all.push_back(of_one("reshape", one({2, n}), [](Dual x) {
      return reshape(x, {x.shape()[1], 2});
    }));
    all.push_back(of_one("dropout", one({3, n}), [](Dual x) { return dropout(x, 0.4f, Rng(2)); }));
    all.push_back({"+", {one({3, n}), one({3, n})}, [](const auto& in) { return in[0] + in[1]; }});
    all.push_back({"linear", {one({3, 5}), one({5, n}), one({n})}, [](const auto& in) {
                     return linear(in[0], in[1], in[2]);
                   }});
    all.push_back({"linear without bias", {one({3, 5}), one({5, n})}, [](const auto& in) {
                     return linear(in[0], in[1]);
                   }});
    all.push_back({"batch_norm", {one({6, n}), one({n}), one({n})}, [](const auto& in) {
                     return batch_norm(in[0], in[1], in[2], {.update_statistics = false});
                   }});
    all.push_back(
        {"batch_norm of images", {one({2, 2, 3, n}), one({n}), one({n})}, [](const auto& in) {
           return batch_norm(in[0], in[1], in[2], {.update_statistics = false});
         }});
    all.push_back({"layer_norm of images",
                   {one({2, 2, 1, n + 2}), one({n + 2}), one({n + 2})},
                   [](const auto& in) { return layer_norm(in[0], in[1], in[2]); }});
    for (const Pool2dOptions options :
         {Pool2dOptions{2}, Pool2dOptions{3, 2, 1}, Pool2dOptions{3, 1}, Pool2dOptions{2, 3}}) {
      all.push_back(of_one("max_pool2d", apart({1, 5, 5, n}),
                           [=](Dual x) { return max_pool2d(x, options); }));
      all.push_back(
          of_one("avg_pool2d", one({1, 5, 5, n}), [=](Dual x) { return avg_pool2d(x, options); }));
    }
    const Conv2dOptions strided{.stride = 2, .padding = 1};
    all.push_back({"conv2d", {one({2, 5, 4, 2}), one({3, 3, 2, n}), one({n})}, [=](const auto& in) {
                     return conv2d(in[0], in[1], in[2], strided);
                   }});
    all.push_back({"conv2d without bias",
                   {one({2, 5, 4, 2}), one({3, 3, 2, n})},
                   [=](const auto& in) { return conv2d(in[0], in[1], strided); }});
  }
  return all;
}

std::vector<test::GradInput> twice(const std::vector<test::GradInput>& operands) {
  std::vector<test::GradInput> inputs = operands;
  for (const test::GradInput& operand : operands) inputs.push_back({.shape = operand.shape});
  return inputs;
}

// Σ r·tangent, and the same as Σ v·(the gradient of Σ r·value).
struct Products {
  double forward = 0, reverse = 0, size = 0;
};

Products products(const DualCase& c) {
  Arena arena;
  Tape tape(arena);
  std::vector<Dual> in;
  for (size_t i = 0; i < c.operands.size(); ++i) {
    const Shape shape = c.operands[i].shape;
    const std::vector<float> x = test::normals(Rng(3 + i), shape.size());
    const std::vector<float> v = test::normals(Rng(30 + i), shape.size());
    in.emplace_back(tape.variable(shape, x), tape.variable(shape, v));
  }
  const Dual y = c.of(in);
  REQUIRE_MESSAGE(tape.ok(), tape.error());
  REQUIRE(y.tangent.shape() == y.primal.shape());
  const std::vector<float> r = test::normals(Rng(7), y.primal.size());
  Products found;
  for (size_t i = 0; i < r.size(); ++i) {
    const double term = static_cast<double>(r[i]) * static_cast<double>(y.tangent.data()[i]);
    found.forward += term;
    found.size += std::abs(term);
  }
  sum(y.primal * tape.variable(y.shape(), r)).backward();
  for (const Dual& x : in) {
    for (size_t i = 0; i < x.primal.size(); ++i) {
      found.reverse +=
          static_cast<double>(x.primal.grad().data[i]) * static_cast<double>(x.tangent.data()[i]);
    }
  }
  return found;
}

}  // namespace

TEST_SUITE("duals") {
  TEST_CASE("a tangent is the derivative along the direction, as backward finds it") {
    for (const DualCase& c : cases()) {
      CAPTURE(c.op);
      const Products found = products(c);
      CHECK(std::abs(found.forward - found.reverse) <= 3e-6 * (found.size + 1));
    }
  }

  TEST_CASE("the gradient of a tangent is what finite differences find") {
    for (const DualCase& c : cases()) {
      // The tangent of a linear op does not depend on the value, which then has no gradient.
      const auto tangent = [&](Tape&, const std::vector<Var>& in) {
        Var nothing = sum(in[0]) * 0.0f;
        for (const Var& input : in) nothing += sum(input) * 0.0f;
        return c.of(duals_of(in)).tangent + nothing;
      };
      const test::GradCase grad_case{c.op, twice(c.operands), tangent, 3e-3};
      for (const std::string& problem : test::GradChecker(grad_case).problems())
        FAIL_CHECK(problem);
    }
  }

  TEST_CASE("what does not move has no tangent") {
    Arena arena;
    Tape tape(arena);
    const Dual x(tape.variable({3, 4}, test::normals(Rng(1), 12)));
    const Dual w(tape.variable({4, 2}, test::normals(Rng(2), 8)));
    const Dual b(tape.variable({2}, test::normals(Rng(3), 2)));
    const Dual y = relu(batch_norm(linear(x, w, b), b, b, {.update_statistics = false}));
    CHECK(y.valid());
    CHECK_FALSE(y.moves());
    const Dual moved(x.primal, tape.constant(Tensor{x.primal.value().data, x.shape()}));
    CHECK(linear(moved, w, b).moves());
    CHECK((x + moved).moves());
    CHECK(tape.ok());
  }
}
