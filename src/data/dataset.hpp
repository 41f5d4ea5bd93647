// Images of some digits with their labels, as bytes: pixels stay uint8 until a loader writes a
// batch. It must not know of batches, epochs or floats beyond the target of a label.
//
//   Dataset few = train.subset(600, seed);                 // 600 of the images, in the same order
//   Dataset wrong = few.with_label_noise(0.1f, seed);      // 60 of them under another label
//
// Both share the images they are made from, which live as long as one dataset needs them.
//
// Order: class by class, as the digits were asked for, and in file order within a class. "37" is
// all 3s, then all 7s: the order of fastai's MNIST_SAMPLE, in which the book's unshuffled runs see
// them. It depends on the digits alone, so a file with all ten digits gives the same "37" as a file
// with these two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "data/idx.hpp"

namespace downhill {

class Dataset {
 public:
  Dataset() = default;
  Dataset& operator=(const Dataset&) = delete;
  Dataset(Dataset&&) noexcept = default;
  Dataset& operator=(Dataset&&) noexcept = default;

  // `digits`: the classes, each of 0..9 at most once, two at least: "37", "0123456789". `name`
  // opens the sentence of an error. Refused: counts of images and labels that differ, a label above
  // 9, a digit without an image. The first form keeps a view: the images must outlive it. The
  // second reads the files and keeps the images.
  static Result<Dataset> from_idx(const IdxImages& images, const IdxLabels& labels,
                                  std::string_view digits = "37", std::string_view name = "data");
  static Result<Dataset> from_files(std::vector<uint8_t> images, std::span<const uint8_t> labels,
                                    std::string_view digits = "37", std::string_view name = "data");

  // `count` of the images, without repetition, each choice as likely; all of them when `count` is 0
  // or not below size(). The order stays. Stream: Rng(seed).split("subset"), so of two subsets of
  // one seed the larger holds the smaller. A class may be left without an image.
  Dataset subset(uint32_t count, uint64_t seed) const;

  // The same images, round(fraction · size()) of them under the label of another class, each other
  // class as likely. Streams: Rng(seed).split("label noise") chooses the images,
  // .split(index) of it the class, so of two fractions of one seed the larger keeps the wrong
  // labels of the smaller. Precondition: 0 <= fraction <= 1.
  Dataset with_label_noise(float fraction, uint64_t seed) const;

  uint32_t size() const { return static_cast<uint32_t>(places_.size()); }
  uint32_t rows() const { return rows_; }
  uint32_t cols() const { return cols_; }
  uint32_t pixels_per_image() const { return rows_ * cols_; }

  // [rows, cols], 0 paper ... 255 ink. Precondition, here and below: index < size().
  std::span<const uint8_t> image(uint32_t index) const {
    return pixels_.subspan(size_t{places_[index]} * pixels_per_image(), pixels_per_image());
  }
  // The label, as a position among the classes: 0 is the digit named first. This is what a model is
  // taught, and what it is measured by.
  uint8_t class_of(uint32_t index) const { return classes_[index]; }
  std::span<const uint8_t> classes() const { return classes_; }  // [size], of all images
  // What the file says. Differs from the label where label noise has replaced it.
  uint8_t true_class_of(uint32_t index) const { return true_classes_[index]; }
  // The digit that the image shows, whatever its label: of true_class_of.
  uint8_t digit(uint32_t index) const {
    return static_cast<uint8_t>(digits_[true_classes_[index]] - '0');
  }

  uint32_t class_count() const { return static_cast<uint32_t>(digits_.size()); }
  std::string_view class_name(uint32_t which) const {
    return std::string_view(digits_).substr(which, 1);
  }
  uint32_t class_size(uint32_t which) const { return class_sizes_[which]; }  // images labelled so
  const std::string& digits() const { return digits_; }

 private:
  Dataset(const Dataset&) = default;  // copies the places, shares the images
  void count_classes();

  std::shared_ptr<const std::vector<uint8_t>> file_;  // none when the images are somebody else's
  std::span<const uint8_t> pixels_;                   // [images in the file, rows, cols]
  uint32_t rows_ = 0, cols_ = 0;
  std::string digits_;
  std::vector<uint32_t> places_;       // [size] which image of the file
  std::vector<uint8_t> classes_;       // [size]
  std::vector<uint8_t> true_classes_;  // [size]
  std::vector<uint32_t> class_sizes_;  // [class_count]
};

// What a model learns from, and what it is tested on.
struct DigitData {
  Dataset train, valid;
};

// The four files, inflated. `digits` as in Dataset. Refused besides: sizes of images that differ.
Result<DigitData> read_digit_data(std::vector<uint8_t> train_images,
                                  std::span<const uint8_t> train_labels,
                                  std::vector<uint8_t> valid_images,
                                  std::span<const uint8_t> valid_labels,
                                  std::string_view digits = "37");

}  // namespace downhill
