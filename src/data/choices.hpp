// What a learner chooses about data: which, and what happens to a training image each time it is
// seen. Words only; the points are in points.cpp, the transforms in augment.cpp.
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

enum class DataKind : uint8_t { digits, curve, line };

struct DataRow {
  DataKind kind;
  ChoiceWords words;
  uint32_t features;  // numbers in the row of an item, whose target is a number; 0: images
  // What the experiment becomes when these data are chosen, but for what is chosen along with them.
  std::string_view usual;
};

inline constexpr auto kData = choice_table<DataRow>({
    {DataKind::digits,
     {"digits", "digits", "handwritten digits, each with its class"},
     0,
     "normalize=false&model=mlp:30&loss=mnist&lr=0.1&batch=256&shuffle=true&epochs=40"},
    {DataKind::curve,
     {"curve", "curve", "20 noisy speeds over time, to be fitted by a·t² + b·t + c"},
     2,
     "normalize=true&model=linear&loss=mse&lr=0.3&batch=20&shuffle=false&epochs=200"},
    {DataKind::line,
     {"line", "line", "20 noisy speeds over time, to be fitted by b·t + c"},
     1,
     "normalize=true&model=linear&loss=mse&lr=0.1&batch=20&shuffle=false&epochs=100"},
});

// Whether the items are points with a number as target, and not images of classes.
constexpr bool has_points(DataKind kind) { return kData[kind].features > 0; }

}  // namespace downhill
