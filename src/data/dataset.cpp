#include "data/dataset.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>
#include <utility>

#include "base/rng.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

std::string number(uint64_t value) { return print(value); }

Error fault(std::string_view name, const std::string& what) {
  return Error{"[" + std::string(name) + "] " + what};
}

Result<void> check_digits(std::string_view digits, std::string_view name) {
  std::array<bool, 10> seen{};
  for (const char c : digits) {
    if (c < '0' || c > '9') {
      return fault(name, "\"" + std::string(digits) + "\" is not a list of digits like \"37\"");
    }
    bool& before = seen[static_cast<size_t>(c - '0')];
    if (before) return fault(name, "digit " + std::string(1, c) + " is asked for twice");
    before = true;
  }
  if (digits.size() < 2) return fault(name, "at least two digits are needed to tell them apart");
  return {};
}

Result<void> check_labels(const IdxImages& images, const IdxLabels& labels, std::string_view name) {
  if (images.count != labels.count) {
    return fault(name, number(images.count) + " images, but " + number(labels.count) +
                           " labels (byte 4 of both files)");
  }
  for (uint32_t i = 0; i < labels.count; ++i) {
    if (labels.values[i] > 9) {
      return fault(name, "label " + number(labels.values[i]) + " of image " + number(i) +
                             " (byte " + number(kIdxLabelsHeader + i) +
                             " of the labels) is not a digit");
    }
  }
  return {};
}

// `count` different numbers below `size`: the start of a shuffled list of all of them.
std::vector<uint32_t> choose(uint32_t count, uint32_t size, Rng rng) {
  std::vector<uint32_t> chosen(size);
  std::iota(chosen.begin(), chosen.end(), 0u);
  rng.shuffle(chosen);
  chosen.resize(count);
  return chosen;
}

}  // namespace

Result<Dataset> Dataset::from_idx(const IdxImages& images, const IdxLabels& labels,
                                  std::string_view digits, std::string_view name) {
  if (auto good = check_digits(digits, name); !good) return good.error();
  if (auto good = check_labels(images, labels, name); !good) return good.error();
  Dataset data;
  data.pixels_ = images.pixels;
  data.rows_ = images.rows;
  data.cols_ = images.cols;
  data.digits_ = digits;
  for (size_t which = 0; which < digits.size(); ++which) {
    const size_t before = data.image_numbers_.size();
    for (uint32_t i = 0; i < labels.count; ++i) {
      if (labels.values[i] == digits[which] - '0') data.image_numbers_.push_back(i);
    }
    const size_t found = data.image_numbers_.size() - before;
    if (found == 0) return fault(name, "no image of the digit " + std::string(1, digits[which]));
    data.classes_.resize(data.image_numbers_.size(), static_cast<uint8_t>(which));
  }
  data.true_classes_ = data.classes_;
  data.count_classes();
  return data;
}

Result<Dataset> Dataset::from_files(std::vector<uint8_t> images, std::span<const uint8_t> labels,
                                    std::string_view digits, std::string_view name) {
  const auto image_view = read_idx_images(images, std::string(name) + "-images");
  if (!image_view) return image_view.error();
  const auto label_view = read_idx_labels(labels, std::string(name) + "-labels");
  if (!label_view) return label_view.error();
  auto data = from_idx(*image_view, *label_view, digits, name);
  // Moving a vector does not move its bytes, so the view stays valid.
  if (data) data->file_ = std::make_shared<const std::vector<uint8_t>>(std::move(images));
  return data;
}

Dataset Dataset::from_rows(std::vector<float> rows, std::vector<float> targets) {
  assert(!targets.empty() && rows.size() % targets.size() == 0);
  Dataset data;
  data.image_numbers_.resize(targets.size());
  std::iota(data.image_numbers_.begin(), data.image_numbers_.end(), 0u);
  data.classes_.resize(targets.size());
  data.true_classes_ = data.classes_;
  const auto width = static_cast<uint32_t>(rows.size() / targets.size());
  data.numbers_ =
      std::make_shared<const Numbers>(Numbers{width, std::move(rows), std::move(targets)});
  return data;
}

Dataset Dataset::subset(uint32_t count, uint64_t seed) const {
  Dataset data(*this);
  if (count == 0 || count >= size()) return data;
  std::vector<uint32_t> chosen = choose(count, size(), Rng(seed).split("subset"));
  std::sort(chosen.begin(), chosen.end());
  for (uint32_t i = 0; i < count; ++i) {
    data.image_numbers_[i] = image_numbers_[chosen[i]];
    data.classes_[i] = classes_[chosen[i]];
    data.true_classes_[i] = true_classes_[chosen[i]];
  }
  data.image_numbers_.resize(count);
  data.classes_.resize(count);
  data.true_classes_.resize(count);
  data.count_classes();
  return data;
}

Dataset Dataset::with_label_noise(float fraction, uint64_t seed) const {
  assert(fraction >= 0 && fraction <= 1);
  Dataset data(*this);
  if (class_count() == 0) return data;
  const Rng noise = Rng(seed).split("label noise");
  const auto count =
      static_cast<uint32_t>(static_cast<double>(fraction) * static_cast<double>(size()) + 0.5);
  for (const uint32_t index : choose(count, size(), noise)) {
    const uint32_t further = 1 + noise.split(uint64_t{index}).below(class_count() - 1);
    data.classes_[index] = static_cast<uint8_t>((classes_[index] + further) % class_count());
  }
  data.count_classes();
  return data;
}

void Dataset::count_classes() {
  class_sizes_.assign(class_count(), 0);
  if (class_count() == 0) return;
  for (const uint8_t which : classes_) ++class_sizes_[which];
}

Result<DigitData> read_digit_data(std::vector<uint8_t> train_images,
                                  std::span<const uint8_t> train_labels,
                                  std::vector<uint8_t> valid_images,
                                  std::span<const uint8_t> valid_labels, std::string_view digits) {
  auto train = Dataset::from_files(std::move(train_images), train_labels, digits, "train");
  if (!train) return train.error();
  auto valid = Dataset::from_files(std::move(valid_images), valid_labels, digits, "valid");
  if (!valid) return valid.error();
  if (train->rows() != valid->rows() || train->cols() != valid->cols()) {
    return fault("valid", "images of " + number(valid->rows()) + "x" + number(valid->cols()) +
                              ", but those for training are " + number(train->rows()) + "x" +
                              number(train->cols()));
  }
  return DigitData{std::move(*train), std::move(*valid)};
}

}  // namespace downhill
