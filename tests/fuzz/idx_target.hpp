// Reads the bytes as IDX images, as IDX labels, and as a pair of files that becomes a dataset and
// batches.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/baseline.hpp"
#include "data/dataset.hpp"
#include "data/idx.hpp"
#include "data/loader.hpp"
#include "data/statistics.hpp"

namespace downhill::fuzz {

inline bool is_sentence(const Error& error) {
  return error.message.size() > 6 && error.message.front() == '[' &&
         error.message.find("] ") != std::string::npos;
}

inline bool same(const std::vector<uint8_t>& written, std::span<const uint8_t> bytes) {
  return std::equal(written.begin(), written.end(), bytes.begin(), bytes.end());
}

// Uses half of the images, a third of them with a wrong label, with every augmentation and
// normalized.
inline bool use_some(const Dataset& data) {
  const Dataset some = data.subset((data.size() + 1) / 2, 1).with_label_noise(1.0f / 3, 1);
  const PixelMap pixel_map = PixelMap::normalize(pixel_statistics(some));
  for (const AugmentRow& row : kAugments) {
    Loader loader(some, {.batch_size = 2, .augment = row.kind, .pixel_map = pixel_map});
    Batch batch;
    while (loader.next(batch)) {
      for (const float pixel : batch.images()) {
        if (!std::isfinite(pixel)) return false;
      }
    }
  }
  return PixelBaseline(some).score(data, Distance::l1).count == data.size();
}

// Does everything that a program does with a dataset: every pixel is touched.
inline bool use(const Dataset& data) {
  uint32_t counted = 0;
  for (uint32_t which = 0; which < data.class_count(); ++which) counted += data.class_size(which);
  if (counted != data.size()) return false;
  Loader loader(data, {.batch_size = 3, .shuffle = true});
  Batch batch;
  uint32_t seen = 0;
  while (loader.next(batch)) {
    for (const float pixel : batch.images()) {
      if (!(pixel >= 0.0f && pixel <= 1.0f)) return false;
    }
    seen += batch.size;
  }
  const BaselineScore score = PixelBaseline(data).score(data, Distance::l2);
  return seen == data.size() && score.count == data.size() && use_some(data);
}

inline bool idx(std::span<const uint8_t> bytes) {
  const auto images = read_idx_images(bytes, "images");
  if (images ? !same(write_idx(*images), bytes) : !is_sentence(images.error())) return false;
  const auto labels = read_idx_labels(bytes, "labels");
  if (labels ? !same(write_idx(*labels), bytes) : !is_sentence(labels.error())) return false;
  if (images && labels) return false;

  // A pair of files: two bytes give the length of the first.
  if (bytes.size() < 2) return true;
  const size_t length = size_t{bytes[0]} << 8 | bytes[1];
  const auto rest = bytes.subspan(2);
  const auto first = rest.first(std::min(length, rest.size()));
  const auto data = Dataset::from_files({first.begin(), first.end()}, rest.subspan(first.size()));
  return data ? use(*data) : is_sentence(data.error());
}

}  // namespace downhill::fuzz
