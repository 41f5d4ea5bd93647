// What one core can do of f32x4's multiply and add, and how near to it our matrix product comes.
// Machines are shared and noisy, so only ratios of one run mean anything.
#pragma once

namespace downhill::bench {

// Floating point operations per second, a multiplication and an addition being two; medians of
// windows of the two in turn, `seconds` for all of them.
struct Roof {
  double tile;     // of a tile that reads packed numbers in the first-level cache
  double product;  // of kernels::multiply on matrices that lie in the second-level cache
};
Roof measure_roof(double seconds);

}  // namespace downhill::bench
