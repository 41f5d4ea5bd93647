// The lanes of f32x4.hpp on WebAssembly; the contract is there. Fixed-width SIMD only (-msimd128):
// relaxed SIMD may give different results on different machines.
#pragma once

#include <wasm_simd128.h>

#include <cstdint>

namespace downhill::simd::wasm {

struct f32x4 {
  v128_t v;

  static f32x4 zero() { return {wasm_f32x4_const_splat(0.0f)}; }
  static f32x4 splat(float x) { return {wasm_f32x4_splat(x)}; }
  static f32x4 set(float a, float b, float c, float d) { return {wasm_f32x4_make(a, b, c, d)}; }
  static f32x4 load(const float* p) { return {wasm_v128_load(p)}; }
  static f32x4 load_partial(const float* p, uint32_t count) {
    switch (count) {
      case 0:
        return zero();
      case 1:
        return {wasm_v128_load32_zero(p)};
      case 2:
        return {wasm_v128_load64_zero(p)};
      case 3:
        return {wasm_v128_load32_lane(p + 2, wasm_v128_load64_zero(p), 2)};
      default:
        return load(p);
    }
  }
};

struct mask4 {
  v128_t v;  // all ones or all zeros per lane
};

inline void store(float* p, f32x4 a) { wasm_v128_store(p, a.v); }
inline void store_partial(float* p, f32x4 a, uint32_t count) {
  switch (count) {
    case 0:
      return;
    case 1:
      wasm_v128_store32_lane(p, a.v, 0);
      return;
    case 2:
      wasm_v128_store64_lane(p, a.v, 0);
      return;
    case 3:
      wasm_v128_store64_lane(p, a.v, 0);
      wasm_v128_store32_lane(p + 2, a.v, 2);
      return;
    default:
      store(p, a);
  }
}

// The compiler would turn a plain conversion into one from unsigned integers, which takes eight
// instructions on x86. Instead, each word becomes the low bits of the float 2²³ + word (floats are
// 1 apart there), and 2²³ is subtracted.
template <uint16_t kTimes>
inline void load_bytes(const uint8_t* p, f32x4& low, f32x4& high) {
  const v128_t words = wasm_i16x8_mul(wasm_u16x8_load8x8(p), wasm_i16x8_const_splat(kTimes));
  const v128_t top = wasm_i16x8_const_splat(0x4b00);
  const v128_t base = wasm_f32x4_const_splat(0x1p23f);
  low.v = wasm_f32x4_sub(wasm_i16x8_shuffle(words, top, 0, 8, 1, 9, 2, 10, 3, 11), base);
  high.v = wasm_f32x4_sub(wasm_i16x8_shuffle(words, top, 4, 12, 5, 13, 6, 14, 7, 15), base);
}

inline uint32_t bytes_above_zero(const uint8_t* p) {
  return wasm_i8x16_bitmask(wasm_i8x16_ne(wasm_v128_load(p), wasm_i8x16_const_splat(0)));
}

inline f32x4 operator+(f32x4 a, f32x4 b) { return {wasm_f32x4_add(a.v, b.v)}; }
inline f32x4 operator-(f32x4 a, f32x4 b) { return {wasm_f32x4_sub(a.v, b.v)}; }
inline f32x4 operator*(f32x4 a, f32x4 b) { return {wasm_f32x4_mul(a.v, b.v)}; }
inline f32x4 operator/(f32x4 a, f32x4 b) { return {wasm_f32x4_div(a.v, b.v)}; }
inline f32x4 operator-(f32x4 a) { return {wasm_f32x4_neg(a.v)}; }
inline f32x4 abs(f32x4 a) { return {wasm_f32x4_abs(a.v)}; }
inline f32x4 sqrt(f32x4 a) { return {wasm_f32x4_sqrt(a.v)}; }
// On x86, pmin and pmax are one instruction each; min and max take seven to ten.
inline f32x4 pmin(f32x4 a, f32x4 b) { return {wasm_f32x4_pmin(a.v, b.v)}; }
inline f32x4 pmax(f32x4 a, f32x4 b) { return {wasm_f32x4_pmax(a.v, b.v)}; }
inline f32x4 copysign(f32x4 a, f32x4 sign) {
  return {wasm_v128_bitselect(sign.v, a.v, wasm_i32x4_const_splat(INT32_MIN))};
}

inline mask4 operator==(f32x4 a, f32x4 b) { return {wasm_f32x4_eq(a.v, b.v)}; }
inline mask4 operator!=(f32x4 a, f32x4 b) { return {wasm_f32x4_ne(a.v, b.v)}; }
inline mask4 operator<(f32x4 a, f32x4 b) { return {wasm_f32x4_lt(a.v, b.v)}; }
inline mask4 operator<=(f32x4 a, f32x4 b) { return {wasm_f32x4_le(a.v, b.v)}; }
inline mask4 operator>(f32x4 a, f32x4 b) { return b < a; }
inline mask4 operator>=(f32x4 a, f32x4 b) { return b <= a; }
inline mask4 operator&(mask4 a, mask4 b) { return {wasm_v128_and(a.v, b.v)}; }
inline mask4 operator|(mask4 a, mask4 b) { return {wasm_v128_or(a.v, b.v)}; }
inline mask4 operator~(mask4 a) { return {wasm_v128_not(a.v)}; }
// pmin(1, mask): a set lane is a NaN and gives 1, a clear lane is 0 and gives 0. One instruction on
// x86, where select takes three.
inline f32x4 one_where(mask4 m) { return {wasm_f32x4_pmin(wasm_f32x4_const_splat(1.0f), m.v)}; }
inline f32x4 zero_where(mask4 m, f32x4 a) { return {wasm_v128_andnot(a.v, m.v)}; }
inline f32x4 select(mask4 m, f32x4 a, f32x4 b) { return {wasm_v128_bitselect(a.v, b.v, m.v)}; }
inline bool any(mask4 m) { return wasm_v128_any_true(m.v); }
inline bool all(mask4 m) { return wasm_i32x4_all_true(m.v); }

template <int kLane>
inline float lane(f32x4 a) {
  return wasm_f32x4_extract_lane(a.v, kLane);
}
template <int kLane>
inline f32x4 splat_lane(f32x4 a) {
  return {wasm_i32x4_shuffle(a.v, a.v, kLane, kLane, kLane, kLane)};
}
inline float sum(f32x4 a) {
  const f32x4 pairs = a + f32x4{wasm_i32x4_shuffle(a.v, a.v, 2, 3, 2, 3)};  // l0 + l2, l1 + l3
  return lane<0>(pairs) + lane<1>(pairs);
}
inline void transpose(f32x4& a, f32x4& b, f32x4& c, f32x4& d) {
  const v128_t ab_low = wasm_i32x4_shuffle(a.v, b.v, 0, 4, 1, 5);
  const v128_t ab_high = wasm_i32x4_shuffle(a.v, b.v, 2, 6, 3, 7);
  const v128_t cd_low = wasm_i32x4_shuffle(c.v, d.v, 0, 4, 1, 5);
  const v128_t cd_high = wasm_i32x4_shuffle(c.v, d.v, 2, 6, 3, 7);
  a.v = wasm_i64x2_shuffle(ab_low, cd_low, 0, 2);
  b.v = wasm_i64x2_shuffle(ab_low, cd_low, 1, 3);
  c.v = wasm_i64x2_shuffle(ab_high, cd_high, 0, 2);
  d.v = wasm_i64x2_shuffle(ab_high, cd_high, 1, 3);
}

inline f32x4 add_exponent(f32x4 a, f32x4 n) {
  return {wasm_i32x4_add(a.v, wasm_i32x4_shl((n + f32x4::splat(0x1.8p23f)).v, 23))};
}
inline f32x4 exponent(f32x4 a) {
  const v128_t raw = wasm_v128_and(wasm_u32x4_shr(a.v, 23), wasm_i32x4_const_splat(255));
  return f32x4{wasm_f32x4_convert_i32x4(raw)} - f32x4::splat(126.0f);
}
inline f32x4 fraction(f32x4 a) {
  return {wasm_v128_or(wasm_v128_and(a.v, wasm_i32x4_const_splat(0x007fffff)),
                       wasm_i32x4_const_splat(0x3f000000))};
}

}  // namespace downhill::simd::wasm
