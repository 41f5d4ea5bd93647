#include "data/loader.hpp"

#include <algorithm>
#include <cassert>

namespace downhill {

Loader::Loader(const Dataset& dataset, const LoaderOptions& options)
    : dataset_(dataset),
      item_transform_(dataset.width() > 0 ? Augment::none : options.augment, options.seed),
      pixel_map_(options.pixel_map),
      row_map_(options.row_map),
      sampler_(dataset.size(), options.shuffle, options.seed),
      batch_size_(std::min(options.batch_size, dataset.size())),
      batch_count_(0) {
  assert(options.batch_size > 0);
  const uint32_t whole = dataset.size() / batch_size_;
  const bool rest = dataset.size() % batch_size_ != 0;
  batch_count_ = whole + (rest && !options.drop_last ? 1 : 0);
  const size_t pixels = size_t{batch_size_} * dataset.pixels_per_image();
  bytes_ = {memory_.make<const uint8_t*>(batch_size_), batch_size_};
  if (options.augment != Augment::none) transformed_ = {memory_.make<uint8_t>(pixels), pixels};
  const kernels::SparseForm sparse =
      options.augment == Augment::none ? options.sparse : kernels::SparseForm::none;
  sparse_images_ = SparseImages(dataset, sparse);
  if (sparse == kernels::SparseForm::pixels) {
    sparse_pixels_ = {memory_.make<kernels::SparsePixels>(batch_size_), batch_size_};
  }
  if (sparse == kernels::SparseForm::blocks) {
    sparse_blocks_ = {memory_.make<kernels::SparseBlocks>(batch_size_), batch_size_};
  }
  if (dataset.width() > 0) {
    const size_t numbers = size_t{batch_size_} * dataset.width();
    rows_ = {memory_.make<float>(numbers), numbers};
    targets_ = {memory_.make<float>(batch_size_), batch_size_};
  }
  classes_ = {memory_.make<uint8_t>(batch_size_), batch_size_};
  indices_ = {memory_.make<uint32_t>(batch_size_), batch_size_};
}

uint32_t Loader::batch_size(uint32_t which) const {
  assert(which < batch_count_);
  return std::min(batch_size_, dataset_.size() - which * batch_size_);
}

void Loader::begin_epoch(uint64_t epoch) {
  sampler_.begin_epoch(epoch);
  item_transform_.begin_epoch(epoch);
  position_ = 0;
}

bool Loader::next(Batch& batch) {
  if (position_ >= batch_count_) return false;
  batch = load(position_++);
  return true;
}

Batch Loader::load(uint32_t which) {
  const uint32_t size = batch_size(which);
  const uint32_t pixels = dataset_.pixels_per_image();
  const auto order = sampler_.order().subspan(size_t{which} * batch_size_, size);
  // One loop each, with the address of the classes in a local: a byte that is written may alias
  // anything, so the compiler would otherwise read the loop's other inputs again for every image.
  std::ranges::copy(order, indices_.begin());
  const std::span<const uint8_t> classes = dataset_.classes();
  for (uint32_t i = 0; i < size; ++i) classes_[i] = classes[order[i]];
  if (item_transform_.kind() == Augment::none) {
    for (uint32_t i = 0; i < size; ++i) bytes_[i] = dataset_.image(order[i]).data();
  } else {
    for (uint32_t i = 0; i < size; ++i) bytes_[i] = transform(order[i], i);
  }
  if (!sparse_pixels_.empty()) {
    for (uint32_t i = 0; i < size; ++i) sparse_pixels_[i] = sparse_images_.pixels(order[i]);
  }
  if (!sparse_blocks_.empty()) {
    for (uint32_t i = 0; i < size; ++i) sparse_blocks_[i] = sparse_images_.blocks(order[i]);
  }
  if (!rows_.empty()) load_numbers(order);
  const size_t used = size_t{size} * pixels;
  return {size,
          pixels,
          bytes_.first(size),
          &pixel_map_,
          sparse_pixels_.first(std::min<size_t>(size, sparse_pixels_.size())),
          sparse_blocks_.first(std::min<size_t>(size, sparse_blocks_.size())),
          classes_.first(size),
          indices_.first(size),
          transformed_.first(std::min(used, transformed_.size())),
          rows_.first(std::min<size_t>(size_t{size} * dataset_.width(), rows_.size())),
          targets_.first(std::min<size_t>(size, targets_.size()))};
}

void Loader::load_numbers(std::span<const uint32_t> order) {
  const uint32_t width = dataset_.width();
  for (size_t i = 0; i < order.size(); ++i) {
    row_map_.apply(dataset_.row(order[i]), rows_.subspan(i * width, width));
    targets_[i] = dataset_.target(order[i]);
  }
}

// Applies the item transform to an image and returns the bytes of the result.
const uint8_t* Loader::transform(uint32_t index, uint32_t place) {
  const std::span<const uint8_t> image = dataset_.image(index);
  const std::span<uint8_t> result = transformed_.subspan(place * image.size(), image.size());
  const uint32_t rows = dataset_.rows(), cols = dataset_.cols();
  item_transform_.apply(index, {image, rows, cols}, {result, rows, cols});
  return result.data();
}

std::vector<float> Batch::images() const {
  if (!rows.empty()) return {rows.begin(), rows.end()};
  std::vector<float> floats(size_t{size} * pixels);
  for (uint32_t i = 0; i < size; ++i) {
    map->apply({bytes[i], pixels}, std::span(floats).subspan(size_t{i} * pixels, pixels));
  }
  return floats;
}

}  // namespace downhill
