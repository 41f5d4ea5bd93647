// Compares what a test computed with a golden file, line by line. With DOWNHILL_WRITE_GOLDEN in the
// environment, writes the file first.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "support/advice.hpp"
#include "support/files.hpp"

namespace downhill::test {

// A digest as golden files have it: 16 hexadecimal digits.
inline std::string print_digest(uint64_t digest) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(digest));
  return text;
}

// The first line of `text` that differs from `golden`, shown beside it; empty if none does.
inline std::string first_difference_of_lines(const std::string& text, const std::string& golden) {
  const auto ours = split(text, '\n'), theirs = split(golden, '\n');
  const size_t lines = std::max(ours.size(), theirs.size());
  for (size_t i = 0; i < lines; ++i) {
    const std::string our(i < ours.size() ? ours[i] : "(no line)");
    const std::string their(i < theirs.size() ? theirs[i] : "(no line)");
    if (our == their) continue;
    return "line " + std::to_string(i + 1) + " is\n  " + our + "\nwhere the file has\n  " + their;
  }
  return "";
}

inline void check_golden(const std::string& text, const char* path) {
  if (std::getenv("DOWNHILL_WRITE_GOLDEN") != nullptr) {
    std::FILE* file = std::fopen(path, "wb");
    REQUIRE(file != nullptr);
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
  }
  const auto bytes = read_file(path);
  const std::string difference =
      first_difference_of_lines(text, std::string(bytes.begin(), bytes.end()));
  CHECK_MESSAGE(difference.empty(), std::string(path), ": ", difference, "\n",
                write_golden_advice());
}

}  // namespace downhill::test
