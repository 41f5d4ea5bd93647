// What the reader looks at: which step stands on the stage, which unit is enlarged, which weight is
// the probe. Shared by the panels, changed by clicks, never by training.
#pragma once

#include <cstdint>
#include <optional>

#include "train/phase.hpp"

namespace downhill::ui {

enum class Tab : uint8_t { steps, stage, curves };  // on a narrow page
enum class ThirdCurve : uint8_t { gradient_norm, lr, momentum };
// What stands in the middle: the steps, or in their place what they are made of.
enum class Panel : uint8_t { steps, experiment, lr_finder };

struct Selection {
  std::optional<Phase> stage;  // nothing: the overview
  Tab tab = Tab::stage;
  Panel panel = Panel::steps;
  int unit = -1;                    // enlarged tile of the first layer; -1: all of them
  int page = 0;                     // of tiles, where not all fit
  std::optional<uint32_t> probe;    // the weight that was clicked
  std::optional<uint32_t> pointed;  // the weight under the mouse, one frame old
  ThirdCurve third_curve = ThirdCurve::gradient_norm;
  bool loss_log = false, accuracy_zoom = false;
};

}  // namespace downhill::ui
