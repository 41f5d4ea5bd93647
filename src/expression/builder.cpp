#include "expression/builder.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "expression/evaluate.hpp"

namespace downhill {

Operand ExpressionBuilder::numbers(std::vector<float> values, bool vector, size_t from) {
  Operand operand{.from = static_cast<uint32_t>(from)};
  operand.numbers.size = static_cast<uint32_t>(values.size());
  operand.numbers.vector = vector;
  operand.numbers.values = std::move(values);
  return operand;
}

Operand ExpressionBuilder::apply(ExpressionTerm term, Operand of, TextPlace place) {
  if (!scanner_.ok()) return {};
  const bool reduces = term.op == ExpressionOp::sum || term.op == ExpressionOp::mean;
  const ExpressionTerm& input = term_of(of);
  term.size = reduces ? 1 : input.size;
  term.vector = !reduces && input.vector;
  const std::array<Operand*, 1> operands = {&of};
  return finish(std::move(term), operands, of.from, place);
}

Operand ExpressionBuilder::join(ExpressionOp op, Operand left, Operand right, TextPlace sign) {
  if (!scanner_.ok()) return {};
  const ExpressionTerm &a = term_of(left), &b = term_of(right);
  if (a.vector && b.vector && a.size != b.size && a.size != 1 && b.size != 1) {
    scanner_.fail(sign.at, sign.size,
                  "a vector of " + print(uint64_t{a.size}) + " numbers and one of " +
                      print(uint64_t{b.size}) + " do not fit together");
    return {};
  }
  ExpressionTerm term{.op = op, .size = std::max(a.size, b.size), .vector = a.vector || b.vector};
  const std::array<Operand*, 2> operands = {&left, &right};
  return finish(std::move(term), operands, left.from, sign);
}

Operand ExpressionBuilder::finish(ExpressionTerm term, std::span<Operand* const> operands,
                                  uint32_t from, TextPlace place) {
  if (std::ranges::none_of(operands, [](const Operand* o) { return o->node.has_value(); })) {
    std::vector<const ExpressionTerm*> inputs;
    for (const Operand* operand : operands) inputs.push_back(&operand->numbers);
    return numbers(compute_term(term, inputs), term.vector, from);
  }
  for (Operand* operand : operands) {
    term.inputs[term.input_count++] = node_of(std::move(*operand));
    if (!scanner_.ok()) return {};
  }
  return {.node = append(std::move(term), place.at), .from = from};
}

std::optional<uint32_t> ExpressionBuilder::find_name(std::string_view name) const {
  const auto found = std::ranges::find(names_, name, &Name::word);
  if (found == names_.end()) return std::nullopt;
  return found->node;
}

void ExpressionBuilder::end_part(std::string_view name, Operand value, size_t end) {
  if (!name.empty() && !value.node) {
    value.numbers.op = ExpressionOp::input;
    value.numbers.place = place_of(value.from, end - value.from);
  }
  output_ = node_of(std::move(value));
  if (name.empty() || !scanner_.ok()) return;
  if (terms_[output_].name.empty()) terms_[output_].name = name;
  names_.push_back({std::string(name), output_});
}

uint32_t ExpressionBuilder::node_of(Operand operand) {
  if (operand.node) return *operand.node;
  return append(std::move(operand.numbers), operand.from);
}

uint32_t ExpressionBuilder::append(ExpressionTerm term, size_t at) {
  if (terms_.size() == kMaxExpressionNodes) {
    scanner_.fail(
        at, 1, "more than " + print(uint64_t{kMaxExpressionNodes}) + " nodes are too many to draw");
    return 0;
  }
  terms_.push_back(std::move(term));
  return static_cast<uint32_t>(terms_.size() - 1);
}

}  // namespace downhill
