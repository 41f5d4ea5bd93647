// Parts of documents that are made from tables of the code: a document marks such a part by
// <!-- begin NAME --> and <!-- end NAME -->, and a test compares what lies between with the tables.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "support/files.hpp"
#include "test_paths.hpp"

namespace downhill::test {

// With DOWNHILL_WRITE_GOLDEN in the environment the part is written first. `path`: from the root of
// the project.
inline void check_document_part(const std::string& path, const std::string& name,
                                const std::string& text) {
  const std::string full = std::string(DOWNHILL_SOURCE_DIR "/") + path;
  const auto read = [&] {
    const auto bytes = read_file(full);
    return std::string(bytes.begin(), bytes.end());
  };
  std::string document = read();
  const std::string begin = "<!-- begin " + name + " -->\n", end = "<!-- end " + name + " -->";
  const size_t from = document.find(begin), to = document.find(end);
  REQUIRE_MESSAGE((from != std::string::npos && to != std::string::npos && from < to), path,
                  " has lost its marks for ", name);
  const size_t inside = from + begin.size();
  if (std::getenv("DOWNHILL_WRITE_GOLDEN") != nullptr) {
    document.replace(inside, to - inside, text);
    std::FILE* file = std::fopen(full.c_str(), "wb");
    REQUIRE(file != nullptr);
    std::fwrite(document.data(), 1, document.size(), file);
    std::fclose(file);
    document = read();
  }
  const bool same = document.compare(inside, text.size() + end.size(), text + end) == 0;
  CHECK_MESSAGE(same, path, ": the part \"", name,
                "\" is not what the tables say. Write it again with\n  DOWNHILL_WRITE_GOLDEN=1 "
                "build/release/tests/downhill_core_tests -tc='web/README.md*'");
}

}  // namespace downhill::test
