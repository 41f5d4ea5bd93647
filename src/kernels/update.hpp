// What is done to whole slabs, by an optimizer or on the way back, one pass over memory each. Knows
// no layers and no schedule.
#pragma once

#include <cstddef>

namespace downhill::kernels {

// w -= lr·dw
void sgd_step(float* w, const float* dw, float lr, size_t count);

// y += value
void add_scalar(float* y, float value, size_t count);
// y += x
void add_to(float* y, const float* x, size_t count);
// y += factor·x
void scale_add(float* y, const float* x, float factor, size_t count);

// y = x·factor, element by element
void multiply(float* y, const float* x, const float* factor, size_t count);
// y += x·factor, element by element
void multiply_add(float* y, const float* x, const float* factor, size_t count);

// out: [columns, rows] = in: [rows, columns] transposed. A weight matrix [in, out] becomes one row
// per unit.
void transpose(float* out, const float* in, size_t rows, size_t columns);
// out += the same
void add_transposed(float* out, const float* in, size_t rows, size_t columns);

}  // namespace downhill::kernels
