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
  play,      // train until a stop rule fires
  pause,     //
  step,      // advance `count` phases, batches or epochs, then rest
  back,      // return to the state `count` units earlier, then rest
  advance,   // advance until `phase` has been done once more: the button of a step
             // ("advance?phase=loss")
  reset,     // start again from the first step; with a seed: from that seed
  set,       // edit the spec: "set?lr=0.5&batch=64"
  speed,     // `speed` batches per second at the most ("speed?batches=30"); 0: as fast as possible
  recover,   // go back to before the divergence that was noticed
  snapshot,  // answer with a Snapshot (not for scripts; see SnapshotRequest)
};

enum class StepUnit : uint8_t { phase, batch, epoch };

// The parts of a snapshot that cost something, as bits of SnapshotRequest::parts.
enum SnapshotPart : uint32_t {
  kPartCurves = 1u << 0,     // new points since the cursor
  kPartWeights = 1u << 1,    //
  kPartGradients = 1u << 2,  //
  kPartBatch = 1u << 3,      // images, predictions and losses of the current batch
  kPartBaseline = 1u << 4,   // the mean digits
  kPartProbe = 1u << 5,      // one weight: nudged, and its gradient
  kPartDigest = 1u << 6,     // hash of the bits of all weights
};

struct SnapshotRequest {
  uint32_t parts = 0;
  uint32_t generation =
      0;  // of the curves that the page holds; another one makes the engine send all
  uint32_t steps_held = 0;  // points the page already holds, so that only new ones travel
  uint32_t epochs_held = 0;
  uint32_t marks_held = 0;
  uint32_t max_images = 64;      // of the batch
  uint32_t probe_parameter = 0;  // index into the slab of parameters
  bool operator==(const SnapshotRequest&) const = default;
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
