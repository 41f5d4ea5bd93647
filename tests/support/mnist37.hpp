// The committed 3s and 7s, read as the program reads them.
#pragma once

#include <utility>

#include "data/dataset.hpp"
#include "support/files.hpp"

namespace downhill::test {

inline DigitData load_mnist37() {
  const auto train_labels = read_mnist37("train-labels.idx1-ubyte");
  const auto valid_labels = read_mnist37("valid-labels.idx1-ubyte");
  auto data = read_digit_data(read_mnist37("train-images.idx3-ubyte"), train_labels,
                              read_mnist37("valid-images.idx3-ubyte"), valid_labels);
  if (!data) FAIL(data.error().message);
  return std::move(*data);
}

}  // namespace downhill::test
