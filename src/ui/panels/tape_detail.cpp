// The opened row of the tape: what it holds for one image or one unit, and, for products, the two
// factors of one weight's gradient with their numbers.
#include <algorithm>
#include <cmath>

#include "ui/panels/stage.hpp"
#include "ui/panels/tape_parts.hpp"
#include "ui/panels/tape_words.hpp"

namespace downhill::ui {
namespace {

constexpr uint64_t kValueKey = 900, kGradientKey = 901;
constexpr float kGap = 16;

LongLabel facts_of(const TapeRow& row) {
  LongLabel words(row.shape);
  words.add(", ");
  if (row.bytes == 0) {
    words.add("not copied");
  } else {
    words.add(bytes_text(row.bytes));
  }
  if (row.inputs.empty() || !(row.forward_us > 0)) return words;
  words.add(", ").add(time_text(row.forward_us)).add(" forward");
  if (row.backward_us > 0) words.add(", ").add(time_text(row.backward_us)).add(" back");
  return words;
}

std::string_view meaning_of(const TapeRow& row) {
  if (row.relu) return "Fused: the ReLU runs inside, so the numbers before it are never stored.";
  if (row.inputs.empty() && row.requires_grad)
    return "A leaf. The optimizer steps it by its gradient.";
  if (row.inputs.empty()) return "A leaf that needs no gradient.";
  if (row.bytes == 0) return "The same numbers under another shape.";
  return {};
}

// Of which image, or which unit, the pictures are. Returns the height that it takes.
float draw_choice(StageContext& c, const Rect& rect, const TapeView& tape) {
  const TapeTensor& tensor = *tape.tensor;
  std::optional<uint32_t> chosen;
  if (tensor.units > 0) {
    chosen = draw_tape_stepper(c.canvas, rect, "tape-unit", "unit", tensor.unit, tensor.units,
                               "Whose weights are shown: a column of the matrix, or a filter.");
    if (chosen) c.requests.add(CommandKind::tape).tape.unit = *chosen;
    return rect.height();
  }
  if (!tensor.of_image && !tape.product) return 0;
  chosen = draw_tape_stepper(c.canvas, rect, "tape-image", item_word(c.snapshot), tape.image, tape.images,
                             "Of the batch: its numbers are shown.");
  if (chosen) c.selection.image = ChosenImage{ImageSource::batch, *chosen, {}};
  return rect.height();
}

// Value and gradient side by side. Returns the height that they take.
float draw_tensor(StageContext& c, const Rect& rect, const TapeView& tape) {
  const TapeTensor& tensor = *tape.tensor;
  const TapeRow& row = tape.rows[tape.row];
  const bool scalar = tensor.values.size() == 1;
  TapePicture picture;
  picture.channels = tensor.channels;
  picture.rows = tensor.rows;
  picture.columns = tensor.columns;
  picture.missing = "too many numbers to show";
  picture.key = kValueKey;
  picture.title = "value";
  picture.values = tensor.values;
  picture.known = has_value(tape, tape.row);
  Rect left = rect;
  left.x1 = rect.center().x - kGap / 2;
  Rect right = rect;
  right.x0 = left.x1 + kGap;
  if (scalar) {
    const bool known = has_value(tape, tape.row), back = has_gradient(tape, tape.row);
    draw_figure(c.canvas, {left.x0, left.y0}, 0, "value",
                known ? number(tensor.values[0]) : Label("not yet"), {});
    draw_figure(c.canvas, {right.x0, right.y0}, 0, "gradient",
                !row.requires_grad                 ? Label("none")
                : back && !tensor.gradient.empty() ? number(tensor.gradient[0])
                                                   : Label("not yet"),
                "Of the loss by this number.");
    return 48;
  }
  const float a = draw_tape_picture(c, left, picture, 112).height;
  picture.key = kGradientKey;
  picture.title = "gradient";
  picture.help = "How the loss changes with each of these numbers: blue, it grows with it.";
  picture.values = tensor.gradient;
  picture.missing = row.requires_grad ? "not yet" : "none is needed";
  picture.known = !row.requires_grad || has_gradient(tape, tape.row);
  return std::max(a, draw_tape_picture(c, right, picture, 112).height);
}

}  // namespace

float draw_tape_row(StageContext& c, const Rect& rect, const TapeView& tape) {
  Canvas& canvas = c.canvas;
  const TapeRow& row = tape.rows[tape.row];
  Rect rest = rect;
  const LongLabel title = LongLabel().format("%u  ", tape.row + 1).add(row_name(row));
  canvas.text_in(rest.cut_top(24), Type::strong, Tone::ink, title);
  rest.cut_top(3);
  rest.cut_top(canvas.paragraph(rest, Type::small, Tone::soft, facts_of(row), 2) + 2);
  const std::string_view meaning = meaning_of(row);
  if (!meaning.empty())
    rest.cut_top(canvas.paragraph(rest, Type::small, Tone::soft, meaning, 3) + 2);
  rest.cut_top(4);
  if (tape.tensor) {
    Rect choice = rest;
    choice.y1 = choice.y0 + 30;
    rest.cut_top(draw_choice(c, choice, tape));
    rest.cut_top(draw_tensor(c, rest, tape) + 6);
  }
  if (tape.product) rest.cut_top(draw_tape_product(c, rest, tape));
  return rest.y0 - rect.y0;
}

}  // namespace downhill::ui
