// The names a learner chooses from, of the data: what is done to a training image each time it is
// seen. A plain enumeration with the words that stand in links, files and menus; what they do is in
// augment.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace downhill {

enum class Augment : uint8_t { none, crop, shift, rotate, affine, noise };
inline constexpr std::array<std::string_view, 6> kAugmentNames = {"none",   "crop",   "shift",
                                                                  "rotate", "affine", "noise"};

}  // namespace downhill
