#include "kernels/pixels.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "kernels/reference.hpp"
#include "support/random.hpp"

using namespace downhill;
using kernels::MatmulDims;
using kernels::Pixels;
namespace reference = downhill::kernels::reference;

namespace {

// Images of bytes, most of them zero, as digits are; one is empty and one is full.
struct Images {
  Images(uint32_t count, uint32_t size, float zero = 0)
      : bytes(size_t{count} * size), map(256), places(count) {
    Rng rng(1);
    for (size_t at = 0; at < bytes.size();) {  // ink comes in runs
      const uint32_t run = 1 + rng.below(12);
      const bool ink = rng.below(4) == 0;
      for (uint32_t k = 0; k < run && at < bytes.size(); ++k, ++at) {
        bytes[at] = static_cast<uint8_t>(ink ? rng.below(256) : 0);
      }
    }
    if (count > 2) {
      std::fill_n(bytes.begin() + size, size, uint8_t{0});
      std::fill_n(bytes.begin() + 2 * size, size, uint8_t{255});
    }
    for (size_t v = 0; v < 256; ++v) map[v] = static_cast<float>(v) / 255.0f + zero;
    for (uint32_t i = 0; i < count; ++i) places[i] = bytes.data() + size_t{i} * size;
    pixels = {places.data(), count, size, map.data()};
    floats.resize(bytes.size());
    kernels::pixels_to_floats(floats.data(), pixels);
  }
  std::vector<uint8_t> bytes;
  std::vector<float> map, floats;
  std::vector<const uint8_t*> places;
  Pixels pixels;
};

struct Data {
  explicit Data(MatmulDims d)
      : w(test::normals(Rng(2), size_t{d.in} * d.out)),
        b(test::normals(Rng(3), d.out)),
        dy(test::normals(Rng(4), size_t{d.n} * d.out)),
        y(size_t{d.n} * d.out, -77.0f),
        dw(test::normals(Rng(5), size_t{d.in} * d.out)) {}
  std::vector<float> w, b, dy, y, dw;
};

void run_blocks(Data& t, const Pixels& pixels, const float* bias) {
  const size_t most = size_t{pixels.count} * pixels.size;
  std::vector<uint32_t> ends(pixels.count), found(most / 16 + 1);
  std::vector<float> values(most);
  const kernels::Blocks blocks{ends.data(), found.data(), values.data()};
  kernels::find_blocks(blocks, pixels);
  kernels::blocks_forward(t.y.data(), t.w.data(), bias, blocks, pixels);
  kernels::blocks_backward_weight(t.dw.data(), t.dy.data(), blocks, pixels);
}

void run_dots(Data& t, const Pixels& pixels, const float* bias, uint32_t out) {
  const size_t most = size_t{pixels.count} * pixels.size;
  std::vector<uint32_t> word_ends(pixels.count), places(most / 8 + 1);
  const kernels::Words words{word_ends.data(), places.data()};
  const size_t room =
      size_t{8} * kernels::find_words(words, pixels) + pixels.count * (pixels.size % 8);
  std::vector<kernels::Dots> dots(pixels.count);
  std::vector<uint32_t> found(room);
  const uint32_t count = kernels::find_dots(dots.data(), found.data(), words, pixels);
  REQUIRE(count <= room);
  std::vector<uint32_t> ends(pixels.count), turned_ends(pixels.size);
  std::vector<kernels::Term> terms(count), turned(count);
  const kernels::Terms of_images{ends.data(), terms.data()};
  const kernels::Terms of_pixels{turned_ends.data(), turned.data()};
  std::vector<float> row(out);
  const bool zero_counts = pixels.map[0] != 0.0f;
  if (zero_counts) kernels::zeros_forward(row.data(), t.w.data(), bias, pixels, out);
  kernels::terms_of_images(of_images, dots.data(), pixels, out);
  kernels::terms_forward(t.y.data(), t.w.data(), zero_counts ? row.data() : bias, of_images,
                         pixels.count, out);
  if (zero_counts) {
    kernels::zeros_backward_weight(t.dw.data(), t.dy.data(), row.data(), pixels, out);
  }
  kernels::terms_of_pixels(of_pixels, dots.data(), pixels, out);
  kernels::terms_backward_weight(t.dw.data(), t.dy.data(), of_pixels, pixels.size, out);
}

void run_fast(Data& t, const Pixels& pixels, const float* bias, uint32_t out) {
  out == 1 ? run_blocks(t, pixels, bias) : run_dots(t, pixels, bias, out);
}

}  // namespace

TEST_CASE("the products of the pixels that are not zero are the dense ones bit for bit") {
  for (uint32_t out :
       {1u, 4u, 5u, 7u, 8u, 10u, 13u, 18u, 22u, 27u, 30u, 32u, 33u, 34u, 35u, 47u, 128u}) {
    for (MatmulDims d : {MatmulDims{1, 16, out}, MatmulDims{5, 48, out}, MatmulDims{9, 784, out},
                         MatmulDims{4, 61, out}, MatmulDims{0, 32, out}}) {
      const Images images(d.n, d.in);
      if (!kernels::skips_zeros(images.pixels, out)) continue;
      INFO("n " << d.n << ", in " << d.in << ", out " << d.out);
      for (const bool with_bias : {true, false}) {
        Data fast(d), slow(d);
        const float* bias = with_bias ? fast.b.data() : nullptr;
        run_fast(fast, images.pixels, bias, out);
        reference::matmul_forward(slow.y.data(), images.floats.data(), slow.w.data(), bias, d);
        reference::matmul_backward_weight(slow.dw.data(), images.floats.data(), slow.dy.data(), d);
        CHECK(test::first_difference(fast.y, slow.y) == -1);
        CHECK(test::first_difference(fast.dw, slow.dw) == -1);
      }
    }
  }
}

// What is meant where a byte of 0 has the value z: every pixel counts z, once for all images, and
// what it has beyond.
TEST_CASE(
    "of normalized images what lies above the zeros counts, bit for bit as in dense products") {
  constexpr float kZero = -0.4242f;
  for (uint32_t out : {4u, 7u, 30u, 33u, 128u}) {
    for (MatmulDims d : {MatmulDims{1, 16, out}, MatmulDims{9, 784, out}, MatmulDims{4, 61, out},
                         MatmulDims{0, 32, out}}) {
      Images images(d.n, d.in, kZero);
      const size_t in = d.in, n = d.n;
      for (float& x : images.floats) x -= kZero;
      INFO("n " << d.n << ", in " << d.in << ", out " << d.out);
      for (const bool with_bias : {true, false}) {
        Data fast(d), slow(d);
        run_fast(fast, images.pixels, with_bias ? fast.b.data() : nullptr, out);
        std::vector<float> start(out);
        for (size_t j = 0; j < out; ++j) {
          const float all = reference::sum_of(in, [&](size_t k) { return slow.w[k * out + j]; });
          start[j] = (with_bias ? slow.b[j] : 0.0f) + kZero * all;
          float slopes = 0;
          for (size_t i = 0; i < n; ++i) slopes += slow.dy[i * out + j];
          for (size_t k = 0; k < in; ++k) slow.dw[k * out + j] += kZero * slopes;
        }
        reference::matmul_forward(slow.y.data(), images.floats.data(), slow.w.data(), start.data(),
                                  d);
        reference::matmul_backward_weight(slow.dw.data(), images.floats.data(), slow.dy.data(), d);
        CHECK(test::first_difference(fast.y, slow.y) == -1);
        CHECK(test::first_difference(fast.dw, slow.dw) == -1);
      }
    }
  }
}

TEST_CASE(
    "zeros are skipped only where sums are whole vectors, and bytes fractions for one output") {
  Images images(2, 32);
  CHECK(kernels::skips_zeros(images.pixels, 1));
  CHECK(kernels::skips_zeros(images.pixels, 4));
  CHECK_FALSE(kernels::skips_zeros(images.pixels, 3));
  images.pixels.size = 31;
  CHECK_FALSE(kernels::skips_zeros(images.pixels, 1));
  CHECK(kernels::skips_zeros(images.pixels, 30));
  images.pixels.size = 32;
  images.map[7] = 0.5f;
  CHECK_FALSE(kernels::skips_zeros(images.pixels, 1));
  images.map[0] = -0.4242f;  // normalized
  CHECK(kernels::skips_zeros(images.pixels, 30));
}

TEST_CASE("a byte of every value is the same in a block as in the map") {
  std::vector<uint8_t> bytes(256);
  for (size_t v = 0; v < 256; ++v) bytes[v] = static_cast<uint8_t>(v);
  const uint8_t* image = bytes.data();
  std::vector<float> map(256), w(256, 1.0f), values(256);
  for (size_t v = 0; v < 256; ++v) map[v] = static_cast<float>(v) / 255.0f;
  uint32_t end = 0, places[16];
  float y = 0;
  const Pixels pixels{&image, 1, 256, map.data()};
  REQUIRE(kernels::skips_zeros(pixels, 1));
  const kernels::Blocks blocks{&end, places, values.data()};
  REQUIRE(kernels::find_blocks(blocks, pixels) == 16);
  kernels::blocks_forward(&y, w.data(), nullptr, blocks, pixels);
  CHECK(test::first_difference(values, map) == -1);
}

TEST_CASE("a byte has the value of the map") {
  const Images images(3, 61);
  for (size_t k = 0; k < images.bytes.size(); ++k) {
    CHECK(test::same_bits(images.floats[k], static_cast<float>(images.bytes[k]) / 255.0f));
  }
}
