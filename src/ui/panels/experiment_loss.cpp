#include "ui/panels/experiment_groups.hpp"

namespace downhill::ui {

void draw_loss_group(ExperimentForm& form) {
  form.heading("Loss and first weights");
  form.row(2, 0.58f);
  form.menu("loss");
  form.menu("init");
  form.row(1);
  const std::string_view meaning = choice_words("loss", form.text_of("loss")).meaning;
  form.note(LongLabel(choice_words("loss", form.text_of("loss")).label).add(": ").add(meaning));
}

}  // namespace downhill::ui
