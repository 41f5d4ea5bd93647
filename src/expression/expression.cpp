#include "expression/expression.hpp"

#include <algorithm>
#include <iterator>

namespace downhill {
namespace {

struct Function {
  std::string_view name;
  ExpressionOp op;
};
constexpr Function kFunctions[] = {
    {"relu", ExpressionOp::relu}, {"tanh", ExpressionOp::tanh}, {"sigmoid", ExpressionOp::sigmoid},
    {"exp", ExpressionOp::exp},   {"log", ExpressionOp::log},   {"sum", ExpressionOp::sum},
    {"mean", ExpressionOp::mean},
};

}  // namespace

ExpressionOp function_named(std::string_view name) {
  const auto* found = std::ranges::find(kFunctions, name, &Function::name);
  return found == std::end(kFunctions) ? ExpressionOp::number : found->op;
}

std::string function_names() {
  std::string all;
  for (const Function& function : kFunctions) {
    all.append(all.empty() ? "" : ", ").append(function.name);
  }
  return all;
}

std::string op_text(const ExpressionTerm& term) {
  switch (term.op) {
    case ExpressionOp::number:
    case ExpressionOp::input:
      return {};
    case ExpressionOp::add:
      return "+";
    case ExpressionOp::sub:
    case ExpressionOp::neg:
      return "-";
    case ExpressionOp::mul:
      return "*";
    case ExpressionOp::div:
      return "/";
    case ExpressionOp::pow:
      return "**" + std::to_string(term.exponent);
    default:
      break;
  }
  const auto* found = std::ranges::find(kFunctions, term.op, &Function::op);
  return found == std::end(kFunctions) ? std::string() : std::string(found->name);
}

}  // namespace downhill
