// What the reader looks at: which step stands on the stage, which layer and unit is enlarged, which
// weight is the probe, which image is inspected. Shared by the panels, changed by clicks, never by
// training.
#pragma once

#include <cstdint>
#include <optional>

#include "session/command.hpp"
#include "session/race.hpp"
#include "train/phase.hpp"

namespace downhill::ui {

enum class Tab : uint8_t { steps, stage, curves };  // on a narrow page
enum class ThirdCurve : uint8_t { gradient_norm, lr, momentum };
// What stands in the middle: the steps, or in their place what they are made of.
enum class Panel : uint8_t { steps, experiment, lr_finder, race };

enum class TestTab : uint8_t { epochs, confusion, worst };  // of the view of step 7

struct Cell {                     // of the confusion matrix
  uint8_t truth = 0, answer = 0;  // digits
  bool operator==(const Cell&) const = default;
};

struct ChosenImage {
  ImageSource source = ImageSource::train;
  uint32_t index = 0;            // its place there
  std::optional<uint8_t> label;  // where it is known that its label is wrong: what it says
  bool operator==(const ChosenImage&) const = default;
};

struct Selection {
  std::optional<Phase> stage;  // nothing: the overview
  Tab tab = Tab::stage;
  Panel panel = Panel::steps;
  int layer = 0;                    // of Parameters::layers, whose weights are shown
  int unit = -1;                    // its enlarged tile; -1: all of them
  int page = 0;                     // of tiles, where not all fit
  std::optional<uint32_t> probe;    // the weight that was clicked
  std::optional<uint32_t> pointed;  // the weight under the mouse, one frame old
  bool as_entered = false;          // the batch as the network sees it, augmented
  bool by_layers = false;           // statistics of all layers in place of one layer's weights
  TestTab test = TestTab::epochs;
  std::optional<Cell> cell;          // opened
  std::optional<ChosenImage> image;  // chosen last
  bool inspecting = false;           // the stage shows its way through the model
  bool own_gradient = false;         // the gradient is that of the chosen image alone
  ThirdCurve third_curve = ThirdCurve::gradient_norm;
  bool loss_log = false, accuracy_zoom = false;
  uint32_t race_epochs = kRaceEpochs;  // of the next race

  // In the view of step 4 alone.
  bool shows_own_gradient() const { return own_gradient && stage == Phase::gradient; }
  void inspect(const ChosenImage& chosen) {
    image = chosen;
    inspecting = true;
  }
};

}  // namespace downhill::ui
