// The mean and the standard deviation of all pixels of a dataset, used to normalize the input of a
// model. Validation uses those of the training set too. Must not know how they are used.
#pragma once

#include "data/dataset.hpp"
#include "data/transforms.hpp"

namespace downhill {

// From exact integer sums, rounded to float once at the end. If all pixels are equal there is
// nothing to scale, and the deviation is 1. Precondition: `data` is not empty.
PixelStatistics pixel_statistics(const Dataset& data);

// The map that gives every column of these rows the mean 0 and the deviation 1; a column of equal
// numbers only loses its mean. Precondition: data.width() > 0, and `data` is not empty.
RowMap row_statistics(const Dataset& data);

}  // namespace downhill
