#include <algorithm>
#include <array>
#include <span>

#include "ui/panels/experiment_groups.hpp"

namespace downhill::ui {
namespace {

constexpr float kLine = 19;  // of the table

// How layers are written, for the help of the text of own layers.
std::string grammar_text() {
  std::string text = "Layers with commas between: ";
  for (const LayerRow& layer : kLayers) text += std::string(layer.words.meaning) + "; ";
  return text +
         "act: the activation below; drop: with the dropout below. conv or linear without a number "
         "ends in the outputs. Enter takes it.";
}

// "Conv2d 3×3, stride 2, padding 1" where there is less room: "Conv2d 3×3 s2 p1".
Label shortened(std::string_view kind) {
  Label text;
  for (size_t i = 0; i < kind.size(); ++i) {
    const std::string_view rest = kind.substr(i);
    if (rest.starts_with(", stride ")) {
      text.add(" s");
      i += 8;
    } else if (rest.starts_with(", padding ")) {
      text.add(" p");
      i += 9;
    } else {
      text.add(kind.substr(i, 1));
    }
  }
  return text;
}

std::string model_text(std::span<const uint32_t> widths) {
  ModelSpec model;
  model.hidden.assign(widths.begin(), widths.end());
  return print_model(model);
}

}  // namespace

ModelGroup::ModelGroup() : grammar_(grammar_text()) {}

void ModelGroup::update(const ExperimentSpec& spec) {
  lines_.clear();
  uint64_t total = 0;
  for (const LayerSummary& layer : layer_table(spec)) {
    Line line;
    line.kind = shortened(layer.kind);
    line.full = BasicLabel<48>(layer.kind);
    line.output = Label(print_extents(layer.output));
    if (layer.parameters > 0) line.parameters = count(layer.parameters);
    line.inside = layer.depth > 0;
    total += layer.parameters;
    lines_.push_back(line);
  }
  total_ = count(total);
}

void ModelGroup::draw_kinds(ExperimentForm& form) {
  Canvas& canvas = form.canvas();
  form.mark_drawn("model");
  const ModelKind kind = form.spec().model.kind;
  std::array<std::string_view, kModels.size()> labels;
  for (const ModelRow& row : kModels) labels[static_cast<size_t>(row.kind)] = row.words.label;
  constexpr size_t kColumns = 3, kRows = (kModels.size() + kColumns - 1) / kColumns;
  const float h = canvas.touch() ? 40.0f : 30.0f;
  const float height = h * kRows + 4 * (kRows - 1);
  const auto clicked = chips(canvas, "model-kind", form.block(height), labels, kColumns,
                             1u << static_cast<uint32_t>(kind));
  form.note(kModels[kind].words.meaning);
  if (!clicked || static_cast<ModelKind>(*clicked) == kind) return;
  // Own layers begin as those of the model that is there.
  ModelSpec model;
  model.kind = static_cast<ModelKind>(*clicked);
  if (model.kind == ModelKind::net) model.layers = layers_text(form.spec().model);
  form.edit("model", print_model(model));
}

void ModelGroup::draw_hidden_layers(ExperimentForm& form) {
  Canvas& canvas = form.canvas();
  const std::vector<uint32_t>& hidden = form.spec().model.hidden;
  for (size_t i = 0; i < hidden.size() && i < widths_.size(); ++i) {
    Rect row = form.block(30);
    const int part = static_cast<int>(i);
    const Rect remove = row.cut_right(32);
    Rect box = row.cut_right(92);
    box.x1 -= 4;
    const Label name = Label("Hidden layer").format(" %d", part + 1);
    canvas.text_in(row, Type::small, Tone::soft, name);
    const BasicLabel<32> field = BasicLabel<32>("width").format(":%d", part);
    if (const auto typed = widths_[i].draw(canvas, field, box, count(hidden[i]), Type::body,
                                           "How many units it has, 1 to 1024. A change starts the "
                                           "run again.",
                                           Align::right)) {
      std::string text = "mlp:";
      for (size_t k = 0; k < hidden.size(); ++k) {
        if (k > 0) text += ',';
        text += k == i ? std::string(*typed) : std::to_string(hidden[k]);
      }
      form.edit("model", text);
    }
    if (button(canvas, "remove-layer", remove, ButtonLook::quiet,
               {.icon = "✕", .help = "Take this layer out."}, true, part)) {
      std::vector<uint32_t> fewer = hidden;
      fewer.erase(fewer.begin() + part);
      form.edit("model", fewer.empty() ? std::string("linear") : model_text(fewer));
    }
  }
  const bool room = hidden.size() < kMaxHiddenLayers;
  const Rect place = form.block(30);
  if (button(canvas, "add-layer", Rect::at(place.x0, place.y0, 128, 30), ButtonLook::outlined,
             {.label = "Add a layer",
              .help = room ? "One more hidden layer before the outputs."
                           : "Six hidden layers are the most."},
             room)) {
    std::vector<uint32_t> more = hidden;
    more.push_back(hidden.empty() ? 30 : std::max(1u, hidden.back() / 2));
    form.edit("model", model_text(more));
  }
  form.draw_refusal("model");
}

void ModelGroup::draw_own_layers(ExperimentForm& form) {
  Canvas& canvas = form.canvas();
  constexpr std::string_view kPrefix = "net:";
  std::string_view text = form.spec().model.layers;
  if (const auto refused = form.refused("model"); refused && refused->starts_with(kPrefix))
    text = refused->substr(kPrefix.size());
  const Rect place = form.block(own_.height(canvas, form.width(), text));
  if (const auto typed = own_.draw(canvas, "own-layers", place, text, grammar_)) {
    form.edit("model", std::string(kPrefix) + std::string(*typed));
  }
  form.draw_refusal("model");
}

void ModelGroup::draw_table(ExperimentForm& form) const {
  Canvas& canvas = form.canvas();
  const auto columns = [&](const Rect& row) {
    const float parameters = 60, output = 73;
    return std::array<Rect, 3>{
        Rect{row.x0, row.y0, row.x1 - parameters - output, row.y1},
        Rect{row.x1 - parameters - output, row.y0, row.x1 - parameters, row.y1},
        Rect{row.x1 - parameters, row.y0, row.x1, row.y1}};
  };
  Rect table = form.block(kLine * static_cast<float>(lines_.size() + 2) + 6);
  const auto head = columns(table.cut_top(kLine));
  canvas.text_in(head[0], Type::tiny, Tone::faint, "layer");
  canvas.text_in(head[1], Type::tiny, Tone::faint, "output", Align::right);
  canvas.text_in(head[2], Type::tiny, Tone::faint, "weights", Align::right);
  canvas.rule(table.x0, table.x1, table.y0, Tone::line);
  for (const Line& line : lines_) {
    auto cells = columns(table.cut_top(kLine));
    if (line.inside) cells[0].x0 += 12;
    const bool fits = canvas.width(Type::small, line.full) <= cells[0].width();
    canvas.text_in(cells[0], Type::small, Tone::ink, fits ? line.full.view() : line.kind.view());
    if (!fits) canvas.explain(cells[0], line.full);
    canvas.text_in(cells[1], Type::small, Tone::soft, line.output, Align::right);
    canvas.text_in(cells[2], Type::small, Tone::soft, line.parameters, Align::right);
  }
  canvas.rule(table.x0, table.x1, table.y0 + 2, Tone::line);
  table.cut_top(4);
  const auto sum = columns(table.cut_top(kLine));
  canvas.text_in(sum[0], Type::small, Tone::ink, "all weights");
  canvas.text_in(sum[2], Type::small_strong, Tone::ink, total_, Align::right);
}

void ModelGroup::draw(ExperimentForm& form) {
  const ModelKind kind = form.spec().model.kind;
  form.heading("Model");
  draw_kinds(form);
  if (kind == ModelKind::mlp) draw_hidden_layers(form);
  if (kind == ModelKind::net) draw_own_layers(form);
  if (kind != ModelKind::mlp && kind != ModelKind::net) form.draw_refusal("model");
  form.row(2);
  form.fields(FieldGroup::model);
  form.row(1);
  draw_table(form);
}

}  // namespace downhill::ui
