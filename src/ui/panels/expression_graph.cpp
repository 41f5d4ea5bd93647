#include <algorithm>
#include <cmath>

#include "ui/expression_words.hpp"
#include "ui/panels/expression_parts.hpp"

namespace downhill::ui {
namespace {

constexpr int kPieces = 12;  // of a bend

bool is_number(const ExpressionNode& node) { return node.op.empty() && node.name.empty(); }

// A line from a to b that leaves and arrives along the direction of the layers.
void draw_bend(Canvas& canvas, Vec a, Vec b, bool rows, Tone tone, float thickness) {
  const Vec c = rows ? Vec{a.x, (a.y + b.y) / 2} : Vec{(a.x + b.x) / 2, a.y};
  const Vec d = rows ? Vec{b.x, (a.y + b.y) / 2} : Vec{(a.x + b.x) / 2, b.y};
  Vec last = a;
  for (int i = 1; i <= kPieces; ++i) {
    const float t = static_cast<float>(i) / kPieces, u = 1 - t;
    const float wa = u * u * u, wc = 3 * u * u * t, wd = 3 * u * t * t, wb = t * t * t;
    const Vec next{wa * a.x + wc * c.x + wd * d.x + wb * b.x,
                   wa * a.y + wc * c.y + wd * d.y + wb * b.y};
    canvas.line(last, next, tone, thickness);
    last = next;
  }
}

void draw_head(Canvas& canvas, Vec tip, bool rows, bool back, Tone tone) {
  constexpr float kLong = 7, kHalf = 4;
  const float d = back ? kLong : -kLong;
  if (rows) {
    canvas.triangle(tip, {tip.x - kHalf, tip.y + d}, {tip.x + kHalf, tip.y + d}, tone);
  } else {
    canvas.triangle(tip, {tip.x + d, tip.y - kHalf}, {tip.x + d, tip.y + kHalf}, tone);
  }
}

// A way that the last step took is dark, and its head says in which direction.
void draw_way(Canvas& canvas, const ExpressionLayout& layout, const std::vector<Vec>& way, Vec by,
              bool taken, bool back) {
  const Tone tone = taken ? Tone::ink : Tone::line_strong;
  const float thickness = taken ? 2.0f : 1.25f;
  for (size_t i = 1; i < way.size(); ++i) {
    const Vec a{way[i - 1].x + by.x, way[i - 1].y + by.y}, b{way[i].x + by.x, way[i].y + by.y};
    draw_bend(canvas, a, b, layout.rows, tone, thickness);
  }
  const Vec tip = taken && back ? way.front() : way.back();
  draw_head(canvas, {tip.x + by.x, tip.y + by.y}, layout.rows, taken && back, tone);
}

// "value  64": the caption where there is room for it.
void draw_row(Canvas& canvas, const Rect& row, std::string_view caption, std::string_view value,
              Type type, bool known) {
  const float w = canvas.width(Type::tiny, caption);
  Rect place = row;
  if (canvas.width(type, value) + w + 8 <= row.width()) {
    canvas.text(row.x0, canvas.baseline(Type::tiny, row.center().y), Type::tiny, Tone::faint,
                caption);
    place.x0 += w + 8;
  }
  canvas.text_in(place, type, known ? Tone::ink : Tone::faint, value, Align::right);
}

LongLabel node_help(const ExpressionView& view, uint32_t index) {
  const ExpressionNode& node = view.nodes[index];
  const std::string name = node_name(view, index);
  LongLabel words(name.empty() ? "A number of the line" : name);
  words.add(" = ").add(short_numbers(node.value, node.vector));
  if (!node.requires_grad) return words.add(". It gets no gradient.");
  words.add(node.gradient.empty() ? ". No gradient has come here yet."
                                  : ". Gradient of the result: ");
  if (!node.gradient.empty()) words.add(short_numbers(node.gradient, node.vector)).add(".");
  return words;
}

void draw_node(Canvas& canvas, const Rect& box, const ExpressionView& view, uint32_t index) {
  const ExpressionNode& node = view.nodes[index];
  const bool active = view.active == index;
  canvas.note_widget("expression-node", box, static_cast<int>(index));
  canvas.fill(box, active ? Tone::surface_deep : Tone::paper, 6);
  canvas.outline(box, active ? Tone::ink : Tone::line_strong, 6, active ? 2.0f : 1.0f);
  canvas.explain(box, node_help(view, index));
  Rect rest = box.inset(8, 5);
  if (is_number(node)) {
    canvas.text_in(rest, Type::small, Tone::soft, short_numbers(node.value, node.vector),
                   Align::center);
    return;
  }
  Rect head = rest.cut_top(16);
  const std::string_view sign = op_sign(node.op);
  const Rect right = head.cut_right(canvas.width(Type::small, sign));
  canvas.text_in(head, Type::small_strong, Tone::ink, node_name(view, index));
  canvas.text(right.x0, canvas.baseline(Type::small, right.center().y), Type::small, Tone::soft,
              sign);
  rest.cut_top(1);
  draw_row(canvas, rest.cut_top(17), "value", short_numbers(node.value, node.vector),
           Type::small_strong, !node.value.empty());
  draw_row(canvas, rest, "grad", short_numbers(node.gradient, node.vector), Type::small,
           !node.gradient.empty());
}

// The places of the nodes, computed once for each expression and width.
const ExpressionLayout& layout_of(StageContext& c, float whole, const ExpressionView& view) {
  ExpressionState& state = c.state.expression;
  const float width = whole - 10;  // beside a bar that scrolls
  if (state.laid_out != view.text || state.width != width) {
    state.layout = lay_out(view, width);
    state.laid_out = view.text;
    state.width = width;
  }
  return state.layout;
}

}  // namespace

float expression_graph_height(StageContext& c, float width, const ExpressionView& view) {
  return layout_of(c, width, view).size.y + 2;
}

void draw_expression_graph(StageContext& c, const Rect& rect, const ExpressionView& view) {
  const ExpressionLayout& layout = layout_of(c, rect.width(), view);
  if (layout.boxes.size() != view.nodes.size()) return;
  const bool scrolls = layout.size.y + 2 > rect.height() + 0.5f;
  Rect content = rect;
  if (scrolls) content = c.canvas.begin_scroll("expression-graph", rect, layout.size.y + 2);
  const Vec by{content.x0 + 1, content.y0 + 1};
  size_t number = 0;
  for (int taken = 0; taken < 2; ++taken) {  // those that are taken above the others
    number = 0;
    for (uint32_t i = 0; i < view.nodes.size(); ++i) {
      for (const ExpressionLink& link : view.nodes[i].inputs) {
        const std::vector<Vec>& way = layout.ways[number++];
        const bool goes = view.active == i && (!view.backward || !link.product.empty());
        if (goes == (taken == 1)) draw_way(c.canvas, layout, way, by, goes, view.backward);
      }
    }
  }
  for (uint32_t i = 0; i < view.nodes.size(); ++i) {
    draw_node(c.canvas, layout.boxes[i].moved(by.x, by.y), view, i);
  }
  if (scrolls) c.canvas.end_scroll();
}

void draw_expression_words(Canvas& canvas, const Rect& rect, const ExpressionView& view,
                           int lines) {
  const std::vector<LongLabel> texts = step_lines(view);
  const int each = std::max(1, lines / static_cast<int>(texts.size()));
  Rect rest = rect;
  for (const LongLabel& text : texts) {
    rest.cut_top(canvas.paragraph(rest, Type::body, Tone::ink, text, each));
  }
}

}  // namespace downhill::ui
