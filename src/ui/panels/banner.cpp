#include "ui/panels/banner.hpp"

#include "ui/glyphs.hpp"
#include "ui/spec_words.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

constexpr float kClose = 32, kPad = 12, kSign = 28;

}  // namespace

Banner::Kind Banner::kind(const Snapshot& snapshot, std::string_view engine_failure) const {
  const Status& s = snapshot.status;
  if (!engine_failure.empty()) return Kind::failure;
  // Health comes first: going back also fixes what was refused after the run diverged.
  if (s.health != Health::fine && !s.diagnosis.empty() && s.trouble_step != dismissed_trouble_)
    return Kind::health;
  if (!s.error.empty() && s.error != dismissed_error_) return Kind::error;
  return Kind::none;
}

std::string Banner::sentence(Kind kind, const Snapshot& snapshot,
                             std::string_view engine_failure) const {
  switch (kind) {
    case Kind::failure:
      return std::string(engine_failure);
    case Kind::health:
      return snapshot.status.diagnosis;
    case Kind::error:
      return readable_error(snapshot.status.error);
    case Kind::none:
      break;
  }
  return {};
}

Banner::Remedy Banner::remedy(Kind kind, const Snapshot& snapshot, const Canvas& canvas,
                              float width) {
  Remedy r;
  if (kind == Kind::failure) r.label = "Restart the engine";
  if (kind == Kind::health && snapshot.status.can_recover)
    r.label = Label("Back to step ").add(count(snapshot.status.good_step));
  if (!r.label.empty()) r.width = canvas.width(Type::body, r.label) + 32;
  r.stacked = width - r.width - kClose - kSign - 3 * kPad < 240;
  return r;
}

float Banner::height(const Remedy& remedy, const Canvas& canvas, std::string_view words,
                     float width) {
  const bool has_button = remedy.width > 0;
  const float text = width - (remedy.stacked ? 0 : remedy.width + kPad) - kClose - kSign - 2 * kPad;
  const float lines = canvas.paragraph_height(text, Type::body, words);
  return std::max(lines, remedy.stacked || !has_button ? 20.0f : 32.0f) +
         (remedy.stacked && has_button ? 44.0f : 0.0f) + 2 * kPad;
}

void Banner::draw(const Snapshot& snapshot, std::string_view engine_failure, Canvas& canvas,
                  const Rect& stage, Requests& requests) {
  // A dismissed message returns when its trouble happens again after a healthy spell.
  if (snapshot.status.health == Health::fine) dismissed_trouble_ = ~uint64_t{0};
  if (snapshot.status.error.empty()) dismissed_error_.clear();
  const Kind what = kind(snapshot, engine_failure);
  if (what == Kind::none || stage.empty()) return;
  const std::string words =
      drawable(*canvas.theme().font(Type::body), sentence(what, snapshot, engine_failure));
  const Remedy way_out = remedy(what, snapshot, canvas, stage.width());
  Rect rest = stage;
  const Rect rect = rest.cut_bottom(height(way_out, canvas, words, stage.width()));
  canvas.begin_overlay("banner", rect);
  draw_content(what, words, way_out, snapshot, canvas, rect, requests);
  canvas.end_overlay();
}

void Banner::draw_content(Kind what, std::string_view words, const Remedy& way_out,
                          const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                          Requests& requests) {
  canvas.fill(rect, Tone::surface_deep, 8);
  canvas.outline(rect, Tone::line_strong, 8);
  Rect inner = rect.inset(kPad);
  const Rect sign = inner.cut_left(kSign);
  const bool bad = what == Kind::failure || what == Kind::health;
  const auto [label, w, stacked] = way_out;
  if (what != Kind::failure) {
    const Rect close = inner.cut_right(kClose);
    if (button(
            canvas, "banner-close",
            Rect::at(close.x0,
                     label.empty() || stacked ? rect.y0 + kPad - 6 : rect.center().y - kClose / 2,
                     kClose, kClose),
            ButtonLook::quiet, {.icon = "✕", .help = "Dismiss."})) {
      if (what == Kind::error) dismissed_error_ = snapshot.status.error;
      if (what == Kind::health) dismissed_trouble_ = snapshot.status.trouble_step;
    }
  }
  if (!label.empty()) {
    Rect place = stacked ? inner.cut_bottom(36) : inner.cut_right(w + kPad);
    place = stacked ? Rect::at(place.x0, place.y0, w, 36)
                    : Rect::at(place.x0 + kPad / 2, rect.center().y - 16, w, 32);
    const bool failure = what == Kind::failure;
    if (button(
            canvas, failure ? "restart-engine" : "recover", place, ButtonLook::primary,
            {.label = label,
             .help = failure
                         ? "Start a new engine with this experiment. All training so far is lost."
                         : "Take back all steps since then, when all was well. If the rate was "
                           "too large from the start, a tenth of it takes its place."})) {
      if (failure) {
        requests.restart_engine = true;
      } else {
        requests.add(CommandKind::recover);
      }
    }
  }
  // The text is centred in the row; one that fills it begins at the top.
  const float lines = canvas.paragraph_height(inner.width(), Type::body, words);
  const float top = inner.y0 + std::max(0.0f, (inner.height() - lines) / 2);
  canvas.text(sign.x0 + 2,
              top + (canvas.metrics(Type::body).line + canvas.metrics(Type::body).cap) / 2,
              Type::body, Tone::ink, bad ? "⚠" : "ℹ");
  canvas.paragraph({inner.x0, top, inner.x1, inner.y1}, Type::body, Tone::ink, words);
}

}  // namespace downhill::ui
