// What the page may ask of the engine, as plain values with one binary form (for messages) and one
// text form (for teachers' scripts and links): "step?unit=batch&count=2". Knows nothing of how
// messages travel.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "train/phase.hpp"

namespace downhill {

enum class CommandKind : uint8_t {
  play,       // train until a stop rule fires
  pause,      //
  step,       // advance `count` phases, batches or epochs, then rest
  back,       // return to the state `count` units earlier, then rest
  advance,    // advance until `phase` has been done once more: the button of a step
              // ("advance?phase=loss")
  reset,      // start again from the first step; with a seed: from that seed
  set,        // edit the spec: "set?lr=0.5&batch=64"
  speed,      // `speed` batches per second at the most ("speed?batches=30"); 0: as fast as possible
  recover,    // go back to before the divergence that was noticed
  find_lr,    // sweep the learning rate; the run is left as it was. Snapshot: findings.lr_sweep
  sharpness,  // the largest eigenvalue of the Hessian of this batch: findings.sharpness
  loss_line,  // the loss along the gradient: findings.loss_line
  save,       // answer with a File: "save?what=weights" or "save?what=checkpoint"
  load,       // `bytes` are such a file: weights become first weights, a checkpoint goes on
  snapshot,   // answer with a Snapshot (not for scripts; see SnapshotRequest)
};

enum class StepUnit : uint8_t { phase, batch, epoch };

enum class FileKind : uint8_t {
  weights,     // safetensors with PyTorch's names and layouts
  checkpoint,  // the whole run: going on from it gives the bits that it would have given
};

// The parts of a snapshot that cost something, as bits of SnapshotRequest::parts.
enum SnapshotPart : uint32_t {
  kPartCurves = 1u << 0,           // new points since the cursor
  kPartWeights = 1u << 1,          //
  kPartGradients = 1u << 2,        //
  kPartBatch = 1u << 3,            // images, predictions and losses of the current batch
  kPartBaseline = 1u << 4,         // the mean digits
  kPartProbe = 1u << 5,            // one weight: nudged, and its gradient
  kPartDigest = 1u << 6,           // hash of the bits of all weights
  kPartEvaluation = 1u << 7,       // the automatic test, image by image
  kPartExamples = 1u << 8,         // the images of one cell of the confusion matrix
  kPartInspection = 1u << 9,       // one image on its way through the model
  kPartSampleGradient = 1u << 10,  // the gradient of that image alone
  kPartStatistics = 1u << 11,      // outputs and their gradients, layer by layer
  kPartFindings = 1u << 12,        // what tools have found out
  kPartChanges = 1u << 13,         // how far each weight moves in a step
};
inline constexpr uint32_t kAllSnapshotParts = (kPartChanges << 1) - 1;
// Those that take whole passes through the model. While training runs as fast as it can they are
// made anew only now and then (Session::send_snapshot).
inline constexpr uint32_t kCostlyParts = kPartProbe | kPartSampleGradient | kPartStatistics;

// Where the inspected image comes from.
enum class ImageSource : uint8_t { batch, train, valid };

struct SnapshotRequest {
  uint32_t parts = 0;
  uint32_t generation =
      0;  // of the curves that the page holds; another one makes the engine send all
  uint32_t steps_held = 0;  // points the page already holds, so that only new ones travel
  uint32_t epochs_held = 0;
  uint32_t marks_held = 0;
  uint32_t max_images = 64;                 // of the batch
  uint32_t probe_parameter = 0;             // index into the slab of parameters
  uint8_t cell_truth = 0, cell_answer = 0;  // digits of the cell whose images are wanted
  ImageSource source = ImageSource::batch;  // of the inspected image
  uint32_t image = 0;                       // its place there
  bool operator==(const SnapshotRequest&) const = default;
  // Asks for the same parts of the same things, whatever of the curves the page holds by now.
  bool looks_like(const SnapshotRequest& other) const;
};

struct Command {
  uint32_t id = 0;  // repeated in the answer; 0: nobody waits for one
  CommandKind kind = CommandKind::pause;
  StepUnit unit = StepUnit::batch;
  uint32_t count = 1;  // 1..kMaxStepCount
  Phase phase = Phase::predict;
  std::optional<uint64_t> seed;
  float speed = 0;    // batches per second, 0 or 0.1..10000
  std::string edits;  // for `set`: text that edit_spec() reads
  FileKind file = FileKind::weights;
  std::vector<uint8_t> bytes;  // for `load`
  SnapshotRequest request;
  bool operator==(const Command&) const = default;
};

inline constexpr uint32_t kMaxStepCount = 1'000'000;

// The text form. Refuses unknown names, unknown or repeated arguments, and values out of range.
Result<Command> parse_command(std::string_view text);
std::string print_command(const Command& command);

// The binary form: little-endian, versioned. encode replaces the content of `out`; decode refuses
// anything that encode would not have written.
void encode_command(const Command& command, std::vector<uint8_t>& out);
Result<Command> decode_command(const uint8_t* bytes, size_t size);

}  // namespace downhill
