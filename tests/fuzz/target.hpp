// A fuzz target is a function that feeds bytes to a parser and checks what must hold. libFuzzer
// calls it with bytes that it invents (entry.cpp), the ordinary tests with every file of
// corpus/<name>/ (fuzz_corpus_test.cpp). A new parser needs a header <name>_target.hpp, a line in
// the table of that test, a line in CMakeLists.txt here, and a few files in corpus/<name>/.
#pragma once

#include <cstdint>
#include <span>

namespace downhill::fuzz {

// Returns false if it found a bug. A crash, a sanitizer report or an endless loop is a bug too.
using Target = bool (*)(std::span<const uint8_t> bytes);

}  // namespace downhill::fuzz
