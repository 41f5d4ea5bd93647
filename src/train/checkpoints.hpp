// States of a run to go back to: copies of the parameters at the end of epochs. When they would
// take more memory than allowed, every second one is let go; going back then replays a little
// further.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace downhill {

struct Checkpoint {
  uint32_t epoch = 0;         // complete epochs
  std::vector<float> values;  // the slab of parameters
};

class Checkpoints {
 public:
  static constexpr size_t kDefaultBytes = size_t{48} << 20;

  explicit Checkpoints(size_t max_bytes = kDefaultBytes) : max_bytes_(max_bytes) {}

  // Forgets all and makes room for `epochs` states of `floats` numbers (or for as many as may be
  // held), so that save() allocates nothing.
  void begin(size_t floats, uint32_t epochs);
  // Keeps a copy if the epoch is due. Epochs come in order.
  void save(uint32_t epoch, std::span<const float> values);
  // The latest one of `epoch` or before. Precondition: epoch 0 was saved.
  const Checkpoint& at_or_before(uint32_t epoch) const;
  // Forgets those after `epoch`.
  void rewind(uint32_t epoch);

  size_t size() const { return used_; }

 private:
  void thin();

  size_t max_bytes_;
  size_t limit_ = 2;              // how many may be held
  uint32_t stride_ = 1;           // epochs between two that are kept
  std::vector<Checkpoint> kept_;  // [0, used_) are states, the rest is memory for later ones
  size_t used_ = 0;
};

}  // namespace downhill
