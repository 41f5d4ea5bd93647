// Round numbers for axes and colour scales: 1, 2, 5 times a power of ten. A scale that takes its
// steps there changes rarely, and what it says can be read. Pure arithmetic.
#pragma once

#include <vector>

namespace downhill::ui {

// The least round number not below `value`; 1 for what is not positive and finite.
float nice_ceil(float value);
// Tick positions in low..high, about `wanted` of them, round ones; for a logarithmic axis powers of
// ten.
void nice_ticks(double low, double high, int wanted, bool logarithmic, std::vector<double>& out);

// The symmetric scale of a heat map. Following, it is the round number above the largest magnitude,
// and does not shrink before that is well below the next smaller one; held, it stays where it is.
// Never changes silently: it is printed beside the picture.
class HeatScale {
 public:
  void update(float largest);  // once per snapshot
  void hold(bool on) { held_ = on; }
  bool held() const { return held_; }
  float value() const { return value_; }
  bool clipped() const { return clipped_; }  // held, and something lies beyond it

 private:
  float value_ = 1;
  bool held_ = false, clipped_ = false, any_ = false;
};

}  // namespace downhill::ui
