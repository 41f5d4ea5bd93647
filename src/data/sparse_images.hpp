// The nonzero pixels of a dataset's images, in the form that the first layer reads. The list of an
// image is made when it is first asked for and serves all epochs. Listing them in each batch took a
// fifth of a step of a small network; listing all before the first step took as long as building
// the rest of a run. It reads bytes and must not know what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill {

// An image of MNIST takes about 600 bytes as sparse pixels, 350 as sparse blocks (1200 are
// reserved).
class SparseImages {
 public:
  SparseImages() = default;
  // Allocates all memory. Precondition: `form` is kernels::sparse_form() of the image size and some
  // number of outputs, or none. The dataset must outlive this object.
  SparseImages(const Dataset& dataset, kernels::SparseForm form);

  // The list of one image, which stays at its address; empty if `form` is another one.
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
  std::vector<Range> ranges_;  // one of each image; empty if `form` is none
  std::vector<uint32_t> words_, pixel_scratch_;
  std::vector<kernels::BlockRow> block_scratch_;
};

}  // namespace downhill
