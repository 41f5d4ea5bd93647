// The lanes of f32x4.hpp on 64-bit ARM; the contract is there. Never vmla or vfma: multiply, then
// add.
#pragma once

#include <arm_neon.h>

#include <cstdint>

namespace downhill::simd::neon {

struct f32x4 {
  float32x4_t v;

  static f32x4 zero() { return {vdupq_n_f32(0.0f)}; }
  static f32x4 splat(float x) { return {vdupq_n_f32(x)}; }
  static f32x4 set(float a, float b, float c, float d) {
    const float lanes[4] = {a, b, c, d};
    return {vld1q_f32(lanes)};
  }
  static f32x4 load(const float* p) { return {vld1q_f32(p)}; }
  static f32x4 load_partial(const float* p, uint32_t count) {
    if (count >= 4) return load(p);
    float lanes[4] = {0, 0, 0, 0};
    for (uint32_t i = 0; i < count; ++i) lanes[i] = p[i];
    return {vld1q_f32(lanes)};
  }
};

struct mask4 {
  uint32x4_t v;  // all ones or all zeros per lane
};

inline void store(float* p, f32x4 a) { vst1q_f32(p, a.v); }
inline void store_partial(float* p, f32x4 a, uint32_t count) {
  if (count >= 4) return store(p, a);
  float lanes[4];
  vst1q_f32(lanes, a.v);
  for (uint32_t i = 0; i < count; ++i) p[i] = lanes[i];
}

template <uint16_t kTimes>
inline void load_bytes(const uint8_t* p, f32x4& low, f32x4& high) {
  const uint16x8_t words = vmulq_n_u16(vmovl_u8(vld1_u8(p)), kTimes);
  low.v = vcvtq_f32_u32(vmovl_u16(vget_low_u16(words)));
  high.v = vcvtq_f32_u32(vmovl_u16(vget_high_u16(words)));
}

inline uint32_t bytes_above_zero(const uint8_t* p) {
  alignas(16) constexpr uint8_t kBits[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                             1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t bytes = vld1q_u8(p), bits = vandq_u8(vtstq_u8(bytes, bytes), vld1q_u8(kBits));
  return uint32_t{vaddv_u8(vget_low_u8(bits))} | uint32_t{vaddv_u8(vget_high_u8(bits))} << 8;
}

inline f32x4 operator+(f32x4 a, f32x4 b) { return {vaddq_f32(a.v, b.v)}; }
inline f32x4 operator-(f32x4 a, f32x4 b) { return {vsubq_f32(a.v, b.v)}; }
inline f32x4 operator*(f32x4 a, f32x4 b) { return {vmulq_f32(a.v, b.v)}; }
inline f32x4 operator/(f32x4 a, f32x4 b) { return {vdivq_f32(a.v, b.v)}; }
inline f32x4 operator-(f32x4 a) { return {vnegq_f32(a.v)}; }
inline f32x4 abs(f32x4 a) { return {vabsq_f32(a.v)}; }
inline f32x4 sqrt(f32x4 a) { return {vsqrtq_f32(a.v)}; }
inline f32x4 pmin(f32x4 a, f32x4 b) { return {vbslq_f32(vcltq_f32(b.v, a.v), b.v, a.v)}; }
inline f32x4 pmax(f32x4 a, f32x4 b) { return {vbslq_f32(vcltq_f32(a.v, b.v), b.v, a.v)}; }
inline f32x4 copysign(f32x4 a, f32x4 sign) {
  return {vbslq_f32(vdupq_n_u32(0x80000000u), sign.v, a.v)};
}

inline mask4 operator==(f32x4 a, f32x4 b) { return {vceqq_f32(a.v, b.v)}; }
inline mask4 operator!=(f32x4 a, f32x4 b) { return {vmvnq_u32(vceqq_f32(a.v, b.v))}; }
inline mask4 operator<(f32x4 a, f32x4 b) { return {vcltq_f32(a.v, b.v)}; }
inline mask4 operator<=(f32x4 a, f32x4 b) { return {vcleq_f32(a.v, b.v)}; }
inline mask4 operator>(f32x4 a, f32x4 b) { return b < a; }
inline mask4 operator>=(f32x4 a, f32x4 b) { return b <= a; }
inline mask4 operator&(mask4 a, mask4 b) { return {vandq_u32(a.v, b.v)}; }
inline mask4 operator|(mask4 a, mask4 b) { return {vorrq_u32(a.v, b.v)}; }
inline mask4 operator~(mask4 a) { return {vmvnq_u32(a.v)}; }
inline f32x4 one_where(mask4 m) {
  return {vreinterpretq_f32_u32(vandq_u32(m.v, vreinterpretq_u32_f32(vdupq_n_f32(1.0f))))};
}
inline f32x4 zero_where(mask4 m, f32x4 a) {
  return {vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(a.v), m.v))};
}
inline f32x4 select(mask4 m, f32x4 a, f32x4 b) { return {vbslq_f32(m.v, a.v, b.v)}; }
inline bool any(mask4 m) { return vmaxvq_u32(m.v) != 0; }
inline bool all(mask4 m) { return vminvq_u32(m.v) != 0; }

template <int kLane>
inline float lane(f32x4 a) {
  return vgetq_lane_f32(a.v, kLane);
}
template <int kLane>
inline f32x4 splat_lane(f32x4 a) {
  return {vdupq_laneq_f32(a.v, kLane)};
}
inline float sum(f32x4 a) { return (lane<0>(a) + lane<2>(a)) + (lane<1>(a) + lane<3>(a)); }
inline void transpose(f32x4& a, f32x4& b, f32x4& c, f32x4& d) {
  const float32x4x2_t ab = vtrnq_f32(a.v, b.v);  // a0 b0 a2 b2, a1 b1 a3 b3
  const float32x4x2_t cd = vtrnq_f32(c.v, d.v);
  a.v = vcombine_f32(vget_low_f32(ab.val[0]), vget_low_f32(cd.val[0]));
  b.v = vcombine_f32(vget_low_f32(ab.val[1]), vget_low_f32(cd.val[1]));
  c.v = vcombine_f32(vget_high_f32(ab.val[0]), vget_high_f32(cd.val[0]));
  d.v = vcombine_f32(vget_high_f32(ab.val[1]), vget_high_f32(cd.val[1]));
}

inline f32x4 add_exponent(f32x4 a, f32x4 n) {
  const uint32x4_t steps = vshlq_n_u32(vreinterpretq_u32_f32((n + f32x4::splat(0x1.8p23f)).v), 23);
  return {vreinterpretq_f32_u32(vaddq_u32(vreinterpretq_u32_f32(a.v), steps))};
}
inline f32x4 exponent(f32x4 a) {
  const uint32x4_t raw = vandq_u32(vshrq_n_u32(vreinterpretq_u32_f32(a.v), 23), vdupq_n_u32(255));
  return f32x4{vcvtq_f32_u32(raw)} - f32x4::splat(126.0f);
}
inline f32x4 fraction(f32x4 a) {
  const uint32x4_t mantissa = vandq_u32(vreinterpretq_u32_f32(a.v), vdupq_n_u32(0x007fffffu));
  return {vreinterpretq_f32_u32(vorrq_u32(mantissa, vdupq_n_u32(0x3f000000u)))};
}

}  // namespace downhill::simd::neon
