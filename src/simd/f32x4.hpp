// Four float lanes, the arithmetic behind every number of this project: multiply, then add, never
// FMA. One of four implementations is chosen at compile time; all of them give the same
// bits. tests/simd compares the chosen one with the scalar one, which is always compiled.
// DOWNHILL_SCALAR forces the scalar one. This header knows no kernel.
//
// The contract, for lanes a, b, c:
//
//   load, store                  need no alignment
//   load_partial, store_partial  touch only `count` floats, 0..4; the other lanes load as 0
//   load_bytes<n>(p, low, high)  low = n·p[0..3], high = n·p[4..7], exact; n <= 257
//   bytes_above_zero(p)          a mask of sixteen bits: bit i is set where the byte p[i] is not 0
//   + - * / sqrt                 IEEE 754, round to nearest; subnormals are kept. Only the sign and
//                                the payload of a NaN result are left open
//   -a, abs, copysign, select    move bits: NaN payloads and the sign of zero survive
//   one_where(mask)              1 where the mask is set, 0 elsewhere
//   zero_where(mask, a)          0 where the mask is set, a elsewhere, one instruction; moves bits
//   pmin(a, b)                   b < a ? b : a. Gives a if either is NaN or both are zeros
//   pmax(a, b)                   a < b ? b : a. Likewise; so pmax(x, 0) keeps NaN and -0
//   == != < <= > >=              IEEE 754: with a NaN only != is true
//   sum(a)                       (a0 + a2) + (a1 + a3), the fixed tree of every reduction
//   add_exponent(a, n)           a·2ⁿ, by adding to the exponent field. n is a whole number with
//                                |n| <= 2²¹; a and the result must be normal, or else the bits are
//                                whatever the addition gives
//   exponent(a), fraction(a)     a = fraction·2^exponent with fraction in [0.5, 1), for positive
//                                normal a. fraction drops the sign; other inputs give whatever the
//                                bit fields say
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

// What the templates of math.hpp and of the kernels accept: any of the implementations.
template <class V>
concept Lanes = requires(const float* p) {
  {V::load(p)};
  {V::splat(1.0f)};
};

}  // namespace downhill::simd
