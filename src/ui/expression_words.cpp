#include "ui/expression_words.hpp"

#include <algorithm>
#include <cmath>

namespace downhill::ui {
namespace {

constexpr std::string_view kMinus = "−", kTimes = " · ", kEquals = " = ";

LongLabel value_of(const ExpressionNode& node) { return short_numbers(node.value, node.vector); }

// "(−2)" behind a sign.
LongLabel operand(const ExpressionNode& node) {
  const LongLabel value = value_of(node);
  return value.view().starts_with(kMinus) ? LongLabel("(").add(value).add(")") : value;
}

std::string name_or_value(const ExpressionView& view, uint32_t node) {
  std::string name = node_name(view, node);
  return name.empty() ? std::string(operand(view.nodes[node]).view()) : name;
}

// The operation with texts for its inputs.
LongLabel formula(std::string_view op, std::string_view a, std::string_view b) {
  if (!b.empty()) return LongLabel(a).add(" ").add(op_sign(op)).add(" ").add(b);
  if (op == "-") return LongLabel(kMinus).add(a);
  if (op.starts_with("**")) return LongLabel(a).add(op);
  return LongLabel(op).add("(").add(a).add(")");
}

LongLabel forward_line(const ExpressionView& view, uint32_t index) {
  const ExpressionNode& node = view.nodes[index];
  const auto text = [&](size_t k, bool numbers) -> std::string {
    if (k >= node.inputs.size()) return {};
    const uint32_t input = node.inputs[k].node;
    if (!numbers) return name_or_value(view, input);
    return std::string(operand(view.nodes[input]).view());
  };
  LongLabel line(node_name(view, index));
  line.add(kEquals).add(formula(node.op, text(0, false), text(1, false)));
  line.add(kEquals).add(formula(node.op, text(0, true), text(1, true)));
  return line.add(kEquals).add(value_of(node));
}

// dy/dx
LongLabel derivative(const std::string& of, const std::string& by) {
  return LongLabel("d").add(of).add("/d").add(by);
}

std::string result_name(const ExpressionView& view) {
  const std::string name = node_name(view, view.output);
  return name.empty() ? "y" : name;
}

LongLabel backward_line(const ExpressionView& view, uint32_t index, const ExpressionLink& link) {
  const ExpressionNode &node = view.nodes[index], &input = view.nodes[link.node];
  const std::string y = result_name(view);
  const std::string here = node_name(view, index), there = node_name(view, link.node);
  const bool vectors = link.local.size() > 1;
  const bool summed = vectors && link.product.size() == 1;
  LongLabel line = derivative(y, there);
  line.add(input.gradient == link.product ? " = " : " gets ").add(summed ? "∑ " : "");
  line.add(derivative(y, here))
      .add(kTimes)
      .add(LongLabel("∂").add(here).add("/∂").add(there))
      .add(kEquals);
  line.add(short_numbers(node.gradient, node.vector)).add(kTimes);
  line.add(short_numbers(link.local, vectors)).add(kEquals);
  line.add(short_numbers(link.product, input.vector));
  if (input.gradient != link.product)
    line.add(", now ").add(short_numbers(input.gradient, input.vector));
  return line;
}

}  // namespace

Label short_number(float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  const Label digits = Label().format("%.4g", static_cast<double>(std::abs(value)));
  Label text = value < 0 ? Label(kMinus) : Label();
  const std::string_view all = digits.view();
  const size_t e = all.find('e');
  text.add(all.substr(0, e));
  if (e == std::string_view::npos) return text;
  std::string_view power = all.substr(e + 2);  // behind its sign
  while (power.size() > 1 && power.starts_with('0')) power.remove_prefix(1);
  return text.add(all[e + 1] == '-' ? "e−" : "e").add(power);
}

LongLabel short_numbers(std::span<const float> values, bool vector) {
  if (values.empty()) return "–";
  if (!vector && values.size() == 1) return LongLabel(short_number(values[0]));
  LongLabel text("[");
  for (size_t i = 0; i < values.size(); ++i) {
    text.add(i == 0 ? "" : ", ").add(short_number(values[i]));
  }
  return text.add("]");
}

std::string node_name(const ExpressionView& view, uint32_t node) {
  if (!view.nodes[node].name.empty()) return view.nodes[node].name;
  if (view.nodes[node].op.empty()) return {};
  constexpr std::string_view kFigures[] = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
  uint32_t number = 0;
  for (uint32_t i = 0; i <= node; ++i) {
    number += view.nodes[i].name.empty() && !view.nodes[i].op.empty() ? 1 : 0;
  }
  std::string name = "v";
  if (number >= 10) name += kFigures[number / 10 % 10];
  return name.append(kFigures[number % 10]);
}

std::string_view op_sign(std::string_view op) { return op == "*" ? "×" : op == "-" ? kMinus : op; }

std::vector<LongLabel> step_lines(const ExpressionView& view) {
  if (!view.active || *view.active >= view.nodes.size()) {
    return {"The numbers are there, and nothing is computed yet."};
  }
  const uint32_t active = *view.active;
  if (!view.backward) return {forward_line(view, active)};
  std::vector<LongLabel> lines;
  for (const ExpressionLink& link : view.nodes[active].inputs) {
    if (!link.product.empty()) lines.push_back(backward_line(view, active, link));
  }
  if (!lines.empty()) return lines;
  const std::string y = result_name(view);
  return {derivative(y, y).add(" = 1: the way back begins with the result itself.")};
}

Label step_place(const ExpressionView& view) {
  if (view.position <= view.forward) {
    return Label().format("forward %u of %u", view.position, view.forward);
  }
  return Label().format("back %u of %u", view.position - view.forward, view.last - view.forward);
}

}  // namespace downhill::ui
