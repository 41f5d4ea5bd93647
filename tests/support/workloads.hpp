// The five workloads of the speed measurements, on few images and without label files: strokes of
// real digits, so that as many pixels are 0 as in MNIST, with labels that take turns. What is
// counted (instructions, bytes, allocations) depends on the images, not on their labels.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/dataset.hpp"
#include "data/idx.hpp"
#include "train/experiment_spec.hpp"

namespace downhill::test {

struct Workload {
  const char* name;
  const char* spec;
};

inline constexpr Workload kWorkloads[] = {
    {"W1", "model=linear&loss=mnist&lr=1&batch=256"},
    {"W2", "model=mlp:30&loss=mnist&lr=0.1&batch=256"},
    {"W3",
     "digits=0123456789&model=conv&loss=crossentropy&optimizer=momentum&momentum=0.9&lr=0.01&"
     "batch=128"},
    {"W4", "digits=0123456789&model=mlp:128&loss=crossentropy&lr=0.1&batch=128"},
    {"W5",
     "digits=0123456789&model=lenet&loss=crossentropy&optimizer=momentum&momentum=0.9&lr=0.01&"
     "batch=128"},
};

// The first `count` images of an IDX file, labelled with `digits` in turn.
inline Result<Dataset> relabelled(const std::vector<uint8_t>& file, uint32_t count,
                                  std::string_view digits) {
  const Result<IdxImages> images = read_idx_images(file, "images");
  if (!images) return images.error();
  if (images->count < count) return Error{"[images] there are too few"};
  std::vector<uint8_t> labels(count);
  for (uint32_t i = 0; i < count; ++i) {
    labels[i] = static_cast<uint8_t>(digits[i % digits.size()] - '0');
  }
  const size_t pixels = size_t{count} * images->rows * images->cols;
  return Dataset::from_files(
      write_idx(IdxImages{count, images->rows, images->cols, images->pixels.first(pixels)}),
      write_idx(IdxLabels{count, labels}), digits);
}

// 1024 images for training, 512 for validation. `train` and `valid` are IDX files of images.
inline Result<DigitData> workload_data(const std::vector<uint8_t>& train,
                                       const std::vector<uint8_t>& valid, std::string_view digits) {
  Result<Dataset> learned = relabelled(train, 1024, digits);
  if (!learned) return learned.error();
  Result<Dataset> tested = relabelled(valid, 512, digits);
  if (!tested) return tested.error();
  return DigitData{std::move(*learned), std::move(*tested)};
}

}  // namespace downhill::test
