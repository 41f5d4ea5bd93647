#include "data/dataset.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "data/synthetic.hpp"
#include "support/files.hpp"
#include "support/mnist.hpp"
#include "support/mnist37.hpp"
#include "support/sha256.hpp"
#include "test_paths.hpp"

namespace downhill {
namespace {

using Bytes = std::vector<uint8_t>;

// One image of 1x2 for each label; its pixels are its number.
struct Small {
  Bytes pixels, values;
  explicit Small(Bytes labels) : values(std::move(labels)) {
    for (size_t i = 0; i < values.size(); ++i) {
      pixels.push_back(static_cast<uint8_t>(i));
      pixels.push_back(values[i]);
    }
  }
  uint32_t count() const { return static_cast<uint32_t>(values.size()); }
  IdxImages images() const { return {count(), 1, 2, pixels}; }
  IdxLabels labels() const { return {count(), values}; }
};

// The first pixels of all images, which are their numbers in the file.
Bytes order_of(const Dataset& data) {
  Bytes order;
  for (uint32_t i = 0; i < data.size(); ++i) order.push_back(data.image(i)[0]);
  return order;
}

// The addresses of all images, which identify file and image.
std::vector<const uint8_t*> images_of(const Dataset& data) {
  std::vector<const uint8_t*> images;
  for (uint32_t i = 0; i < data.size(); ++i) images.push_back(data.image(i).data());
  return images;
}

// The images with a wrong label.
std::vector<uint32_t> wrong_labels(const Dataset& data) {
  std::vector<uint32_t> wrong;
  for (uint32_t i = 0; i < data.size(); ++i) {
    if (data.class_of(i) != data.true_class_of(i)) wrong.push_back(i);
  }
  return wrong;
}

// 1x1 images of all ten digits, `per_digit` of each.
Dataset ten_digits(uint32_t per_digit) {
  Bytes labels;
  for (uint32_t i = 0; i < 10 * per_digit; ++i) labels.push_back(static_cast<uint8_t>(i % 10));
  const uint32_t count = 10 * per_digit;
  auto data = Dataset::from_files(write_idx(IdxImages{count, 1, 1, labels}),
                                  write_idx(IdxLabels{count, labels}), "0123456789");
  REQUIRE(data.ok());
  return std::move(*data);
}

template <class T>
bool holds_in_order(const std::vector<T>& all, const std::vector<T>& some) {
  auto at = all.begin();
  for (const T& item : some) {
    at = std::find(at, all.end(), item);
    if (at++ == all.end()) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
  CHECK(test::sha256({'a', 'b', 'c'}) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(test::sha256({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("the committed files are those that the script writes") {
  const Bytes sums =
      test::read_file(std::string(DOWNHILL_SOURCE_DIR) + "/assets/mnist37/SHA256SUMS");
  const std::string text(sums.begin(), sums.end());
  for (const std::string name : {"train-images.idx3-ubyte", "train-labels.idx1-ubyte",
                                 "valid-images.idx3-ubyte", "valid-labels.idx1-ubyte"}) {
    const std::string line = test::sha256(test::read_mnist37(name)) + "  " + name + "\n";
    CHECK_MESSAGE(text.find(line) != std::string::npos, line);
  }
}

TEST_CASE("MNIST has 6131 threes and 6265 sevens to train with, 1010 and 1028 to validate") {
  const DigitData data = test::load_mnist37();
  CHECK(data.train.size() == 12396);
  CHECK(data.train.class_size(0) == 6131);
  CHECK(data.train.class_size(1) == 6265);
  CHECK(data.valid.size() == 2038);
  CHECK(data.valid.class_size(0) == 1010);
  CHECK(data.valid.class_size(1) == 1028);
  CHECK(data.train.rows() == 28);
  CHECK(data.train.cols() == 28);
}

TEST_CASE("the book's order is all 3s, then all 7s") {
  const DigitData data = test::load_mnist37();
  for (const Dataset* set : {&data.train, &data.valid}) {
    bool ordered = true;
    for (uint32_t i = 0; i < set->size(); ++i) {
      const bool three = i < set->class_size(0);
      ordered = ordered && set->digit(i) == (three ? 3 : 7) && set->class_of(i) == (three ? 0 : 1);
    }
    CHECK(ordered);
  }
}

TEST_CASE("81 % of the pixels of the training images are exactly zero") {
  const DigitData data = test::load_mnist37();
  uint64_t zeros = 0;
  for (uint32_t i = 0; i < data.train.size(); ++i) {
    for (const uint8_t pixel : data.train.image(i)) zeros += pixel == 0 ? 1 : 0;
  }
  const double share = static_cast<double>(zeros) / (12396.0 * 784.0);
  CHECK(share > 0.80);
  CHECK(share < 0.83);
}

TEST_CASE("classes come in the requested order, and their images in file order") {
  const Small file({7, 3, 1, 3, 7, 7});
  const auto data37 = Dataset::from_idx(file.images(), file.labels());
  REQUIRE(data37.ok());
  CHECK(order_of(*data37) == Bytes{1, 3, 0, 4, 5});
  CHECK(data37->class_size(0) == 2);
  CHECK(data37->class_size(1) == 3);
  CHECK(data37->class_name(0) == "3");
  CHECK(data37->class_name(1) == "7");

  const auto data713 = Dataset::from_idx(file.images(), file.labels(), "713");
  REQUIRE(data713.ok());
  CHECK(order_of(*data713) == Bytes{0, 4, 5, 2, 1, 3});
  CHECK(data713->class_count() == 3);
  CHECK(data713->digit(3) == 1);
  CHECK(data713->class_of(3) == 1);
}

TEST_CASE("a dataset that reads files keeps its images when it is moved") {
  const Small small({3, 7});
  auto read = Dataset::from_files(write_idx(small.images()), write_idx(small.labels()));
  REQUIRE(read.ok());
  const Dataset moved = std::move(*read);
  CHECK(order_of(moved) == Bytes{0, 1});
  CHECK(moved.image(1)[1] == 7);
}

TEST_CASE("inconsistent data are refused with a sentence") {
  const Small two({3, 7}), three({3, 7, 3}), odd({3, 10});
  const auto message = [](const auto& result) {
    REQUIRE(!result.ok());
    return result.error().message;
  };
  CHECK(message(Dataset::from_idx(two.images(), three.labels(), "37", "train")) ==
        "[train] 2 images, but 3 labels (byte 4 of both files)");
  CHECK(message(Dataset::from_idx(odd.images(), odd.labels(), "37", "valid")) ==
        "[valid] label 10 of image 1 (byte 9 of the labels) is not a digit");
  CHECK(message(Dataset::from_idx(two.images(), two.labels(), "38", "train")) ==
        "[train] no image of the digit 8");
  CHECK(message(Dataset::from_idx(two.images(), two.labels(), "3", "train")) ==
        "[train] at least two digits are needed to tell them apart");
  CHECK(message(Dataset::from_idx(two.images(), two.labels(), "373", "train")) ==
        "[train] digit 3 is asked for twice");
  CHECK(message(Dataset::from_idx(two.images(), two.labels(), "3x", "train")) ==
        "[train] \"3x\" is not a list of digits like \"37\"");

  const Bytes images = write_idx(two.images()), labels = write_idx(two.labels());
  CHECK(message(read_digit_data(images, labels, labels, labels)) ==
        "[valid-images] the file ends at byte 10, inside the header of 16 bytes that a file of "
        "images begins with");
  const Bytes tall = write_idx(IdxImages{2, 2, 1, two.pixels});
  CHECK(message(read_digit_data(images, labels, tall, labels)) ==
        "[valid] images of 2x1, but those for training are 1x2");
}

TEST_CASE("MNIST has 60000 images of ten digits to train with, 10000 to validate") {
  const auto data = test::load_mnist10();
  if (!data) return;
  const uint32_t train[] = {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};
  const uint32_t valid[] = {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009};
  CHECK(data->train.size() == 60000);
  CHECK(data->valid.size() == 10000);
  for (uint32_t which = 0; which < 10; ++which) {
    CHECK(data->train.class_size(which) == train[which]);
    CHECK(data->valid.class_size(which) == valid[which]);
  }
  bool ordered = true;
  for (uint32_t i = 1; i < 60000; ++i) {
    ordered = ordered && data->train.digit(i - 1) <= data->train.digit(i);
  }
  CHECK(ordered);
  CHECK(data->train.class_of(0) == 0);
  CHECK(data->train.class_of(59999) == 9);
}

TEST_CASE("the 3s and 7s of all ten digits are the committed ones, and any other two digits work") {
  const auto data37 = test::load_mnist10("37");
  if (!data37) return;
  const DigitData committed = test::load_mnist37();
  for (const auto& [ours, theirs] :
       {std::pair(&data37->train, &committed.train), {&data37->valid, &committed.valid}}) {
    REQUIRE(ours->size() == theirs->size());
    bool same = true;
    for (uint32_t i = 0; i < ours->size(); ++i) {
      const auto a = ours->image(i), b = theirs->image(i);
      same = same && std::equal(a.begin(), a.end(), b.begin(), b.end()) &&
             ours->digit(i) == theirs->digit(i);
    }
    CHECK(same);
  }
  const auto data94 = test::load_mnist10("94");
  REQUIRE(data94.has_value());
  CHECK(data94->train.size() == 5949 + 5842);
  CHECK(data94->train.digit(0) == 9);
  CHECK(data94->train.class_name(1) == "4");
}

TEST_CASE("a subset has distinct images in their order, the same for every epoch") {
  const Dataset all = synthetic_digits(100, 2);
  const Dataset some = all.subset(50, 7);
  CHECK(some.size() == 50);
  CHECK(holds_in_order(images_of(all), images_of(some)));
  CHECK(images_of(all.subset(50, 7)) == images_of(some));
  CHECK(images_of(all.subset(50, 8)) != images_of(some));
  CHECK(some.class_size(0) + some.class_size(1) == 50);
  const auto images = images_of(all);
  uint32_t threes = 0;
  for (uint32_t i = 0; i < 50; ++i) {
    threes += some.class_of(i) == 0 ? 1 : 0;
    const auto at = std::find(images.begin(), images.end(), some.image(i).data());
    CHECK(some.digit(i) == all.digit(static_cast<uint32_t>(at - images.begin())));
  }
  CHECK(some.class_size(0) == threes);
  CHECK(holds_in_order(images_of(all.subset(120, 7)), images_of(some)));
}

TEST_CASE("a subset of 0 images, or of more than there are, is all of them") {
  const Dataset all = synthetic_digits(10, 2);
  for (const uint32_t count : {0u, 20u, 21u}) {
    CHECK(images_of(all.subset(count, 1)) == images_of(all));
    CHECK(all.subset(count, 1).class_size(1) == 10);
  }
  CHECK(all.subset(1, 1).size() == 1);
}

TEST_CASE("every image is equally likely to be in a subset") {
  // 20 images, 4000 seeds, 5 images each: 1000 expected. Within a draw the counts are negatively
  // correlated, so chi-square is below that of 19 degrees, which exceeds 38.6 once in 200.
  const Dataset all = synthetic_digits(10, 2);
  uint32_t seen[20] = {};
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    for (const uint8_t* image : images_of(all.subset(5, seed))) {
      for (uint32_t i = 0; i < 20; ++i) seen[i] += all.image(i).data() == image ? 1 : 0;
    }
  }
  double chi_square = 0;
  for (const uint32_t count : seen) chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  CHECK(chi_square < 38.6);
}

TEST_CASE("a subset keeps its images after the dataset is destroyed") {
  std::optional<Dataset> all = synthetic_digits(10, 2);
  const Dataset some = all->subset(5, 1);
  const std::vector<uint8_t> before(some.image(4).begin(), some.image(4).end());
  all.reset();
  CHECK(std::equal(before.begin(), before.end(), some.image(4).begin()));
}

TEST_CASE(
    "label noise gives that fraction of the images another label, and no image another place") {
  const Dataset clean = ten_digits(200);
  const Dataset noisy = clean.with_label_noise(0.25f, 3);
  CHECK(images_of(noisy) == images_of(clean));
  const auto wrong = wrong_labels(noisy);
  CHECK(wrong.size() == 500);
  uint32_t sizes[10] = {};
  for (uint32_t i = 0; i < noisy.size(); ++i) {
    CHECK(noisy.digit(i) == noisy.image(i)[0]);  // the digit stays known
    CHECK(noisy.true_class_of(i) == clean.class_of(i));
    ++sizes[noisy.class_of(i)];
  }
  for (uint32_t which = 0; which < 10; ++which) CHECK(noisy.class_size(which) == sizes[which]);
  CHECK(wrong_labels(clean.with_label_noise(0.25f, 3)) == wrong);
  CHECK(wrong_labels(clean.with_label_noise(0.25f, 4)) != wrong);
  CHECK(wrong_labels(clean).empty());
}

TEST_CASE("with more label noise the wrong labels of less stay") {
  const Dataset clean = ten_digits(100);
  const Dataset less = clean.with_label_noise(0.1f, 3), more = clean.with_label_noise(0.5f, 3);
  CHECK(holds_in_order(wrong_labels(more), wrong_labels(less)));
  for (const uint32_t index : wrong_labels(less)) {
    CHECK(more.class_of(index) == less.class_of(index));
  }
  CHECK(wrong_labels(clean.with_label_noise(0, 3)).empty());
  CHECK(wrong_labels(clean.with_label_noise(1, 3)).size() == 1000);
  CHECK(wrong_labels(synthetic_digits(5, 1).with_label_noise(0.25f, 3)).size() == 3);  // of 2.5
}

TEST_CASE("every other label is equally likely") {
  const Dataset noisy = ten_digits(900).with_label_noise(1, 5);
  uint32_t further[10] = {};
  for (uint32_t i = 0; i < noisy.size(); ++i) {
    ++further[(noisy.class_of(i) + 10 - noisy.true_class_of(i)) % 10];
  }
  CHECK(further[0] == 0);
  double chi_square = 0;  // of 8 degrees of freedom: exceeds 21.96 once in 200
  for (uint32_t k = 1; k < 10; ++k) {
    chi_square += (further[k] - 1000.0) * (further[k] - 1000.0) / 1000.0;
  }
  CHECK(chi_square < 21.96);
}

TEST_CASE("a subset of noisy labels has the right digit with each label") {
  const Dataset noisy = ten_digits(100).with_label_noise(0.5f, 3);
  const Dataset some = noisy.subset(300, 3);
  const auto images = images_of(noisy);
  for (uint32_t i = 0; i < some.size(); ++i) {
    const auto at = std::find(images.begin(), images.end(), some.image(i).data());
    const auto index = static_cast<uint32_t>(at - images.begin());
    CHECK(some.class_of(i) == noisy.class_of(index));
    CHECK(some.true_class_of(i) == noisy.true_class_of(index));
  }
  CHECK(!wrong_labels(some).empty());
}

}  // namespace downhill
