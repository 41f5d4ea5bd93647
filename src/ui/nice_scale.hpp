// Round numbers for axes and colour scales: 1, 2, 5 times a power of ten. A scale restricted to
// them changes rarely and is easy to read. Pure arithmetic.
#pragma once

#include <vector>

namespace downhill::ui {

// The least round number not below `value`; 1 when `value` is not positive and finite.
float nice_ceil(float value);
// About `wanted` round tick positions in low..high; powers of ten on a logarithmic axis.
void nice_ticks(double low, double high, int wanted, bool logarithmic, std::vector<double>& out);

// The symmetric scale of a heat map. While it follows, it is the round number at or above the
// largest magnitude, and shrinks only when the magnitude is well below the next smaller one; while
// held, it stays. It is printed beside the picture, so it never changes silently.
class HeatScale {
 public:
  void update(float largest);  // once per snapshot
  void hold(bool on) { held_ = on; }
  bool held() const { return held_; }
  float value() const { return value_; }
  bool clipped() const { return clipped_; }  // held, and some values lie beyond it

 private:
  float value_ = 1;
  bool held_ = false, clipped_ = false, any_ = false;
};

}  // namespace downhill::ui
