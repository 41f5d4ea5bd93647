#include "ui/panels/experiment_presets.hpp"

namespace downhill::ui {
namespace {

// What a preset sets when every field is said.
ExperimentSpec preset_spec(const Preset& preset) {
  const Result<ExperimentSpec> spec = edit_spec({}, preset.edits);
  return spec ? *spec : ExperimentSpec{};
}

}  // namespace

std::string preset_edits(const Preset& preset) { return print_spec(preset_spec(preset)); }

void ExperimentPresets::update(const ExperimentSpec& spec) {
  current_ = -1;
  for (size_t i = 0; i < kPresets.size(); ++i) {
    ExperimentSpec preset = preset_spec(kPresets[i]);
    preset.seed = spec.seed;
    if (preset == spec) current_ = static_cast<int>(i);
  }
}

float ExperimentPresets::draw(Canvas& canvas, const Rect& rect, Requests& requests) const {
  constexpr float kPad = 8, kIndent = 20;
  float y = rect.y0;
  for (size_t i = 0; i < kPresets.size(); ++i) {
    const Preset& preset = kPresets[i];
    const float w = rect.width() - kIndent - kPad;
    const float title = canvas.paragraph_height(w, Type::strong, preset.title);
    const float height =
        title + canvas.paragraph_height(w, Type::small, preset.report) + 2 * kPad + 2;
    const Rect row = Rect::at(rect.x0, y, rect.width(), height);
    const Hit hit = canvas.hit(BasicLabel<32>("preset:").add(preset.name), row);
    if (hit.hovered || hit.held) canvas.fill(row, hit.held ? Tone::surface_deep : Tone::surface, 6);
    if (static_cast<int>(i) == current_) canvas.dot({row.x0 + 9, row.y0 + kPad + 10}, 3, Tone::ink);
    const float x = row.x0 + kIndent;
    canvas.paragraph({x, row.y0 + kPad, x + w, row.y1}, Type::strong, Tone::ink, preset.title);
    canvas.paragraph({x, row.y0 + kPad + title + 2, x + w, row.y1 + 4}, Type::small, Tone::soft,
                     preset.report);
    canvas.explain(row, "Sets every field as it was there. The run starts again.");
    if (hit.clicked) requests.set(preset_edits(preset));
    y += height + 2;
  }
  return y - rect.y0;
}

}  // namespace downhill::ui
