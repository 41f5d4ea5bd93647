// Where the ink is: the pixels of every image that are not zero, as the first layer takes them,
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

// About 600 bytes to an image of MNIST as dots, 350 as quads (of 1200 that are set aside).
class Ink {
 public:
  Ink() = default;
  // Precondition: a layer takes this form of images of this size (kernels::ink_form), and the
  // dataset lives as long as this does. Asks for all memory at once.
  Ink(const Dataset& dataset, kernels::InkForm form);

  // Of one image; empty if it has another form. Stays where it is.
  kernels::Dots dots(uint32_t image);
  kernels::Quads quads(uint32_t image);

 private:
  struct Range {
    static constexpr uint32_t kNotListed = UINT32_MAX;
    uint32_t begin = kNotListed, end = 0;
  };
  template <class T, class Find>
  std::span<const T> of(std::vector<T>& all, uint32_t image, Find find);

  const Dataset* dataset_ = nullptr;
  std::vector<uint32_t> dots_;
  std::vector<kernels::QuadRow> quads_;
  std::vector<Range> ranges_;  // of every image; empty for a form that is none
  std::vector<uint32_t> words_, dot_room_;
  std::vector<kernels::QuadRow> quad_room_;
};

}  // namespace downhill
