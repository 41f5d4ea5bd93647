// Reads the bytes as an opened file: as a run, and as the weights of a small model. Whatever is
// accepted must survive writing and reading unchanged, go on within a bounded number of phases, and
// hold numbers in their ranges.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/synthetic.hpp"
#include "nn/state_dict.hpp"
#include "train/trainer.hpp"

namespace downhill::fuzz {

inline std::vector<uint8_t> written(const RunRecord& record) {
  TensorFile file;
  append_run(record, file);
  return write_safetensors(file);
}

// Whether every number of a record that a run goes on with is in its range.
inline bool in_range(const RunRecord& record) {
  const auto within = [](float x, float low, float high) { return x >= low && x <= high; };
  for (const CurvePoint& p : record.history.steps) {
    if (!std::isfinite(p.loss) || !within(p.lr, 0, kMaxLr * 1.001f)) return false;
    if (!within(p.momentum, 0, 1)) return false;
  }
  for (const EpochPoint& p : record.history.epochs) {
    if (!within(p.valid_accuracy, 0, 1)) return false;
  }
  for (const LiveMark& mark : record.history.live) {
    if (!within(mark.live.weight_decay, 0, 1) || !within(mark.live.clip, 0, 1000)) return false;
  }
  for (const Checkpoint& state : record.states) {
    for (const float x : state.state.numbers) {
      if (!std::isfinite(x)) return false;
    }
  }
  return record.epoch_limit >= 1 &&
         record.epoch_limit <= kMaxEpochs * record.schedule_starts.size() &&
         std::isfinite(record.training_seconds) && record.training_seconds >= 0;
}

// Whether a small trainer refuses the record, or goes on from it. Every phase is counted, also those
// that are done again: no more than twice the phases of the record, since the best epoch and the
// last state may both lie before all of them.
inline bool goes_on(const RunRecord& record) {
  static const DigitData digits = synthetic_digit_data(60, 20, 1);
  // A large network is only slow; that its texts are read is checked above.
  const auto table = layer_table(record.spec);
  uint64_t numbers = 0;
  for (const LayerSummary& layer : table) numbers += layer.parameters + layer.output.size();
  if (numbers > 20000 || record.position > 5000) return true;
  Trainer trainer;
  if (const auto resumed = trainer.resume(record, digits.train, digits.valid); !resumed) {
    return resumed.error().message.starts_with('[') && trainer.phases_done() <= 2 * record.position;
  }
  if (trainer.position() != record.position || trainer.phases_done() > 2 * record.position) {
    return false;
  }
  for (int i = 0; i < 12 && trainer.can_continue(); ++i) trainer.advance();
  return in_range(trainer.record());
}

inline bool checkpoint(std::span<const uint8_t> bytes) {
  const auto file = read_safetensors(bytes, "file");
  if (!file) return file.error().message.starts_with("[file] ");
  if (const auto record = read_run(*file)) {
    const std::vector<uint8_t> once = written(*record);
    const auto again = read_safetensors(once, "file");
    if (!again || !has_run(*again)) return false;
    const auto same = read_run(*again);
    if (!same || written(*same) != once) return false;
    if (!in_range(*record) || !goes_on(*record)) return false;
  } else if (!record.error().message.starts_with('[')) {
    return false;
  }
  static const std::unique_ptr<Model> model =
      std::move(*Model::build(*parse_network("conv1k28,bn,flatten,linear"), {28, 28, 1}, 1));
  const auto state = read_state_dict(*model, *file, "run.");
  return state ? state->values.size() == model->slabs().values().size()
               : state.error().message.starts_with("[weights] ");
}

}  // namespace downhill::fuzz
