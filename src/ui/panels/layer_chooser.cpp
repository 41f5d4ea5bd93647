#include "ui/panels/layer_chooser.hpp"

#include <array>

#include "ui/parameter_words.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

constexpr size_t kMost = kMaxLayers;  // entries; a network has no more layers
constexpr std::string_view kHelp =
    "The layer whose weights are shown. Norms have two numbers per channel, gamma and beta.";

void choose(Selection& selection, int layer) {
  selection.layer = layer;
  selection.unit = -1;
  selection.page = 0;
  selection.pointed.reset();
}

// A menu between two arrows.
void draw_menu(Canvas& canvas, const Rect& rect, const Parameters& parameters,
               std::span<const std::string_view> names, Selection& selection) {
  std::array<Label, kMost> kinds;
  std::array<std::string_view, kMost> explanations;
  for (size_t i = 0; i < names.size(); ++i) {
    kinds[i] = layer_words(parameters.layers[i]);
    explanations[i] = kinds[i].view();
  }
  const auto last = static_cast<int>(names.size()) - 1;
  Rect row = rect;
  const Rect previous = row.cut_left(28), next = row.cut_right(28);
  if (button(canvas, "layer-previous", previous, ButtonLook::quiet,
             {.icon = "\xEE\x97\x8B", .help = "The previous layer."}, selection.layer > 0)) {
    choose(selection, selection.layer - 1);
  }
  if (button(canvas, "layer-next", next, ButtonLook::quiet,
             {.icon = "\xEE\x97\x8C", .help = "The next layer."}, selection.layer < last)) {
    choose(selection, selection.layer + 1);
  }
  if (const auto clicked =
          menu(canvas, "layer", row.inset(4, 0), names, std::span(explanations).first(names.size()),
               selection.layer, kHelp)) {
    choose(selection, *clicked);
  }
}

}  // namespace

const LayerInfo* chosen_layer(const Snapshot& snapshot, const Selection& selection) {
  const std::vector<LayerInfo>& layers = snapshot.parameters.layers;
  if (selection.layer < 0 || static_cast<size_t>(selection.layer) >= layers.size()) return nullptr;
  return &layers[static_cast<size_t>(selection.layer)];
}

void draw_layer_chooser(Canvas& canvas, Rect& rest, const Snapshot& snapshot,
                        Selection& selection) {
  if (snapshot.parameters.layers.size() < 2) return;
  draw_layer_row(canvas, rest.cut_top(kLayerChooser), snapshot, selection);
  rest.cut_top(10);
}

void draw_layer_row(Canvas& canvas, const Rect& rect, const Snapshot& snapshot,
                    Selection& selection) {
  const Parameters& parameters = snapshot.parameters;
  const size_t layers = std::min(parameters.layers.size(), kMost);
  if (layers < 2) return;
  std::array<std::string_view, kMost> names;
  for (size_t i = 0; i < layers; ++i) names[i] = parameters.layers[i].name;
  const auto shown = std::span<const std::string_view>(names).first(layers);
  Rect row = rect;
  const float side_by_side = segmented_width(canvas, shown);
  const bool segments = layers <= 4 && side_by_side + 120 < row.width();
  Rect choice = row.cut_left(segments ? side_by_side : std::min(196.0f, row.width()));
  if (segments) {
    if (const auto clicked =
            segmented(canvas, "layer", choice.inset(0, 1), shown, selection.layer, kHelp)) {
      choose(selection, *clicked);
    }
  } else {
    draw_menu(canvas, choice, parameters, shown, selection);
  }
  row.x0 += 12;
  const LayerInfo* layer = chosen_layer(snapshot, selection);
  if (layer == nullptr || row.width() < 40) return;
  const Label words = layer_words(*layer);
  const bool room = canvas.width(Type::small, words) <= row.width();
  canvas.text_in(row, Type::small, Tone::soft, room ? words : layer_kind_words(*layer));
  if (layer->frozen)
    canvas.explain(row, "This layer is frozen: it has no gradient, and steps do not change it.");
}

}  // namespace downhill::ui
