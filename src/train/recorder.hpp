// The memory of a run: one point per optimizer step, one per automatic test, one mark per change of
// the learning rate by hand. Numbers go in as they were computed and come out the same: no
// smoothing, no thinning. Knows no tensors, no clock and no screen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace downhill {

struct CurvePoint {     // one optimizer step
  uint32_t step;        // 1, 2, …
  float loss;           // mean over the batch, before the step
  float gradient_norm;  // L2 over all parameters, before any clipping
  float lr;             // learning rate of this step, the schedule's included
  float momentum;       // of this step, the schedule's included
};

struct EpochPoint {  // one automatic test; the first is of the initial weights, epoch 0
  uint32_t epoch;
  uint32_t step;         // how many steps had been done
  float train_loss;      // mean of the epoch's batch losses; NaN for epoch 0
  float valid_loss;      // mean over the whole validation set
  float valid_accuracy;  // fraction of the whole validation set
};

struct LrMark {    // the learning rate was changed by hand
  uint32_t step;   // first step that uses the new rate
  float from, to;  // before the schedule's part
};

// What else was in force, from a step on, so that a replay does the same.
struct LiveSettings {
  float weight_decay = 0, clip = 0;
  bool operator==(const LiveSettings&) const = default;
};

struct LiveMark {
  uint32_t step = 1;  // the first one
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
  // Forgets everything and makes room for a run of `steps` and `epochs`, so that recording
  // allocates nothing until a run outgrows it.
  void begin(size_t steps, size_t epochs, float lr, const LiveSettings& live, uint32_t frozen);
  // Goes on from what another recorder held.
  void resume(RunHistory history);

  void record_step(const CurvePoint& point) { all_.steps.push_back(point); }
  void record_epoch(const EpochPoint& point) { all_.epochs.push_back(point); }
  // Changes between the same two steps become one mark; a change that is taken back leaves none.
  void record_lr(uint32_t next_step, float lr);
  void record_live(uint32_t next_step, const LiveSettings& live);
  // How many layers are frozen from batch number `next_batch` (1, 2, …) on. What is frozen matters
  // from the prediction on, so this is not of the next step once its batch has been predicted.
  void record_frozen(uint32_t next_batch, uint32_t layers);
  // Forgets all that happened after so many batches were predicted, stepped and done, each as many
  // as the next or one more. The test of an epoch belongs to the end of its last batch.
  void rewind(uint32_t predicted, uint32_t stepped, uint32_t done);

  std::span<const CurvePoint> steps() const { return all_.steps; }
  std::span<const EpochPoint> epochs() const { return all_.epochs; }
  std::span<const LrMark> marks() const { return all_.marks; }
  const RunHistory& history() const { return all_; }
  // The rate, before the schedule's part, that step number `step` (1, 2, …) used or will use.
  float lr_at(uint32_t step) const;
  const LiveSettings& live_at(uint32_t step) const;
  uint32_t frozen_at(uint32_t batch) const;
  // Changes whenever what may have been copied was taken away or changed: whoever holds a copy must
  // start anew.
  uint32_t generation() const { return generation_; }

 private:
  RunHistory all_;
  uint32_t generation_ = 0;
};

}  // namespace downhill
