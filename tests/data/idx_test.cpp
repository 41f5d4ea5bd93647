#include "data/idx.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace downhill {
namespace {

using Bytes = std::vector<uint8_t>;

// Two images of 2x3, pixels 1..12.
Bytes small_images() {
  return {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
}
Bytes small_labels() { return {0, 0, 8, 1, 0, 0, 0, 2, 3, 7}; }

Bytes with(Bytes bytes, size_t at, uint8_t value) {
  bytes[at] = value;
  return bytes;
}
Bytes shortened(Bytes bytes, size_t size) {
  bytes.resize(size);
  return bytes;
}

}  // namespace

TEST_CASE("an IDX image file is read in place, big-endian") {
  const Bytes file = small_images();
  const auto images = read_idx_images(file, "train-images");
  REQUIRE(images.ok());
  CHECK(images->count == 2);
  CHECK(images->rows == 2);
  CHECK(images->cols == 3);
  CHECK(images->pixels.data() == file.data() + 16);
  CHECK(images->pixels.size() == 12);
  CHECK(images->pixels[11] == 12);
}

TEST_CASE("an IDX label file is read in place") {
  const Bytes file = small_labels();
  const auto labels = read_idx_labels(file, "train-labels");
  REQUIRE(labels.ok());
  CHECK(labels->count == 2);
  CHECK(Bytes(labels->values.begin(), labels->values.end()) == Bytes{3, 7});
}

TEST_CASE("a damaged IDX image file is refused with what and where") {
  struct Case {
    Bytes file;
    std::string sentence;
  };
  const Bytes good = small_images();
  Bytes longer = good;
  longer.push_back(0);
  Bytes huge = good;  // 4,294,967,295 images of 4096x4096: about 7e16 bytes
  huge[4] = huge[5] = huge[6] = huge[7] = 0xff;
  huge[10] = huge[14] = 0x10;
  huge[11] = huge[15] = 0;
  const Case cases[] = {
      {{},
       "[train-images] the file ends at byte 0, inside the header of 16 bytes that a file of "
       "images "
       "begins with"},
      {shortened(good, 15),
       "[train-images] the file ends at byte 15, inside the header of 16 bytes that a file of "
       "images "
       "begins with"},
      {small_labels(),
       "[train-images] the file ends at byte 10, inside the header of 16 bytes that a file of "
       "images "
       "begins with"},
      {with(good, 3, 1),
       "[train-images] magic number 0x00000801 at byte 0 (this is a file of labels), where "
       "0x00000803 "
       "(images) was expected"},
      {with(good, 2, 0x0d),
       "[train-images] magic number 0x00000d03 at byte 0, where 0x00000803 (images) was expected"},
      {with(good, 0, 0x3c),
       "[train-images] magic number 0x3c000803 at byte 0, where 0x00000803 (images) was expected"},
      {Bytes{0x1f, 0x8b, 8, 0},
       "[train-images] the file is still packed with gzip (0x1f8b at byte 0)"},
      {with(good, 7, 0), "[train-images] the number of images at byte 4 is 0"},
      {with(good, 11, 0), "[train-images] the number of rows at byte 8 is 0, not 1 to 4096"},
      {with(good, 15, 0), "[train-images] the number of columns at byte 12 is 0, not 1 to 4096"},
      {with(good, 10, 0x11), "[train-images] the number of rows at byte 8 is 4354, not 1 to 4096"},
      {with(good, 12, 0xff),
       "[train-images] the number of columns at byte 12 is 4278190083, not 1 to 4096"},
      {shortened(good, 27),
       "[train-images] the file ends at byte 27, but 2 images of 2x3 would end at byte 28"},
      {shortened(good, 16),
       "[train-images] the file ends at byte 16, but 2 images of 2x3 would end at byte 28"},
      {longer, "[train-images] the file ends at byte 29, but 2 images of 2x3 would end at byte 28"},
      {with(good, 7, 1),
       "[train-images] the file ends at byte 28, but 1 image of 2x3 would end at byte 22"},
      {huge,
       "[train-images] the file ends at byte 28, but 4294967295 images of 4096x4096 would end "
       "at byte 72057594021150736"},
  };
  for (const Case& c : cases) {
    const auto images = read_idx_images(c.file, "train-images");
    REQUIRE(!images.ok());
    CHECK(images.error().message == c.sentence);
  }
}

TEST_CASE("a damaged IDX label file is refused with what and where") {
  struct Case {
    Bytes file;
    std::string sentence;
  };
  const Bytes good = small_labels();
  Bytes longer = good;
  longer.insert(longer.end(), {1, 2});
  Bytes huge = good;
  huge[4] = 0xff;
  const Case cases[] = {
      {shortened(good, 7),
       "[valid-labels] the file ends at byte 7, inside the header of 8 bytes that a file of labels "
       "begins with"},
      {small_images(),
       "[valid-labels] magic number 0x00000803 at byte 0 (this is a file of images), where "
       "0x00000801 "
       "(labels) was expected"},
      {with(good, 7, 0), "[valid-labels] the number of labels at byte 4 is 0"},
      {shortened(good, 9),
       "[valid-labels] the file ends at byte 9, but 2 labels would end at byte 10"},
      {longer, "[valid-labels] the file ends at byte 12, but 2 labels would end at byte 10"},
      {huge,
       "[valid-labels] the file ends at byte 10, but 4278190082 labels would end at byte "
       "4278190090"},
  };
  for (const Case& c : cases) {
    const auto labels = read_idx_labels(c.file, "valid-labels");
    REQUIRE(!labels.ok());
    CHECK(labels.error().message == c.sentence);
  }
}

TEST_CASE("no truncation of a good file is accepted") {
  const Bytes images = small_images(), labels = small_labels();
  for (size_t size = 0; size < images.size(); ++size) {
    CHECK(!read_idx_images(std::span(images).first(size), "x").ok());
  }
  for (size_t size = 0; size < labels.size(); ++size) {
    CHECK(!read_idx_labels(std::span(labels).first(size), "x").ok());
  }
}

TEST_CASE("a file that is written equals the one that was read") {
  const Bytes images = small_images(), labels = small_labels();
  CHECK(write_idx(*read_idx_images(images, "x")) == images);
  CHECK(write_idx(*read_idx_labels(labels, "x")) == labels);
}

}  // namespace downhill
