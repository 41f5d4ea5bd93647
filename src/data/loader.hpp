// Batches: the images of an epoch in the sampler's order, after the item transform (bytes), with
// the pixel map that turns them into floats. Memory is allocated once. Any batch of any epoch can
// be loaded directly and does not depend on what was loaded before. Must not know the network or
// tensors: a batch is plain spans.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/arena.hpp"
#include "data/augment.hpp"
#include "data/dataset.hpp"
#include "data/sampler.hpp"
#include "data/sparse_images.hpp"
#include "data/transforms.hpp"

namespace downhill {

// Valid until the loader makes the next one. All memory is 64-byte aligned.
struct Batch {
  uint32_t size = 0;    // images
  uint32_t pixels = 0;  // per image
  // [size], each the bytes [pixels] of an image after the item transform: in the dataset, or in
  // `transformed`.
  std::span<const uint8_t* const> bytes;
  const PixelMap* map = nullptr;  // bytes to floats; owned by the loader
  // [size], the nonzero pixels of each image in the form that the options ask for; else empty.
  std::span<const kernels::SparsePixels> sparse_pixels;
  std::span<const kernels::SparseBlocks> sparse_blocks;
  std::span<const uint8_t> classes;   // [size], see Dataset::class_of
  std::span<const uint32_t> indices;  // [size], positions in the dataset
  // [size, pixels], the output of the item transform; empty if it changes nothing (Augment::none).
  std::span<const uint8_t> transformed;
  // [size, width] and [size]: of a dataset of numbers, its rows after the map and their targets;
  // else empty.
  std::span<const float> rows, targets;

  // [size, pixels], the images as floats; or the rows. Allocates; training uses the bytes.
  std::vector<float> images() const;
};

struct LoaderOptions {
  uint32_t batch_size = 256;  // 1 or more; a size above the dataset's gives one batch
  bool shuffle = false;
  bool drop_last = false;  // leave out a last batch that is not full
  uint64_t seed = 1;       // of the sampler and of the item transform
  Augment augment = Augment::none;
  PixelMap pixel_map = PixelMap::to_float();
  RowMap row_map = {};
  // The form in which batches list the nonzero pixels of their images, unless they are augmented.
  kernels::SparseForm sparse = kernels::SparseForm::none;
};

class Loader {
 public:
  // Allocates; load() and next() do not. The dataset must outlive the loader. Preconditions: the
  // dataset is not empty, and batch_size > 0.
  Loader(const Dataset& dataset, const LoaderOptions& options);

  // Batches per epoch: 12,396 images in batches of 256 make 49, the last one of 108.
  uint32_t batch_count() const { return batch_count_; }
  uint32_t batch_size(uint32_t which) const;  // images. Precondition: which < batch_count()
  const Dataset& dataset() const { return dataset_; }

  // Goes to the first batch of an epoch. Epochs count from 0; a new loader starts there.
  void begin_epoch(uint64_t epoch);
  uint64_t epoch() const { return sampler_.epoch(); }

  // Writes the next batch of the epoch to `batch`. Returns false, leaving `batch` unchanged, after
  // the last one.
  bool next(Batch& batch);
  uint32_t position() const { return position_; }  // the batch that next() gives
  void seek(uint32_t position) { position_ = position; }

  // Batch number `which` of the epoch. Does not move next(). Precondition: which < batch_count().
  Batch load(uint32_t which);

 private:
  const uint8_t* transform(uint32_t index, uint32_t place);
  void load_numbers(std::span<const uint32_t> order);

  const Dataset& dataset_;
  ItemTransform item_transform_;
  PixelMap pixel_map_;
  RowMap row_map_;
  Sampler sampler_;
  uint32_t batch_size_, batch_count_;
  uint32_t position_ = 0;
  Arena memory_;
  std::span<const uint8_t*> bytes_;                 // [batch_size]
  std::span<uint8_t> transformed_;                  // [batch_size, pixels], or empty
  std::span<float> rows_, targets_;                 // [batch_size, width], [batch_size], or empty
  SparseImages sparse_images_;                      // of the dataset, or empty
  std::span<kernels::SparsePixels> sparse_pixels_;  // [batch_size], or empty
  std::span<kernels::SparseBlocks> sparse_blocks_;  // likewise
  std::span<uint8_t> classes_;                      // [batch_size]
  std::span<uint32_t> indices_;                     // [batch_size]
};

}  // namespace downhill
