// The lanes of f32x4.hpp on x86; the contract is there. SSE2 only, which every 64-bit x86 has.
#pragma once

#include <emmintrin.h>

#include <cstdint>

namespace downhill::simd::sse {

struct f32x4 {
  __m128 v;

  static f32x4 zero() { return {_mm_setzero_ps()}; }
  static f32x4 splat(float x) { return {_mm_set1_ps(x)}; }
  static f32x4 set(float a, float b, float c, float d) { return {_mm_setr_ps(a, b, c, d)}; }
  static f32x4 load(const float* p) { return {_mm_loadu_ps(p)}; }
  static f32x4 load_partial(const float* p, uint32_t count) {
    switch (count) {
      case 0:
        return zero();
      case 1:
        return {_mm_load_ss(p)};
      case 2:
        return {load_two(p)};
      case 3:
        return {_mm_movelh_ps(load_two(p), _mm_load_ss(p + 2))};
      default:
        return load(p);
    }
  }

 private:
  // An integer load needs no alignment; a load of one double would.
  static __m128 load_two(const float* p) {
    return _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
  }
};

struct mask4 {
  __m128 v;  // all ones or all zeros per lane
};

inline void store(float* p, f32x4 a) { _mm_storeu_ps(p, a.v); }
inline void store_partial(float* p, f32x4 a, uint32_t count) {
  if (count >= 4) return store(p, a);
  if (count & 2) {
    _mm_storel_pi(reinterpret_cast<__m64*>(p), a.v);
    a.v = _mm_movehl_ps(a.v, a.v);
    p += 2;
  }
  if (count & 1) _mm_store_ss(p, a.v);
}

template <uint16_t kTimes>
inline void load_bytes(const uint8_t* p, f32x4& low, f32x4& high) {
  const __m128i zero = _mm_setzero_si128();
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
  const __m128i words = _mm_mullo_epi16(_mm_unpacklo_epi8(bytes, zero), _mm_set1_epi16(kTimes));
  low.v = _mm_cvtepi32_ps(_mm_unpacklo_epi16(words, zero));
  high.v = _mm_cvtepi32_ps(_mm_unpackhi_epi16(words, zero));
}

inline uint32_t bytes_above_zero(const uint8_t* p) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()))) ^
         0xFFFF;
}

inline f32x4 operator+(f32x4 a, f32x4 b) { return {_mm_add_ps(a.v, b.v)}; }
inline f32x4 operator-(f32x4 a, f32x4 b) { return {_mm_sub_ps(a.v, b.v)}; }
inline f32x4 operator*(f32x4 a, f32x4 b) { return {_mm_mul_ps(a.v, b.v)}; }
inline f32x4 operator/(f32x4 a, f32x4 b) { return {_mm_div_ps(a.v, b.v)}; }
inline __m128 sign_bits() { return _mm_set1_ps(-0.0f); }
inline f32x4 operator-(f32x4 a) { return {_mm_xor_ps(a.v, sign_bits())}; }
inline f32x4 abs(f32x4 a) { return {_mm_andnot_ps(sign_bits(), a.v)}; }
inline f32x4 sqrt(f32x4 a) { return {_mm_sqrt_ps(a.v)}; }
// minps and maxps return their second operand when the comparison is false, hence the order.
inline f32x4 pmin(f32x4 a, f32x4 b) { return {_mm_min_ps(b.v, a.v)}; }
inline f32x4 pmax(f32x4 a, f32x4 b) { return {_mm_max_ps(b.v, a.v)}; }
inline f32x4 copysign(f32x4 a, f32x4 sign) {
  return {_mm_or_ps(_mm_andnot_ps(sign_bits(), a.v), _mm_and_ps(sign_bits(), sign.v))};
}

inline mask4 operator==(f32x4 a, f32x4 b) { return {_mm_cmpeq_ps(a.v, b.v)}; }
inline mask4 operator!=(f32x4 a, f32x4 b) { return {_mm_cmpneq_ps(a.v, b.v)}; }
inline mask4 operator<(f32x4 a, f32x4 b) { return {_mm_cmplt_ps(a.v, b.v)}; }
inline mask4 operator<=(f32x4 a, f32x4 b) { return {_mm_cmple_ps(a.v, b.v)}; }
inline mask4 operator>(f32x4 a, f32x4 b) { return b < a; }
inline mask4 operator>=(f32x4 a, f32x4 b) { return b <= a; }
inline mask4 operator&(mask4 a, mask4 b) { return {_mm_and_ps(a.v, b.v)}; }
inline mask4 operator|(mask4 a, mask4 b) { return {_mm_or_ps(a.v, b.v)}; }
inline mask4 operator~(mask4 a) { return {_mm_xor_ps(a.v, _mm_castsi128_ps(_mm_set1_epi32(-1)))}; }
inline f32x4 one_where(mask4 m) { return {_mm_and_ps(m.v, _mm_set1_ps(1.0f))}; }
inline f32x4 zero_where(mask4 m, f32x4 a) { return {_mm_andnot_ps(m.v, a.v)}; }
inline f32x4 select(mask4 m, f32x4 a, f32x4 b) {
  return {_mm_or_ps(_mm_and_ps(m.v, a.v), _mm_andnot_ps(m.v, b.v))};
}
inline bool any(mask4 m) { return _mm_movemask_ps(m.v) != 0; }
inline bool all(mask4 m) { return _mm_movemask_ps(m.v) == 15; }

template <int kLane>
inline f32x4 splat_lane(f32x4 a) {
  return {_mm_shuffle_ps(a.v, a.v, _MM_SHUFFLE(kLane, kLane, kLane, kLane))};
}
template <int kLane>
inline float lane(f32x4 a) {
  return _mm_cvtss_f32(splat_lane<kLane>(a).v);
}
inline float sum(f32x4 a) {
  const __m128 pairs = _mm_add_ps(a.v, _mm_movehl_ps(a.v, a.v));  // l0 + l2, l1 + l3
  return _mm_cvtss_f32(_mm_add_ss(pairs, _mm_shuffle_ps(pairs, pairs, 1)));
}
inline void transpose(f32x4& a, f32x4& b, f32x4& c, f32x4& d) {
  _MM_TRANSPOSE4_PS(a.v, b.v, c.v, d.v);
}

inline f32x4 add_exponent(f32x4 a, f32x4 n) {
  const __m128i steps = _mm_slli_epi32(_mm_castps_si128((n + f32x4::splat(0x1.8p23f)).v), 23);
  return {_mm_castsi128_ps(_mm_add_epi32(_mm_castps_si128(a.v), steps))};
}
inline f32x4 exponent(f32x4 a) {
  const __m128i raw = _mm_and_si128(_mm_srli_epi32(_mm_castps_si128(a.v), 23), _mm_set1_epi32(255));
  return f32x4{_mm_cvtepi32_ps(raw)} - f32x4::splat(126.0f);
}
inline f32x4 fraction(f32x4 a) {
  const __m128i mantissa = _mm_and_si128(_mm_castps_si128(a.v), _mm_set1_epi32(0x007fffff));
  return {_mm_castsi128_ps(_mm_or_si128(mantissa, _mm_set1_epi32(0x3f000000)))};
}

}  // namespace downhill::simd::sse
