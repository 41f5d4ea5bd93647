// What a fuzz target is: a function that feeds bytes to a parser and says whether all that must
// hold did hold. libFuzzer calls it with bytes it invents (entry.cpp), the ordinary tests with
// every file of corpus/<name>/ (fuzz_corpus_test.cpp). A new parser needs a header
// <name>_target.hpp, a line in the table of that test, a line in CMakeLists.txt here, and a few
// files to begin with.
#pragma once

#include <cstdint>
#include <span>

namespace downhill::fuzz {

// False: a bug was found. (So is a crash, a sanitizer's report, or running for ever.)
using Target = bool (*)(std::span<const uint8_t> bytes);

}  // namespace downhill::fuzz
