// Step 5: the gradient changes the weights. An optimizer sees slabs of numbers and which of them
// are trained and decay. Knows no layers and no schedule.
//
// The formulas are PyTorch's (torch.optim.SGD with dampening 0, RMSprop, Adam, AdamW); the kernels
// in kernels/optimizers/update.hpp state them. fastai's Adam is our adamw with beta2 0.99, eps 1e-5
// and weight decay 0.01.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nn/choices.hpp"
#include "nn/parameter_slabs.hpp"

namespace downhill {

// Chosen before training, because the state of the optimizer depends on it.
struct OptimizerSettings {
  OptimizerKind kind = OptimizerKind::sgd;
  float beta2 = 0.99f;  // in [0, 1): rmsprop's alpha, adam's and adamw's beta2
  float eps = 1e-5f;    // > 0. From 1e-8 on, dropping what is below kForgotten changes nothing
};

// May be different in every step. All finite.
struct StepSettings {
  float lr = 0.1f;
  // In [0, 1): of momentum and nesterov, where 0 is plain SGD and leaves the state alone; adam's and
  // adamw's beta1.
  float momentum = 0.9f;
  float weight_decay = 0;  // added to the gradient as decay·w; adamw: w *= 1 - lr·decay instead
  // The L2 norm of all gradients is limited to this (0: no limit), as by clip_grad_norm_: all are
  // multiplied by min(1, clip / (norm + 1e-6)). A norm that is NaN clips nothing.
  float clip = 0;
  bool uphill = false;  // follows the gradient instead of going against it: PyTorch's maximize
};

struct StepReport {
  // The L2 norm of the change of all weights, decay included. Finite if all weights and their
  // changes are, so a weight that is not finite shows here, also one whose inputs are all zero.
  float update_norm = 0;
  bool clipped = false;
};

// Parameters that are frozen (requires_grad) or have no gradient (has_grad) keep their values and
// their state. Gradients are never changed, so that they can be shown after the step.
class Optimizer {
 public:
  // Starts with an empty state. The only allocation; `slabs` must be allocated.
  void begin(const OptimizerSettings& settings, const ParameterSlabs& slabs);
  // Changes the values in place. Precondition: the slabs of begin().
  void step(ParameterSlabs& slabs, const StepSettings& settings);
  // The same to the bit, and slabs.values_before() are the values before the step.
  StepReport step_to_new_slab(ParameterSlabs& slabs, const StepSettings& settings);

  // The whole state, for checkpoints: running means laid out like the values (momentum, nesterov:
  // of gradients; rmsprop: of squares; adam, adamw: of gradients, then of squares), then for adam
  // and adamw the number of steps of each parameter, padded to a multiple of 16. sgd has no state.
  std::span<float> state() { return state_; }
  std::span<const float> state() const { return state_; }
  uint64_t steps() const { return steps_; }  // calls of step() since begin()
  // Precondition: begin() was called with the same kind and shapes; `state` is as long as state().
  void restore(std::span<const float> state, uint64_t steps);

 private:
  bool is_adam() const;
  float* step_counts() { return state_.data() + 2 * values_; }
  bool alike(const ParameterSlabs& slabs, size_t a, size_t b);
  struct Stepped {
    float squares;  // of all changes, added up
    bool clipped;
  };
  Stepped step_to(float* values, ParameterSlabs& slabs, const StepSettings& settings);
  void step_run(float* values, ParameterSlabs& slabs, size_t first, size_t end,
                const StepSettings& settings, float scale, float* moved);

  OptimizerSettings settings_;
  std::vector<float> state_;
  size_t values_ = 0;  // floats of the slab of values
  uint64_t steps_ = 0;
};

}  // namespace downhill
