#include "ui/panels/experiment_groups.hpp"

namespace downhill::ui {

void draw_training_group(ExperimentForm& form, Selection& selection) {
  Canvas& canvas = form.canvas();
  form.heading("Training");
  form.row(3);
  form.field("batch");
  form.field("epochs");
  form.field("seed");
  form.row(2);
  form.mark_drawn("stop");
  form.mark_drawn("fault");
  form.fields(FieldGroup::training);
  form.row(1);  // its choices are long
  form.field("fault");
  if (form.spec().fault != Fault::none)
    form.note(LongLabel("The fault: ").add(kFaults[form.spec().fault].words.meaning).add("."));
  form.row(2);
  form.row(1);
  const Rect place = form.block(32);
  const float w = canvas.width(Type::body, "Stop rules") + 28;
  if (button(canvas, "stop-rules", Rect::at(place.x0, place.y0, w, 32), ButtonLook::outlined,
             {.label = "Stop rules", .help = "When training ends before its last epoch."})) {
    selection.panel = Panel::steps;
    selection.stage = Phase::stop;
    selection.tab = Tab::stage;
  }
  form.note(LongLabel("Ends early: ").add(stop_words(form.spec().stop)).add("."));
}

}  // namespace downhill::ui
