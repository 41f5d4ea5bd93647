// Reads golden files that consist of words and numbers separated by white space.
#pragma once

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "support/files.hpp"
#include "test_paths.hpp"

namespace downhill::test {

class GoldenWords {
 public:
  // A file of tests/golden/torch.
  explicit GoldenWords(const std::string& name) {
    const auto bytes = read_file(std::string(DOWNHILL_SOURCE_DIR "/tests/golden/torch/") + name);
    stream_.str(std::string(bytes.begin(), bytes.end()));
  }

  // The next word; empty at the end.
  std::string word() {
    std::string text;
    stream_ >> text;
    return text;
  }
  float number() {
    const std::string text = word();
    const Result<float> value = parse_float(text);
    REQUIRE_MESSAGE(value.ok(), "not a number: ", text);
    return *value;
  }
  // "<name> <count> <numbers…>".
  std::vector<float> numbers(const std::string& name) {
    REQUIRE(word() == name);
    std::vector<float> values(static_cast<size_t>(number()));
    for (float& value : values) value = number();
    return values;
  }
  // "<name> <number>".
  float named(const std::string& name) {
    REQUIRE(word() == name);
    return number();
  }

 private:
  std::istringstream stream_;
};

}  // namespace downhill::test
