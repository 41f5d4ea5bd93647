// Compares what a test computed with a golden file, line by line. With DOWNHILL_WRITE_GOLDEN in the
// environment, writes the file first.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "support/files.hpp"

namespace downhill::test {

inline void check_golden(const std::string& text, const char* path) {
  if (std::getenv("DOWNHILL_WRITE_GOLDEN") != nullptr) {
    std::FILE* file = std::fopen(path, "wb");
    REQUIRE(file != nullptr);
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
  }
  const auto bytes = read_file(path);
  const std::string golden(bytes.begin(), bytes.end());
  const auto ours = split(text, '\n'), theirs = split(golden, '\n');
  REQUIRE(ours.size() == theirs.size());
  for (size_t i = 0; i < ours.size(); ++i) CHECK(ours[i] == theirs[i]);
}

}  // namespace downhill::test
