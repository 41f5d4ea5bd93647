// The mean and the deviation of all pixels of a dataset, by which a model's input is normalized.
// Those of the training set are for validation too. It must not know what is done with them.
#pragma once

#include "data/dataset.hpp"
#include "data/transforms.hpp"

namespace downhill {

// From exact sums of whole numbers, rounded to float once at the end. When all pixels are alike,
// nothing is there to be scaled, and the deviation is 1. Precondition: `data` is not empty.
PixelStatistics pixel_statistics(const Dataset& data);

}  // namespace downhill
