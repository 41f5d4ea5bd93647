// Sparse images: the pixels of every image that are not zero, as the first layer takes them,
// listed when an image is first asked for and kept for all epochs. Finding them again in every
// batch took a fifth of a step of a small network; all of them before the first step took as long
// as building the rest of a run. Bytes only: it must not know what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill {

// About 600 bytes to an image of MNIST as sparse pixels, 350 as sparse blocks (of 1200 that are set aside).
class SparseImages {
 public:
  SparseImages() = default;
  // Precondition: a layer takes this form of images of this size (kernels::sparse_form), and the
  // dataset lives as long as this does. Asks for all memory at once.
  SparseImages(const Dataset& dataset, kernels::SparseForm form);

  // Of one image; empty if it has another form. Stays where it is.
  kernels::SparsePixels pixels(uint32_t image);
  kernels::SparseBlocks blocks(uint32_t image);

 private:
  struct Range {
    static constexpr uint32_t kNotListed = UINT32_MAX;
    uint32_t begin = kNotListed, end = 0;
  };
  template <class T, class Find>
  std::span<const T> of(std::vector<T>& all, uint32_t image, Find find);

  const Dataset* dataset_ = nullptr;
  std::vector<uint32_t> pixels_;
  std::vector<kernels::BlockRow> blocks_;
  std::vector<Range> ranges_;  // of every image; empty for a form that is none
  std::vector<uint32_t> words_, pixel_scratch_;
  std::vector<kernels::BlockRow> block_scratch_;
};

}  // namespace downhill
