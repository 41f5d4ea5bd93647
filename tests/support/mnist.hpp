// All ten digits of MNIST. They are not committed: CMake must be told where they are
// (DOWNHILL_DIGITS_DIR, as tests/run.sh does).
//
//   const auto data = test::load_mnist10();
//   if (!data) return;  // load_mnist10 has printed a message
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "data/dataset.hpp"
#include "support/files.hpp"
#include "test_paths.hpp"

namespace downhill::test {

// Prints a message and returns nothing if they are missing.
inline std::optional<DigitData> load_mnist10(std::string_view digits = "0123456789") {
  const std::string folder = std::string(DOWNHILL_TEST_DATA) + "/digits/";
  std::FILE* there = std::fopen((folder + "train-images.idx3-ubyte").c_str(), "rb");
  if (there == nullptr) {
    MESSAGE("not tested: all ten digits are not here (DOWNHILL_DIGITS_DIR, assets/mnist)");
    return {};
  }
  std::fclose(there);
  const auto train_labels = read_file(folder + "train-labels.idx1-ubyte");
  const auto valid_labels = read_file(folder + "valid-labels.idx1-ubyte");
  auto data = read_digit_data(read_file(folder + "train-images.idx3-ubyte"), train_labels,
                              read_file(folder + "valid-images.idx3-ubyte"), valid_labels, digits);
  if (!data) FAIL(data.error().message);
  return std::move(*data);
}

}  // namespace downhill::test
