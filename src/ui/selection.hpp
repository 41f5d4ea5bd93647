// What the reader is looking at: the phase on the stage, the enlarged layer and unit, the probed
// weight, the inspected image. The panels share it; clicks change it, training never does.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "session/command.hpp"
#include "session/race.hpp"
#include "train/phase.hpp"

namespace downhill::ui {

enum class Tab : uint8_t { steps, stage, curves };  // on a narrow page
enum class ThirdCurve : uint8_t { gradient_norm, lr, momentum };
// What fills the middle of the page: the seven phases, the experiment form or a tool of kTools.
enum class Panel : uint8_t { steps, experiment, tool };

struct Cell {                     // of the confusion matrix
  uint8_t truth = 0, answer = 0;  // digits
  bool operator==(const Cell&) const = default;
};

struct ChosenImage {
  ImageSource source = ImageSource::train;
  uint32_t index = 0;            // in that set
  std::optional<uint8_t> label;  // its label, where that is known to be wrong
  bool operator==(const ChosenImage&) const = default;
};

struct Selection {
  std::optional<Phase> stage;  // none: the overview
  Tab tab = Tab::stage;
  Panel panel = Panel::steps;
  uint8_t tool = 0;                 // the tool opened last, an index into kTools
  int layer = 0;                    // whose weights are shown, an index into Parameters::layers
  int unit = -1;                    // the enlarged unit; -1: all of them
  int page = 0;                     // page of tiles, where not all fit
  std::optional<uint32_t> probe;    // the weight that was clicked
  std::optional<uint32_t> pointed;  // the weight under the mouse, one frame old
  bool as_entered = false;          // show the batch as the network sees it, augmented
  bool by_layers = false;           // show statistics of all layers instead of one layer's weights
  std::array<uint8_t, kPhaseCount> tabs{};  // the chosen view of each phase, among its views
  std::optional<Cell> cell;                 // the opened cell
  std::optional<ChosenImage> image;         // the image selected last
  bool inspecting = false;                  // the stage shows that image's way through the model
  bool own_gradient = false;                // show the gradient of that image alone
  ThirdCurve third_curve = ThirdCurve::gradient_norm;
  bool loss_log = false, accuracy_zoom = false;
  uint32_t race_epochs = 0;       // of the next race; 0: as many as are usual for the data
  uint8_t hidden = 0;             // parts of the page, a bit per PagePart
  bool previous_run = false;      // its curves are drawn beside those of this one
  std::vector<float> race_rates;  // of the next race; empty: six around that of the dial

  // Puts the first view of a phase on the stage.
  void open(Phase phase) {
    stage = phase;
    tabs[static_cast<size_t>(phase)] = 0;
    panel = Panel::steps;
    tab = Tab::stage;
    inspecting = false;
  }
  bool hides(PagePart part) const { return hidden >> static_cast<unsigned>(part) & 1u; }
  // Only the Gradient view shows it.
  bool shows_own_gradient() const { return own_gradient && stage == Phase::gradient; }
  void inspect(const ChosenImage& chosen) {
    image = chosen;
    inspecting = true;
  }
};

}  // namespace downhill::ui
