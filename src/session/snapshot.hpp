// What the page knows of the run: plain values, copied out of the trainer between two phases. Every
// number here is taken from the running model or its recorder; nothing is smoothed or rescaled.
// Knows nothing of ImGui, GL or threads.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "train/experiment_spec.hpp"
#include "train/findings.hpp"
#include "train/health.hpp"
#include "train/phase.hpp"
#include "train/recorder.hpp"

namespace downhill {

// Always present. Losses are means over images; accuracies are fractions 0..1; NaN means "not known
// yet".
struct Status {
  bool ready = false;    // the data are loaded and a model is built
  bool loading = false;  // other digits are on their way; meanwhile the run stays as it is
  bool running = false;
  bool finished = false;            // a stop rule fired; stop_reason says which, in a sentence
  Phase phase = Phase::initialize;  // the step that was done last
  Phase next = Phase::predict;      // the step that comes next
  uint64_t step = 0;                // optimizer steps done
  uint32_t epoch = 0;               // epochs completed
  uint32_t batch = 0;               // batches done in this epoch
  uint32_t batches_per_epoch = 0;
  uint32_t epoch_limit = 0;
  uint32_t train_count = 0, valid_count = 0;  // images
  uint32_t parameter_count = 0;

  float train_loss = 0;      // of the current batch, before its step
  float previous_loss = 0;   // of the batch before it
  float batch_accuracy = 0;  // of the current batch, before its step
  // Full validation set, at the end of epoch `tested_epoch`, 0: at the start. That is the last one,
  // but while the test comes beside the next epoch, or when the weights of the best are back.
  float valid_loss = 0, valid_accuracy = 0;
  uint32_t tested_epoch = 0;
  float best_valid_accuracy = 0;
  float gradient_norm = 0;      // L2 over all parameters
  float weight_norm = 0;        // L2 over all parameters
  float update_norm = 0;        // L2 of the last step's change of all weights
  float lr = 0, momentum = 0;   // of the next step, the schedule's part included
  float baseline_accuracy = 0;  // pixel similarity, L1, over the validation set
  float baseline_accuracy_l2 = 0;
  float images_per_second = 0;  // training throughput over the last second or so; 0 at rest
  float speed = 0;              // see CommandKind::speed
  double training_seconds = 0;  // time spent training, pauses not counted

  Health health = Health::fine;
  uint64_t trouble_step = 0;  // steps done when it was noticed
  uint64_t good_step = 0;     // where `recover` goes back to
  bool can_recover = false;   // there is a state before it to return to
  std::string diagnosis;      // a sentence about `health`; empty when fine
  std::string stop_reason;    // "All 40 epochs are done." …; empty while not finished
  bool best_is_back = false;  // the weights are those of the best epoch, put back by patience
  std::string busy_with;      // "find_lr" …: a tool is at work, training rests; empty otherwise
  std::string error;          // the last thing that was refused or failed; empty when nothing
};

struct Curves {
  uint32_t generation = 0;  // changes when what was sent is no longer true: then start anew
  std::vector<CurvePoint> steps;
  std::vector<EpochPoint> epochs;
  std::vector<LrMark> marks;
};

// One layer with parameters: units that see planes × rows × columns numbers each. Its weights stand
// in Parameters::values at weight_offset as torch has them, [out][planes][rows][columns]; its
// biases at bias_offset as [out]. The first linear layer sees 28 × 28 pixels, a conv 3 × 3 of each
// of its planes, later linear layers a list (planes and rows 1). Of a norm, `weight` is gamma, one
// number per channel, and `bias` is beta.
struct LayerInfo {
  std::string name;  // "layer1", "norm1"
  LayerKind kind = LayerKind::linear;
  uint32_t in = 0, out = 0;  // in = planes · rows · columns
  uint32_t planes = 1, rows = 1, columns = 1;
  uint32_t weight_offset = 0;
  bool has_bias = true;
  uint32_t bias_offset = 0;  // 0 without one
  bool frozen = false;
};

// Slabs in display order (see LayerInfo). `gradients` holds the gradient of the last backward, kept
// for showing after the step; empty before the first.
struct Parameters {
  std::vector<LayerInfo> layers;
  std::vector<float> values;
  std::vector<float> gradients;
  // The change of each weight: of the step that comes next when the gradient has just been taken,
  // otherwise of the last one. Empty before the first gradient.
  std::vector<float> changes;
};

struct BatchView {
  uint32_t size = 0;               // images in the whole batch
  uint32_t shown = 0;              // the first of them, described below
  bool predicted = false;          // predictions are of these images (step 2 was done)
  uint32_t outputs_per_image = 1;  // 1 or the number of classes
  std::vector<uint8_t> pixels;     // [shown][784], 0 paper … 255 ink: the originals
  std::vector<uint8_t> entered;    // [shown][784] as augmentation let them in; empty: as they are
  std::vector<uint32_t> indices;   // place in the training set
  std::vector<uint8_t> digits;     // what the image shows
  std::vector<uint8_t> labels;     // the digit that the label says; another one where it is wrong
  std::vector<float> outputs;      // [shown][outputs_per_image], before any sigmoid or softmax
  // [shown][outputs_per_image]. Of one output: how much it says the first digit ("3"). See
  // Objective::scores.
  std::vector<float> scores;
  std::vector<uint8_t> answers;  // the digit that the model answers
  std::vector<float> losses;     // each image's own part; their mean over the batch is the loss
};

// The automatic test, image by image: of the weights of Status::tested_epoch.
struct EvaluationView {
  uint32_t classes = 0;
  std::vector<uint32_t> confusion;  // [classes][classes]: rows are the truth, columns the answer
  // The images with the greatest losses, the greatest first.
  std::vector<uint32_t> indices;  // place in the validation set
  std::vector<uint8_t> pixels;    // [n][784]
  std::vector<uint8_t> digits, answers;
  std::vector<float> losses;
};

// The images of one cell of the confusion matrix, the greatest loss first.
struct ExamplesView {
  uint8_t truth = 0, answer = 0;  // digits
  uint32_t count = 0;             // images in the cell; the first of them follow
  std::vector<uint32_t> indices;  // place in the validation set
  std::vector<uint8_t> pixels;    // [n][784]
  std::vector<float> losses;
};

struct Baseline {             // pixel similarity: the ideal digits, the mean image of each class
  std::vector<float> ideals;  // [classes][784], 0..1, in the order of spec.digits
};

struct Probe {             // one weight, nudged: rise over run beside the gradient
  uint32_t parameter = 0;  // index into Parameters::values
  float value = 0, gradient = 0;
  float nudge = 0;                             // h
  float loss = 0, loss_up = 0, loss_down = 0;  // at w, w + h, w - h, on the current batch
  float slope = 0;                             // (loss_up - loss_down) / 2h
};

// What tools have found out; each stays until it is asked for again or the run is another.
struct Findings {
  std::optional<LrSweep> lr_sweep;
  std::optional<Sharpness> sharpness;
  std::optional<LossLine> loss_line;
};

struct Snapshot {
  Status status;
  ExperimentSpec spec;
  Curves curves;  // in a message: only the new points (see SnapshotRequest)
  Parameters parameters;
  BatchView batch;
  Baseline baseline;
  std::optional<Probe> probe;
  EvaluationView evaluation;
  ExamplesView examples;
  std::optional<Inspection> inspection;
  // The gradient of the inspected image's own loss, laid out like Parameters::gradients: what this
  // image alone would change. Empty when not asked for.
  std::vector<float> sample_gradient;
  std::vector<LayerStatistics> statistics;  // over the current batch
  Findings findings;
  uint64_t digest = 0;  // FNV-1a over the bits of all weights in display order; 0: not asked for
  uint32_t parts = 0;   // SnapshotPart bits that this message carries; of the page: that it holds
  // Bits that were asked for and did not come: what the page holds of them is good for longer.
  uint32_t kept = 0;
};

// Little-endian, versioned; decode refuses anything malformed with a sentence, and never reads past
// `size`.
// Only the parts named in `parts` are written. encode replaces the content of `out`.
void encode_snapshot(const Snapshot& snapshot, std::vector<uint8_t>& out);
void append_snapshot(const Snapshot& snapshot, std::vector<uint8_t>& out);
Result<Snapshot> decode_snapshot(const uint8_t* bytes, size_t size);

// {"phase":"loss","step":12,…}: what window.downhill.state() gives. Numbers that are not finite
// become null. `frame_ms`: what the page's last frame took it. `race`: what race_json() makes of
// it.
std::string state_json(const Snapshot& snapshot, uint64_t frames, std::string_view backend,
                       float frame_ms = std::numeric_limits<float>::quiet_NaN(),
                       std::string_view race = "null");

}  // namespace downhill
