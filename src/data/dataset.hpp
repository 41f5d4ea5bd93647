// Images of some digits with their labels, as bytes: pixels stay uint8 until a loader writes a
// batch. Or rows of numbers, each with a number as its target (from_rows), which have neither pixels
// nor classes. Must not know batches or epochs.
//
//   Dataset few = train.subset(600, seed);                 // 600 of the images, in the same order
//   Dataset wrong = few.with_label_noise(0.1f, seed);      // 60 of them under another label
//
// Both share the images they are made from, which live as long as any dataset needs them.
//
// Order: class by class in the order in which the digits were requested, and in file order within a
// class. "37" is all 3s, then all 7s, as in fastai's MNIST_SAMPLE and so in the book's unshuffled
// runs. The order depends on the digits alone: a file with all ten digits gives the same "37" as a
// file with only these two.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "data/idx.hpp"
#include "data/image_size.hpp"

namespace downhill {

class Dataset {
 public:
  Dataset() = default;
  Dataset& operator=(const Dataset&) = delete;
  Dataset(Dataset&&) noexcept = default;
  Dataset& operator=(Dataset&&) noexcept = default;

  // `digits`: the classes, at least two different ones of 0..9, such as "37" or "0123456789".
  // `name` opens the error message. Refused: different numbers of images and labels, a label above
  // 9, a digit without images. from_idx keeps a view, so the images must outlive the dataset;
  // from_files reads the files and owns the images.
  static Result<Dataset> from_idx(const IdxImages& images, const IdxLabels& labels,
                                  std::string_view digits = "37", std::string_view name = "data");
  static Result<Dataset> from_files(std::vector<uint8_t> images, std::span<const uint8_t> labels,
                                    std::string_view digits = "37", std::string_view name = "data");

  // Rows of numbers [n, width] with their targets [n]; the width follows from the sizes. It owns
  // both. Precondition: n > 0, and the first size is a multiple of it.
  static Dataset from_rows(std::vector<float> rows, std::vector<float> targets);

  // A uniform sample of `count` images without repetition, in their old order; all images if
  // `count` is 0 or at least size(). Stream: Rng(seed).split("subset"), so the larger of two
  // subsets with the same seed contains the smaller. A class may end up without images.
  Dataset subset(uint32_t count, uint64_t seed) const;

  // The same images, round(fraction · size()) of them labelled with another class, each other class
  // equally likely. Rng(seed).split("label noise") chooses the images and .split(index) of that
  // stream the class, so with the same seed a larger fraction keeps the wrong labels of a smaller
  // one. Rows of numbers have no labels and stay as they are. Precondition: 0 <= fraction <= 1.
  Dataset with_label_noise(float fraction, uint64_t seed) const;

  uint32_t size() const { return static_cast<uint32_t>(image_numbers_.size()); }
  uint32_t rows() const { return rows_; }
  uint32_t cols() const { return cols_; }
  ImageSize image_size() const { return {rows_, cols_}; }
  uint32_t pixels_per_image() const { return rows_ * cols_; }

  // [rows, cols], 0 paper ... 255 ink. Precondition, here and below: index < size().
  std::span<const uint8_t> image(uint32_t index) const {
    return pixels_.subspan(size_t{image_numbers_[index]} * pixels_per_image(), pixels_per_image());
  }
  // Where the image is in the file, counted from 0, and how many the file holds.
  uint32_t file_number(uint32_t index) const { return image_numbers_[index]; }
  uint32_t file_size() const {
    return static_cast<uint32_t>(pixels_.size() / std::max(pixels_per_image(), 1u));
  }
  // Numbers in a row; 0 for images.
  uint32_t width() const { return numbers_ ? numbers_->width : 0; }
  // Precondition: width() > 0, here and in the next one.
  std::span<const float> row(uint32_t index) const {
    return std::span(numbers_->rows).subspan(size_t{image_numbers_[index]} * width(), width());
  }
  float target(uint32_t index) const { return numbers_->targets[image_numbers_[index]]; }

  // The label as an index into the classes: 0 is the digit named first. A model is trained on it
  // and measured against it.
  uint8_t class_of(uint32_t index) const { return classes_[index]; }
  std::span<const uint8_t> classes() const { return classes_; }  // [size]
  // The label in the file. Differs from class_of where label noise has replaced it.
  uint8_t true_class_of(uint32_t index) const { return true_classes_[index]; }
  // The digit that the image shows, whatever its label: that of true_class_of.
  uint8_t digit(uint32_t index) const {
    return static_cast<uint8_t>(digits_[true_classes_[index]] - '0');
  }

  uint32_t class_count() const { return static_cast<uint32_t>(digits_.size()); }
  std::string_view class_name(uint32_t which) const {
    return std::string_view(digits_).substr(which, 1);
  }
  uint32_t class_size(uint32_t which) const { return class_sizes_[which]; }  // by label
  const std::string& digits() const { return digits_; }

 private:
  Dataset(const Dataset&) = default;  // copies the indices, shares the images
  void count_classes();

  struct Numbers {
    uint32_t width;
    std::vector<float> rows, targets;
  };

  std::shared_ptr<const Numbers> numbers_;            // null for images
  std::shared_ptr<const std::vector<uint8_t>> file_;  // null for a view (from_idx)
  std::span<const uint8_t> pixels_;                   // [images in the file, rows, cols]
  uint32_t rows_ = 0, cols_ = 0;
  std::string digits_;
  std::vector<uint32_t> image_numbers_;  // [size], positions in the file, or among the rows
  std::vector<uint8_t> classes_;         // [size]
  std::vector<uint8_t> true_classes_;    // [size]
  std::vector<uint32_t> class_sizes_;    // [class_count]
};

// The training set and the validation set, of digits or of points.
struct DigitData {
  Dataset train, valid;
};

// Reads the four files, already inflated. `digits` as in Dataset. Also refused: training and
// validation images of different sizes.
Result<DigitData> read_digit_data(std::vector<uint8_t> train_images,
                                  std::span<const uint8_t> train_labels,
                                  std::vector<uint8_t> valid_images,
                                  std::span<const uint8_t> valid_labels,
                                  std::string_view digits = "37");

}  // namespace downhill
