#include "data/ink.hpp"

#include <algorithm>

#include "kernels/sparse_images/dots.hpp"
#include "kernels/sparse_images/quads.hpp"

namespace downhill {

Ink::Ink(const Dataset& dataset, kernels::InkForm form) : dataset_(&dataset) {
  const uint32_t pixels = dataset.pixels_per_image();
  if (form != kernels::InkForm::none) ranges_.resize(dataset.size());
  if (form == kernels::InkForm::dots) {
    size_t count = 0;
    for (uint32_t i = 0; i < dataset.size(); ++i) {
      const uint8_t* const image = dataset.image(i).data();
      count += pixels - std::count(image, image + pixels, uint8_t{0});
    }
    dots_.reserve(count);
    words_.resize(pixels / 8 + 1);
    dot_room_.resize(pixels + 1);
  }
  if (form == kernels::InkForm::quads) {
    quad_room_.resize(pixels / 16 + 1);
    quads_.reserve(size_t{dataset.size()} * quad_room_.size());
  }
}

// find(the image as the kernels take it) gives what is to be listed of it.
template <class T, class Find>
std::span<const T> Ink::of(std::vector<T>& all, uint32_t image, Find find) {
  if (all.capacity() == 0) return {};  // another form, or no ink at all
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

kernels::Dots Ink::dots(uint32_t image) {
  return of(dots_, image, [&](const kernels::Pixels& pixels) {
    kernels::Dots dots;
    uint32_t end;
    const kernels::Words words{&end, words_.data()};
    kernels::find_words(words, pixels);
    kernels::find_dots(&dots, dot_room_.data(), words, pixels);
    return dots;
  });
}

kernels::Quads Ink::quads(uint32_t image) {
  return of(quads_, image, [&](const kernels::Pixels& pixels) {
    kernels::Quads quads;
    kernels::find_quads(&quads, quad_room_.data(), pixels);
    return quads;
  });
}

}  // namespace downhill
