#include "data/ink.hpp"

#include "kernels/dots.hpp"
#include "kernels/quads.hpp"

namespace downhill {

namespace {

// Calls f(one image as the kernels take it) for all images.
template <class F>
void for_each_image(const Dataset& dataset, F f) {
  for (uint32_t i = 0; i < dataset.size(); ++i) {
    const uint8_t* image = dataset.image(i).data();
    f(kernels::Pixels{&image, 1, dataset.pixels_per_image(), nullptr});
  }
}

}  // namespace

Ink::Ink(const Dataset& dataset, kernels::InkForm form) {
  if (form == kernels::InkForm::none) return;
  begins_.reserve(size_t{dataset.size()} + 1);
  begins_.push_back(0);
  form == kernels::InkForm::dots ? list_dots(dataset) : list_quads(dataset);
}

void Ink::list_dots(const Dataset& dataset) {
  uint32_t end;
  std::vector<uint32_t> places(dataset.pixels_per_image() / 8 + 1);
  std::vector<uint32_t> room(dataset.pixels_per_image() + 1);
  for_each_image(dataset, [&](const kernels::Pixels& pixels) {
    kernels::Dots dots;
    const kernels::Words words{&end, places.data()};
    kernels::find_words(words, pixels);
    kernels::find_dots(&dots, room.data(), words, pixels);
    dots_.insert(dots_.end(), dots.begin(), dots.end());
    begins_.push_back(dots_.size());
  });
  dots_.shrink_to_fit();
}

void Ink::list_quads(const Dataset& dataset) {
  std::vector<kernels::QuadRow> room(dataset.pixels_per_image() / 16 + 1);
  for_each_image(dataset, [&](const kernels::Pixels& pixels) {
    kernels::Quads quads;
    kernels::find_quads(&quads, room.data(), pixels);
    quads_.insert(quads_.end(), quads.begin(), quads.end());
    begins_.push_back(quads_.size());
  });
  quads_.shrink_to_fit();
}

}  // namespace downhill
