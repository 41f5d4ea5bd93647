// Reads the bytes as an expression. It must give a graph that can be gone through forward and back,
// node by node, or an error sentence with a place in the text.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "expression/run.hpp"

namespace downhill::fuzz {

inline bool is_expression_sentence(const Error& error, const std::string& text, TextPlace wrong) {
  for (const char c : error.message) {
    if (static_cast<unsigned char>(c) < ' ') return false;
  }
  return error.message.starts_with("[expression] character ") && error.message.size() < 300 &&
         wrong.at <= text.size() && wrong.size <= text.size() - wrong.at;
}

inline bool is_graph(const ExpressionView& view) {
  if (view.nodes.empty() || view.nodes.size() > kMaxExpressionNodes) return false;
  if (view.output >= view.nodes.size() || view.position > view.last) return false;
  for (uint32_t i = 0; i < view.nodes.size(); ++i) {
    const ExpressionNode& node = view.nodes[i];
    if (node.value.size() > kMaxExpressionVector) return false;
    if (!node.gradient.empty() && node.gradient.size() != node.value.size()) return false;
    for (const ExpressionLink& link : node.inputs) {
      if (link.node >= i) return false;  // earlier, so there are no circles
    }
  }
  return true;
}

// Every step there is, and back to the beginning.
inline bool walks(ExpressionRun& run) {
  const bool differentiable = run.backward().ok();
  const ExpressionView whole = run.view();
  if (!is_graph(whole) || (differentiable && whole.position != whole.last)) return false;
  while (run.view().position > 0) {
    if (!run.back(1) || !is_graph(run.view())) return false;
  }
  if (run.back(1)) return false;
  const uint32_t end = differentiable ? whole.last : whole.forward;
  while (run.view().position < end) {
    if (!run.step(1) || !is_graph(run.view())) return false;
  }
  if (run.step(1)) return false;
  return !differentiable || run.view().active == whole.active;
}

inline bool expression(std::span<const uint8_t> bytes) {
  const std::string text(bytes.begin(), bytes.end());
  TextPlace wrong;
  if (const auto read = parse_expression(text, &wrong); !read)
    return is_expression_sentence(read.error(), text, wrong);
  ExpressionRun run;
  if (!run.read(text) || !walks(run)) return false;
  // A number that is put in the place of an input gives a line that can be read.
  for (const ExpressionNode& node : ExpressionView(run.view()).nodes) {
    if (!node.op.empty() || node.name.empty() || node.vector) continue;
    const bool fits = run.set_value(node.name, -1.5f).ok();
    if (!fits && text.size() + 4 <= kMaxExpressionText) return false;
  }
  return is_graph(run.view());
}

}  // namespace downhill::fuzz
