// One engine of the benchmark: the four files of the 3s and 7s, those of all ten digits, a trainer
// and a stopwatch. Training is predict, loss, gradient and step over shuffled bytes in memory. The
// automatic test at the end of an epoch, which peers do not run, gets a single image.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "data/dataset.hpp"
#include "stopwatch.hpp"
#include "train/trainer.hpp"

namespace downhill::bench {

// Of a window. Times are means over the faster half of its bundles of whole steps, some 20 ms each.
struct Profile {
  struct Op {
    std::string name, shape;                 // of the operation and of its value
    double forward_ns = 0, backward_ns = 0;  // by the tape's clock
  };
  std::vector<Op> ops;  // in the order of the tape
  double steps = 0;
  std::array<double, kPhaseCount> phase_ns{};  // by phase; what ops leave of it is around them
  double allocations = 0;                      // calls of operator new
  uint64_t tape_bytes = 0;                     // of the arena, in use when the gradient is there
  uint64_t parameter_bytes = 0;                // values and gradients
};

class Bench {
 public:
  static constexpr int kFiles = 8;  // four of the 3s and 7s, four of all ten digits

  // In the order of read_digit_data(). Fill them before the first prepare() that needs them, which
  // takes them.
  std::vector<uint8_t>& file(int number) { return files_[static_cast<size_t>(number)]; }

  // Builds the model and trains nothing.
  Result<void> prepare(const ExperimentSpec& spec);
  bool prepared() const { return trainer_ && trainer_->built(); }
  // Precondition of what follows: prepared().
  const Trainer& trainer() const { return *trainer_; }

  // Train for `seconds`, at least one batch. Fails when the loss is not finite any more.
  Result<Rate> train(double seconds);  // images
  Result<Profile> profile(double seconds);
  // On the whole validation set.
  Evaluation test();

 private:
  Result<const DigitData*> data_for(std::string_view digits);
  template <class Look>
  bool train_batch(Look look);

  std::array<std::vector<uint8_t>, kFiles> files_;
  std::array<std::optional<DigitData>, 2> data_;
  const DigitData* used_ = nullptr;
  Dataset one_image_;
  std::optional<Trainer> trainer_;
};

}  // namespace downhill::bench
