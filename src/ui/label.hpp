// A short text in a fixed buffer, for labels that are rebuilt every frame: no heap allocation. Text
// that does not fit is cut off at the end.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>

namespace downhill::ui {

template <size_t kSize>
class BasicLabel {
 public:
  BasicLabel() = default;
  BasicLabel(std::string_view text) { add(text); }               // NOLINT: implicit by design
  BasicLabel(const char* text) { add(std::string_view(text)); }  // NOLINT

  BasicLabel& add(std::string_view text) {
    for (const char c : text) {
      if (size_ + 1 >= kSize) break;
      data_[size_++] = c;
    }
    data_[size_] = 0;
    return *this;
  }
  template <class... Arguments>
  BasicLabel& format(const char* pattern, Arguments... arguments) {
    const int wanted = std::snprintf(data_.data() + size_, kSize - size_, pattern, arguments...);
    if (wanted > 0) size_ += static_cast<size_t>(wanted);
    if (size_ >= kSize) size_ = kSize - 1;
    return *this;
  }

  std::string_view view() const { return {data_.data(), size_}; }
  operator std::string_view() const { return view(); }  // NOLINT
  const char* c_str() const { return data_.data(); }
  bool empty() const { return size_ == 0; }
  size_t room() const { return kSize - 1 - size_; }  // bytes that can be added

 private:
  std::array<char, kSize> data_{};
  size_t size_ = 0;
};

using Label = BasicLabel<96>;
using LongLabel = BasicLabel<512>;

// "0.4333", "12.35", "1.20e7", "∞"; "–" for NaN: about four significant digits, enough for a loss
// or a norm.
Label number(float value);
// "23,551"
Label count(uint64_t value);
// "95.1 %"; "–" when not finite.
Label percent(float fraction, int decimals = 1);
// "+0.01230" or "−0.01230": always with its sign, both equally wide.
Label signed_number(float value);
// A learning rate to three significant digits, as short as possible: "0.1", "1", "0.0316",
// "3.16e-5".
Label rate(float value);
// "4.2 s", "3 min 20 s"
Label duration(double seconds);

}  // namespace downhill::ui
