#include "session/digit_store.hpp"

#include <utility>

#include "base/text.hpp"
#include "data/points.hpp"
#include "train/run_view.hpp"

namespace downhill {
namespace {

constexpr uint32_t kAllTen = 0x3ff;

uint32_t digits_in(const IdxLabels& labels) {
  uint32_t bits = 0;
  for (const uint8_t label : labels.values) bits |= label < 10 ? 1u << label : 0u;
  return bits;
}

std::string in_words(ImageSize size) {
  return print(uint64_t{size.rows}) + " × " + print(uint64_t{size.columns});
}

Error wrong_size(ImageSize size) {
  return Error{"[data] images are " + in_words(size) + " where " + in_words(kMnistSize) +
               " was expected"};
}

}  // namespace

bool DigitStore::Files::has(std::string_view wanted) const {
  if (digits == 0) return false;
  for (const char c : wanted) {
    if (c < '0' || c > '9' || !(digits >> (c - '0') & 1)) return false;
  }
  return true;
}

bool DigitStore::has(std::string_view digits) const { return few_.has(digits) || all_.has(digits); }

Result<void> DigitStore::take(DataBytes bytes) {
  uint32_t digits = kAllTen;
  for (const bool train : {true, false}) {
    const auto images = read_idx_images(train ? bytes.train_images : bytes.valid_images,
                                        train ? "train-images" : "valid-images");
    if (!images) return images.error();
    const auto labels = read_idx_labels(train ? bytes.train_labels : bytes.valid_labels,
                                        train ? "train-labels" : "valid-labels");
    if (!labels) return labels.error();
    if (images->count != labels->count) {
      return Error{std::string(train ? "[train] " : "[valid] ") + print(uint64_t{images->count}) +
                   " images, but " + print(uint64_t{labels->count}) + " labels"};
    }
    const ImageSize size = {images->rows, images->cols};
    if (size != kMnistSize) return wrong_size(size);
    digits &= digits_in(*labels);
  }
  Files& files = digits == kAllTen ? all_ : few_;
  files = {std::move(bytes), digits};
  return {};
}

Result<std::unique_ptr<Digits>> DigitStore::make(std::string_view digits) const {
  const DataBytes& bytes = few_.has(digits) ? few_.bytes : all_.bytes;
  const auto make_set = [&](const std::vector<uint8_t>& images, const std::vector<uint8_t>& labels,
                            std::string_view name) -> Result<Dataset> {
    const auto image_view = read_idx_images(images, name);
    if (!image_view) return image_view.error();
    const auto label_view = read_idx_labels(labels, name);
    if (!label_view) return label_view.error();
    return Dataset::from_idx(*image_view, *label_view, digits, name);
  };
  auto train = make_set(bytes.train_images, bytes.train_labels, "train");
  if (!train) return train.error();
  auto valid = make_set(bytes.valid_images, bytes.valid_labels, "valid");
  if (!valid) return valid.error();
  return around({std::move(*train), std::move(*valid)});
}

std::string data_key(const ExperimentSpec& spec) {
  if (!has_points(spec.data)) return spec.digits;
  return std::string(kData[spec.data].words.word) + " " + print(spec.seed);
}

Result<std::unique_ptr<Digits>> DigitStore::make(const ExperimentSpec& spec) const {
  if (!has_points(spec.data)) return make(std::string_view(spec.digits));
  auto points = std::make_unique<Digits>();
  points->data = point_data(spec.data, spec.seed);
  points->score_l1.accuracy = points->score_l2.accuracy = kUnknown;
  points->key = data_key(spec);
  return points;
}

Result<std::unique_ptr<Digits>> DigitStore::around(DigitData data) {
  for (const Dataset* set : {&data.train, &data.valid}) {
    if (set->size() == 0) return Error{"[data] there are no images"};
    if (set->image_size() != kMnistSize) return wrong_size(set->image_size());
  }
  auto digits = std::make_unique<Digits>();
  digits->data = std::move(data);
  digits->key = digits->data.train.digits();
  digits->baseline = std::make_unique<PixelBaseline>(digits->data.train);
  digits->score_l1 = digits->baseline->score(digits->data.valid, Distance::l1);
  digits->score_l2 = digits->baseline->score(digits->data.valid, Distance::l2);
  return digits;
}

}  // namespace downhill
