// The rows of the tape in the order of recording, with an arc from each to its inputs.
#include <algorithm>
#include <cmath>

#include "ui/panels/tape_parts.hpp"
#include "ui/panels/tape_words.hpp"

namespace downhill::ui {
namespace {

// Where the columns are; a column of width 0 is left out. From the right.
struct Columns {
  float gutter = 40;  // of the arcs
  float number = 20;
  float value = 56, gradient = 64;
  float shape = 0, bytes = 0, time = 0;
};

Columns columns_of(float width) {
  Columns columns;
  if (width > 400) columns.gutter = 56;
  if (width > 440) columns.shape = 112;
  if (width > 520) columns.bytes = 66;
  if (width > 620) columns.time = 132;
  return columns;
}

// Half an ellipse to the left, from one row to another above it.
void draw_arc(Canvas& canvas, Vec from, Vec to, float reach, Tone tone, float thickness) {
  constexpr int kPieces = 14;
  const float far = std::abs(from.y - to.y);
  const float bulge = std::min(reach, 7 + 1.6f * std::sqrt(far));
  const float middle = (from.y + to.y) / 2, half = (to.y - from.y) / 2;
  Vec last = from;
  for (int i = 1; i <= kPieces; ++i) {
    const float angle = 3.14159265f * static_cast<float>(i) / kPieces;
    const Vec next{from.x - bulge * std::sin(angle), middle - half * std::cos(angle)};
    canvas.line(last, next, tone, thickness);
    last = next;
  }
}

void draw_arrow_head(Canvas& canvas, Vec tip, Tone tone) {
  canvas.triangle({tip.x - 4, tip.y}, {tip.x - 11, tip.y - 4}, {tip.x - 11, tip.y + 4}, tone);
}

constexpr std::string_view kSoftmax = "softmax_cross_entropy";  // PyTorch's cross_entropy

struct List {
  StageContext& c;
  const TapeView& tape;
  Rect content;
  Columns columns;

  Rect row(uint32_t i) const {
    return Rect::at(content.x0, content.y0 + kTapeRow * static_cast<float>(i), content.width(),
                    kTapeRow);
  }
  Vec dot(uint32_t i) const { return {content.x0 + columns.gutter, row(i).center().y}; }
  bool visible(uint32_t a, uint32_t b) const {
    const Rect first = row(std::min(a, b)), last = row(std::max(a, b));
    return c.canvas.visible({first.x0, first.y0, first.x1, last.y1});
  }
};

// The arcs of the last step are dark and say in which direction it went; those of the opened row
// are dark, too.
void draw_arcs(const List& list, bool dark) {
  const TapeView& tape = list.tape;
  for (uint32_t i = 0; i < tape.rows.size(); ++i) {
    const bool active = tape.active == i;
    if ((active || i == tape.row) != dark) continue;
    for (const uint32_t input : tape.rows[i].inputs) {
      if (!list.visible(input, i)) continue;
      const bool goes = active && (!tape.backward || tape.rows[input].gradient_step > 0);
      const Tone tone = goes                 ? Tone::ink
                        : dark               ? Tone::soft
                        : has_value(tape, i) ? Tone::line_strong
                                             : Tone::line;
      draw_arc(list.c.canvas, list.dot(i), list.dot(input), list.columns.gutter - 6, tone,
               goes ? 2.0f : 1.25f);
      if (goes) draw_arrow_head(list.c.canvas, list.dot(tape.backward ? input : i), tone);
    }
  }
}

void draw_dot(const List& list, uint32_t i) {
  const TapeRow& row = list.tape.rows[i];
  const Tone tone = has_value(list.tape, i) ? Tone::ink : Tone::line_strong;
  if (!row.inputs.empty()) return list.c.canvas.dot(list.dot(i), 4, tone);
  list.c.canvas.dot(list.dot(i), 4, Tone::paper);
  list.c.canvas.ring(list.dot(i), 3.5f, tone, 1.5f);
}

void draw_head(Canvas& canvas, const Rect& rect, const Columns& columns, const TapeView& tape) {
  Rect row = rect;
  const auto title = [&](float width, std::string_view text, std::string_view help) {
    if (width <= 0) return;
    const Rect box = row.cut_right(width);
    canvas.text_in(box, Type::tiny, Tone::faint, text, Align::right);
    canvas.explain(box, help);
  };
  title(columns.gradient, "‖gradient‖",
        "The L2 norm of the gradient of the loss by these numbers, over the whole batch.");
  title(columns.value, "‖value‖", "The L2 norm of the numbers, over the whole batch.");
  title(columns.time, "forward + back",
        tape.timed == 0
            ? LongLabel("The time of each operation: it comes with the next batch.")
            : LongLabel().format("The time of each operation, the mean over %u batches. "
                                 "A browser’s clock may tick no finer than 0.1 ms.",
                                 tape.timed));
  title(columns.bytes, "memory", "What the result takes; none if it is not copied.");
  title(columns.shape, "shape", "Images first: [batch, …]. Pictures are [n, h, w, c].");
  row.x0 += columns.gutter + columns.number + 12;
  canvas.text_in(row, Type::tiny, Tone::faint,
                 {"operation, in the order of recording", "operation"});
}

void draw_numbers(const List& list, uint32_t i, Rect& place) {
  Canvas& canvas = list.c.canvas;
  const TapeRow& row = list.tape.rows[i];
  const auto cell = [&](float width, std::string_view text, Tone tone) {
    if (width > 0) canvas.text_in(place.cut_right(width), Type::small, tone, text, Align::right);
  };
  const bool back = has_gradient(list.tape, i), value = has_value(list.tape, i);
  cell(list.columns.gradient,
       back ? number(row.gradient_norm) : Label(row.requires_grad ? "·" : "none"),
       back ? Tone::ink : Tone::faint);
  cell(list.columns.value, value ? number(row.value_norm) : Label("·"),
       value ? Tone::ink : Tone::faint);
  Label times;
  if (!row.inputs.empty()) times = time_text(row.forward_us);
  if (!row.inputs.empty() && row.requires_grad) times.add(" + ").add(time_text(row.backward_us));
  cell(list.columns.time, times, Tone::soft);
  cell(list.columns.bytes, row.bytes == 0 ? Label("–") : bytes_text(row.bytes), Tone::soft);
  cell(list.columns.shape, row.shape, Tone::soft);
}

void draw_row(const List& list, uint32_t i) {
  Canvas& canvas = list.c.canvas;
  const TapeView& tape = list.tape;
  const TapeRow& row = tape.rows[i];
  Rect place = list.row(i);
  place.x0 += list.columns.gutter + 10;
  const Hit hit =
      canvas.hit("tape-row", {list.content.x0, place.y0, place.x1, place.y1}, static_cast<int>(i));
  if (hit.clicked) list.c.requests.add(CommandKind::tape).tape.row = i;
  if (!canvas.visible(place)) return;
  const bool open = tape.row == i;
  const Rect ground = place.inset(0, 1);
  if (open || hit.hovered) canvas.fill(ground, open ? Tone::surface_deep : Tone::surface, 5);
  if (tape.active == i) canvas.outline(ground, Tone::ink, 5, 1.5f);
  place = place.inset(8, 0);
  const Rect digits = place.cut_left(list.columns.number);
  canvas.text_in(digits, Type::tiny, Tone::faint, Label().format("%u", i + 1));
  draw_numbers(list, i, place);
  place.x1 -= 8;
  const bool leaf = row.inputs.empty();
  const bool parameter = leaf && !row.name.empty();
  const Type type = leaf ? Type::small : Type::small_strong;
  const Tone tone = !has_value(tape, i) ? Tone::faint : leaf ? Tone::soft : Tone::ink;
  const std::string_view op = row.op;
  if (parameter) return canvas.text_in(place, type, tone, row.name);
  canvas.text_in(place, type, tone,
                 {row_name(row).view(), op, op.starts_with(kSoftmax) ? op.substr(8) : op});
}

}  // namespace

void draw_tape_list(StageContext& c, const Rect& rect, const TapeView& tape) {
  Rect rest = rect;
  const float height = kTapeRow * static_cast<float>(tape.rows.size());
  const bool scrolls = rest.height() - kTapeHead < height;
  Rect head = rest.cut_top(kTapeHead);
  head.x1 -= scrolls ? 16.0f : 8.0f;
  const Columns columns = columns_of(rect.width() - (scrolls ? 8.0f : 0.0f));
  draw_head(c.canvas, head, columns, tape);
  const Rect content = c.canvas.begin_scroll("tape-list", rest, height);
  const List list{c, tape, content, columns};
  for (uint32_t i = 0; i < tape.rows.size(); ++i) draw_row(list, i);
  draw_arcs(list, false);
  draw_arcs(list, true);
  for (uint32_t i = 0; i < tape.rows.size(); ++i) draw_dot(list, i);
  c.canvas.end_scroll();
}

}  // namespace downhill::ui
