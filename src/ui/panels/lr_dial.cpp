#include "ui/panels/lr_dial.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "imgui.h"
#include "ui/chart.hpp"
#include "ui/lr_scale.hpp"
#include "ui/lr_words.hpp"

namespace downhill::ui {
namespace {

constexpr float kPi = 3.14159265f;
// A gap of 90 degrees at the bottom; the scale runs clockwise from its left end.
constexpr float kFrom = 0.75f * kPi, kSweep = 1.5f * kPi;
// Share of the radius: a drag that begins outside turns the ring, one inside moves the number.
constexpr float kInner = 0.66f;
constexpr int kDecades = kLrLastDecade - kLrFirstDecade;

Vec on_circle(Vec center, float radius, float angle) {
  return {center.x + radius * std::cos(angle), center.y + radius * std::sin(angle)};
}

}  // namespace

float LrDial::angle_of(float position) { return kFrom + kSweep * position; }

float LrDial::position_of(Vec d) {
  float angle = std::atan2(d.y, d.x) - kFrom;
  while (angle < 0) angle += 2 * kPi;
  if (angle <= kSweep) return angle / kSweep;
  return angle - kSweep < (2 * kPi - kSweep) / 2 ? 1.0f : 0.0f;  // in the gap: the nearer end
}

// Green is the colour of a rate that works.
Tone verdict_tone(RateVerdict verdict) {
  return verdict == RateVerdict::good ? Tone::rate : Tone::ink;
}

// The engine answers a few frames later; until then the dial stays where the user put it.
float LrDial::shown_rate(const Snapshot& snapshot, double time) {
  return time - asked_at_ < 0.4 ? asked_ : snapshot.spec.lr;
}

void LrDial::ask_for(float lr, double time, Requests& requests) {
  lr = tidy_lr(lr);
  if (lr == asked_ && time - asked_at_ < 0.4) return;
  asked_ = lr;
  asked_at_ = time;
  requests.set("lr", rate(lr));
}

void LrDial::turn(Canvas& canvas, const Hit& hit, Vec center, float radius, float lr,
                  Requests& requests) {
  const Vec mouse = canvas.mouse();
  const Vec d{mouse.x - center.x, mouse.y - center.y};
  if (hit.pressed) {
    by_angle_ = std::hypot(d.x, d.y) > radius * kInner;
    pressed_at_ = mouse;
    pressed_rate_ = lr;
    focused_ = true;
  }
  if (!hit.held) return;
  if (by_angle_) {
    float position = position_of(d);
    // A drag across the gap stops at the end that it came from.
    const float now = lr_to_position(lr);
    if (std::abs(position - now) > 0.6f && !hit.pressed) position = now > 0.5f ? 1.0f : 0.0f;
    ask_for(position_to_lr(position), canvas.time(), requests);
    return;
  }
  // A drag from the middle: up or right raises the rate, 60 dp per decade, ten times finer with
  // Shift.
  const float way = (mouse.x - pressed_at_.x) - (mouse.y - pressed_at_.y);
  if (std::abs(way) < 4 && lr == pressed_rate_) return;
  const float fine = ImGui::GetIO().KeyShift ? 0.1f : 1.0f;
  ask_for(shift_lr(pressed_rate_, way / 60 * fine), canvas.time(), requests);
}

// Steps that are too small to change the rate add up: a hundred of a hundredth turn the dial as far
// as one of one.
void LrDial::roll(float decades, float lr, double time, Requests& requests) {
  const bool goes_on = lr == rolled_to_ && time - rolled_at_ < 1;
  if (!goes_on) {
    rolled_from_ = lr;
    rolled_ = 0;
  }
  rolled_ += decades;
  rolled_at_ = time;
  rolled_to_ = shift_lr(rolled_from_, rolled_);
  if (rolled_to_ != lr) {
    ask_for(rolled_to_, time, requests);
  } else if (lr == kMinLr || lr == kMaxLr) {
    rolled_ = 0;  // nothing adds up beyond the ends of the scale
  }
}

void LrDial::wheel_and_keys(Canvas& canvas, bool hovered, float lr, Requests& requests) {
  const ImGuiIO& io = ImGui::GetIO();
  const float fine = io.KeyShift ? 0.1f : 1.0f;
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left) && !hovered) focused_ = false;
  if (hovered && io.MouseWheel != 0) {
    const float notches = std::clamp(io.MouseWheel, -3.0f, 3.0f);
    roll(0.1f * notches * fine, lr, canvas.time(), requests);
  }
  if ((!focused_ && !hovered) || value_.editing() || io.WantTextInput) return;
  float decades = 0;
  if (ImGui::IsKeyPressed(ImGuiKey_UpArrow) || ImGui::IsKeyPressed(ImGuiKey_RightArrow))
    decades += 0.1f * fine;
  if (ImGui::IsKeyPressed(ImGuiKey_DownArrow) || ImGui::IsKeyPressed(ImGuiKey_LeftArrow))
    decades -= 0.1f * fine;
  if (ImGui::IsKeyPressed(ImGuiKey_PageUp)) decades += 1;
  if (ImGui::IsKeyPressed(ImGuiKey_PageDown)) decades -= 1;
  if (decades != 0) ask_for(shift_lr(lr, decades), canvas.time(), requests);
}

void LrDial::draw_scale(Canvas& canvas, Vec center, float radius, float lr) const {
  const float track = radius - 5;
  canvas.arc(center, track, kFrom, kFrom + kSweep, Tone::surface_deep, 10);
  const float position = lr_to_position(lr);
  canvas.arc(center, track, kFrom, angle_of(position), Tone::rate, 10);
  for (int i = 0; i <= kDecades; ++i) {
    for (int sub = 1; sub < 10; ++sub) {  // 2, 3, … 9 of each decade, closer and closer together
      if (i == kDecades && sub > 1) break;
      const float p = (static_cast<float>(i) + std::log10(static_cast<float>(sub))) /
                      static_cast<float>(kDecades);
      const float angle = angle_of(p);
      const float length = sub == 1 ? 7.0f : sub == 5 ? 4.0f : 2.5f;
      canvas.line(on_circle(center, radius + 4, angle),
                  on_circle(center, radius + 4 + length, angle),
                  sub == 1 ? Tone::faint : Tone::line_strong, 1);
    }
    const float angle = angle_of(static_cast<float>(i) / static_cast<float>(kDecades));
    const Label label = decade_text(kLrFirstDecade + i);
    const float w = canvas.width(Type::tiny, label), cap = canvas.metrics(Type::tiny).cap;
    const Vec at = on_circle(center, radius + 17, angle);
    const float ux = std::cos(angle), uy = std::sin(angle);
    canvas.text(at.x + (ux - 1) * w / 2, at.y + (uy + 1) * cap / 2, Type::tiny, Tone::faint, label);
  }
  const Vec knob = on_circle(center, track, angle_of(position));
  canvas.dot(knob, 10, Tone::paper);
  canvas.dot(knob, 8, Tone::rate);
}

void LrDial::draw_step_size(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                            float lr) const {
  const bool dialled = snapshot.spec.schedule == ScheduleKind::constant;
  const bool simple = step_is_plain(snapshot);
  const LongLabel words = step_size_words(snapshot, dialled ? lr : snapshot.status.lr);
  // The norm of the step alone, where there is no room for more; before the first one there is
  // only the gradient.
  const std::string_view whole = words.view();
  const std::string_view brief = whole.substr(std::min(whole.rfind("step"), whole.size()));
  canvas.text_in(rect, Type::small, Tone::soft, {whole, brief.empty() ? whole : brief},
                 Align::center);
  canvas.explain(
      rect, simple ? "The gradient says which way the loss rises and how steeply; the learning "
                     "rate says how far to go against it. Their product is the norm of the step "
                     "along the gradient of the last batch."
                   : "This step is more than rate × gradient: the optimizer remembers earlier "
                     "gradients, divides by their usual size, clips, freezes layers or adds weight "
                     "decay. Its size is measured: the L2 norm of the last change of all weights.");
}

// Marks the rate that the schedule has now.
void LrDial::draw_rate_now(const Snapshot& snapshot, Canvas& canvas, Vec center,
                           float radius) const {
  const Label words = rate_now_words(snapshot);
  if (words.empty()) return;
  const float angle = angle_of(lr_to_position(snapshot.status.lr));
  const float track = radius - 5;
  const Vec at = on_circle(center, track, angle);
  canvas.dot(at, 6.5f, Tone::paper);
  canvas.ring(at, 5, Tone::rate, 2);
  canvas.explain(Rect::around(at, 9), LongLabel("The schedule has set the rate to ")
                                          .add(rate(snapshot.status.lr))
                                          .add(". The dial sets what it starts from."));
  const auto line = [&](float y, std::string_view text) {
    canvas.text_center(center.x, canvas.baseline(Type::small, y), Type::small, Tone::soft, text);
  };
  if (canvas.width(Type::small, words) < radius * 1.3f) return line(center.y + 34, words);
  const size_t comma = words.view().find(", ");
  line(center.y + 31, words.view().substr(0, comma));
  line(center.y + 47, words.view().substr(comma + 2));
}

// Marks the largest rate at which this optimizer is stable, once the sharpness has been measured.
void LrDial::draw_stable_mark(const Snapshot& snapshot, Canvas& canvas, Vec center,
                              float radius) const {
  const auto& found = snapshot.findings.sharpness;
  if (!found) return;
  const OptimizerRow& optimizer = kOptimizers[snapshot.spec.optimizer];
  const float most =
      stable_lr(snapshot.spec.optimizer, snapshot.status.momentum, found->eigenvalue);
  if (!(most >= kMinLr) || most > kMaxLr) return;
  const float angle = angle_of(lr_to_position(most));
  const bool fresh = found->step == snapshot.status.step;
  const Tone tone = fresh ? Tone::ink : Tone::faint;
  canvas.line(on_circle(center, radius - 14, angle), on_circle(center, radius + 8, angle), tone, 2);
  const Vec at = on_circle(center, radius - 27, angle);
  const std::string_view name = snapshot.spec.optimizer == OptimizerKind::sgd ? "2/λ" : "limit";
  const float half = canvas.width(Type::tiny, name) / 2;
  const Rect words{at.x - half, at.y - 7, at.x + half, at.y + 7};
  canvas.text_in(words, Type::tiny, tone, name);
  LongLabel help("The largest stable rate of ");
  help.add(optimizer.words.label)
      .add(", ")
      .add(optimizer.limit)
      .add(" = ")
      .add(rate(tidy_lr(most)));
  help.add(", where λ is the sharpness of batch ").add(count(found->batch));
  help.add(" with the weights of step ").add(count(found->step));
  help.add(". Above it, training on this batch alone diverges.");
  canvas.explain(words.inset(-6), help);
}

void LrDial::draw_title(ToolContext& c, const Rect& rect) const {
  Canvas& canvas = c.canvas;
  Rect words = rect;
  const float title = canvas.width(Type::strong, "Learning rate") + 8;
  for (size_t i = 0; i < kTools.size(); ++i) {
    const ToolRow& tool = kTools[i];
    const float w = canvas.width(Type::body, tool.label) + 28;
    if (i > 0 && words.width() < title + w) break;
    if (button(canvas, tool.name, words.cut_right(w), ButtonLook::outlined,
               {.label = tool.label, .help = tool.help}, c.snapshot.status.ready))
      open_tool(c, i, true);
    words.cut_right(8);
  }
  canvas.text_in(words, Type::strong, Tone::ink, "Learning rate");
  canvas.explain(
      {words.x0, words.y0, words.x0 + 100, words.y1},
      "How large a step is. Too small: the loss hardly falls. Too large: it jumps or diverges.");
}

void LrDial::draw(ToolContext& c, const Rect& rect) {
  const Snapshot& snapshot = c.snapshot;
  Canvas& canvas = c.canvas;
  Rect rest = rect;
  const Rect title = rest.cut_top(26);
  const float lr = shown_rate(snapshot, canvas.time());
  // The verdict is above the size of the step; on a low dial it stands alone.
  const bool both = rest.height() > 200;
  const float foot = both ? 42.0f : 24.0f;  // for the words below the circle
  rest.cut_bottom(foot);
  constexpr float kLabels = 28;  // dp for the labels around the circle
  // The lower ends of the scale lie 0.71 radii below the centre.
  const float radius = std::min((rest.height() - 1.71f * kLabels) / 1.71f, rest.width() / 2 - 52);
  if (radius < 24) {
    draw_strip(c, rect);
    return;
  }
  draw_title(c, title);
  const Vec center{rest.center().x, rest.y0 + kLabels - 4 + radius};
  const Rect place = Rect::around(center, radius + 6);
  Hit hit;
  if (value_.editing()) {
    canvas.note_widget("lr-dial", place);
  } else {
    hit = canvas.hit("lr-dial", place);
    turn(canvas, hit, center, radius, lr, c.requests);
  }
  wheel_and_keys(canvas, hit.hovered, lr, c.requests);
  if (!hit.held) {
    canvas.explain(place,
                   "Turn it while the model trains: it takes effect at the next step. Wheel and "
                   "arrow keys work too (Shift: finer). Click the number to type.");
  }
  draw_scale(canvas, center, radius, lr);
  draw_stable_mark(snapshot, canvas, center, radius);
  draw_rate_now(snapshot, canvas, center, radius);
  draw_number(canvas, hit, center, radius, lr, c.requests);
  const float low = center.y + 0.71f * radius + kLabels - 4;
  Rect words{rect.x0, low, rect.x1, low + foot};
  draw_verdict(snapshot, canvas, words.cut_top(both ? 20.0f : 24.0f), lr);
  if (both) draw_step_size(snapshot, canvas, words, lr);
}

// What one step of the dial's rate does: the word first, as many details as there is room for.
void LrDial::draw_verdict(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                          float lr) const {
  if (!snapshot.valley) return;
  const float judged = judged_rate(snapshot, lr);
  const RateVerdict verdict = judge_rate(*snapshot.valley, judged);
  const std::string_view word = verdict_word(verdict);
  const LongLabel details = verdict_brief(*snapshot.valley, judged);
  LongLabel help = verdict_sentence(*snapshot.valley, judged);
  help.add(" Measured on the batch ")
      .add(snapshot.valley->made ? "of step " : "after step ")
      .add(count(snapshot.valley->step))
      .add(".");
  canvas.note_widget("verdict", rect);
  canvas.explain(rect, help);
  if (word.empty()) return canvas.text_in(rect, Type::small, Tone::soft, details, Align::center);
  const float name = canvas.width(Type::small_strong, word) + 8;
  const float all = name + canvas.width(Type::small, details);
  const bool fits = all <= rect.width();
  float x = rect.center().x - (fits ? all : name - 8) / 2;
  const float baseline = canvas.baseline(Type::small, rect.center().y);
  x += canvas.text(x, baseline, Type::small_strong, verdict_tone(verdict), word) + 8;
  if (fits) canvas.text(x, baseline, Type::small, Tone::soft, details);
}

void LrDial::draw_number(Canvas& canvas, const Hit& hit, Vec center, float radius, float lr,
                         Requests& requests) {
  const Rect box = Rect::at(center.x - radius * 0.62f, center.y - 20, radius * 1.24f, 40);
  const Label text = rate(lr);
  if (value_.editing()) {
    if (const auto typed =
            value_.draw(canvas, "lr-value", box, text, Type::heading, {}, Align::center))
      requests.set("lr", *typed);
    return;
  }
  const Type type = canvas.width(Type::display, text) < box.width() ? Type::display : Type::heading;
  canvas.text_center(center.x, canvas.baseline(type, center.y), type, Tone::ink, text);
  canvas.note_widget("lr-value", box);
  canvas.note_field(box, Keyboard::numbers);
  const bool unmoved = lr == pressed_rate_ || !hit.held;
  if (hit.clicked && !by_angle_ && unmoved && box.contains(canvas.mouse())) {
    value_.begin_edit();
    value_.draw(canvas, "lr-value", box, text, Type::heading, {}, Align::center);
  }
}

// The verdict and the rate, which can be typed.
void LrDial::draw_strip_words(ToolContext& c, const Rect& words, float lr) {
  const Snapshot& snapshot = c.snapshot;
  Canvas& canvas = c.canvas;
  const Rect caption{words.x0, words.center().y - 19, words.x1, words.center().y - 2};
  const RateVerdict verdict =
      snapshot.valley ? judge_rate(*snapshot.valley, judged_rate(snapshot, lr)) : RateVerdict::unknown;
  if (verdict == RateVerdict::unknown) {
    canvas.text_in(caption, Type::small, Tone::faint, "Learning rate");
  } else {
    canvas.note_widget("verdict", caption);
    Rect rest = caption;
    const float width = canvas.width(Type::small_strong, verdict_word(verdict));
    for (const std::string_view name : {"Learning rate", "Rate"}) {
      if (canvas.width(Type::small, name) + 8 + width > caption.width()) continue;
      rest.x0 += canvas.text(caption.x0, canvas.baseline(Type::small, caption.center().y),
                             Type::small, Tone::faint, name) + 8;
      break;
    }
    canvas.text_in(rest, Type::small_strong, verdict_tone(verdict), verdict_word(verdict));
    canvas.explain(caption, verdict_sentence(*snapshot.valley, judged_rate(snapshot, lr)));
  }
  const Label text = rate(lr);
  const float box = std::min(canvas.width(Type::strong, text) + 21, words.width());
  const Rect field{words.x0, words.center().y, words.x0 + (value_.editing() ? words.width() : box),
                   std::min(words.center().y + 28, words.y1)};
  if (const auto typed = value_.draw(canvas, "lr-value", field, text, Type::strong))
    c.requests.set("lr", *typed);
  if (rate_now_words(snapshot).empty()) return;
  const Label now = Label("now ").add(rate(snapshot.status.lr));
  const float x = field.x1 + 6;
  if (x + canvas.width(Type::small, now) <= words.x1)
    canvas.text(x, canvas.baseline(Type::small, field.center().y), Type::small, Tone::soft, now);
}

void LrDial::draw_strip(ToolContext& c, const Rect& rect) {
  const Snapshot& snapshot = c.snapshot;
  Canvas& canvas = c.canvas;
  const float lr = shown_rate(snapshot, canvas.time());
  Rect rest = rect;
  if (rect.width() >= 260) {
    const Rect find = rest.cut_right(52);
    const float h = std::min(40.0f, rect.height());
    const ToolRow& tool = kTools[0];
    if (button(canvas, tool.name, Rect::at(find.x0, find.center().y - h / 2, 52, h),
               ButtonLook::quiet, {.label = tool.label, .help = tool.help}, snapshot.status.ready))
      open_tool(c, 0, true);
    rest.x1 -= 4;
  }
  draw_strip_words(c, rest.cut_left(std::min(96.0f, rect.width() * 0.3f)), lr);
  Rect track = rest.inset(8, 0);
  const float y = track.center().y - 6;
  const Rect slide{track.x0, y - 20, track.x1, y + 20};
  wheel_and_keys(canvas, canvas.hovering(slide), lr, c.requests);
  const auto moved = slider(canvas, "lr-dial", slide, lr_to_position(lr), Tone::rate);
  if (moved) ask_for(position_to_lr(*moved), canvas.time(), c.requests);
  if (!rate_now_words(snapshot).empty()) {
    const float x = track.x0 + 8 + (track.width() - 16) * lr_to_position(snapshot.status.lr);
    canvas.dot({x, y}, 6, Tone::paper);
    canvas.ring({x, y}, 4.5f, Tone::rate, 2);
  }
  for (int i = 0; i <= kDecades; ++i) {
    const float x = track.x0 + 8 + (track.width() - 16) * static_cast<float>(i) / kDecades;
    canvas.rule_down(x, y + 11, y + 15, Tone::line_strong);
    if (i % 2 != 0)
      canvas.text_center(x, y + 26, Type::tiny, Tone::faint, decade_text(kLrFirstDecade + i));
  }
}

}  // namespace downhill::ui
