// Every activation of the table: PyTorch's values and slopes, its gradient on the tape, and whether
// it is what its row says.
#include "nn/activations.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "support/advice.hpp"
#include "support/gradcheck.hpp"
#include "support/torch_golden.hpp"

using namespace downhill;

namespace {

struct Curve {
  std::vector<float> x, y, slope;
};

Curve curve_of(ActivationKind kind, const std::vector<float>& x) {
  Arena arena;
  Tape tape(arena);
  const Var in = tape.variable({static_cast<uint32_t>(x.size())}, x);
  const Var out = activate(kind, in);
  sum(out).backward();
  REQUIRE_MESSAGE(tape.ok(), tape.error());
  Curve curve{x, {}, {}};
  curve.y.assign(out.value().span().begin(), out.value().span().end());
  curve.slope.assign(in.grad().span().begin(), in.grad().span().end());
  return curve;
}

std::map<std::string, Curve> torch_curves() {
  std::map<std::string, Curve> curves;
  Curve* curve = nullptr;
  test::read_torch_golden("activations.txt", [&](const std::string& word, auto& words) {
    std::string name;
    if (word == "activation") words >> name, curve = &curves[name];
    if (word == "x") curve->x = test::numbers_of(words);
    if (word == "y") curve->y = test::numbers_of(words);
    if (word == "slope") curve->slope = test::numbers_of(words);
  });
  return curves;
}

}  // namespace

TEST_SUITE("activations") {
  TEST_CASE("every activation has PyTorch's values and slopes, to 1e-6") {
    INFO(test::torch_advice("activations"));
    const std::map<std::string, Curve> curves = torch_curves();
    for (const ActivationRow& row : kActivations) {
      const std::string word(row.words.word);
      CAPTURE(word);
      REQUIRE_MESSAGE(curves.contains(word), "no case of the activation ", word);
      const Curve& theirs = curves.at(word);
      const Curve ours = curve_of(row.kind, theirs.x);
      REQUIRE(theirs.y.size() == theirs.x.size());
      REQUIRE(theirs.slope.size() == theirs.x.size());
      for (size_t i = 0; i < theirs.x.size(); ++i) {
        CAPTURE(theirs.x[i]);
        CHECK(std::abs(ours.y[i] - theirs.y[i]) <= 1e-6f * (1 + std::abs(theirs.y[i])));
        CHECK(std::abs(ours.slope[i] - theirs.slope[i]) <= 1e-6f);
      }
    }
  }

  TEST_CASE("every activation has the gradient that finite differences find") {
    for (const ActivationRow& row : kActivations) {
      for (const uint32_t n : {1u, 3u, 4u, 5u, 8u, 17u}) {
        const test::GradInput input{.shape = {3, n}, .kinks = {0.0f}};
        const test::GradCase grad_case{
            std::string(row.words.word), {input}, [&](Tape&, const auto& in) {
              return activate(row.kind, in[0]);
            }};
        for (const std::string& problem : test::GradChecker(grad_case).problems()) {
          FAIL_CHECK(problem);
        }
      }
    }
  }
}
