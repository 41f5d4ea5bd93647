// The experiment in full: in the place of the steps the published experiments, in the place of the
// stage every field in groups, while the learning rate and the curves stay beside it. Owned by the
// header, drawn by the page.
#pragma once

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/panels/experiment_groups.hpp"
#include "ui/panels/experiment_presets.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"
#include "ui/spec_words.hpp"

namespace downhill::ui {

class ExperimentSheet {
 public:
  // Once per frame, before drawing. `changed`: the spec is another one.
  void update(const Snapshot& snapshot, bool changed, const Loading& loading);

  // Side by side: presets in `rail`, groups in `stage`.
  void draw(const Snapshot& snapshot, const SpecTexts& texts, Canvas& canvas, const Rect& rail,
            const Rect& stage, Selection& selection, Requests& requests);
  // The title, and below it all in one column that scrolls.
  void draw_narrow(const Snapshot& snapshot, const SpecTexts& texts, Canvas& canvas,
                   const Rect& title, const Rect& rect, Selection& selection, Requests& requests);

 private:
  void draw_title(Canvas& canvas, const Rect& rect, Selection& selection);
  // Into as many columns as there is room for; returns where the lowest ends.
  float draw_groups(const Rect& rect, Selection& selection);

  ExperimentForm form_;
  ModelGroup model_;
  ScheduleGroup schedule_;
  ExperimentPresets presets_;
  Loading loading_;
  float presets_height_ = 400, groups_height_ = 1000, narrow_height_ = 2000;  // of the last frame
};

}  // namespace downhill::ui
