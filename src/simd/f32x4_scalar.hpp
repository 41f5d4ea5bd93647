// The lanes of f32x4.hpp in plain C++; the contract is there. The other implementations are tested
// against this one, and it runs where none of them can.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace downhill::simd::scalar {

struct f32x4 {
  float lanes[4];

  static f32x4 zero() { return {{0, 0, 0, 0}}; }
  static f32x4 splat(float x) { return {{x, x, x, x}}; }
  static f32x4 set(float a, float b, float c, float d) { return {{a, b, c, d}}; }
  static f32x4 load(const float* p) { return {{p[0], p[1], p[2], p[3]}}; }
  static f32x4 load_partial(const float* p, uint32_t count) {
    f32x4 r = zero();
    for (uint32_t i = 0; i < count; ++i) r.lanes[i] = p[i];
    return r;
  }
};

struct mask4 {
  bool lanes[4];
};

template <class F>
inline f32x4 map(F f) {
  return {{f(0), f(1), f(2), f(3)}};
}
template <class F>
inline mask4 map_mask(F f) {
  return {{f(0), f(1), f(2), f(3)}};
}
inline uint32_t bits(float x) { return std::bit_cast<uint32_t>(x); }
inline float from_bits(uint32_t x) { return std::bit_cast<float>(x); }

inline void store(float* p, f32x4 a) {
  for (int i = 0; i < 4; ++i) p[i] = a.lanes[i];
}
inline void store_partial(float* p, f32x4 a, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) p[i] = a.lanes[i];
}

template <uint16_t kTimes>
inline void load_bytes(const uint8_t* p, f32x4& low, f32x4& high) {
  low = map([&](int i) { return static_cast<float>(kTimes * p[i]); });
  high = map([&](int i) { return static_cast<float>(kTimes * p[4 + i]); });
}

inline uint32_t bytes_above_zero(const uint8_t* p) {
  uint32_t bits = 0;
  for (uint32_t i = 0; i < 16; ++i) bits |= uint32_t{p[i] != 0} << i;
  return bits;
}

inline f32x4 operator+(f32x4 a, f32x4 b) {
  return map([&](int i) { return a.lanes[i] + b.lanes[i]; });
}
inline f32x4 operator-(f32x4 a, f32x4 b) {
  return map([&](int i) { return a.lanes[i] - b.lanes[i]; });
}
inline f32x4 operator*(f32x4 a, f32x4 b) {
  return map([&](int i) { return a.lanes[i] * b.lanes[i]; });
}
inline f32x4 operator/(f32x4 a, f32x4 b) {
  return map([&](int i) { return a.lanes[i] / b.lanes[i]; });
}
inline f32x4 operator-(f32x4 a) {
  return map([&](int i) { return from_bits(bits(a.lanes[i]) ^ 0x80000000u); });
}
inline f32x4 abs(f32x4 a) {
  return map([&](int i) { return from_bits(bits(a.lanes[i]) & 0x7fffffffu); });
}
inline f32x4 sqrt(f32x4 a) {
  return map([&](int i) { return std::sqrt(a.lanes[i]); });
}
inline f32x4 pmin(f32x4 a, f32x4 b) {
  return map([&](int i) { return b.lanes[i] < a.lanes[i] ? b.lanes[i] : a.lanes[i]; });
}
inline f32x4 pmax(f32x4 a, f32x4 b) {
  return map([&](int i) { return a.lanes[i] < b.lanes[i] ? b.lanes[i] : a.lanes[i]; });
}
inline f32x4 copysign(f32x4 a, f32x4 sign) {
  return map([&](int i) {
    return from_bits((bits(a.lanes[i]) & 0x7fffffffu) | (bits(sign.lanes[i]) & 0x80000000u));
  });
}

inline mask4 operator==(f32x4 a, f32x4 b) {
  return map_mask([&](int i) { return a.lanes[i] == b.lanes[i]; });
}
inline mask4 operator!=(f32x4 a, f32x4 b) {
  return map_mask([&](int i) { return a.lanes[i] != b.lanes[i]; });
}
inline mask4 operator<(f32x4 a, f32x4 b) {
  return map_mask([&](int i) { return a.lanes[i] < b.lanes[i]; });
}
inline mask4 operator<=(f32x4 a, f32x4 b) {
  return map_mask([&](int i) { return a.lanes[i] <= b.lanes[i]; });
}
inline mask4 operator>(f32x4 a, f32x4 b) { return b < a; }
inline mask4 operator>=(f32x4 a, f32x4 b) { return b <= a; }
inline mask4 operator&(mask4 a, mask4 b) {
  return map_mask([&](int i) { return a.lanes[i] && b.lanes[i]; });
}
inline mask4 operator|(mask4 a, mask4 b) {
  return map_mask([&](int i) { return a.lanes[i] || b.lanes[i]; });
}
inline mask4 operator~(mask4 a) {
  return map_mask([&](int i) { return !a.lanes[i]; });
}
inline f32x4 one_where(mask4 m) {
  return map([&](int i) { return m.lanes[i] ? 1.0f : 0.0f; });
}
inline f32x4 zero_where(mask4 m, f32x4 a) {
  return map([&](int i) { return m.lanes[i] ? 0.0f : a.lanes[i]; });
}
inline f32x4 select(mask4 m, f32x4 a, f32x4 b) {
  return map([&](int i) { return m.lanes[i] ? a.lanes[i] : b.lanes[i]; });
}
inline bool any(mask4 m) { return m.lanes[0] || m.lanes[1] || m.lanes[2] || m.lanes[3]; }
inline bool all(mask4 m) { return m.lanes[0] && m.lanes[1] && m.lanes[2] && m.lanes[3]; }

template <int kLane>
inline float lane(f32x4 a) {
  return a.lanes[kLane];
}
template <int kLane>
inline f32x4 splat_lane(f32x4 a) {
  return f32x4::splat(a.lanes[kLane]);
}
inline float sum(f32x4 a) { return (a.lanes[0] + a.lanes[2]) + (a.lanes[1] + a.lanes[3]); }
inline void transpose(f32x4& a, f32x4& b, f32x4& c, f32x4& d) {
  const f32x4 in[4] = {a, b, c, d};
  f32x4* const out[4] = {&a, &b, &c, &d};
  for (int row = 0; row < 4; ++row) {
    for (int column = 0; column < 4; ++column) out[row]->lanes[column] = in[column].lanes[row];
  }
}

inline f32x4 add_exponent(f32x4 a, f32x4 n) {
  return map(
      [&](int i) { return from_bits(bits(a.lanes[i]) + (bits(n.lanes[i] + 0x1.8p23f) << 23)); });
}
inline f32x4 exponent(f32x4 a) {
  return map([&](int i) {
    return static_cast<float>(static_cast<int32_t>((bits(a.lanes[i]) >> 23) & 0xffu)) - 126.0f;
  });
}
inline f32x4 fraction(f32x4 a) {
  return map([&](int i) { return from_bits((bits(a.lanes[i]) & 0x007fffffu) | 0x3f000000u); });
}

}  // namespace downhill::simd::scalar
