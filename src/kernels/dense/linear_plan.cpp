#include "kernels/dense/linear_plan.hpp"

#include <bit>

namespace downhill::kernels {
namespace {

const SparsePixels* find_pixels(const Pixels& pixels, const Scratch& scratch) {
  const NonzeroWords words{scratch.lend<uint32_t>(pixels.count),
                           scratch.lend<uint32_t>(size_t{pixels.count} * pixels.size / 8)};
  const size_t in_words = size_t{8} * find_nonzero_words(words, pixels);
  auto* const found = scratch.lend<SparsePixels>(pixels.count);
  const size_t most = in_words + size_t{pixels.count} * (pixels.size % 8);
  find_sparse_pixels(found, scratch.lend<uint32_t>(most), words, pixels);
  return found;
}

const SparseBlocks* find_blocks(const Pixels& pixels, const Scratch& scratch) {
  auto* const found = scratch.lend<SparseBlocks>(pixels.count);
  const size_t most = size_t{pixels.count} * pixels.size / 16 + 1;
  find_sparse_blocks(found, scratch.lend<BlockRow>(most), pixels);
  return found;
}

}  // namespace

LinearPlan::LinearPlan(MatmulDims dims, const Pixels* pixels, bool relu, bool backward,
                       const Scratch& scratch)
    : dims_(dims), relu_(relu) {
  if (relu && backward) dz_ = scratch.lend<float>(size_t{dims.n} * dims.out);
  if (pixels == nullptr || pixels->size != dims.in) return;  // x: not one image per row
  form_ = sparse_form(dims.in, dims.out);
  if (form_ == SparseForm::none) return;
  pixels_ = *pixels;
  zero_counts_ = pixels->map[0] != 0.0f;
  values_above_zero_ = pixels->map;
  if (zero_counts_) {
    row_ = scratch.lend<float>(dims.out);
    float* const above = scratch.lend<float>(256);
    values_above_zero(above, pixels->map);
    values_above_zero_ = above;
  }
  form_ == SparseForm::pixels ? plan_pixels(scratch) : plan_blocks(backward, scratch);
}

void LinearPlan::plan_pixels(const Scratch& scratch) {
  sparse_pixels_ =
      pixels_.sparse_pixels != nullptr ? pixels_.sparse_pixels : find_pixels(pixels_, scratch);
  columns_ = {scratch.lend<uint16_t*>(dims_.in),
              scratch.lend<uint16_t>(size_t{dims_.in} * column_capacity(dims_.n))};
  strip_ = scratch.lend<float>(strip_scratch(dims_.in));
}

void LinearPlan::plan_blocks(bool backward, const Scratch& scratch) {
  blocks_ =
      pixels_.sparse_blocks != nullptr ? pixels_.sparse_blocks : find_blocks(pixels_, scratch);
  values_ = block_values(values_above_zero_);
  if (!backward) return;
  size_t rows = 0;
  for (uint32_t i = 0; i < dims_.n; ++i) rows += blocks_[i].size();
  // Rounded up, so that most batches of a size ask for the same memory.
  terms_ = {scratch.lend<BlockTerm>(std::bit_ceil(rows)), rows};
}

void LinearPlan::forward(float* y, const float* x, const float* w, const float* b) const {
  if (reads_floats()) return matmul_forward(y, x, w, b, dims_, relu_);
  const float* start = b;
  if (zero_counts_) {
    zeros_forward(row_, w, b, pixels_, dims_.out);
    start = row_;
  }
  if (form_ == SparseForm::pixels) {
    return sparse_pixels_forward(y, w, start, sparse_pixels_, values_above_zero_, dims_, strip_,
                                 relu_);
  }
  sparse_blocks_forward(y, w, start == nullptr ? 0.0f : *start, blocks_, values_, dims_.n,
                        terms_.data());
  if (relu_) map_forward<Relu>(y, y, dims_.n);
}

void LinearPlan::backward(GradTarget dw, float* db, float* dx, const float* x, const float* w,
                          UpstreamGrad dy) const {
  const bool of_pixels = form_ == SparseForm::pixels && dw;
  // The sums over sparse pixels mask dy as they copy it, and write dW without reading it.
  if (!of_pixels || zero_counts_) {
    dy.dz = dz_;
    dy = {dy.masked(size_t{dims_.n} * dims_.out)};
    if (dw) dw = dw.begin(size_t{dims_.in} * dims_.out);
  }
  if (dw && zero_counts_) zeros_backward_weight(dw.data, dy.dy, row_, pixels_, dims_.out);
  if (of_pixels) {
    return sparse_pixels_backward(dw, db, dy, sparse_pixels_, values_above_zero_, dims_, columns_,
                                  strip_);
  }
  if (dw && reads_floats()) matmul_backward_weight(dw.data, x, dy.dy, dims_);
  if (dw && !reads_floats()) sparse_blocks_backward_weight(dw.data, dy.dy, terms_);
  if (db != nullptr) matmul_backward_bias(db, dy.dy, dims_);
  if (dx != nullptr) matmul_backward_input(dx, dy.dy, w, dims_);
}

}  // namespace downhill::kernels
