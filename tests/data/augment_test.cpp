#include "data/augment.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/synthetic.hpp"

namespace downhill {
namespace {

using Bytes = std::vector<uint8_t>;

struct Image {
  uint32_t rows, cols;
  Bytes pixels = Bytes(size_t{rows} * cols, 77);               // so that a missing pixel is noticed
  operator ImageView() const { return {pixels, rows, cols}; }  // NOLINT: implicit by design
  operator ImageBytes() { return {pixels, rows, cols}; }       // NOLINT
  uint8_t at(int64_t row, int64_t col) const {
    const bool inside = row >= 0 && row < rows && col >= 0 && col < cols;
    return inside ? pixels[static_cast<size_t>(row * cols + col)] : 0;
  }
};

// No two neighbours are alike and none is zero, so that a wrong position shows.
Image random_image(uint32_t rows, uint32_t cols, Rng& rng) {
  Image image{rows, cols};
  for (uint8_t& pixel : image.pixels) pixel = static_cast<uint8_t>(1 + rng.below(255));
  return image;
}

Image slow_window(const Image& in, int32_t row, int32_t col, uint32_t rows, uint32_t cols) {
  Image out{rows, cols};
  for (uint32_t r = 0; r < rows; ++r) {
    for (uint32_t c = 0; c < cols; ++c) {
      out.pixels[size_t{r} * cols + c] = in.at(int64_t{r} + row, int64_t{c} + col);
    }
  }
  return out;
}

// The exact result before rounding, in double with the cosine and sine of libm.
double exact_affine(const Image& in, const AffineMap& map, uint32_t r, uint32_t c) {
  const double angle = 2 * std::atan(static_cast<double>(map.tan_half));
  const double middle_x = (in.cols - 1) / 2.0, middle_y = (in.rows - 1) / 2.0;
  const double x = (c - middle_x - static_cast<double>(map.right)) / static_cast<double>(map.scale);
  const double y = (r - middle_y - static_cast<double>(map.down)) / static_cast<double>(map.scale);
  const double from_x = middle_x + std::cos(angle) * x - std::sin(angle) * y;
  const double from_y = middle_y + std::sin(angle) * x + std::cos(angle) * y;
  double sum = 0;
  for (const double row : {std::floor(from_y), std::floor(from_y) + 1}) {
    for (const double col : {std::floor(from_x), std::floor(from_x) + 1}) {
      const double weight = (1 - std::fabs(from_y - row)) * (1 - std::fabs(from_x - col));
      sum += weight * in.at(static_cast<int64_t>(row), static_cast<int64_t>(col));
    }
  }
  return sum;
}

Bytes transformed(Augment kind, uint64_t seed, uint64_t epoch, uint32_t index, const Image& in) {
  ItemTransform transform(kind, seed);
  transform.begin_epoch(epoch);
  Image out{in.rows, in.cols};
  transform.apply(index, in, out);
  return out.pixels;
}

Rng stream(uint64_t seed, uint64_t epoch, uint64_t index) {
  return Rng(seed).split("augment").split(epoch).split(index);
}

// A fair draw exceeds 78.23 once in 200 over 49 cells, and 45.56 over 25. The draws are fixed.
template <size_t kCells>
double chi_square(const uint32_t (&seen)[kCells], double expected) {
  double sum = 0;
  for (const uint32_t count : seen) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

}  // namespace

TEST_CASE("a window equals a slow copy, at any position") {
  Rng rng(1);
  for (int i = 0; i < 3000; ++i) {
    const Image in = random_image(1 + rng.below(9), 1 + rng.below(9), rng);
    Image out{1 + rng.below(9), 1 + rng.below(9)};
    const auto row = static_cast<int32_t>(rng.below(25)) - 12;
    const auto col = static_cast<int32_t>(rng.below(25)) - 12;
    copy_window(in, row, col, out);
    REQUIRE(out.pixels == slow_window(in, row, col, out.rows, out.cols).pixels);
  }
}

TEST_CASE("crop-pad 34 adds three rows and columns of zeros around, and its centre is the image") {
  Rng rng(2);
  for (int i = 0; i < 20; ++i) {
    const Image in = random_image(28, 28, rng);
    Image padded{34, 34}, centre{28, 28};
    crop_pad(in, padded);
    CHECK(padded.pixels == slow_window(in, -3, -3, 34, 34).pixels);
    centre_crop(padded, centre);
    CHECK(centre.pixels == in.pixels);
  }
}

TEST_CASE("of an odd difference the larger half is padded at the top left, the smaller cropped") {
  Rng rng(3);
  const Image in = random_image(28, 5, rng);
  Image out{33, 2};
  crop_pad(in, out);
  CHECK(out.pixels == slow_window(in, -3, 1, 33, 2).pixels);
}

TEST_CASE("a random crop takes every position equally often") {
  Rng rng(4);
  const Image in = random_image(34, 34, rng);
  uint32_t seen[49] = {};
  for (int i = 0; i < 4900; ++i) {
    Image out{28, 28};
    Rng copy = rng;
    random_crop(in, rng, out);
    const auto row = static_cast<int32_t>(copy.below(7)), col = static_cast<int32_t>(copy.below(7));
    if (i < 100) REQUIRE(out.pixels == slow_window(in, row, col, 28, 28).pixels);
    ++seen[row * 7 + col];
  }
  CHECK(chi_square(seen, 100) < 78.23);
}

TEST_CASE("the choice `crop` is crop-pad 34 and random crop 28, bit for bit") {
  Rng rng(5);
  for (uint32_t index = 0; index < 200; ++index) {
    const Image in = random_image(28, 28, rng);
    Image padded{34, 34}, out{28, 28};
    crop_pad(in, padded);
    Rng draws = stream(6, 2, index);
    random_crop(padded, draws, out);
    REQUIRE(transformed(Augment::crop, 6, 2, index, in) == out.pixels);
  }
}

TEST_CASE("the choice `shift` moves up to two pixels, each way equally often") {
  Rng rng(7);
  const Image in = random_image(28, 28, rng);
  uint32_t seen[25] = {};
  for (uint32_t index = 0; index < 2500; ++index) {
    const Bytes out = transformed(Augment::shift, 1, 0, index, in);
    uint32_t found = 0;
    for (int32_t down = -2; down <= 2; ++down) {
      for (int32_t right = -2; right <= 2; ++right) {
        if (out != slow_window(in, -down, -right, 28, 28).pixels) continue;
        ++seen[(down + 2) * 5 + right + 2];
        ++found;
      }
    }
    REQUIRE(found == 1);
  }
  CHECK(chi_square(seen, 100) < 45.56);
}

TEST_CASE("what chance has drawn is what is done to the image") {
  Rng rng(9);
  for (uint32_t index = 0; index < 50; ++index) {
    const Image in = random_image(28, 28, rng);
    for (const Augment kind : {Augment::none, Augment::crop, Augment::shift}) {
      ItemTransform transform(kind, 6);
      transform.begin_epoch(2);
      const AugmentDraw drawn = transform.drawn_for(index);
      REQUIRE(transformed(kind, 6, 2, index, in) ==
              slow_window(in, drawn.row, drawn.column, 28, 28).pixels);
    }
    for (const Augment kind : {Augment::rotate, Augment::affine}) {
      ItemTransform transform(kind, 6);
      transform.begin_epoch(2);
      Image out{28, 28};
      map_affine(in, transform.drawn_for(index).map, out);
      REQUIRE(transformed(kind, 6, 2, index, in) == out.pixels);
    }
  }
}

TEST_CASE("the identity map gives the image, and one by whole pixels a window") {
  Rng rng(8);
  for (const auto& [rows, cols] : {std::pair(28u, 28u), {1u, 1u}, {7u, 4u}, {1u, 9u}}) {
    const Image in = random_image(rows, cols, rng);
    Image out{rows, cols};
    map_affine(in, {}, out);
    CHECK(out.pixels == in.pixels);
    map_affine(in, {.right = 2, .down = -1}, out);
    CHECK(out.pixels == slow_window(in, 1, -2, rows, cols).pixels);
  }
}

TEST_CASE("a quarter turn is counterclockwise and exact") {
  const Image in{3, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9}};
  Image out{3, 3};
  map_affine(in, {.tan_half = 1}, out);  // numpy.rot90
  CHECK(out.pixels == Bytes{3, 6, 9, 2, 5, 8, 1, 4, 7});
}

TEST_CASE("an affine map is less than 0.65 grey values from the exact one") {
  Rng rng(9);
  double worst = 0;
  for (int i = 0; i < 300; ++i) {
    const bool digit = i % 2 == 0;
    const Image in =
        digit ? random_image(28, 28, rng) : random_image(1 + rng.below(40), 1 + rng.below(40), rng);
    const AffineMap map{.tan_half = rng.uniform(-2, 2),
                        .scale = rng.uniform(0.5f, 2.0f),
                        .right = rng.uniform(-5, 5),
                        .down = rng.uniform(-5, 5)};
    Image out{in.rows, in.cols};
    map_affine(in, map, out);
    for (uint32_t r = 0; r < in.rows; ++r) {
      for (uint32_t c = 0; c < in.cols; ++c) {
        const double difference = out.at(r, c) - exact_affine(in, map, r, c);
        worst = std::max(worst, std::fabs(difference));
      }
    }
  }
  INFO("at most ", worst);
  CHECK(worst < 0.65);
  CHECK(worst > 0.45);  // rounding alone gives 0.5: the oracle is not our own code
}

TEST_CASE("the choices `rotate` and `affine` are the maps that their streams draw") {
  CHECK(static_cast<double>(kMaxTanHalfAngle) ==
        doctest::Approx(std::tan(15 * std::acos(-1.0) / 180 / 2)).epsilon(1e-7));
  Rng rng(10);
  for (uint32_t index = 0; index < 50; ++index) {
    const Image in = random_image(28, 28, rng);
    Image out{28, 28};
    Rng turn = stream(3, 1, index);
    map_affine(in, {.tan_half = turn.uniform(-kMaxTanHalfAngle, kMaxTanHalfAngle)}, out);
    CHECK(transformed(Augment::rotate, 3, 1, index, in) == out.pixels);
    AffineMap map{.tan_half = stream(3, 1, index).uniform(-kMaxTanHalfAngle, kMaxTanHalfAngle)};
    map.scale = turn.uniform(0.9f, 1.1f);
    map.right = turn.uniform(-2.0f, 2.0f);
    map.down = turn.uniform(-2.0f, 2.0f);
    map_affine(in, map, out);
    CHECK(transformed(Augment::affine, 3, 1, index, in) == out.pixels);
  }
}

TEST_CASE("noise has mean 0 and deviation 25, and stays among the grey values") {
  const Image grey{100, 100, Bytes(10000, 128)}, paper{100, 100, Bytes(10000, 0)},
      ink{100, 100, Bytes(10000, 255)};
  double sum = 0, squares = 0;
  for (const uint8_t pixel : transformed(Augment::noise, 1, 0, 0, grey)) {
    sum += pixel - 128.0;
    squares += (pixel - 128.0) * (pixel - 128.0);
  }
  // Within four standard errors of 10,000 draws. Rounding adds 1/12 to the variance.
  CHECK(std::fabs(sum / 1e4) < 1.0);
  CHECK(std::fabs(std::sqrt(squares / 1e4 - 1.0 / 12) - 25) < 0.71);
  uint32_t untouched = 0;
  for (const uint8_t pixel : transformed(Augment::noise, 1, 0, 0, paper)) {
    untouched += pixel == 0 ? 1 : 0;
  }
  // P(N(0, 25) < 0.5) = 0.508.
  CHECK(std::abs(static_cast<int>(untouched) - 5080) < 200);
  for (const uint8_t pixel : transformed(Augment::noise, 1, 0, 1, ink)) REQUIRE(pixel > 100);
}

TEST_CASE("an augmented image depends on seed, epoch and index alone") {
  Rng rng(11);
  const Image in = random_image(28, 28, rng);
  CHECK(transformed(Augment::none, 1, 2, 3, in) == in.pixels);
  for (const AugmentRow& row : kAugments) {
    const Augment kind = row.kind;
    if (kind == Augment::none) continue;
    ItemTransform used(kind, 1);
    Image out{28, 28};
    std::set<Bytes> results;
    for (uint64_t epoch = 0; epoch < 20; ++epoch) {
      used.begin_epoch(epoch);
      for (const uint32_t index : {9u, 2u}) {
        used.apply(index, in, out);
        REQUIRE(out.pixels == transformed(kind, 1, epoch, index, in));
        results.insert(out.pixels);
      }
      results.insert(transformed(kind, 2, epoch, 9, in));
    }
    CHECK(results.size() > 15);  // 60 draws; a shift has only 25 results
    ItemTransform fresh(kind, 1);
    fresh.apply(9, in, out);
    CHECK(out.pixels == transformed(kind, 1, 0, 9, in));
  }
}

TEST_CASE("the bits of every item transform are golden") {
  const Dataset data = synthetic_digits(20, 1);
  const auto digest = [&](Augment kind) {
    uint64_t hash = 0;
    for (uint32_t i = 0; i < data.size(); ++i) {
      const auto image = data.image(i);
      const Bytes out =
          transformed(kind, 1, 3, i, Image{28, 28, Bytes(image.begin(), image.end())});
      hash = hash * 31 + fnv1a(std::span<const uint8_t>(out));
    }
    return hash;
  };
  const std::map<Augment, uint64_t> golden = {
      {Augment::crop, 0x70e9a50cd55af22d},   {Augment::shift, 0x515f385a2940f0c0},
      {Augment::rotate, 0x7eadc1633ef5315c}, {Augment::affine, 0x3eae7199bb5b511e},
      {Augment::noise, 0xd4030e24ea4e5a98},
  };
  for (const AugmentRow& row : kAugments) {
    if (row.kind == Augment::none) continue;
    CAPTURE(row.words.word);
    REQUIRE_MESSAGE(golden.contains(row.kind), "add its digest here: ", digest(row.kind));
    CHECK(digest(row.kind) == golden.at(row.kind));
  }
}

}  // namespace downhill
