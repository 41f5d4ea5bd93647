// Validation, image by image: which digits the model takes for which, the images of one cell, and
// those with the highest loss. Two views of phase 7, Stop: they decide whether the model is good
// enough.
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/image_grid.hpp"
#include "ui/panels/image_wall.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {
namespace {

constexpr uint64_t kWallKey = 40;
constexpr int kMostPairs = 10;  // in the list of those that are confused most often
constexpr float kPairRow = 28, kPairWidth = 130, kPairGap = 12, kListHead = 24;
constexpr float kListBeside = 164;                               // its width beside the matrix
constexpr float kLeft = 46, kTop = 34, kRight = 64, kFoot = 20;  // around the cells of the matrix
constexpr float kGap = 24;                                       // between matrix and list

uint8_t digit_at(const Snapshot& s, uint32_t which) {
  return which < s.spec.digits.size() ? static_cast<uint8_t>(s.spec.digits[which] - '0') : 0;
}

// True when the confusion matrix is that of the current experiment.
bool is_known(const Snapshot& s) {
  const EvaluationView& test = s.evaluation;
  return test.classes >= 2 && test.classes == s.spec.digits.size() &&
         test.confusion.size() == size_t{test.classes} * test.classes;
}

struct Matrix {
  const Snapshot& snapshot;
  uint32_t classes;
  Rect cells;
  float side;

  uint32_t at(uint32_t truth, uint32_t answer) const {
    return snapshot.evaluation.confusion[truth * classes + answer];
  }
  uint32_t row_sum(uint32_t truth) const {
    uint32_t sum = 0;
    for (uint32_t answer = 0; answer < classes; ++answer) sum += at(truth, answer);
    return sum;
  }
  uint32_t most_wrong() const {
    uint32_t most = 0;
    for (uint32_t i = 0; i < classes * classes; ++i)
      if (i / classes != i % classes) most = std::max(most, at(i / classes, i % classes));
    return most;
  }
  Rect cell(uint32_t truth, uint32_t answer) const {
    return Rect::at(cells.x0 + side * static_cast<float>(answer),
                    cells.y0 + side * static_cast<float>(truth), side, side);
  }
};

// "1,204", or "1.2k" where there is less room.
Label short_count(const Canvas& canvas, Type type, uint32_t n, float room) {
  Label whole = count(n);
  if (n < 1000 || canvas.width(type, whole) <= room) return whole;
  return Label().format(n < 9950 ? "%.1fk" : "%.0fk", static_cast<double>(n) / 1000);
}

// Prints the count. The diagonal is pale, mistakes are shaded.
void draw_cell(Canvas& canvas, const Matrix& m, uint32_t truth, uint32_t answer, uint32_t most) {
  const Rect cell = m.cell(truth, answer);
  const uint32_t n = m.at(truth, answer);
  const bool right = truth == answer;
  const float share = most > 0 ? std::sqrt(static_cast<float>(n) / static_cast<float>(most)) : 0.0f;
  if (right) {
    canvas.fill(cell.inset(0.5f), Tone::surface);
  } else if (n > 0) {
    canvas.fill(cell.inset(0.5f), Tone::ink, 0, 0.08f + 0.82f * share);
  }
  const Type type = cell.width() > 90 ? Type::strong : cell.width() > 40 ? Type::small : Type::tiny;
  const Label text = short_count(canvas, type, n, cell.width() - 4);
  if (n > 0 && canvas.width(type, text) < cell.width()) {
    // Ink on light cells, paper on dark ones, so that neither is faint in between.
    const Tone tone = right ? Tone::faint : share > 0.5f ? Tone::paper : Tone::ink;
    canvas.text_center(cell.center().x, canvas.baseline(type, cell.center().y), type, tone, text);
  }
}

void explain_cell(Canvas& canvas, const Matrix& m, uint32_t truth, uint32_t answer) {
  const Snapshot& s = m.snapshot;
  const uint32_t n = m.at(truth, answer), all = m.row_sum(truth);
  LongLabel text;
  text.add(count(n)).format(" of %u images of a %u are taken for a %u", all, digit_at(s, truth),
                            digit_at(s, answer));
  text.add(truth == answer ? ", which is right." : ".");
  if (n > 0) text.add(" Click to see them.");
  canvas.explain(m.cell(truth, answer), text);
}

// The names of rows and columns, what share of each row is right, and what the shades mean.
void draw_names(Canvas& canvas, const Matrix& m, const Rect& rect) {
  canvas.text_in({m.cells.x0, rect.y0, m.cells.x1 + 64, rect.y0 + 14}, Type::tiny, Tone::faint,
                 "the model predicts →");
  canvas.text(rect.x0, rect.y0 + 28, Type::tiny, Tone::faint, "label ↓");
  canvas.text_right(m.cells.x1 + 58, rect.y0 + 28, Type::tiny, Tone::faint, "right");
  canvas.text_in({m.cells.x0, m.cells.y1 + 4, m.cells.x1 + kRight, m.cells.y1 + kFoot}, Type::tiny,
                 Tone::faint,
                 {"Shaded: mistakes. The stronger the shade, the more.", "shaded: mistakes"});
  for (uint32_t i = 0; i < m.classes; ++i) {
    const Rect cell = m.cell(i, i);
    const Label digit = Label().format("%u", digit_at(m.snapshot, i));
    canvas.text_center(cell.center().x, rect.y0 + 28, Type::small_strong, Tone::ink, digit);
    const float baseline = canvas.baseline(Type::small, cell.center().y);
    canvas.text_right(m.cells.x0 - 8, baseline, Type::small_strong, Tone::ink, digit);
    const uint32_t all = m.row_sum(i);
    const float share =
        all > 0 ? static_cast<float>(m.at(i, i)) / static_cast<float>(all) : std::nanf("");
    canvas.text_right(m.cells.x1 + 58, baseline, Type::small, Tone::soft, percent(share, 1));
    canvas.explain({m.cells.x1, cell.y0, m.cells.x1 + 60, cell.y1},
                   "The share of the images of this digit that the model gets right.");
  }
}

// Of a cell in a room of this size, in whole device pixels.
float cell_side(const StageContext& c, float width, float height) {
  const auto across = static_cast<float>(c.snapshot.evaluation.classes);
  const float room = std::min(width - kLeft - kRight, height - kTop - kFoot);
  const float wanted = std::min(room / across, std::max(64.0f, 400 / across));
  return std::floor(wanted * c.canvas.scale()) / c.canvas.scale();
}

// Returns its lower right corner.
Vec draw_matrix(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const uint32_t classes = c.snapshot.evaluation.classes;
  const float side = cell_side(c, rect.width(), rect.height());
  if (side < 8) return {rect.x0, rect.y0};
  const float whole = side * static_cast<float>(classes);
  Matrix m{c.snapshot, classes, Rect::at(rect.x0 + kLeft, rect.y0 + kTop, whole, whole), side};
  draw_names(canvas, m, rect);
  const uint32_t most = m.most_wrong();
  for (uint32_t i = 0; i < classes * classes; ++i) {
    draw_cell(canvas, m, i / classes, i % classes, most);
    canvas.note_widget("cell", m.cell(i / classes, i % classes), static_cast<int>(i));
  }
  canvas.outline(m.cells, Tone::line);
  const Hit hit = canvas.hit("confusion", m.cells);
  const Vec corner{m.cells.x1 + kRight, m.cells.y1 + kFoot};
  if (!hit.hovered) return corner;
  const auto place = [&](float at, float from) {
    return static_cast<uint32_t>(
        std::clamp(static_cast<int>((at - from) / side), 0, static_cast<int>(classes) - 1));
  };
  const uint32_t truth = place(canvas.mouse().y, m.cells.y0),
                 answer = place(canvas.mouse().x, m.cells.x0);
  canvas.outline(m.cell(truth, answer), Tone::ink, 0, 1.5f);
  explain_cell(canvas, m, truth, answer);
  if (hit.clicked && m.at(truth, answer) > 0)
    c.selection.cell = Cell{digit_at(c.snapshot, truth), digit_at(c.snapshot, answer)};
  return corner;
}

// How the list of pairs lies in this width.
struct PairList {
  int columns = 1, rows = 1;

  PairList(uint32_t classes, float width) {
    const int pairs = std::min(kMostPairs, static_cast<int>(classes * (classes - 1)));
    columns = std::max(1, static_cast<int>((width + kPairGap) / (kPairWidth + kPairGap)));
    rows = (pairs + columns - 1) / columns;
  }
  float height() const { return kListHead + kPairRow * static_cast<float>(rows); }
};

void draw_pair(StageContext& c, const Rect& line, int number, const Cell& cell, uint32_t times) {
  Canvas& canvas = c.canvas;
  const Hit hit = canvas.hit("confused", line, number);
  if (hit.hovered) canvas.fill(line, Tone::surface, 4);
  const Label words = Label().format("%u taken for %u", cell.truth, cell.answer);
  const float w = canvas.width(Type::body, words) + 1;
  canvas.text_in({line.x0 + 4, line.y0, line.x0 + 4 + w, line.y1}, Type::body, Tone::ink, words);
  const Rect rest{line.x0 + 12 + w, line.y0, line.x1 - 4, line.y1};
  canvas.text_in(rest, Type::body, Tone::soft, short_count(canvas, Type::body, times, rest.width()),
                 Align::right);
  if (hit.clicked) c.selection.cell = cell;
}

// The pairs that are confused most often, the most frequent first; a click opens them.
void draw_most_confused(StageContext& c, Rect rect) {
  Canvas& canvas = c.canvas;
  const EvaluationView& test = c.snapshot.evaluation;
  const PairList list(test.classes, rect.width());
  canvas.text_in(rect.cut_top(kListHead), Type::strong, Tone::ink, "Most confused");
  const int rows = std::min(list.rows, static_cast<int>(rect.height() / kPairRow + 0.01f));
  const auto across = static_cast<float>(list.columns);
  const float w = std::min(220.0f, (rect.width() - kPairGap * (across - 1)) / across);
  uint32_t before = ~0u, before_count = ~0u;  // what was listed last
  for (int number = 0; number < std::min(kMostPairs, rows * list.columns); ++number) {
    // Finds the next pair by falling count, then by index, without building a list.
    uint32_t best = ~0u, best_count = 0;
    for (uint32_t i = 0; i < test.classes * test.classes; ++i) {
      const uint32_t n = test.confusion[i];
      if (i / test.classes == i % test.classes || n == 0) continue;
      if (n > before_count || (n == before_count && before != ~0u && i <= before)) continue;
      if (n > best_count) best = i, best_count = n;
    }
    if (best == ~0u) {
      if (number == 0)
        canvas.text_in(rect.cut_top(kPairRow), Type::small, Tone::soft, "Every answer is right.");
      return;
    }
    before = best;
    before_count = best_count;
    const Rect line = Rect::at(rect.x0 + (w + kPairGap) * static_cast<float>(number / rows),
                               rect.y0 + kPairRow * static_cast<float>(number % rows), w, kPairRow);
    draw_pair(
        c, line, number,
        {digit_at(c.snapshot, best / test.classes), digit_at(c.snapshot, best % test.classes)},
        best_count);
  }
}

void draw_examples(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const Cell cell = *c.selection.cell;
  const ExamplesView& examples = c.snapshot.examples;
  Rect rest = rect;
  Rect head = rest.cut_top(32);
  if (draw_back(canvas, head, "cell-back", "All digits", "Back to the whole matrix.")) {
    c.selection.cell.reset();
    return;
  }
  Label title = Label().format(cell.truth == cell.answer ? "%u predicted right" : "%u taken for %u",
                               cell.truth, cell.answer);
  const bool here = examples.truth == cell.truth && examples.answer == cell.answer;
  if (here)
    title.add(": ").add(count(examples.count)).add(examples.count == 1 ? " image" : " images");
  if (here && examples.indices.size() < examples.count)
    title.add(", the worst ").add(count(examples.indices.size()));
  canvas.text_in(head, Type::strong, Tone::ink, title);
  rest.cut_top(8);
  if (!here) return;
  const WallImages images{"example", kWallKey,
                          c.readings.calm_version * 128 + cell.truth * 11u + cell.answer,
                          image_size(c.snapshot), examples.pixels};
  const auto clicked = draw_image_wall(canvas, rest, images, [&](int i, const Rect& place) {
    canvas.text_in({place.x0, place.y0, place.x1, place.y0 + 14}, Type::tiny, Tone::soft,
                   number(examples.losses[static_cast<size_t>(i)]), Align::center);
  });
  if (clicked)
    c.selection.inspect(
        {ImageSource::valid, examples.indices[static_cast<size_t>(*clicked)], std::nullopt});
}

// The result of the validation and whose it is, beside the tabs.
void draw_tested(StageContext& c) {
  const Status& s = c.snapshot.status;
  if (std::isnan(s.valid_accuracy)) return;
  const Label when = s.tested_epoch == 0 ? Label("before training")
                                         : Label("after epoch ").add(count(s.tested_epoch));
  const LongLabel result = LongLabel(when).add(": ").add(percent(s.valid_accuracy, 2));
  const std::array<LongLabel, 3> from_long_to_short = {
      LongLabel(result).add(" of ").add(count(s.valid_count)).add(" validation images right"),
      LongLabel(result).add(" right"), LongLabel(when)};
  for (const LongLabel& words : from_long_to_short) {
    if (c.canvas.width(Type::small, words) >= c.beside_tabs.width()) continue;
    c.canvas.text_in(c.beside_tabs, Type::small, Tone::soft, words, Align::right);
    return;
  }
}

}  // namespace

uint32_t evaluation_parts(const Selection& selection) {
  return kPartEvaluation | (selection.cell ? uint32_t{kPartExamples} : 0);
}

void draw_confusion_view(StageContext& c, const Rect& rect) {
  draw_tested(c);
  if (!is_known(c.snapshot)) {
    c.canvas.text_in({rect.x0, rect.y0, rect.x1, rect.y0 + 24}, Type::body, Tone::soft,
                     "Validation is under way.");
    return;
  }
  const std::string& digits = c.snapshot.spec.digits;
  const auto known = [&](uint8_t digit) {
    return digits.find(static_cast<char>('0' + digit)) != std::string::npos;
  };
  if (c.selection.cell && !(known(c.selection.cell->truth) && known(c.selection.cell->answer)))
    c.selection.cell.reset();  // a cell of other digits
  if (c.selection.cell) return draw_examples(c, rect);
  // On a wide stage the list stands where it leaves the larger cells, and always beside the four
  // cells of two digits. The width is a little less than in kStageViews, where the scroll bar is not
  // taken off yet.
  const uint32_t classes = c.snapshot.evaluation.classes;
  const float list = PairList(classes, rect.width()).height() + kGap;
  const float with_list_beside = cell_side(c, rect.width() - kGap - kListBeside, rect.height());
  const float with_list_below = cell_side(c, rect.width(), rect.height() - list);
  if (rect.width() > 488 && (classes == 2 || with_list_beside >= with_list_below)) {
    const float end =
        draw_matrix(c, {rect.x0, rect.y0, rect.x1 - kGap - kListBeside, rect.y1}).x + kGap;
    draw_most_confused(c, {end, rect.y0, std::min(rect.x1, end + 220), rect.y1});
    return;
  }
  const float end = draw_matrix(c, {rect.x0, rect.y0, rect.x1, rect.y1 - list}).y + kGap;
  draw_most_confused(c, {rect.x0, end, rect.x1, rect.y1});
}

void draw_worst_view(StageContext& c, const Rect& rect) {
  draw_tested(c);
  const EvaluationView& test = c.snapshot.evaluation;
  Rect rest = rect;
  const bool tested = !test.indices.empty();
  c.canvas.text_in(
      rest.cut_top(20), Type::small, Tone::soft,
      {tested ? "The validation images with the highest loss. Click one to inspect it."
              : "Validation is under way.",
       tested ? "The highest losses. Click an image to inspect it." : "Validation is under way."});
  rest.cut_top(4);
  const WallImages images{"worst", kWallKey + 1, c.readings.calm_version, image_size(c.snapshot),
                          test.pixels};
  const auto clicked = draw_image_wall(c.canvas, rest, images, [&](int i, const Rect& place) {
    const auto at = static_cast<size_t>(i);
    const bool right = test.digits[at] == test.answers[at];
    c.canvas.text_in({place.x0, place.y0, place.x1, place.y0 + 14}, Type::tiny,
                     right ? Tone::soft : Tone::ink,
                     right ? Label().format("%u, right", test.digits[at])
                           : Label().format("%u taken for %u", test.digits[at], test.answers[at]),
                     Align::center);
    c.canvas.text_in({place.x0, place.y0 + 14, place.x1, place.y0 + 28}, Type::tiny, Tone::soft,
                     number(test.losses[at]), Align::center);
  });
  if (clicked)
    c.selection.inspect(
        {ImageSource::valid, test.indices[static_cast<size_t>(*clicked)], std::nullopt});
}

}  // namespace downhill::ui
