// The digits that an engine has loaded: the 3s and 7s that come with the page, and all ten, which
// are fetched on request. Makes the datasets of an experiment from them, or from nothing where it
// learns from points. Knows no network and no model.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "data/baseline.hpp"
#include "data/dataset.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {

// The four IDX files, inflated: images (uint8, n x 28 x 28) and labels (0..9) for training and
// validation.
struct DataBytes {
  std::vector<uint8_t> train_images, train_labels, valid_images, valid_labels;
};

// The data of an experiment, and the baseline that it has to beat; points have none.
struct Digits {
  DigitData data;
  std::unique_ptr<PixelBaseline> baseline;
  BaselineScore score_l1, score_l2;
  std::string key;  // data_key() of the experiments that learn from them
};

// What decides which data an experiment needs: its digits, or its points, which depend on the seed.
std::string data_key(const ExperimentSpec& spec);

class DigitStore {
 public:
  // Whether the loaded files hold these digits. False before anything was loaded.
  bool has(std::string_view digits) const;

  // Takes files of some digits; they replace earlier ones of the same kind (3s and 7s, or all ten).
  // Refuses files that are damaged or not 28 x 28.
  Result<void> take(DataBytes bytes);

  // The datasets of these digits and their baseline. They point into this store.
  // Precondition: has(digits).
  Result<std::unique_ptr<Digits>> make(std::string_view digits) const;

  // The same for any experiment.  Precondition: has_points(spec.data) or has(spec.digits).
  Result<std::unique_ptr<Digits>> make(const ExperimentSpec& spec) const;

  // The same for datasets that do not come from a store.
  static Result<std::unique_ptr<Digits>> around(DigitData data);

 private:
  struct Files {
    DataBytes bytes;
    uint32_t digits = 0;  // a bit for each digit that both sets have
    bool has(std::string_view wanted) const;
  };
  Files few_, all_;
};

}  // namespace downhill
