// The view of phase 5, Step: the weights before, what is added to them, and the weights after; and
// the same for one weight, in numbers.
#include <array>

#include "ui/panels/heat_pair.hpp"
#include "ui/panels/layer_chooser.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/step_texts.hpp"
#include "ui/panels/weight_tie.hpp"

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
  const std::optional<uint32_t> marked = weight_on_show(c.snapshot, r, c.selection);
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
            .ends = weight_ends(c.snapshot, c.selection),
            .key = 4,
            .version = r.live_version,
            .values = first,
            .scale = &r.weights,
            .marked = marked},
           {.name = "change",
            .title = change_title(c.snapshot.spec),
            .help = words,
            .ends = change_ends(),
            .key = 5,
            .version = r.live_version,
            .values = change,
            .scale = &r.changes,
            .marked = marked},
           {.name = "weights-after",
            .title = after,
            .help = "The weights after the step.",
            .ends = weight_ends(c.snapshot, c.selection),
            .key = 6,
            .version = r.live_version,
            .values = last,
            .scale = &r.weights,
            .marked = marked}}};
}

// Where the three pictures go: in a row on a wide stage; otherwise before and after side by side, for
// the eye to compare, with the change below.
struct Places {
  Rect rect[3];  // before, change, after
  Rect numbers;  // of one weight
  bool row = false;
};

Places places_in(Rect rest) {
  constexpr float kBetween = 24;
  Places p;
  p.row = rest.width() > 1.5f * (rest.height() - kEquation);
  if (p.row) p.numbers = rest.cut_bottom(kEquation);
  const float w = p.row ? (rest.width() - 2 * kBetween) / 3 : (rest.width() - kBetween) / 2;
  const float h = p.row ? rest.height() - 12 : (rest.height() - 16) / 2;
  p.rect[0] = Rect::at(rest.x0, rest.y0, w, h);
  p.rect[1] = p.row ? Rect::at(rest.x0 + w + kBetween, rest.y0, w, h)
                    : Rect::at(rest.x0, rest.y0 + h + 16, w, h);
  p.rect[2] = Rect::at(rest.x0 + (w + kBetween) * (p.row ? 2.0f : 1.0f), rest.y0, w, h);
  if (!p.row) p.numbers = {p.rect[2].x0, p.rect[1].y0 + 4, p.rect[2].x1, p.rect[1].y1};
  return p;
}

// Before and change lead to after.
void draw_ties(StageContext& c, const std::array<HeatFrame, 3>& frames, const Places& places) {
  const LayerInfo* layer = chosen_layer(c.snapshot, c.selection);
  const std::optional<uint32_t> weight = weight_on_show(c.snapshot, c.readings, c.selection);
  if (layer == nullptr || !weight || !c.readings.step_ready) return;
  if (places.row) {
    draw_tie(c.canvas, *layer, frames[0], frames[1], *weight, false);
    draw_tie(c.canvas, *layer, frames[1], frames[2], *weight);
    return;
  }
  draw_tie(c.canvas, *layer, frames[0], frames[2], *weight);
  draw_tie_by(c.canvas, *layer, frames[1], frames[2], *weight,
              (places.rect[0].x1 + places.rect[2].x0) / 2);
}

}  // namespace

void draw_step_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  Rect rest = rect;
  draw_lengths(c, rest.cut_top(56));
  rest.cut_top(8);
  draw_layer_chooser(canvas, rest, c.snapshot, c.selection);
  const LongLabel words = optimizer_words(c.snapshot.spec);
  const std::array<HeatColumn, 3> columns = columns_of(c, words);
  const Places places = places_in(rest);
  std::array<HeatFrame, 3> frames;
  std::optional<uint32_t> pointed;
  for (size_t i = 0; i < 3; ++i) {
    frames[i] =
        draw_heat_column(canvas, places.rect[i], columns[i], c.snapshot, c.selection, c.requests);
    if (frames[i].hovered) pointed = frames[i].hovered;
  }
  draw_ties(c, frames, places);
  follow_largest(c.readings, c.snapshot, c.selection, frames[1]);
  const float end = draw_weight_equation(c, places.numbers);
  if (!places.row) {
    const Rect beside{places.numbers.x0, end + 12, places.numbers.x1, places.numbers.y1};
    // Where there is no room for the words, the title of the change explains it.
    if (canvas.paragraph_height(beside.width(), Type::small, words) <= beside.height())
      canvas.paragraph(beside, Type::small, Tone::soft, words);
  }
  c.selection.pointed = pointed;
}

}  // namespace downhill::ui
