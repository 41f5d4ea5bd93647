// The centre of the page: the selected phase in full, or the overview. Each phase's view has its
// own file; this header holds what the views share.
#pragma once

#include <array>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/panels/curves_panel.hpp"
#include "ui/readings.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {

struct StageContext {
  const Snapshot& snapshot;
  Readings& readings;
  Canvas& canvas;
  Selection& selection;
  Requests& requests;
  CurvesPanel& curves;
};

class StopView {
 public:
  void draw(StageContext& c, const Rect& rect);

 private:
  void draw_epochs(StageContext& c, const Rect& rect);
  void draw_rules(StageContext& c, const Rect& rect);
  void draw_mean_digits(StageContext& c, const Rect& rect);
  void draw_table(StageContext& c, const Rect& rect);
  TextField target_, patience_, seconds_;
};

void draw_overview(StageContext& c, const Rect& rect);
void draw_initialize_view(StageContext& c, const Rect& rect);
void draw_predict_view(StageContext& c, const Rect& rect);
void draw_loss_view(StageContext& c, const Rect& rect, Chart& chart);
void draw_gradient_view(StageContext& c, const Rect& rect);
void draw_step_view(StageContext& c, const Rect& rect, Chart& chart);
void draw_repeat_view(StageContext& c, const Rect& rect);
// Tabs of the Stop view: the confusion matrix (or the images of an opened cell), and the images
// with the highest loss.
void draw_confusion(StageContext& c, const Rect& rect);
void draw_worst(StageContext& c, const Rect& rect);
// One image's way through the model, in place of the phase's view.
void draw_inspect_view(StageContext& c, const Rect& rect);

// Statistics of every layer on the batch; and the choice between them and the weights, cut off the
// left of `row`.
void draw_statistics(StageContext& c, const Rect& rect);
void draw_by_layers_choice(StageContext& c, Rect& row);

class Stage {
 public:
  void draw(StageContext& context, const Rect& rect);
  // The progress of the download, in bytes; `failed`: it will not finish.
  void set_loading(uint64_t loaded, uint64_t total, bool failed) {
    loaded_ = loaded;
    total_ = total;
    failed_ = failed;
  }
  // What the selected view needs from the engine, as SnapshotPart bits.
  static uint32_t parts(const Selection& selection);

 private:
  void draw_title(StageContext& c, const Rect& rect);
  void draw_loading(Canvas& canvas, const Rect& rect) const;

  StopView stop_;
  Chart chart_;
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
