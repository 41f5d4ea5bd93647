// Points to fit: the speed of something at twenty moments, along a parabola or a straight line, with
// noise. A model gets powers of the time as its row of numbers, so its weighted sum is a curve:
// speed = a·t² + b·t + c. Must not know networks.
#pragma once

#include <cstdint>
#include <span>

#include "data/choices.hpp"
#include "data/dataset.hpp"

namespace downhill {

inline constexpr uint32_t kPointCount = 20;  // at the times 0, 1, … 19

// What a model sees of the time t: {t², t} for the curve, {t} for the line.
// Precondition: one place or two, DataRow::features.
void features_of(float time, std::span<float> features);
// The time of which these are the features: the last of them.
float time_of(std::span<const float> features);

// A training set, and a validation set with the same times and other noise. The same seed gives the
// same points on every machine. Precondition: has_points(kind).
DigitData point_data(DataKind kind, uint64_t seed);

}  // namespace downhill
