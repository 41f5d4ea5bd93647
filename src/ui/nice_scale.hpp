// Round numbers for axes and colour scales: 1, 2, 5 times a power of ten. A scale restricted to
// them changes rarely and is easy to read. Pure arithmetic.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace downhill::ui {

// The least round number not below `value`; 1 when `value` is not positive and finite.
float nice_ceil(float value);
// The same for a scale of colours, with more round numbers: one that is twice too large makes the
// picture pale.
float color_ceil(float value);
// About `wanted` round tick positions in low..high; powers of ten on a logarithmic axis.
void nice_ticks(double low, double high, int wanted, bool logarithmic, std::vector<double>& out);

// The magnitudes of some values: the largest finite one, and the one that the scale of their picture
// covers. Both are the same unless a few outliers, at most one value in 500, are more than twice as
// large as all others: they would fade the picture to paper.
struct Magnitudes {
  float largest = 0, covered = 0;
  size_t beyond = 0;  // values larger than `covered`
};
Magnitudes magnitudes_of(std::span<const float> values);

// The symmetric scale of a heat map. While it follows, it is the round number at or above what it
// has to cover; while held, it stays. It is printed beside the picture, so it never changes
// silently.
class HeatScale {
 public:
  // Once per snapshot. In a `fast` run the scale shrinks only when the smaller one leaves room, so
  // that it does not flicker. At rest it depends on the values alone, so that the same state is the
  // same picture.
  void update(const Magnitudes& magnitudes, bool fast);
  void update(float largest, bool fast) { update({largest, largest, 0}, fast); }
  void hold(bool on) { held_ = on; }
  bool held() const { return held_; }
  float value() const { return value_; }
  bool clipped() const { return clipped_; }  // some values lie beyond it

 private:
  float value_ = 1;
  bool held_ = false, clipped_ = false, any_ = false;
};

}  // namespace downhill::ui
