// The centre of the page: the selected view in full, below its title. This header also holds what
// the views share; the list of views is stage_views.hpp.
#pragma once

#include "ui/panels/stage_views.hpp"

namespace downhill::ui {

// Statistics of every layer on the batch; and the choice between them and the weights, cut off the
// left of `row`.
void draw_statistics(StageContext& c, const Rect& rect);
// The mean digits and the accuracy of picking the nearest one.
void draw_mean_digits(StageContext& c, const Rect& rect);
void draw_by_layers_choice(StageContext& c, Rect& row);
// The points and the model's curve. Nothing without Snapshot::fit.
void draw_fit(StageContext& c, const Rect& rect);
// The nudged weight: rise over run beside the gradient.
void draw_probe(StageContext& c, const Rect& rect);

class Stage {
 public:
  void draw(StageContext& context, const Rect& rect);
  ViewState& view_state() { return view_state_; }
  // The progress of the download, in bytes; `failed`: it will not finish.
  void set_loading(uint64_t loaded, uint64_t total, bool failed) {
    loaded_ = loaded;
    total_ = total;
    failed_ = failed;
  }
  // What the selected view needs from the engine, as SnapshotPart bits.
  static uint32_t parts(const Selection& selection, const ExperimentSpec& spec);

 private:
  void draw_title(StageContext& c, const Rect& rect);
  void draw_loading(Canvas& canvas, const Rect& rect) const;

  ViewState view_state_;
  uint64_t loaded_ = 0, total_ = 0;
  bool failed_ = false;
};

// "conv" of "conv 8, 3x3": a layer's kind where there is no room for the rest.
std::string_view brief_kind(std::string_view kind);

// A button cut off the right of the row, which leads back. True when clicked.
bool draw_back(Canvas& canvas, Rect& row, std::string_view name, std::string_view label,
               std::string_view help);

// A small caption with a number below it, on shared baselines: the way all views show a number.
// Takes 44 dp of height; returns the width used, at least `width`.
float draw_figure(Canvas& canvas, Vec at, float width, std::string_view caption,
                  std::string_view value, std::string_view help = {}, Tone tone = Tone::ink);

}  // namespace downhill::ui
