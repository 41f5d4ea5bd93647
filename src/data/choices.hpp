// The augmentations a learner chooses from: what happens to a training image each time it is seen.
// Words only; the transforms are in augment.cpp.
#pragma once

#include <cstdint>

#include "base/choice_table.hpp"

namespace downhill {

enum class Augment : uint8_t { none, crop, shift, rotate, affine, noise };

struct AugmentRow {
  Augment kind;
  ChoiceWords words;
};

inline constexpr auto kAugments = choice_table<AugmentRow>({
    {Augment::none, {"none", "none", "every image as it is"}},
    {Augment::crop, {"crop", "crop", "adds three pixels on every side, then crops anywhere"}},
    {Augment::shift, {"shift", "shift", "moved by up to two pixels"}},
    {Augment::rotate, {"rotate", "turn", "turned by up to 15 degrees"}},
    {Augment::affine, {"affine", "affine", "moved, turned and scaled a little"}},
    {Augment::noise, {"noise", "noise", "a little noise on every pixel"}},
});

}  // namespace downhill
