// The machine on which every number of this project is computed: four float lanes, multiply then
// add, no FMA. One of four implementations is chosen when compiling; they agree bit for bit
// (tests/simd compares the chosen one with the scalar one, which is always there). DOWNHILL_SCALAR
// forces the scalar one. Knows no kernel.
//
// The contract, for lanes a, b, c:
//   f32x4::load, store          need no alignment; load_partial and store_partial touch `count`
//   (0..4) floats
//                               only, absent lanes are zero
//   load_bytes<n>(p, low, high) n times the eight bytes at p as numbers, exactly; n <= 257
//   bytes_above_zero(p)         of the sixteen bytes at p, a bit for each, of the first the lowest
//   + - * / sqrt                IEEE 754, rounded to nearest; subnormals are kept. Which NaN comes
//   out of
//                               arithmetic is the one thing left open (sign and payload)
//   -a, abs, copysign, select   move bits: NaN payloads and the sign of zero survive
//   one_where(mask)             1 where it holds, 0 elsewhere
//   pmin(a, b)                  b < a ? b : a. A NaN in either, or zeros of either sign, give a
//   pmax(a, b)                  a < b ? b : a. Hence pmax(x, 0) keeps NaN, and keeps -0
//   == != < <= > >=             IEEE: every comparison with NaN is false but !=
//   sum(v)                      (v0 + v2) + (v1 + v3), the fixed tree of every reduction
//   add_exponent(a, n)          a·2ⁿ by adding to the exponent field. n is a whole number, |n| <=
//   2²¹; a and
//                               the result are normal, otherwise the bits are whatever the addition
//                               gives
//   exponent(a), fraction(a)    a = fraction·2^exponent with fraction in [0.5, 1), of positive
//   normal a
//                               (fraction drops the sign; other inputs give what the bit fields
//                               say)
#pragma once

#include "simd/f32x4_scalar.hpp"

#if defined(DOWNHILL_SCALAR)
namespace downhill::simd {
namespace active = scalar;
}
#elif defined(__wasm_simd128__)
#include "simd/f32x4_wasm.hpp"
namespace downhill::simd {
namespace active = wasm;
}
#elif defined(__SSE2__)
#include "simd/f32x4_sse.hpp"
namespace downhill::simd {
namespace active = sse;
}
#elif defined(__aarch64__)
#include "simd/f32x4_neon.hpp"
namespace downhill::simd {
namespace active = neon;
}
#else
namespace downhill::simd {
namespace active = scalar;
}
#endif

namespace downhill::simd {

using active::f32x4;
using active::mask4;

// What the templates of math.hpp and of kernels take: any of the implementations.
template <class V>
concept Lanes = requires(const float* p) {
  {V::load(p)};
  {V::splat(1.0f)};
};

}  // namespace downhill::simd
