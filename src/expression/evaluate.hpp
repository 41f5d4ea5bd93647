// The nodes of an expression on a tape: each is one of the tape's own ops. Knows no text.
#pragma once

#include <span>
#include <vector>

#include "autograd/tape.hpp"
#include "expression/expression.hpp"

namespace downhill {

// Appends the node to the tape. `inputs`: as many as it has. The values of a number must stay alive
// as long as the tape needs them.
Var record_term(Tape& tape, const ExpressionTerm& term, std::span<const Var> inputs);

// Appends all nodes, with the input at `moved` set to `value` if it is a scalar.
inline constexpr uint32_t kNoneMoved = ~0u;
std::vector<Var> record_expression(Tape& tape, const Expression& expression,
                                   uint32_t moved = kNoneMoved, float value = 0);

// The numbers of an operation on numbers. `inputs`: numbers and inputs.
std::vector<float> compute_term(const ExpressionTerm& term,
                                std::span<const ExpressionTerm* const> inputs);

// Taken of an operation alone, on a tape of its own, by its backward pass.
struct LocalGradients {
  // By input: d output / d input, element by element; as many numbers as the longer of the two has.
  std::vector<std::vector<float>> derivatives;
  // By input: what the gradient of the output becomes on its way there, of the input's shape.
  std::vector<std::vector<float>> products;
};
LocalGradients local_gradients(const ExpressionTerm& term, std::span<const Tensor> inputs,
                               std::span<const float> gradient);

}  // namespace downhill
