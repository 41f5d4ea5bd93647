#include "data/sparse_images.hpp"

#include <algorithm>

#include "kernels/sparse_images/sparse_blocks.hpp"
#include "kernels/sparse_images/sparse_pixels.hpp"

namespace downhill {

SparseImages::SparseImages(const Dataset& dataset, kernels::SparseForm form) : dataset_(&dataset) {
  const uint32_t pixels = dataset.pixels_per_image();
  if (form != kernels::SparseForm::none) ranges_.resize(dataset.size());
  if (form == kernels::SparseForm::pixels) {
    size_t count = 0;
    for (uint32_t i = 0; i < dataset.size(); ++i) {
      const uint8_t* const image = dataset.image(i).data();
      count += pixels - std::count(image, image + pixels, uint8_t{0});
    }
    pixels_.reserve(count);
    words_.resize(pixels / 8 + 1);
    pixel_scratch_.resize(pixels + 1);
  }
  if (form == kernels::SparseForm::blocks) {
    block_scratch_.resize(pixels / 16 + 1);
    blocks_.reserve(size_t{dataset.size()} * block_scratch_.size());
  }
}

// The list of an image; find(image as kernels::Pixels) makes it the first time.
template <class T, class Find>
std::span<const T> SparseImages::of(std::vector<T>& all, uint32_t image, Find find) {
  if (all.capacity() == 0) return {};  // another form, or a dataset of empty images
  Range& range = ranges_[image];
  if (range.begin == Range::kNotListed) {
    const uint8_t* const bytes = dataset_->image(image).data();
    const std::span<const T> found =
        find(kernels::Pixels{&bytes, 1, dataset_->pixels_per_image(), nullptr});
    range.begin = static_cast<uint32_t>(all.size());
    all.insert(all.end(), found.begin(), found.end());
    range.end = static_cast<uint32_t>(all.size());
  }
  return std::span(all).subspan(range.begin, range.end - range.begin);
}

kernels::SparsePixels SparseImages::pixels(uint32_t image) {
  return of(pixels_, image, [&](const kernels::Pixels& pixels) {
    kernels::SparsePixels found;
    uint32_t end;
    const kernels::NonzeroWords words{&end, words_.data()};
    kernels::find_nonzero_words(words, pixels);
    kernels::find_sparse_pixels(&found, pixel_scratch_.data(), words, pixels);
    return found;
  });
}

kernels::SparseBlocks SparseImages::blocks(uint32_t image) {
  return of(blocks_, image, [&](const kernels::Pixels& pixels) {
    kernels::SparseBlocks found;
    kernels::find_sparse_blocks(&found, block_scratch_.data(), pixels);
    return found;
  });
}

}  // namespace downhill
