#include "kernels/algorithms.hpp"

#include <doctest/doctest.h>

using namespace downhill;
using kernels::Conv2dDims;
using kernels::sparse_form;
using kernels::SparseForm;

TEST_CASE("dense layers skip zero pixels where sums are whole vectors or sixteen partial sums") {
  CHECK(sparse_form(32, 1) == SparseForm::blocks);
  CHECK(sparse_form(31, 1) == SparseForm::none);
  CHECK(sparse_form(1u << 16, 1) == SparseForm::blocks);
  CHECK(sparse_form((1u << 16) + 16, 1) == SparseForm::none);  // an offset has 16 bits
  CHECK(sparse_form(32, 3) == SparseForm::none);
  CHECK(sparse_form(31, 4) == SparseForm::pixels);
  CHECK(sparse_form(1u << 23, 4) == SparseForm::none);
}

TEST_CASE("the convolutions of the named models have the algorithms that README.md describes") {
  struct Row {
    Conv2dDims dims;
    bool short_rows, may_be_sparse, by_taps, skips_zeros;
  };
  const Row rows[] = {
      {{128, 28, 28, 1, 3, 3, 8, 2, 1}, true, false, false, true},   // conv, first layer
      {{128, 14, 14, 8, 3, 3, 16, 2, 1}, false, true, true, false},  // conv, second layer
      {{128, 28, 28, 1, 5, 5, 8, 1, 2}, true, false, false, true},   // LeNet, first layer
      {{128, 14, 14, 8, 5, 5, 16, 1, 2}, false, true, true, false},  // LeNet, second layer
  };
  for (const Row& row : rows) {
    INFO(row.dims.w << " pixels, " << row.dims.kw << " taps");
    CHECK(kernels::conv2d_by_short_rows(row.dims) == row.short_rows);
    CHECK(kernels::conv2d_may_be_sparse(row.dims) == row.may_be_sparse);
    CHECK(kernels::conv2d_by_taps(row.dims, false) == row.by_taps);
    CHECK(kernels::conv2d_skips_zeros(row.dims, 0.0f) == row.skips_zeros);
  }
}

TEST_CASE("convolutions skip zeros in rows of one channel whose zero bytes mean 0") {
  using kernels::conv2d_skips_zeros;
  CHECK(conv2d_skips_zeros({1, 4, 16, 1, 3, 3, 8, 1, 1}, 0.0f));
  CHECK_FALSE(conv2d_skips_zeros({1, 4, 16, 1, 3, 3, 8, 1, 1}, -0.4f));
  CHECK_FALSE(conv2d_skips_zeros({1, 4, 15, 1, 3, 3, 8, 1, 1}, 0.0f));
  CHECK_FALSE(conv2d_skips_zeros({1, 1, 65, 1, 3, 3, 8, 1, 1}, 0.0f));
  CHECK_FALSE(conv2d_skips_zeros({1, 2, 16, 2, 3, 3, 8, 1, 1}, 0.0f));
}
