// States of a run to go back to: copies of everything that training changes, taken at the ends of
// epochs. When they would take more memory than allowed, every second one is dropped, and going
// back replays more steps.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace downhill {

// Parameters, running statistics and the state of the optimizer, in this order; where gradients are
// not zeroed (Fault::no_zero), also those.
struct TrainState {
  uint64_t steps = 0;  // of the optimizer
  std::vector<float> numbers;

  // Copies the parts, in order. Allocates nothing if the last copy was as long.
  void save(uint64_t steps_done, std::initializer_list<std::span<const float>> parts);
  // Copies back into the parts. Precondition: they are as long as the saved ones.
  void load(std::initializer_list<std::span<float>> parts) const;
};

struct Checkpoint {
  uint32_t epoch = 0;  // complete epochs
  TrainState state;
};

class Checkpoints {
 public:
  static constexpr size_t kDefaultBytes = size_t{48} << 20;

  explicit Checkpoints(size_t max_bytes = kDefaultBytes) : max_bytes_(max_bytes) {}

  // Drops all states and reserves memory for `epochs` states of `floats` numbers, or for as many as
  // may be held, so that save() allocates nothing.
  void begin(size_t floats, uint32_t epochs);
  // Where to save the state of this epoch, or null if it is not to be saved. Epochs come in order.
  TrainState* place_for(uint32_t epoch);
  // The latest state not after `epoch`. Precondition: epoch 0 was saved.
  const Checkpoint& at_or_before(uint32_t epoch) const;
  // The latest state. Precondition: epoch 0 was saved.
  const Checkpoint& last() const { return kept_[used_ - 1]; }
  // Drops the states after `epoch`.
  void rewind(uint32_t epoch);

  size_t size() const { return used_; }

 private:
  void thin();

  size_t max_bytes_;
  size_t limit_ = 2;              // how many may be held
  uint32_t stride_ = 1;           // epochs between two that are kept
  std::vector<Checkpoint> kept_;  // [0, used_) are states, the rest is reserved memory
  size_t used_ = 0;
};

}  // namespace downhill
