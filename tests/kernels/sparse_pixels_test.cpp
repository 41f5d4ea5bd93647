#include "kernels/sparse_images/sparse_pixels.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/byte_images.hpp"

using namespace downhill;
using kernels::MatmulDims;
using kernels::Pixels;

namespace {

// `overwrite`: dW counts as 0, whatever stands there. `relu`: with a fused ReLU.
void run_sparse_pixels(test::Dense& t, const Pixels& pixels, const float* bias, MatmulDims d,
                       bool overwrite, bool relu = false) {
  const size_t most = size_t{pixels.count} * pixels.size;
  std::vector<uint32_t> word_ends(pixels.count), offsets(most / 8 + 1);
  const kernels::NonzeroWords words{word_ends.data(), offsets.data()};
  const size_t scratch =
      size_t{8} * kernels::find_nonzero_words(words, pixels) + pixels.count * (pixels.size % 8);
  std::vector<kernels::SparsePixels> found(pixels.count);
  std::vector<uint32_t> listed(scratch);
  REQUIRE(kernels::find_sparse_pixels(found.data(), listed.data(), words, pixels) <= scratch);
  std::vector<uint16_t*> ends(pixels.size);
  std::vector<uint16_t> columns(size_t{pixels.size} * kernels::column_capacity(pixels.count));
  std::vector<float> row(d.out), above(256), strips(kernels::strip_scratch(d.in));
  kernels::values_above_zero(above.data(), pixels.map);
  const bool zero_counts = pixels.map[0] != 0.0f;
  if (zero_counts) {
    kernels::zeros_forward(row.data(), t.w.data(), bias, pixels, d.out);
    bias = row.data();
  }
  kernels::sparse_pixels_forward(t.y.data(), t.w.data(), bias, found.data(), above.data(), d,
                                 strips.data(), relu);
  std::vector<float> dz(t.dy.size());
  kernels::UpstreamGrad dy{t.dy.data(), relu ? t.y.data() : nullptr, dz.data()};
  if (zero_counts) {
    dy = {dy.masked(t.dy.size())};
    if (overwrite) std::fill(t.dw.begin(), t.dw.end(), 0.0f);
    kernels::zeros_backward_weight(t.dw.data(), dy.dy, row.data(), pixels, d.out);
  }
  kernels::sparse_pixels_backward({t.dw.data(), overwrite && !zero_counts}, t.db.data(), dy,
                                  found.data(), above.data(), d, {ends.data(), columns.data()},
                                  strips.data());
}

void check(MatmulDims d, float zero) {
  const test::ByteImages images(d.n, d.in, zero);
  INFO("n " << d.n << ", in " << d.in << ", out " << d.out << ", zero " << zero);
  for (const bool with_bias : {true, false}) {
    test::Dense fast(d), slow(d);
    const float* bias = with_bias ? fast.b.data() : nullptr;
    const bool overwrite = with_bias;
    if (overwrite) std::fill(slow.dw.begin(), slow.dw.end(), 0.0f);
    run_sparse_pixels(fast, images.pixels, bias, d, overwrite);
    test::dense_layer(slow, images, bias, d);
    CHECK(test::first_difference(fast.y, slow.y) == -1);
    CHECK(test::first_difference(fast.dw, slow.dw) == -1);
    kernels::reference::matmul_backward_bias(slow.db.data(), slow.dy.data(), d);
    CHECK(test::first_difference(fast.db, slow.db) == -1);

    test::Dense fused(d), apart(d);
    std::vector<float> positive(apart.y.size());
    if (overwrite) std::fill(apart.dw.begin(), apart.dw.end(), 0.0f);
    run_sparse_pixels(fused, images.pixels, bias, d, overwrite, true);
    for (size_t i = 0; i < positive.size(); ++i) {
      positive[i] = slow.y[i] > 0 ? slow.y[i] : 0.0f;
      apart.dy[i] = slow.y[i] > 0 ? apart.dy[i] : 0.0f;
    }
    test::dense_layer(apart, images, bias, d);
    kernels::reference::matmul_backward_bias(apart.db.data(), apart.dy.data(), d);
    CHECK(test::first_difference(fused.y, positive) == -1);
    CHECK(test::first_difference(fused.dw, apart.dw) == -1);
    CHECK(test::first_difference(fused.db, apart.db) == -1);
  }
}

}  // namespace

TEST_CASE(
    "the products of sparse pixels are the dense ones bit for bit, also of normalized images") {
  for (uint32_t out :
       {4u, 5u, 7u, 8u, 10u, 13u, 18u, 22u, 27u, 30u, 32u, 33u, 34u, 35u, 47u, 66u, 128u}) {
    for (const float zero : {0.0f, -0.4242f}) {
      check({1, 16, out}, zero);
      check({5, 48, out}, zero);
      check({9, 784, out}, zero);
      check({40, 61, out}, zero);
      check({4, 61, out}, zero);
      check({0, 32, out}, zero);
    }
  }
}

// Image numbers wrap after 256, and the sums continue.
TEST_CASE("so are the products of more images than a byte can number") {
  for (uint32_t n : {255u, 256u, 257u, 513u, 700u}) {
    check({n, 61, 5}, 0);
    check({n, 16, 30}, -0.4242f);
  }
}

TEST_CASE("a column has space for all images, and columns do not share cache sets") {
  for (uint32_t images = 0; images <= 256; ++images) {
    CHECK(kernels::column_capacity(images) >= images);
    CHECK(kernels::column_capacity(images) % 64 == 32);
  }
  CHECK(kernels::column_capacity(4096) == kernels::column_capacity(256));
}
