// Where the ink is: the pixels of every image that are not zero, listed once for all epochs, as the
// first layer takes them. Finding them again in every batch took a fifth of a step of a small
// network. Bytes only: it must not know what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.hpp"
#include "kernels/pixels.hpp"

namespace downhill {

// About 600 bytes to an image of MNIST as dots, 350 as quads.
class Ink {
 public:
  Ink() = default;
  // Precondition: a layer takes this form of images of this size (kernels::ink_form).
  Ink(const Dataset& dataset, kernels::InkForm form);

  // Empty if it has another form.
  kernels::Dots dots(size_t image) const { return of(dots_, image); }
  kernels::Quads quads(size_t image) const { return of(quads_, image); }

 private:
  template <class T>
  std::span<const T> of(const std::vector<T>& all, size_t image) const {
    if (all.empty()) return {};
    return std::span(all).subspan(begins_[image], begins_[image + 1] - begins_[image]);
  }
  void list_dots(const Dataset& dataset);
  void list_quads(const Dataset& dataset);

  std::vector<uint32_t> dots_;
  std::vector<kernels::QuadRow> quads_;
  std::vector<size_t> begins_;  // of every image, and the end of the last one
};

}  // namespace downhill
