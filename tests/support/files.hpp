// Files as bytes, for tests: the committed data (inflated by the build), golden files, corpora.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/file_bytes.hpp"
#include "test_paths.hpp"

namespace downhill::test {

// Fails the test if the file cannot be read.
inline std::vector<uint8_t> read_file(const std::string& path) {
  std::optional<std::vector<uint8_t>> bytes = bytes_of_file(path);
  REQUIRE_MESSAGE(bytes.has_value(), "cannot open ", path);
  return std::move(*bytes);
}

// One of the four files of assets/mnist37, inflated: "train-images.idx3-ubyte".
inline std::vector<uint8_t> read_mnist37(const std::string& name) {
  return read_file(std::string(DOWNHILL_TEST_DATA) + "/" + name);
}

}  // namespace downhill::test
