// The roof: how fast one core multiplies and adds with f32x4, and how near our matrix product
// comes. Machines are shared and noisy, so only ratios within one run mean anything.
#pragma once

namespace downhill::bench {

// Floating point operations per second; a multiplication and an addition count as two. Medians of
// windows, the two in turn, `seconds` in all.
struct Roof {
  double tile;     // of a tile that reads packed numbers in the first-level cache
  double product;  // of kernels::multiply on matrices that lie in the second-level cache
};
Roof measure_roof(double seconds);

}  // namespace downhill::bench
