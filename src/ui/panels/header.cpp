#include "ui/panels/header.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "imgui.h"

namespace downhill::ui {
namespace {

struct FieldPlace {
  std::string_view name;  // of the spec's field
  float width;
  bool group_ends;  // more room after it
};
// In the order in which an experiment is thought of: what learns, from what, for how long.
constexpr std::array<FieldPlace, 7> kPlaces = {{{"model", 228, true},
                                                {"loss", 134, false},
                                                {"init", 100, true},
                                                {"batch", 72, false},
                                                {"shuffle", 56, true},
                                                {"epochs", 64, false},
                                                {"seed", 96, false}}};
constexpr float kBetween = 12, kBetweenGroups = 24, kLabel = 18, kControl = 32;

// What a choice is called on screen, and what it means. The names in links stay short.
struct ChoiceText {
  std::string_view field, value, label, meaning;
};
constexpr std::array<ChoiceText, 7> kChoiceTexts = {{
    {"loss", "mnist", "book loss", "distance of the score from the truth"},
    {"loss", "bce", "cross-entropy", "surprise at the truth; punishes sure mistakes"},
    {"loss", "mse", "squared error", "squared distance of the output from the truth"},
    {"init", "pytorch", "PyTorch", "even, within 1/√inputs"},
    {"init", "normal", "N(0, 1)", "bell curve, far too wide for deep models"},
    {"init", "he", "He", "bell curve, made for ReLU"},
    {"init", "zero", "zero", "all the same: watch what cannot be learned"},
}};

const ChoiceText* choice_text(std::string_view field, std::string_view value) {
  for (const ChoiceText& text : kChoiceTexts) {
    if (text.field == field && text.value == value) return &text;
  }
  return nullptr;
}

LongLabel help_of(const SpecField& field) {
  LongLabel help(field.help);
  if (field.effect == FieldEffect::rebuild) help.add(" A change starts the run again.");
  return help;
}

Label widths_text(const ModelSpec& model) {
  Label text;
  for (size_t i = 0; i < model.hidden.size(); ++i)
    text.format(i == 0 ? "%u" : ", %u", model.hidden[i]);
  return text;
}

}  // namespace

float Header::controls_width() {
  float w = 0;
  for (const FieldPlace& place : kPlaces)
    w += place.width + (place.group_ends ? kBetweenGroups : kBetween);
  return w - kBetween;
}

float Header::controls_height(float width) {
  float x = 0, rows = 1;
  for (const FieldPlace& place : kPlaces) {
    if (x > 0 && x + place.width > width + 0.5f) {
      x = 0;
      rows += 1;
    }
    x += place.width + (place.group_ends ? kBetweenGroups : kBetween);
  }
  return rows * (kLabel + kControl) + (rows - 1) * 16;
}

void Header::draw_wordmark(Canvas& canvas, Vec at) const {
  // A ball on its way down.
  const float x = at.x, y = at.y;
  for (int i = 0; i < 20; ++i) {
    const auto slope = [&](int k) {
      const float t = static_cast<float>(k) / 20;
      return Vec{x + 24 * t, y - 16 + 15 * (1 - (1 - t) * (1 - t) * (1 - t))};
    };
    canvas.line(slope(i), slope(i + 1), Tone::ink, 2);
  }
  canvas.dot({x + 10.5f, y - 10.5f}, 3.5f, Tone::rate);
  canvas.text(x + 34, y, Type::heading, Tone::ink, "Downhill");
}

void Header::draw(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests) {
  const bool phone = rect.width() < 700;
  const float pad = phone ? 16.0f : 24.0f;
  Rect inner = rect.inset(pad, 0);
  canvas.rule(rect.x0, rect.x1, rect.y1, Tone::line);
  const float link_width = phone ? 44.0f : 40.0f;
  const float wordmark = 34 + canvas.width(Type::heading, "Downhill");
  const float controls = controls_width();
  const bool room = inner.width() >= wordmark + 32 + controls + 16 + link_width;

  const Rect link = inner.cut_right(link_width);
  const float button_y = room ? rect.y0 + 12 + kLabel : rect.center().y - link_width / 2;
  if (button(canvas, "copy-link",
             Rect::at(link.x0, button_y, link_width, room ? kControl : link_width),
             ButtonLook::quiet,
             {.icon = canvas.time() - copied_at_ < 2 ? std::string_view("✓")
                                                     : std::string_view("\xEE\x85\x97"),
              .help = "Copy a link to this very experiment. Whoever opens it sees the same run, "
                      "number for number."})) {
    requests.copy_link = true;
    copied_at_ = canvas.time();
  }
  inner.x1 -= 8;
  if (room) {
    const Rect place{inner.x1 - controls, rect.y0 + 12, inner.x1, rect.y1};
    draw_wordmark(canvas, {inner.x0, rect.y0 + 12 + kLabel + 20});
    const float quiet = inner.x0 + wordmark + 20;
    constexpr std::string_view kLine = "a machine learns 3 from 7";
    if (quiet + canvas.width(Type::small, kLine) + 24 < place.x0) {
      canvas.text(quiet, rect.y0 + 12 + kLabel + 20, Type::small, Tone::faint, kLine);
    }
    draw_controls(snapshot, canvas, place, requests);
  } else {
    draw_wordmark(canvas, {inner.x0, rect.center().y + canvas.metrics(Type::heading).cap / 2});
    const Rect place{inner.x0 + wordmark + 16, rect.center().y - 20, inner.x1,
                     rect.center().y + 20};
    draw_sheet(snapshot, canvas, place, requests);
  }
}

// Narrow: the experiment in words, and a sheet with the controls behind it.
void Header::draw_sheet(const Snapshot& snapshot, Canvas& canvas, const Rect& place,
                        Requests& requests) {
  const ExperimentSpec& spec = snapshot.spec;
  Label words;
  if (spec.model.hidden.empty()) {
    words.add("linear");
  } else {
    words.add("MLP ").add(widths_text(spec.model));
  }
  const ChoiceText* loss = choice_text("loss", kLossNames[static_cast<size_t>(spec.loss)]);
  if (loss != nullptr) words.add(" · ").add(loss->label);
  words.format(" · batch %u", spec.batch);
  // The model alone where there is no room for all of it.
  if (canvas.width(Type::small, words) + 40 > place.width())
    words = Label(words.view().substr(0, words.view().find(" · ")));
  const float wanted = canvas.width(Type::small, words) + 40;
  const Rect rect{std::max(place.x0, place.x1 - wanted), place.y0, place.x1, place.y1};
  const Hit hit = canvas.hit("experiment", rect);
  if (hit.hovered || hit.held) canvas.fill(rect, Tone::surface, 6);
  const float icon = 22;
  canvas.text_in({rect.x0 + 8, rect.y0, rect.x1 - icon - 8, rect.y1}, Type::small, Tone::soft,
                 words, Align::right);
  canvas.text_right(rect.x1 - 6, canvas.baseline(Type::body, rect.center().y), Type::body,
                    Tone::soft, "\xEE\x90\xA9");
  if (hit.clicked) ImGui::OpenPopup("experiment sheet");

  const float s = canvas.scale();
  const Rect page = canvas.page();
  const float width = std::min(420.0f, page.width() - 16);
  const float height = std::min(controls_height(width - 32) + 32, page.height() - rect.y1 - 8);
  const Rect sheet = Rect::at(page.x1 - width - 8, rect.y1 + 4, width, height);
  ImGui::SetNextWindowPos({std::round(sheet.x0 * s), std::round(sheet.y0 * s)});
  ImGui::SetNextWindowSize({sheet.width() * s, sheet.height() * s});
  if (!ImGui::BeginPopup("experiment sheet", ImGuiWindowFlags_NoMove)) return;
  canvas.enter_layer(1);
  canvas.outline(sheet, Tone::line_strong, 8);
  draw_controls(snapshot, canvas, sheet.inset(16), requests);
  ImGui::EndPopup();
  canvas.leave_layer();
}

float Header::draw_controls(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                            Requests& requests) {
  float x = rect.x0, y = rect.y0;
  for (const FieldPlace& place : kPlaces) {
    const float width = std::min(place.width, rect.width());
    if (x > rect.x0 && x + width > rect.x1 + 0.5f) {
      x = rect.x0;
      y += kLabel + kControl + 16;
    }
    draw_field(snapshot, canvas, place.name, Rect::at(x, y, width, kLabel + kControl), requests);
    x += width + (place.group_ends ? kBetweenGroups : kBetween);
  }
  return y + kLabel + kControl - rect.y0;
}

void Header::draw_field(const Snapshot& snapshot, Canvas& canvas, std::string_view name,
                        const Rect& rect, Requests& requests) {
  const SpecField* field = find_spec_field(name);
  if (field == nullptr) return;
  Rect control = rect;
  const Rect caption = control.cut_top(kLabel);
  canvas.text_in({caption.x0, caption.y0, caption.x1, caption.y1 - 6}, Type::tiny, Tone::faint,
                 field->label);
  canvas.explain(caption, help_of(*field));
  if (name == "model") return draw_model(snapshot, canvas, control, requests);
  if (name == "loss" || name == "init")
    return draw_menu_field(snapshot, canvas, name, control, requests);
  const std::string value = field->print(snapshot.spec);
  const LongLabel help = help_of(*field);
  if (name == "shuffle") {
    const bool on = snapshot.spec.shuffle;
    if (toggle(canvas, name, control, on, help)) requests.set(name, on ? "false" : "true");
    return;
  }
  TextField& text = name == "seed" ? seed_ : name == "batch" ? batch_ : epochs_;
  Rect box = control;
  if (name == "seed") {
    const Rect dice = box.cut_right(32);
    box.x1 -= 4;
    if (button(canvas, "new-seed", dice, ButtonLook::quiet,
               {.icon = "⚄",
                .help = "The next seed: other first weights, another order of the images."})) {
      requests.set("seed", std::to_string(snapshot.spec.seed + 1));
    }
  }
  if (const auto typed = text.draw(canvas, name, box, value, Type::body, help))
    requests.set(name, *typed);
}

void Header::draw_menu_field(const Snapshot& snapshot, Canvas& canvas, std::string_view name,
                             const Rect& rect, Requests& requests) {
  const SpecField& field = *find_spec_field(name);
  constexpr size_t kMost = 8;
  std::array<std::string_view, kMost> labels, meanings;
  const size_t n = std::min(field.choices.size(), kMost);
  const std::string value = field.print(snapshot.spec);
  int chosen = -1;
  for (size_t i = 0; i < n; ++i) {
    const ChoiceText* text = choice_text(name, field.choices[i]);
    labels[i] = text != nullptr ? text->label : field.choices[i];
    meanings[i] = text != nullptr ? text->meaning : std::string_view();
    if (field.choices[i] == value) chosen = static_cast<int>(i);
  }
  const auto clicked = menu(canvas, name, rect, std::span(labels).first(n),
                            std::span(meanings).first(n), chosen, help_of(field));
  if (clicked) requests.set(name, field.choices[static_cast<size_t>(*clicked)]);
}

void Header::draw_model(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                        Requests& requests) {
  constexpr std::array<std::string_view, 2> kKinds = {"Linear", "MLP"};
  const SpecField& field = *find_spec_field("model");
  const bool deep = !snapshot.spec.model.hidden.empty();
  Rect box = rect;
  const Rect kinds = box.cut_left(128);
  box.x0 += 6;
  if (const auto clicked =
          segmented(canvas, "model", kinds, kKinds, deep ? 1 : 0, help_of(field))) {
    requests.set("model", *clicked == 0 ? "linear" : "mlp:30");
  }
  if (!deep) return;
  const Label value = widths_text(snapshot.spec.model);
  const auto typed =
      widths_.draw(canvas, "widths", box, value, Type::body,
                   "Hidden units, layer by layer: 30, or 128, 64. A change starts the run again.");
  if (!typed) return;
  std::string model = "mlp:";
  for (const char c : *typed) {
    if (c != ' ') model += c;
  }
  requests.set("model", model);
}

}  // namespace downhill::ui
