#include "kernels/sparse_images/quads.hpp"

#include <doctest/doctest.h>

#include "support/byte_images.hpp"

using namespace downhill;
using kernels::MatmulDims;
using kernels::Pixels;

namespace {

struct Found {
  explicit Found(const Pixels& pixels)
      : quads(pixels.count), room(size_t{pixels.count} * pixels.size / 16 + 1) {
    rows = kernels::find_quads(quads.data(), room.data(), pixels);
  }
  std::vector<kernels::Quads> quads;
  std::vector<kernels::QuadRow> room;
  size_t rows;
};

void run_quads(test::Dense& t, const Pixels& pixels, const float* bias) {
  const Found found(pixels);
  std::vector<float> above(256);
  kernels::values_above_zero(above.data(), pixels.map);
  const kernels::QuadValues values = kernels::quad_values(above.data());
  const bool zero_counts = pixels.map[0] != 0.0f;
  float start = bias == nullptr ? 0.0f : *bias, slopes;
  if (zero_counts) kernels::zeros_forward(&start, t.w.data(), bias, pixels, 1);
  std::vector<kernels::QuadTerm> terms(found.rows);
  kernels::quads_forward(t.y.data(), t.w.data(), start, found.quads.data(), values, pixels.count,
                         terms.data());
  std::vector<float> alone(t.y.size());
  kernels::quads_forward(alone.data(), t.w.data(), start, found.quads.data(), values, pixels.count,
                         nullptr);
  CHECK(test::first_difference(alone, t.y) == -1);
  if (zero_counts) {
    kernels::zeros_backward_weight(t.dw.data(), t.dy.data(), &slopes, pixels, 1);
  }
  kernels::quads_backward_weight(t.dw.data(), t.dy.data(), terms);
}

}  // namespace

TEST_CASE("the products of quads are the dense ones bit for bit, also of normalized images") {
  for (MatmulDims d : {MatmulDims{1, 16, 1}, MatmulDims{5, 48, 1}, MatmulDims{9, 784, 1},
                       MatmulDims{300, 64, 1}, MatmulDims{0, 32, 1}}) {
    for (const float zero : {0.0f, -0.4242f}) {
      const test::ByteImages images(d.n, d.in, zero);
      INFO("n " << d.n << ", in " << d.in << ", zero " << zero);
      for (const bool with_bias : {true, false}) {
        test::Dense fast(d), slow(d);
        const float* bias = with_bias ? fast.b.data() : nullptr;
        run_quads(fast, images.pixels, bias);
        test::dense_layer(slow, images, bias, d);
        CHECK(test::first_difference(fast.y, slow.y) == -1);
        CHECK(test::first_difference(fast.dw, slow.dw) == -1);
      }
    }
  }
}

TEST_CASE("quads are all the ink of an image, each for its partial sums") {
  const test::ByteImages images(9, 784);
  const Found found(images.pixels);
  size_t rows = 0;
  for (size_t i = 0; i < 9; ++i) {
    std::vector<uint8_t> drawn(784);
    size_t quads = 0;
    for (const kernels::QuadRow& row : found.quads[i]) {
      for (uint32_t v = 0; v < 4; ++v) {
        CHECK(row.places[v] % 16 == 4 * v);
        for (size_t k = 0; k < 4; ++k) drawn[row.places[v] + k] |= row.bytes[v][k];
        quads += std::ranges::count(row.bytes[v], 0) < 4 ? 1 : 0;
      }
    }
    CHECK(std::equal(drawn.begin(), drawn.end(), images.places[i]));
    CHECK(quads <= 196);
    rows += found.quads[i].size();
  }
  CHECK(rows == found.rows);
  CHECK(found.quads[1].empty());       // the empty one
  CHECK(found.quads[2].size() == 49);  // the full one
}

TEST_CASE("fractions need no table, and are what it holds") {
  std::vector<float> above(256);
  for (size_t v = 0; v < 256; ++v) above[v] = static_cast<float>(v) / 255.0f;
  REQUIRE(kernels::quad_values(above.data()).fractions);
  std::vector<uint8_t> bytes(256);
  for (size_t v = 0; v < 256; ++v) bytes[v] = static_cast<uint8_t>(v);
  const uint8_t* image = bytes.data();
  const Found found({&image, 1, 256, above.data()});
  const float slope = 1;
  const std::vector<float> w(256);
  std::vector<kernels::QuadTerm> terms(found.rows);
  for (const bool fractions : {true, false}) {  // dw is what each byte counts
    float y;
    kernels::quads_forward(&y, w.data(), 0.0f, found.quads.data(), {above.data(), fractions}, 1,
                           terms.data());
    std::vector<float> dw(256);
    kernels::quads_backward_weight(dw.data(), &slope, terms);
    CHECK(test::first_difference(dw, above) == -1);
  }
  above[7] = 0.5f;
  CHECK_FALSE(kernels::quad_values(above.data()).fractions);
}
