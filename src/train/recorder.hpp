// The history of a run: one point for each optimizer step, one for each automatic test, one mark
// for each change of the learning rate by hand. Numbers are stored as they were computed, without
// smoothing or thinning. Knows no tensors, no clock and no screen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace downhill {

struct CurvePoint {     // one optimizer step
  uint32_t step;        // 1, 2, …
  float loss;           // mean over the batch, before the step
  float gradient_norm;  // L2 over all parameters, before any clipping
  float lr;             // of this step, after the schedule
  float momentum;       // of this step, after the schedule
};

struct EpochPoint {  // one automatic test; the first is of the initial weights, epoch 0
  uint32_t epoch;
  uint32_t step;         // steps done
  float train_loss;      // mean of the epoch's batch losses; NaN for epoch 0
  float valid_loss;      // mean over the whole validation set
  float valid_accuracy;  // fraction of the whole validation set
};

struct LrMark {    // the learning rate was changed by hand
  uint32_t step;   // first step that uses the new rate
  float from, to;  // before the schedule
};

// The other live settings, which apply from a step on, so that a replay does the same.
struct LiveSettings {
  float weight_decay = 0, clip = 0;
  bool operator==(const LiveSettings&) const = default;
};

struct LiveMark {
  uint32_t step = 1;  // the first step that uses them
  LiveSettings live;
};
struct FrozenMark {
  uint32_t step = 1;  // the first batch, counted from 1
  uint32_t layers = 0;
};

struct RunHistory {
  std::vector<CurvePoint> steps;
  std::vector<EpochPoint> epochs;
  std::vector<LrMark> marks;
  std::vector<LiveMark> live;      // never empty; the first is of step 1
  std::vector<FrozenMark> frozen;  // likewise
  float first_lr = 0;
};

class Recorder {
 public:
  // Drops everything and reserves memory for `steps` and `epochs`, so that recording allocates
  // nothing until a run grows beyond them.
  void begin(size_t steps, size_t epochs, float lr, const LiveSettings& live, uint32_t frozen);
  // Continues the history of another recorder.
  void resume(RunHistory history);

  void record_step(const CurvePoint& point) { all_.steps.push_back(point); }
  void record_epoch(const EpochPoint& point) { all_.epochs.push_back(point); }
  // Several changes between two steps become one mark, and none if they cancel out. Before the first
  // step there is nothing to mark: the run begins with this rate.
  void record_lr(uint32_t next_step, float lr);
  void record_live(uint32_t next_step, const LiveSettings& live);
  // How many layers are frozen from batch number `next_batch` (1, 2, …) on. Freezing takes effect
  // at a forward pass, so it does not apply to a batch that is predicted already.
  void record_frozen(uint32_t next_batch, uint32_t layers);
  // Drops all that happened after this many batches were predicted, stepped and done; each number
  // is equal to the next one or one more. The test of an epoch belongs to the end of its last
  // batch.
  void rewind(uint32_t predicted, uint32_t stepped, uint32_t done);

  std::span<const CurvePoint> steps() const { return all_.steps; }
  std::span<const EpochPoint> epochs() const { return all_.epochs; }
  std::span<const LrMark> marks() const { return all_.marks; }
  const RunHistory& history() const { return all_; }
  // The rate, before the schedule, of step number `step` (1, 2, …), past or future.
  float lr_at(uint32_t step) const;
  const LiveSettings& live_at(uint32_t step) const;
  uint32_t frozen_at(uint32_t batch) const;
  // Changes when points or marks that a reader may have copied were dropped or changed: the reader
  // must copy everything again.
  uint32_t generation() const { return generation_; }

 private:
  RunHistory all_;
  uint32_t generation_ = 0;
};

}  // namespace downhill
