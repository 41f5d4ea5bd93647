// Files as bytes, for tests: the committed data (inflated at build), golden files, corpora.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace downhill::test {

// Fails the test when the file cannot be read.
inline std::vector<uint8_t> read_file(const std::string& path) {
  std::vector<uint8_t> bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  REQUIRE_MESSAGE(file != nullptr, "cannot open ", path);
  uint8_t buffer[16384];
  for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) {
    bytes.insert(bytes.end(), buffer, buffer + n);
  }
  std::fclose(file);
  return bytes;
}

// One of the four files of assets/mnist37, inflated: "train-images.idx3-ubyte".
inline std::vector<uint8_t> read_mnist37(const std::string& name) {
  return read_file(std::string(DOWNHILL_TEST_DATA) + "/" + name);
}

}  // namespace downhill::test
