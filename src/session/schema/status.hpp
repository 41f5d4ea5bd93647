// The numbers of a run: what a snapshot always carries and what state() of the page shows. A number
// is a member here and a line in the list below, which gives its name in state() and its row in
// web/README.md; session/snapshot_view.cpp fills it. Knows no trainer.
#pragma once

#include <cstdint>
#include <string>

#include "base/enumerators.hpp"
#include "session/schema/members.hpp"
#include "train/health.hpp"
#include "train/phase.hpp"

namespace downhill {

static_assert(kPhaseCount == kEnumeratorCount<Phase> && !kPhaseNames.back().empty(),
              "A Phase has no name in kPhaseNames.");

// Losses are means over images, accuracies are fractions 0..1, norms are L2 over all parameters;
// NaN means "not known yet".
struct Status {
  bool ready = false, loading = false, running = false, finished = false;
  Phase phase = Phase::initialize, next = Phase::predict;
  uint64_t step = 0;
  uint32_t epoch = 0, tested_epoch = 0, batch = 0, batches_per_epoch = 0, epoch_limit = 0;
  std::string busy_with, stop_reason;
  bool best_is_back = false;

  float train_loss = 0, previous_loss = 0, batch_accuracy = 0;
  float valid_loss = 0, valid_accuracy = 0, best_valid_accuracy = 0;
  float gradient_norm = 0, weight_norm = 0, update_norm = 0;
  float lr = 0, momentum = 0;
  Health health = Health::fine;
  std::string diagnosis;
  uint64_t trouble_step = 0, good_step = 0;
  bool can_recover = false;

  float baseline_accuracy = 0, baseline_accuracy_l2 = 0;
  uint32_t train_count = 0, valid_count = 0, parameter_count = 0;
  uint32_t image_rows = 0, image_columns = 0;
  float images_per_second = 0, speed = 0;
  double training_seconds = 0;
  std::string note, error;
};

template <>
inline constexpr auto kMembers<Status> = pack(
    Member{&Status::ready, "ready", "the data are there, and a model is built"},
    Member{&Status::loading, "loading",
           "other digits are on their way; meanwhile the run stays as it is"},
    Member{&Status::running, "running", "training is under way"},
    Member{&Status::finished, "finished", "a stop rule has fired"},
    Member{&Status::phase, "phase", "the phase that was done last"},
    Member{&Status::next, "next", "the phase that comes next"},
    Member{&Status::step, "step", "optimizer steps done"},
    Member{&Status::epoch, "epoch", "epochs completed"},
    Member{&Status::tested_epoch, "testedEpoch",
           "the epoch at whose end `validLoss` and `validAccuracy` were measured, 0 at the start: "
           "the last one, except while a long validation runs beside the next epoch"},
    Member{&Status::batch, "batch", "batches done in this epoch"},
    Member{&Status::batches_per_epoch, "batchesPerEpoch", "batches in an epoch"},
    Member{&Status::epoch_limit, "epochLimit", "the epoch after which the run ends"},
    Member{&Status::busy_with, "busyWith",
           "the command of the tool that is at work while training rests, or `null`"},
    Member{&Status::stop_reason, "stopReason", "why it has finished: a sentence, or `null`"},
    Member{&Status::best_is_back, "bestIsBack",
           "patience has run out, and the weights of the best epoch were put back"},

    Member{&Status::train_loss, "trainLoss", "of the current batch, before its step"},
    Member{&Status::previous_loss, "previousLoss", "of the batch before it"},
    Member{&Status::batch_accuracy, "batchAccuracy", "of the current batch, before its step"},
    Member{&Status::valid_loss, "validLoss", "of the whole validation set"},
    Member{&Status::valid_accuracy, "validAccuracy", "of the whole validation set"},
    Member{&Status::best_valid_accuracy, "bestValidAccuracy", "the best of all epochs so far"},
    Member{&Status::gradient_norm, "gradientNorm", "L2 over all parameters"},
    Member{&Status::weight_norm, "weightNorm", "L2 over all parameters"},
    Member{&Status::update_norm, "updateNorm", "L2 of the last step's change of all weights"},
    Member{&Status::lr, "lrNow", "learning rate of the next step, as the schedule has it"},
    Member{&Status::momentum, "momentumNow", "momentum of the next step, as the schedule has it"},
    Member{&Status::health, "health",
           "`fine`, `diverged`, `saturated`, or `faulty`: a fault that was switched on shows"},
    Member{&Status::diagnosis, "diagnosis", "what is wrong: a sentence, or `null`"},
    Member{&Status::trouble_step, "troubleStep",
           "optimizer steps done when the trouble was noticed"},
    Member{&Status::good_step, "goodStep",
           "optimizer steps done at the state that `recover` goes back to"},
    Member{&Status::can_recover, "canRecover", "there is a state before it to go back to"},

    Member{&Status::baseline_accuracy, "baselineAccuracy",
           "of pixel similarity by L1 distance, which learns nothing, on the validation set"},
    Member{&Status::baseline_accuracy_l2, "baselineAccuracyL2", "the same by L2 distance"},
    Member{&Status::train_count, "trainCount", "training images"},
    Member{&Status::valid_count, "validCount", "validation images"},
    Member{&Status::parameter_count, "paramCount", "parameters of the model"},
    Member{&Status::image_rows, "imageRows", "rows of pixels of an image"},
    Member{&Status::image_columns, "imageColumns", "pixels in a row of it"},
    Member{&Status::images_per_second, "imagesPerSecond",
           "trained, over the last second or so; 0 at rest"},
    Member{&Status::speed, "speed", "limit of batches per second; 0: none"},
    Member{&Status::training_seconds, "trainingSeconds", "time at work, pauses not counted"},
    Member{&Status::note, "note",
           "what has to be known of the last command that was carried out: a sentence, or `null`"},
    Member{&Status::error, "error",
           "the last thing that was refused or failed: a sentence, or `null`"});

}  // namespace downhill
