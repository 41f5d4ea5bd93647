#include "expression/evaluate.hpp"

#include <algorithm>

#include "autograd/ops.hpp"

namespace downhill {
namespace {

Shape shape_of(const ExpressionTerm& term) { return term.vector ? Shape{term.size} : Shape{}; }

// A view: the tape does not write to constants.
Var constant(Tape& tape, const std::vector<float>& values, const Shape& shape) {
  return tape.constant(Tensor{const_cast<float*>(values.data()), shape});
}

std::vector<float> numbers_of(const Tensor& tensor) {
  const std::span<const float> span = tensor.span();
  return {span.begin(), span.end()};
}

// The numbers of a scalar once for each number of the output.
std::vector<float> spread(const Tensor& tensor, size_t size) {
  std::vector<float> numbers = numbers_of(tensor);
  if (numbers.size() == 1) numbers.resize(size, numbers.front());
  return numbers;
}

bool reduces(ExpressionOp op) { return op == ExpressionOp::sum || op == ExpressionOp::mean; }

}  // namespace

Var record_term(Tape& tape, const ExpressionTerm& term, std::span<const Var> inputs) {
  switch (term.op) {
    case ExpressionOp::number:
      return constant(tape, term.values, shape_of(term));
    case ExpressionOp::input:
      return tape.variable(shape_of(term), term.values);
    case ExpressionOp::add:
      return add(inputs[0], inputs[1]);
    case ExpressionOp::sub:
      return sub(inputs[0], inputs[1]);
    case ExpressionOp::mul:
      return mul(inputs[0], inputs[1]);
    case ExpressionOp::div:
      return div(inputs[0], inputs[1]);
    case ExpressionOp::pow:
      return pow(inputs[0], term.exponent);
    case ExpressionOp::neg:
      return neg(inputs[0]);
    case ExpressionOp::relu:
      return relu(inputs[0]);
    case ExpressionOp::tanh:
      return tanh(inputs[0]);
    case ExpressionOp::sigmoid:
      return sigmoid(inputs[0]);
    case ExpressionOp::exp:
      return exp(inputs[0]);
    case ExpressionOp::log:
      return log(inputs[0]);
    case ExpressionOp::sum:
      return sum(inputs[0]);
    case ExpressionOp::mean:
      return mean(inputs[0]);
  }
  return {};
}

std::vector<Var> record_expression(Tape& tape, const Expression& expression, uint32_t moved,
                                   float value) {
  std::vector<Var> vars;
  for (uint32_t i = 0; i < expression.terms.size(); ++i) {
    const ExpressionTerm& term = expression.terms[i];
    if (i == moved && !term.vector) {
      vars.push_back(tape.variable(value));
      continue;
    }
    std::array<Var, 2> inputs;
    for (uint32_t k = 0; k < term.input_count; ++k) inputs[k] = vars[term.inputs[k]];
    vars.push_back(record_term(tape, term, std::span(inputs).first(term.input_count)));
  }
  return vars;
}

std::vector<float> compute_term(const ExpressionTerm& term,
                                std::span<const ExpressionTerm* const> inputs) {
  Arena arena;
  Tape tape(arena);
  std::vector<Var> vars;
  for (const ExpressionTerm* input : inputs) {
    vars.push_back(constant(tape, input->values, shape_of(*input)));
  }
  return numbers_of(record_term(tape, term, vars).value());
}

LocalGradients local_gradients(const ExpressionTerm& term, std::span<const Tensor> inputs,
                               std::span<const float> gradient) {
  LocalGradients found;
  Arena arena;
  Tape tape(arena);
  const size_t size = reduces(term.op) ? inputs[0].size() : gradient.size();
  std::vector<Var> vars;
  for (const Tensor& input : inputs) {
    const std::vector<float> numbers = spread(input, size);
    vars.push_back(tape.variable(Shape{static_cast<uint32_t>(size)}, numbers));
  }
  sum(record_term(tape, term, vars)).backward();
  for (const Var& var : vars) found.derivatives.push_back(numbers_of(var.grad()));

  tape.clear();
  vars.clear();
  for (const Tensor& input : inputs) vars.push_back(tape.variable(input.shape, input.span()));
  const Var output = record_term(tape, term, vars);
  const std::vector<float> upstream(gradient.begin(), gradient.end());
  sum(mul(output, constant(tape, upstream, output.shape()))).backward();
  for (const Var& var : vars) found.products.push_back(numbers_of(var.grad()));
  return found;
}

}  // namespace downhill
