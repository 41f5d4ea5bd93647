#include "ui/panels/score_bars.hpp"

#include <algorithm>
#include <cmath>

namespace downhill::ui {

void draw_score_bars(Canvas& canvas, const Rect& rect, std::string_view digits,
                     std::span<const float> scores, uint8_t truth, uint8_t answer) {
  if (scores.empty() || (scores.size() > 1 && scores.size() < digits.size())) return;
  Rect bars = rect;
  const Rect names = bars.cut_bottom(20);
  const Rect title = bars.cut_top(16);
  bars.cut_top(14);  // for the number over the highest bar
  bars.x1 -= 12;     // for the names of the lines
  canvas.text_in(title, Type::tiny, Tone::faint, scores.size() > 1 || digits.size() != 2
                     ? LongLabel("score of each digit, 0 to 1")
                     : LongLabel().format("score for %c; for %c, 1 − score", digits[0], digits[1]));
  const auto across = static_cast<float>(digits.size());
  const float step = std::min(bars.width() / across, digits.size() > 2 ? 44.0f : 56.0f);
  bars.x1 = bars.x0 + step * across;
  canvas.rule(bars.x0, bars.x1, bars.y0, Tone::line);
  canvas.rule(bars.x0, bars.x1, bars.y1, Tone::line_strong);
  canvas.text(bars.x1 + 3, canvas.baseline(Type::tiny, bars.y0), Type::tiny, Tone::faint, "1");
  canvas.text(bars.x1 + 3, canvas.baseline(Type::tiny, bars.y1), Type::tiny, Tone::faint, "0");
  const float w = std::min(step - 4, 28.0f);
  // Over the prediction's bar there is always room for a number, else only where bars are wide.
  const bool all_numbers = step >= canvas.width(Type::tiny, "0.00") + 2.5f;
  for (size_t i = 0; i < digits.size(); ++i) {
    const float raw = scores.size() > 1 ? scores[i] : i == 0 ? scores[0] : 1 - scores[0];
    const float score = std::isfinite(raw) ? std::clamp(raw, 0.0f, 1.0f) : 0;
    const bool answered = digits[i] - '0' == answer, shown = digits[i] - '0' == truth;
    const float middle = bars.x0 + step * (static_cast<float>(i) + 0.5f);
    const float y = bars.y1 - std::max(1.0f, score * bars.height());
    const Tone tone = digits.size() > 2 ? (answered ? Tone::ink : Tone::line_strong)
                      : i == 0          ? Tone::three
                                        : Tone::seven;
    canvas.fill({middle - w / 2, y, middle + w / 2, bars.y1}, tone);
    const float baseline = canvas.baseline(Type::small, names.center().y);
    canvas.text_center(middle, baseline, answered ? Type::small_strong : Type::small,
                       answered ? Tone::ink : Tone::soft, digits.substr(i, 1));
    if (shown) canvas.rule(middle - 5, middle + 5, names.y1 - 1, Tone::ink);
    if (answered || all_numbers) {
      const Label text =
          std::isfinite(raw) ? Label().format("%.2f", static_cast<double>(raw)) : number(raw);
      const float half = canvas.width(Type::tiny, text) / 2;
      const float x = std::clamp(middle, rect.x0 + half, std::max(rect.x0 + half, rect.x1 - half));
      canvas.text_center(x, y - 3, Type::tiny, answered ? Tone::ink : Tone::soft, text);
    }
  }
  canvas.explain(rect,
                 "The model's score for each digit. The bold one is its prediction, the underlined "
                 "one is what the image shows.");
}

}  // namespace downhill::ui
