// The one matrix product under dense layers and convolutions: C = start + A·B, in tiles whose sums
// stay in registers. A may be read across and B transposed, so that every gradient is this product
// too. Not for use outside kernels/.
//
// Every element of C is one accumulator, which starts as Product says and adds a[i,k]·b[k,j] for
// k = 0, 1, …; the sizes of tiles and panels do not show in its bits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace downhill::kernels {

// A number of A: element (row, k) is data[row·row_stride + k·k_stride].
struct Left {
  const float* data;
  size_t row_stride, k_stride;
};
struct Right {
  const float* data;
  size_t stride;    // from row to row in memory
  bool transposed;  // B is the transpose of what stands in memory
};
struct Product {
  float* c;  // [rows, columns], contiguous; must not overlap A, B or bias
  Left a;
  Right b;
  uint32_t rows, columns, inner;
  bool starts_with_bias;  // of the sum: a row of `bias` (null is zero), or what is in C
  const float* bias;
};

void multiply(const Product& product);

}  // namespace downhill::kernels
