// The view of phase 5, Step: the weights before, what is added to them, and the weights after.
#include <array>

#include "ui/panels/heat_pair.hpp"
#include "ui/panels/layer_chooser.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/step_texts.hpp"

namespace downhill::ui {
namespace {

// The learning rate, the norm of the gradient and the norm of the step; for plain SGD they read as
// an equation.
void draw_lengths(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const Status& s = c.snapshot.status;
  const Readings& r = c.readings;
  const bool plain = is_plain_sgd(c.snapshot.spec);
  const bool known = r.step_ready;
  const float size = r.after_step ? s.update_norm : r.step_length;
  const float gap = rect.width() > 480 ? 32.0f : 16.0f;
  float x = rect.x0;
  const auto figure = [&](std::string_view caption, const Label& value, std::string_view help,
                          Tone tone = Tone::ink) {
    if (x + std::max(64.0f, canvas.width(Type::tiny, caption)) > rect.x1) return;
    x += draw_figure(canvas, {x, rect.y0}, 64, caption, value, help, tone) + gap;
  };
  figure("learning rate", rate(r.step_lr), "The factor between the gradient and the step.",
         Tone::rate);
  figure(plain ? "× gradient norm" : "gradient norm", known ? number(s.gradient_norm) : Label("–"),
         "The L2 norm of the gradient over all weights.");
  figure(plain ? "= step norm" : "step norm", known ? number(size) : Label("–"),
         "The L2 norm of the changes of all weights.");
  figure("of the weights",
         known && s.weight_norm > 0 ? percent(size / s.weight_norm, 2) : Label("–"),
         "The norm of the step as a share of the norm of all weights.");
}

// Before, change, after; `words` explain the change and must outlive the columns.
std::array<HeatColumn, 3> columns_of(StageContext& c, std::string_view words) {
  Readings& r = c.readings;
  const bool known = r.step_ready;
  const std::string_view before = r.after_step ? "Before" : "Now",
                         after = r.after_step ? "Now" : "After";
  const std::span<const float> now = c.snapshot.parameters.values;
  const std::span<const float> other =
      known ? std::span<const float>(r.before) : std::span<const float>();
  const std::span<const float> first = known && r.after_step ? other : now;
  const std::span<const float> last = known && r.after_step ? now : other;
  const std::span<const float> change =
      known ? std::span<const float>(c.snapshot.parameters.changes) : std::span<const float>();
  return {{{.name = "weights-before",
            .title = before,
            .help = "The weights before the step.",
            .key = 4,
            .version = r.live_version,
            .values = first,
            .ends = weight_ends(c.snapshot, c.selection),
            .scale = &r.weights},
           {.name = "change",
            .title = change_title(c.snapshot.spec),
            .help = words,
            .key = 5,
            .version = r.live_version,
            .values = change,
            .scale = &r.changes},
            .ends = change_ends(),
           {.name = "weights-after",
            .title = after,
            .help = "The weights after the step.",
            .key = 6,
            .version = r.live_version,
            .values = last,
            .scale = &r.weights}}};
}
            .ends = weight_ends(c.snapshot, c.selection),

}  // namespace

void draw_step_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  Rect rest = rect;
  draw_lengths(c, rest.cut_top(56));
  rest.cut_top(8);
  draw_layer_chooser(canvas, rest, c.snapshot, c.selection);
  const LongLabel words = optimizer_words(c.snapshot.spec);
  const std::array<HeatColumn, 3> columns = columns_of(c, words);
  // Three in a row on a wide stage; otherwise before and after side by side, for the eye to
  // compare, with the change below.
  constexpr float kBetween = 24;
  const bool row = rest.width() > 1.5f * rest.height();
  const float w = row ? (rest.width() - 2 * kBetween) / 3 : (rest.width() - kBetween) / 2;
  const float h = row ? rest.height() : (rest.height() - 16) / 2;
  const Rect places[3] = {Rect::at(rest.x0, rest.y0, w, h),
                          row ? Rect::at(rest.x0 + w + kBetween, rest.y0, w, h)
                              : Rect::at(rest.x0, rest.y0 + h + 16, w, h),
                          Rect::at(rest.x0 + (w + kBetween) * (row ? 2.0f : 1.0f), rest.y0, w, h)};
  std::optional<uint32_t> pointed;
  for (int i = 0; i < 3; ++i) {
    const HeatFrame frame = draw_heat_column(canvas, places[i], columns[static_cast<size_t>(i)],
                                             c.snapshot, c.selection, c.requests);
    if (frame.hovered) pointed = frame.hovered;
  }
  if (!row) {
    const Rect beside{places[2].x0, places[1].y0 + kHeatHead, places[2].x1, places[1].y1};
    // Where there is no room for the words, the title of the change explains it.
    if (canvas.paragraph_height(beside.width(), Type::small, words) <= beside.height())
      canvas.paragraph(beside, Type::small, Tone::soft, words);
  }
  c.selection.pointed = pointed;
  if (pointed) draw_weight_card(canvas, c.snapshot, c.selection, *pointed);
}

}  // namespace downhill::ui
