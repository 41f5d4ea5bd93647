// Window sizes from the smallest to the largest, around every width and height at which the layout
// changes.
#pragma once

#include "headless.hpp"

namespace downhill::test {

inline constexpr float kWidths[] = {320, 360, 414,  480,  600,  640,  699,  700,  768,  834,  899,
                                    900, 960, 1099, 1100, 1280, 1440, 1680, 1920, 2560, 3440, 3840};
inline constexpr float kHeights[] = {400, 480, 599, 600, 700, 800, 899, 900, 1080, 1440, 2160};
inline constexpr float kRatios[] = {1, 1.25f, 1.5f, 2, 3};

// Calls `check` with every `thin`th size of the grid, from the first of `offset` on.
template <class Check>
void sweep(int thin, int offset, const Check& check) {
  int number = 0;
  for (const float width : kWidths) {
    for (const float height : kHeights) {
      const int at = number++;
      if (at % thin == offset) check(ScreenSize{width, height, kRatios[at % 5]});
    }
  }
}

}  // namespace downhill::test
