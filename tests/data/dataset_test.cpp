#include "data/dataset.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/files.hpp"
#include "support/mnist37.hpp"
#include "support/sha256.hpp"

namespace downhill {
namespace {

using Bytes = std::vector<uint8_t>;

// One image of 1x2 per label; its pixels say which it is.
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

// The first pixels of all images: which image of the file stands where.
Bytes order_of(const Dataset& data) {
  Bytes order;
  for (uint32_t i = 0; i < data.size(); ++i) order.push_back(data.image(i)[0]);
  return order;
}

}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
  CHECK(test::sha256({'a', 'b', 'c'}) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(test::sha256({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("the committed files are those that the script made") {
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
      ordered = ordered && set->digit(i) == (three ? 3 : 7) &&
                set->target(i) == (three ? 1.0f : 0.0f) && set->class_of(i) == (three ? 0 : 1);
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

TEST_CASE("classes stand in the order they were asked for, images in file order within") {
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
  CHECK(data713->target(0) == 1.0f);
  CHECK(data713->target(3) == 0.0f);
}

TEST_CASE("a dataset that reads files keeps its images when it is moved") {
  const Small small({3, 7});
  auto read = Dataset::from_files(write_idx(small.images()), write_idx(small.labels()));
  REQUIRE(read.ok());
  const Dataset moved = std::move(*read);
  CHECK(order_of(moved) == Bytes{0, 1});
  CHECK(moved.image(1)[1] == 7);
}

TEST_CASE("data that do not fit together are refused with a sentence") {
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

}  // namespace downhill
