#include "data/loader.hpp"

#include <algorithm>
#include <cassert>

namespace downhill {

Loader::Loader(const Dataset& dataset, const LoaderOptions& options)
    : dataset_(dataset),
      pixel_map_(options.pixel_map),
      sampler_(dataset.size(), options.shuffle, options.seed),
      batch_size_(std::min(options.batch_size, dataset.size())),
      batch_count_(0) {
  assert(options.batch_size > 0);
  const uint32_t whole = dataset.size() / batch_size_;
  const bool rest = dataset.size() % batch_size_ != 0;
  batch_count_ = whole + (rest && !options.drop_last ? 1 : 0);
  images_ = memory_.floats(size_t{batch_size_} * dataset.pixels_per_image());
  targets_ = memory_.floats(batch_size_);
  indices_ = {memory_.make<uint32_t>(batch_size_), batch_size_};
}

uint32_t Loader::batch_size(uint32_t which) const {
  assert(which < batch_count_);
  return std::min(batch_size_, dataset_.size() - which * batch_size_);
}

void Loader::begin_epoch(uint64_t epoch) {
  sampler_.begin_epoch(epoch);
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
  for (uint32_t i = 0; i < size; ++i) {
    indices_[i] = order[i];
    targets_[i] = dataset_.target(order[i]);
    pixel_map_.apply(dataset_.image(order[i]), images_.subspan(size_t{i} * pixels, pixels));
  }
  return {size, pixels, images_.first(size_t{size} * pixels), targets_.first(size),
          indices_.first(size)};
}

}  // namespace downhill
