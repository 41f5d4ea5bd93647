// Reads the golden files written by PyTorch (tests/golden/torch) line by line. Each line begins
// with a word that says what it is.
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/files.hpp"
#include "test_paths.hpp"

namespace downhill::test {

inline std::string torch_golden_path(const std::string& name) {
  return std::string(DOWNHILL_SOURCE_DIR) + "/tests/golden/torch/" + name;
}

// Calls take(word, rest of the line as a stream) for every line.
template <class Take>
void read_torch_golden(const std::string& name, Take take) {
  const std::vector<uint8_t> bytes = read_file(torch_golden_path(name));
  std::istringstream file(std::string(bytes.begin(), bytes.end()));
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    take(word, words);
  }
}

// All remaining numbers of a line. A number too small for a float is 0; reading it as a float would
// stop libc++'s stream.
inline std::vector<float> numbers_of(std::istringstream& words) {
  std::vector<float> numbers;
  for (std::string word; words >> word;) {
    char* end = nullptr;
    numbers.push_back(static_cast<float>(std::strtod(word.c_str(), &end)));
    REQUIRE_MESSAGE(*end == 0, word, " is not a number");
  }
  return numbers;
}

// The index of a name in a table of names. Fails the test if it is not there.
template <size_t kCount>
size_t place_of(const std::array<std::string_view, kCount>& names, std::string_view name) {
  for (size_t i = 0; i < kCount; ++i) {
    if (names[i] == name) return i;
  }
  FAIL("no such name: ", std::string(name));
  return 0;
}

}  // namespace downhill::test
