// The names of all ops, read from their declarations in autograd/ops.hpp, so that no op can be
// added without its tests.
#pragma once

#include <set>
#include <string>

#include "base/text.hpp"
#include "support/files.hpp"
#include "test_paths.hpp"

namespace downhill::test {

// Of every line "Var name(…"; operators have no such name.
inline std::set<std::string> op_names() {
  const auto bytes = read_file(DOWNHILL_SOURCE_DIR "/src/autograd/ops.hpp");
  const std::string text(bytes.begin(), bytes.end());
  std::set<std::string> names;
  for (const std::string_view line : split(text, '\n')) {
    const size_t bracket = line.find('(');
    if (!line.starts_with("Var ") || bracket == line.npos) continue;
    const std::string name(line.substr(4, bracket - 4));
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos) {
      names.insert(name);
    }
  }
  return names;
}

}  // namespace downhill::test
