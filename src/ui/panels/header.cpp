#include "ui/panels/header.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "imgui.h"

namespace downhill::ui {
namespace {

struct HeaderField {
  std::string_view name;  // of the spec's field
  float width;            // least width, dp
  float share;            // of the width left over
};
// In the order in which one thinks of an experiment: the data, the model, how it learns.
constexpr std::array<HeaderField, 6> kPlaces = {{{"digits", 96, 0.15f},
                                                 {"model", 116, 0.4f},
                                                 {"loss", 136, 0.25f},
                                                 {"optimizer", 112, 0.2f},
                                                 {"batch", 68, 0},
                                                 {"seed", 88, 0}}};
constexpr float kBetween = 10, kLabel = 18, kControl = 32, kExperiment = 124;
constexpr std::string_view kTune = "\xEE\x90\xA9", kLink = "\xEE\x85\x97",
                           kDownload = "\xEE\x8B\x84";

// The least width of all controls together.
float least_controls() {
  float w = kExperiment;
  for (const HeaderField& place : kPlaces) w += place.width + kBetween;
  return w;
}

}  // namespace

void Header::draw_wordmark(Canvas& canvas, Vec at) const {
  // A ball rolling downhill.
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

void Header::draw(const Snapshot& snapshot, const SpecTexts& texts, const Loading& loading,
                  Canvas& canvas, const Rect& rect, Selection& selection, Requests& requests) {
  Frame f{snapshot, texts, loading, canvas, selection, requests};
  const bool phone = rect.width() < 700;
  const bool hidden = selection.hides(PagePart::experiment);
  Rect inner = rect.inset(phone ? 16.0f : 24.0f, 0);
  canvas.rule(rect.x0, rect.x1, rect.y1, Tone::line);
  const float sign = phone ? 40.0f : 36.0f;
  const float wordmark = 34 + canvas.width(Type::heading, "Downhill");
  const bool room = inner.width() >= wordmark + 28 + least_controls() + 16 + 2 * sign;
  const float height = room ? kControl : sign + 4;
  const float top = room ? rect.y0 + 12 + kLabel : rect.center().y - height / 2;
  const Rect link = inner.cut_right(sign), files = inner.cut_right(sign);
  draw_link(f, Rect::at(link.x0, top, sign, height));
  draw_files(f, Rect::at(files.x0, top, sign, height));
  inner.x1 -= 8;
  if (!room) {
    draw_wordmark(canvas, {inner.x0, rect.center().y + canvas.metrics(Type::heading).cap / 2});
    if (!hidden)
      draw_words(f,
                 {inner.x0 + wordmark + 12, rect.center().y - 20, inner.x1, rect.center().y + 20});
    return;
  }
  draw_wordmark(canvas, {inner.x0, rect.y0 + 12 + kLabel + 20});
  if (hidden) return;
  const float spare = inner.width() - wordmark - 28 - least_controls();
  const float extra = std::min(spare, 200.0f);
  const Rect place{inner.x1 - least_controls() - extra, rect.y0 + 12, inner.x1, rect.y1};
  draw_controls(f, place, extra);
}

void Header::draw_controls(Frame& f, const Rect& rect, float extra) {
  float x = rect.x0;
  for (const HeaderField& place : kPlaces) {
    const float width = place.width + place.share * extra;
    draw_field(f, place.name, Rect::at(x, rect.y0, width, kLabel + kControl));
    x += width + kBetween;
  }
  draw_experiment_button(f, {x, rect.y0 + kLabel, rect.x1, rect.y0 + kLabel + kControl});
}

void Header::draw_field(Frame& f, std::string_view name, const Rect& rect) {
  const SpecField* field = find_spec_field(name);
  if (field == nullptr) return;
  Rect control = rect;
  const Rect caption = control.cut_top(kLabel);
  if (name == "digits" && has_points(f.snapshot.spec.data))
    return draw_field(f, "data", rect);  // in its place: there are none
  const bool loading = name == "digits" && f.snapshot.status.loading;
  const Label words = !loading              ? Label(field->label)
                      : f.loading.total > 0 ? loading_words(f.loading)
                                            : Label("Digits: loading");
  f.canvas.text_in({caption.x0, caption.y0, caption.x1, caption.y1 - 6}, Type::tiny,
                   loading ? Tone::soft : Tone::faint, words);
  f.canvas.explain(
      caption,
      loading ? LongLabel("The other digits are loading. The run stays as it is until they arrive.")
              : field_help(*field));
  if (name == "digits") return draw_digits(f, *field, control);
  if (name == "model") return draw_model(f, *field, control);
  if (name == "seed") return draw_seed(f, *field, control);
  if (!field->choices.empty()) return draw_choice(f, *field, control);
  if (const auto typed =
          batch_.draw(f.canvas, name, control, f.texts[name], Type::body, field_help(*field)))
    f.requests.set(name, *typed);
}

void Header::draw_seed(Frame& f, const SpecField& field, const Rect& rect) {
  Rect box = rect;
  const Rect dice = box.cut_right(32);
  box.x1 -= 4;
  if (button(f.canvas, "new-seed", dice, ButtonLook::quiet,
             {.icon = "⚄",
              .help = "The next seed: other initial weights, another order of the images."})) {
    f.requests.set("seed", std::to_string(f.snapshot.spec.seed + 1));
  }
  if (const auto typed =
          seed_.draw(f.canvas, "seed", box, f.texts["seed"], Type::body, field_help(field)))
    f.requests.set("seed", *typed);
}

void Header::draw_choice(Frame& f, const SpecField& field, const Rect& rect) {
  const auto clicked = menu_.draw(f.canvas, field.name, rect, field, f.texts[field.name]);
  if (clicked) f.requests.set(field.name, *clicked);
}

// The usual choices, the current one if it is none of them, and a way to all others.
void Header::draw_digits(Frame& f, const SpecField& field, const Rect& rect) {
  const std::string_view digits = f.snapshot.spec.digits;
  const auto clicked =
      menu_.draw_open(f.canvas, "digits", rect, field, digits, digits_words(digits), {});
  if (f.snapshot.status.loading)
    draw_loading_bar(f.canvas, {rect.x0 + 4, rect.y1 + 3, rect.x1 - 4, rect.y1 + 6}, f.loading);
  if (!clicked) return;
  if (*clicked == FieldMenu::kOthers) {
    f.selection.panel = Panel::experiment;
  } else {
    f.requests.set(edits_for_digits(f.snapshot.spec, *clicked));
  }
}

void Header::draw_model(Frame& f, const SpecField& field, const Rect& rect) {
  const auto clicked =
      menu_.draw_open(f.canvas, "model", rect, field, f.texts["model"],
                      model_words(f.snapshot.spec.model), "other widths, or layers of your own");
  if (!clicked) return;
  if (*clicked == FieldMenu::kOthers) {
    f.selection.panel = Panel::experiment;
  } else {
    f.requests.set("model", *clicked);
  }
}

void Header::draw_experiment_button(Frame& f, const Rect& rect) {
  const bool open = f.selection.panel == Panel::experiment;
  if (open) f.canvas.fill(rect, Tone::surface_deep, 6);
  if (button(f.canvas, "experiment", rect, ButtonLook::outlined,
             {.label = "Experiment",
              .icon = kTune,
              .help = open ? "Back to the stage."
                           : "Every choice: data, layers, optimizer, schedule; and published "
                             "experiments to start from."})) {
    f.selection.panel = open ? Panel::steps : Panel::experiment;
  }
}

void Header::draw_words(Frame& f, const Rect& place) {
  Canvas& canvas = f.canvas;
  const ExperimentSpec& spec = f.snapshot.spec;
  Label words =
      has_points(spec.data) ? Label(kData[spec.data].words.label) : digits_words(spec.digits);
  words.add(" · ").add(model_words(spec.model));
  const auto with_rest = [&] {
    Label all = words;
    all.add(" · ").add(choice_words("loss", f.texts["loss"]).label);
    return all.add(" · ").add(choice_words("optimizer", f.texts["optimizer"]).label);
  };
  if (canvas.width(Type::small, with_rest()) + 40 <= place.width()) {
    words = with_rest();
  } else if (canvas.width(Type::small, words) + 40 > place.width()) {
    words = model_words(spec.model);
  }
  const float wanted = canvas.width(Type::small, words) + 42;
  const Rect rect{std::max(place.x0, place.x1 - wanted), place.y0, place.x1, place.y1};
  const bool open = f.selection.panel == Panel::experiment;
  const Hit hit = canvas.hit("experiment", rect);
  if (hit.hovered || hit.held || open)
    canvas.fill(rect, open ? Tone::surface_deep : Tone::surface, 6);
  const Rect line{rect.x0 + 8, rect.y0, rect.x1 - 30, rect.y1};
  if (f.snapshot.status.loading) {  // in the place of the words: nothing moves
    const Label progress = loading_words(f.loading), whole = Label("digits ").add(progress);
    canvas.text_in(line, Type::small, Tone::soft, {whole, progress, "loading"}, Align::right);
  } else {
    canvas.text_in(line, Type::small, Tone::soft, words, Align::right);
  }
  canvas.text_right(rect.x1 - 6, canvas.baseline(Type::body, rect.center().y), Type::body,
                    Tone::soft, kTune);
  if (hit.clicked) f.selection.panel = open ? Panel::steps : Panel::experiment;
}

void Header::draw_files(Frame& f, const Rect& rect) {
  constexpr std::array<std::string_view, 3> kItems = {"Save the weights", "Save the run",
                                                      "Open a file"};
  constexpr std::array<std::string_view, 3> kMeanings = {
      "safetensors with PyTorch's names and shapes", "all of it: continuing gives the same numbers",
      "weights start a new run, a saved run continues"};
  if (button(f.canvas, "files", rect, ButtonLook::quiet,
             {.icon = kDownload, .help = "Save the weights or the whole run, or open them again."}))
    ImGui::OpenPopup(menu_id("file").c_str());
  const auto clicked = menu_list(f.canvas, "file", rect, kItems, kMeanings, -1);
  if (!clicked) return;
  if (*clicked == 0) f.requests.save(FileKind::weights);
  if (*clicked == 1) f.requests.save(FileKind::checkpoint);
  if (*clicked == 2) f.requests.open_file = true;
}

void Header::draw_link(Frame& f, const Rect& rect) {
  if (button(
          f.canvas, "share", rect, ButtonLook::quiet,
          {.icon = kLink,
           .help = "Share a link to this experiment. It gives the same run, number for number."}))
    f.requests.share = true;
}

}  // namespace downhill::ui
