// The valley below a run: the loss of the current batch after a step of any learning rate. The
// step is the optimizer's own, from the weights and its state as they are; in every optimizer here
// it is proportional to the rate, so all these steps lie on one line through weight space. For
// plain SGD it is the line along the gradient. After phase 5 it is the line of the step that was
// just made, from the weights before it. The run is untouched.
#pragma once

#include <cstdint>
#include <vector>

namespace downhill {

class Trainer;

struct Valley {
  uint32_t step = 0;  // optimizer steps that the run had done
  bool made = false;  // the step has just been made: "here" is before it
  float lr = 0;       // of this step
  float loss = 0;     // here
  float first = 0;    // the loss of the run's first batch; 0 before its first step
  float slope = 0;    // d loss / d rate here, from the gradient: -|gradient|² for plain SGD
  float best = 0;     // the rate with the lowest of all losses below; 0: none is lower than here
  // From the rate at which the loss begins to change to the end of the dial, or to the first loss
  // that is not finite or ten times as large; logarithmic, ascending.
  std::vector<float> rates, losses;
  // Around here and the step, for a picture: about equally spaced from a fifth of the way back,
  // `lr` among them, and `best` if it is not beyond them; ascending.
  std::vector<float> near_rates, near_losses;
  // The losses of the next kStepsAhead batches, each before its step, if the run goes on with the
  // rate on the dial. One step may land well, and the next ones lose what it has won. Fewer where a
  // loss is not finite; none where a training set in file order makes its batches unlike.
  float ahead_lr = 0;
  std::vector<float> ahead;
  bool operator==(const Valley&) const = default;
};

// What one step of a rate does to the loss of the batch.
enum class RateVerdict : uint8_t {
  unknown,     // no rate lowers the loss, or nothing is measured
  too_small,   // less than a fiftieth of the best rate's gain, and more than 300 steps to halve it
  good,        // it lowers the loss
  overshoots,  // it goes more than twice as far as the lowest point, or the loss rises, now or in
               // the steps ahead
  diverges,    // the loss doubles at least, or is no longer finite; or the run is already at twice
               // its first loss, and the rate is no smaller than the one that brought it there
};

constexpr int kStepsAhead = 6;

// About 40 forward passes of the current batch, and kStepsAhead steps on a copy of the run.
// Precondition: trainer.built().
Valley measure_valley(Trainer& trainer);

// The loss after a step of this rate >= 0: measured, or interpolated between measured rates. Beyond
// the last one it is that one's.
float loss_after(const Valley& valley, float lr);
RateVerdict judge_rate(const Valley& valley, float lr);
// Whether steps of the run's rate have already taken the loss to twice that of its first batch.
bool has_climbed(const Valley& valley);
// Whether the run, with the rate of the steps ahead or a larger one, falls below half of its first
// loss, and is then back where it began.
bool rises_again(const Valley& valley, float lr);
// How many such steps it would take to halve the loss, if each lowered it as much as the next one;
// 0 if it does not lower it.
float steps_to_halve(const Valley& valley, float lr);

}  // namespace downhill
