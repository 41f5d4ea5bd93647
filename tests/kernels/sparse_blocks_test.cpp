#include "kernels/sparse_images/sparse_blocks.hpp"

#include <doctest/doctest.h>

#include "support/byte_images.hpp"

using namespace downhill;
using kernels::MatmulDims;
using kernels::Pixels;

namespace {

struct Found {
  explicit Found(const Pixels& pixels)
      : blocks(pixels.count), scratch(size_t{pixels.count} * pixels.size / 16 + 1) {
    rows = kernels::find_sparse_blocks(blocks.data(), scratch.data(), pixels);
  }
  std::vector<kernels::SparseBlocks> blocks;
  std::vector<kernels::BlockRow> scratch;
  size_t rows;
};

void run_sparse_blocks(test::Dense& t, const Pixels& pixels, const float* bias) {
  const Found found(pixels);
  std::vector<float> above(256);
  kernels::values_above_zero(above.data(), pixels.map);
  const kernels::BlockValues values = kernels::block_values(above.data());
  const bool zero_counts = pixels.map[0] != 0.0f;
  float start = bias == nullptr ? 0.0f : *bias, dy_sum;
  if (zero_counts) kernels::zeros_forward(&start, t.w.data(), bias, pixels, 1);
  std::vector<kernels::BlockTerm> terms(found.rows);
  kernels::sparse_blocks_forward(t.y.data(), t.w.data(), start, found.blocks.data(), values,
                                 pixels.count, terms.data());
  std::vector<float> alone(t.y.size());
  kernels::sparse_blocks_forward(alone.data(), t.w.data(), start, found.blocks.data(), values,
                                 pixels.count, nullptr);
  CHECK(test::first_difference(alone, t.y) == -1);
  if (zero_counts) {
    kernels::zeros_backward_weight(t.dw.data(), t.dy.data(), &dy_sum, pixels, 1);
  }
  kernels::sparse_blocks_backward_weight(t.dw.data(), t.dy.data(), terms);
}

}  // namespace

TEST_CASE(
    "the products of sparse blocks are the dense ones bit for bit, also of normalized images") {
  for (MatmulDims d : {MatmulDims{1, 16, 1}, MatmulDims{5, 48, 1}, MatmulDims{9, 784, 1},
                       MatmulDims{300, 64, 1}, MatmulDims{0, 32, 1}}) {
    for (const float zero : {0.0f, -0.4242f}) {
      const test::ByteImages images(d.n, d.in, zero);
      INFO("n " << d.n << ", in " << d.in << ", zero " << zero);
      for (const bool with_bias : {true, false}) {
        test::Dense fast(d), slow(d);
        const float* bias = with_bias ? fast.b.data() : nullptr;
        run_sparse_blocks(fast, images.pixels, bias);
        test::dense_layer(slow, images, bias, d);
        CHECK(test::first_difference(fast.y, slow.y) == -1);
        CHECK(test::first_difference(fast.dw, slow.dw) == -1);
      }
    }
  }
}

TEST_CASE("sparse blocks hold all nonzero pixels of an image, each block for its partial sums") {
  const test::ByteImages images(9, 784);
  const Found found(images.pixels);
  size_t rows = 0;
  for (size_t i = 0; i < 9; ++i) {
    std::vector<uint8_t> drawn(784);
    size_t count = 0;
    for (const kernels::BlockRow& row : found.blocks[i]) {
      for (uint32_t v = 0; v < 4; ++v) {
        CHECK(row.offsets[v] % 16 == 4 * v);
        for (size_t k = 0; k < 4; ++k) drawn[row.offsets[v] + k] |= row.bytes[v][k];
        count += std::ranges::count(row.bytes[v], 0) < 4 ? 1 : 0;
      }
    }
    CHECK(std::equal(drawn.begin(), drawn.end(), images.addresses[i]));
    CHECK(count <= 196);
    rows += found.blocks[i].size();
  }
  CHECK(rows == found.rows);
  CHECK(found.blocks[1].empty());       // the empty one
  CHECK(found.blocks[2].size() == 49);  // the full one
}

TEST_CASE("computed fractions equal those of a table") {
  std::vector<float> above(256);
  for (size_t v = 0; v < 256; ++v) above[v] = static_cast<float>(v) / 255.0f;
  REQUIRE(kernels::block_values(above.data()).fractions);
  std::vector<uint8_t> bytes(256);
  for (size_t v = 0; v < 256; ++v) bytes[v] = static_cast<uint8_t>(v);
  const uint8_t* image = bytes.data();
  const Found found({&image, 1, 256, above.data()});
  const float dy = 1;
  const std::vector<float> w(256);
  std::vector<kernels::BlockTerm> terms(found.rows);
  for (const bool fractions : {true, false}) {  // dw is the value of each byte
    float y;
    kernels::sparse_blocks_forward(&y, w.data(), 0.0f, found.blocks.data(),
                                   {above.data(), fractions}, 1, terms.data());
    std::vector<float> dw(256);
    kernels::sparse_blocks_backward_weight(dw.data(), &dy, terms);
    CHECK(test::first_difference(dw, above) == -1);
  }
  above[7] = 0.5f;
  CHECK_FALSE(kernels::block_values(above.data()).fractions);
}
