// The groups of an experiment, one source file each: data, model, loss and initial weights,
// optimizer, schedule, training. Each continues the form's column.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "ui/chart.hpp"
#include "ui/panels/experiment_form.hpp"
#include "ui/selection.hpp"
#include "ui/text_area.hpp"

namespace downhill::ui {

// Bytes of digits being fetched.
struct Loading {
  uint64_t bytes = 0, total = 0;  // total 0: not known
};
// "3.1 of 9.9 MB"
Label loading_words(const Loading& loading);
// A thin bar over the width of `rect`.
void draw_loading_bar(Canvas& canvas, const Rect& rect, const Loading& loading);

void draw_data_group(ExperimentForm& form, const Loading& loading);
void draw_loss_group(ExperimentForm& form);
void draw_optimizer_group(ExperimentForm& form);
void draw_training_group(ExperimentForm& form, Selection& selection);

class ModelGroup {
 public:
  ModelGroup();
  // When the spec has changed.
  void update(const ExperimentSpec& spec);
  void draw(ExperimentForm& form);

 private:
  struct Line {
    Label kind, output, parameters;
    BasicLabel<48> full;  // the kind in PyTorch's words
    bool inside = false;  // of a residual block
  };
  void draw_kinds(ExperimentForm& form);
  void draw_hidden_layers(ExperimentForm& form);
  void draw_own_layers(ExperimentForm& form);
  void draw_table(ExperimentForm& form) const;

  std::vector<Line> lines_;
  Label total_;
  std::array<TextField, kMaxHiddenLayers> widths_;
  TextArea own_;
  std::string grammar_;
};

class ScheduleGroup {
 public:
  // When the spec or the number of steps has changed.
  void update(const ExperimentSpec& spec, const Status& status);
  void draw(ExperimentForm& form);

 private:
  void draw_curve(ExperimentForm& form, std::string_view name, float height,
                  const std::vector<float>& values, Tone tone, double low, double high,
                  std::string_view axis);

  std::vector<float> steps_, lrs_, momenta_;
  uint64_t total_ = 0;
  float lr_ = 0, momentum_ = 0;
  ScheduleKind kind_ = ScheduleKind::constant;
  Chart chart_;
};

}  // namespace downhill::ui
