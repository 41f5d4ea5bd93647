// A line of arithmetic on a tape of its own: its graph with value and gradient at each node, gone
// through node by node, and the curve where one number goes in.
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/expression_words.hpp"
#include "ui/panels/expression_parts.hpp"

namespace downhill::ui {
namespace {

struct Example {
  std::string_view label, line;
};
constexpr std::array kExamples = {
    Example{"x**2", "x = 3; y = x**2"},
    Example{"x*x", "x = 8; y = x*x"},
    Example{"vector", "x = [3, 4, 10]; y = sum(x**2)"},
    Example{"neuron",
            "x1 = 2; x2 = 0; w1 = -3; w2 = 1; b = 6.88; n = x1*w1 + x2*w2 + b; o = tanh(n)"},
};
constexpr float kWide = 520;         // from here on graph and curve stand side by side
constexpr float kCurveHeight = 340;  // below the graph

void send_line(StageContext& c, std::string_view line) {
  c.requests.add(CommandKind::expression).text = line;
}

void draw_examples(StageContext& c, const Rect& rect, std::string_view text) {
  std::array<std::string_view, kExamples.size()> labels;
  uint32_t on = 0;
  for (size_t i = 0; i < kExamples.size(); ++i) {
    labels[i] = kExamples[i].label;
    if (kExamples[i].line == text) on |= 1u << i;
  }
  const auto clicked = chips(c.canvas, "expression-example", rect, labels,
                             static_cast<int>(labels.size()), on, "Lines to begin with.");
  if (clicked) send_line(c, kExamples[static_cast<size_t>(*clicked)].line);
}

// The field, the examples, and what is wrong with a line that was refused.
void draw_line(StageContext& c, Rect& rest, const ExpressionView& view) {
  const bool wide = rest.width() >= kWide;
  const bool refused = !view.error.empty();
  const std::string_view text = refused ? view.refused : view.text;
  TextArea& field = c.state.expression.line;
  const float beside = wide ? 292.0f : 0.0f;
  Rect row = rest.cut_top(std::max(34.0f, field.height(c.canvas, rest.width() - beside, text)));
  if (wide) {
    const Rect chips = row.cut_right(280);
    row.x1 -= 12;
    draw_examples(c, {chips.x0, chips.y0, chips.x1, chips.y0 + 34}, text);
  }
  if (const auto typed = field.draw(c.canvas, "expression-line", row, text,
                                    "Parts end with a semicolon: numbers, vectors [1, 2], names, "
                                    "+ - * / **, relu, tanh, sigmoid, exp, log, sum, mean."))
    send_line(c, *typed);
  if (refused) field.underline(c.canvas, row, text, view.error_at, view.error_size);
  const Rect below = rest.cut_top(22);
  c.canvas.text_in(
      below, Type::small, refused ? Tone::seven_text : Tone::faint,
      refused ? std::string_view(view.error) : "The gradient is that of the last part.");
  if (!wide) draw_examples(c, rest.cut_top(32), text);
  rest.cut_top(wide ? 4 : 10);
}

void draw_controls(StageContext& c, const Rect& rect, const ExpressionView& view) {
  Rect row = rect;
  const bool scalar = view.nodes[view.output].value.size() <= 1 && !view.nodes[view.output].vector;
  const float pad = row.width() < 400 ? 12.0f : 28.0f;
  const auto width_of = [&](std::string_view label) {
    return std::ceil(c.canvas.width(Type::body, label)) + pad;
  };
  const auto place = [&](float width) {
    const Rect box = row.cut_left(width);
    row.cut_left(8);
    return box;
  };
  if (button(c.canvas, "expression-back", place(36), ButtonLook::outlined,
             {.icon = "◀", .help = "One step back."}, view.position > 0))
    c.requests.add(CommandKind::expression_back);
  const bool further = view.position < (scalar ? view.last : view.forward);
  if (button(c.canvas, "expression-step", place(36), ButtonLook::primary,
             {.icon = "▶", .help = "The next node: forward, then back with the gradient."},
             further))
    c.requests.add(CommandKind::expression_step);
  if (button(c.canvas, "expression-backward", place(width_of("backward")), ButtonLook::outlined,
             {.label = "backward",
              .help = "All of the way back. Once more, and the gradients add up."},
             scalar))
    c.requests.add(CommandKind::expression_backward);
  if (button(c.canvas, "expression-zero", place(width_of("zero_grad")), ButtonLook::outlined,
             {.label = "zero_grad", .help = "Clears the gradients."}, view.passes > 0))
    c.requests.add(CommandKind::zero_grad);
  LongLabel words(step_place(view));
  if (view.passes > 1) {
    const LongLabel more = LongLabel(words).add(", gradients of ").format("%u passes", view.passes);
    const LongLabel brief = LongLabel().format("%u passes added", view.passes);
    return c.canvas.text_in(row, Type::small, Tone::soft, {more.view(), brief.view()});
  }
  const std::string_view brief = words.view().substr(words.view().find(' ') + 1);
  c.canvas.text_in(row, Type::small, Tone::soft, {words.view(), brief});
}

}  // namespace

void draw_expression_view(StageContext& c, const Rect& rect) {
  const std::optional<ExpressionView>& view = c.snapshot.expression;
  if (!view && !c.state.expression.asked) {
    c.state.expression.asked = true;
    send_line(c, kExamples.front().line);
  }
  if (!view) return;
  Rect rest = rect;
  draw_line(c, rest, *view);
  if (view->nodes.empty()) return;
  draw_controls(c, rest.cut_top(32), *view);
  rest.cut_top(10);
  const bool curve = view->curve && view->curve->xs.size() > 1;
  const bool wide = rest.width() >= kWide;
  if (curve && wide) {
    draw_expression_curve(c, rest.cut_right(std::min(420.0f, rest.width() * 0.46f)),
                          *view->curve);
    rest.cut_right(20);
  }
  const bool below = curve && !wide;
  const float words = wide ? 66 : 84;
  const float room = rest.height() - words - 8 - (below ? kCurveHeight + 14 : 0.0f);
  const float graph = std::min(expression_graph_height(c, rest.width(), *view), room);
  draw_expression_graph(c, rest.cut_top(graph), *view);
  rest.cut_top(8);
  const float line = c.canvas.metrics(Type::body).line;
  const float most = wide ? rest.height() : words;  // beside the curve there are more lines
  draw_expression_words(c.canvas, rest.cut_top(most), *view,
                        std::max(2, static_cast<int>(most / line)));
  if (!below) return;
  rest.cut_top(14);
  draw_expression_curve(c, rest.cut_top(kCurveHeight), *view->curve);
}

}  // namespace downhill::ui
