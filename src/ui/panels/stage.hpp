// The centre of the page: the chosen step large, or the overview. Each step's view is a file of its
// own; here is what they share.
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
  void draw_ideal_digits(StageContext& c, const Rect& rect);
  void draw_table(StageContext& c, const Rect& rect);
  TextField target_, patience_, seconds_;
};

void draw_overview(StageContext& c, const Rect& rect);
void draw_initialize_view(StageContext& c, const Rect& rect);
void draw_predict_view(StageContext& c, const Rect& rect);
void draw_loss_view(StageContext& c, const Rect& rect, Chart& chart);
void draw_gradient_view(StageContext& c, const Rect& rect);
void draw_step_view(StageContext& c, const Rect& rect);
void draw_repeat_view(StageContext& c, const Rect& rect);
// Parts of the view of step 7: the confusion matrix (or the images of an opened cell), the images
// that cost most.
void draw_confusion(StageContext& c, const Rect& rect);
void draw_worst(StageContext& c, const Rect& rect);
// One image on its way through the model, in place of the step's view.
void draw_inspect_view(StageContext& c, const Rect& rect);

// What every layer makes of the batch, in numbers; and the choice between that and the weights,
// which is cut off the left of `row`.
void draw_statistics(StageContext& c, const Rect& rect);
void draw_by_layers_choice(StageContext& c, Rect& row);

class Stage {
 public:
  void draw(StageContext& context, const Rect& rect);
  // What is known of the data on their way; `failed`: they will not come.
  void set_loading(uint64_t loaded, uint64_t total, bool failed) {
    loaded_ = loaded;
    total_ = total;
    failed_ = failed;
  }
  // What the chosen view needs from the engine, as SnapshotPart bits.
  static uint32_t parts(const Selection& selection);

 private:
  void draw_title(StageContext& c, const Rect& rect);
  void draw_loading(Canvas& canvas, const Rect& rect) const;

  StopView stop_;
  Chart chart_;
  uint64_t loaded_ = 0, total_ = 0;
  bool failed_ = false;
};

// A small caption with a number below it, on shared baselines: the way all views say a number.
// Takes 44 dp of height; returns the width it took, at least `width`.
float draw_figure(Canvas& canvas, Vec at, float width, std::string_view caption,
                  std::string_view value, std::string_view help = {}, Tone tone = Tone::ink);

}  // namespace downhill::ui
