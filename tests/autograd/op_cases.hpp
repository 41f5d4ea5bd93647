// The cases of every op, in the four files *_op_cases.cpp. One entry holds all that the tests need
// to know of an op: what PyTorch is asked, how the op is called for that, and what the gradient
// check tries.
//
// The PyTorch part is Python, in raw strings R"py(…)py": tests/golden/torch/generate_ops.py reads
// them out of the four files and runs them. It documents case(), unary() and binary().
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/ops.hpp"
#include "support/gradcheck.hpp"
#include "support/torch_golden_ops.hpp"

namespace downhill::test {

// A case of PyTorch's, as the op is called for it.
struct OpCall {
  const GoldenCase& golden;
  const std::vector<Var>& in;
  std::vector<GoldenTensor>& buffers;

  float number(const char* name, float otherwise = 0) const {
    return golden.option(name, otherwise);
  }
  uint32_t count(const char* name) const { return static_cast<uint32_t>(number(name)); }
};

using Cases = std::vector<GradCase>;

struct OpCases {
  const char* op;      // as it is declared in ops.hpp
  const char* python;  // what PyTorch is asked; null: another entry asks it too
  std::function<Var(const OpCall&)> call;
  Cases gradients;
};

std::vector<OpCases> elementwise_op_cases();
std::vector<OpCases> shape_op_cases();
std::vector<OpCases> loss_op_cases();
std::vector<OpCases> layer_op_cases();

inline std::vector<OpCases> all_op_cases() {
  std::vector<OpCases> all = elementwise_op_cases();
  for (const auto& more : {shape_op_cases(), loss_op_cases(), layer_op_cases()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  for (OpCases& cases : all) {
    for (GradCase& gradient : cases.gradients) gradient.op = cases.op;
  }
  return all;
}

// --- What the four files share

using Draw = float (*)(Rng&);
inline float normal(Rng& rng) { return rng.normal(); }
inline float positive(Rng& rng) { return rng.uniform(0.3f, 3.0f); }
inline float away_from_zero(Rng& rng) {
  const float size = rng.uniform(0.5f, 2.0f);
  return rng.below(2) == 0 ? -size : size;
}
inline float label(Rng& rng) { return static_cast<float>(rng.below(2)); }

// Around the width of a vector: whole ones, tails, both.
inline constexpr uint32_t kEdges[] = {1, 3, 4, 5, 8, 17};

using One = Var (*)(Var);
using Two = Var (*)(Var, Var);
using Three = Var (*)(Var, Var, Var);
inline std::function<Var(const OpCall&)> of(One f) {
  return [f](const OpCall& c) { return f(c.in.at(0)); };
}
inline std::function<Var(const OpCall&)> of(Two f) {
  return [f](const OpCall& c) { return f(c.in.at(0), c.in.at(1)); };
}
inline std::function<Var(const OpCall&)> of(Three f) {
  return [f](const OpCall& c) { return f(c.in.at(0), c.in.at(1), c.in.at(2)); };
}

inline GradCase one(const GradInput& input, std::function<Var(Var)> f) {
  return {"", {input}, [f](Tape&, const std::vector<Var>& in) { return f(in[0]); }};
}
// f of vectors and matrices whose rows end at every edge.
inline Cases unary(const std::function<Var(Var)>& f, Draw draw = normal,
                   const std::vector<float>& kinks = {}) {
  Cases cases;
  for (const uint32_t n : kEdges) {
    for (const Shape& shape : {Shape{n}, Shape{3, n}})
      cases.push_back(one({shape, draw, kinks}, f));
  }
  return cases;
}
inline Cases operator+(Cases a, const Cases& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace downhill::test
