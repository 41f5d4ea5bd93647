// What a failing test tells a newcomer to do, with the command. A test case that compares with
// something stored begins with INFO(one of these), which doctest prints below each failed check.
#pragma once

#include <string>

namespace downhill::test {

// The programs of tests, seen from the root of the clone.
inline constexpr const char* kCoreTests = "build/release/tests/downhill_core_tests";
inline constexpr const char* kUiTests = "build/release/tests/downhill_ui_tests";

inline std::string write_golden_advice() {
  return std::string(
             "If the numbers were not meant to change, find the commit that changed them: the same "
             "seed gives the same bits. If they were, write the files again and look at the "
             "difference:\n  DOWNHILL_WRITE_GOLDEN=1 ") +
         kCoreTests + " -ts=golden\n  git diff tests/golden";
}

// `name` as in tests/golden/torch/generate_<name>.py, which writes <name>.txt.
inline std::string torch_advice(const std::string& name) {
  const std::string path = "tests/golden/torch/", generator = path + "generate_" + name + ".py";
  return "The numbers to compare with are PyTorch's. If ours differ, ours are wrong, or the two "
         "compute different things. Something new needs a case in " +
         (name == "ops" ? "tests/autograd/*_op_cases.cpp" : generator) +
         ". Where it is, write its file again (with Debian's python3-torch) and look at the "
         "difference:\n  " +
         path + "write.sh " + name + "\n  git diff " + path;
}

// `limit`: where the number stands that a test compares a cost with.
inline std::string cost_advice(const std::string& limit) {
  return "Find out what costs more than before. If it is worth it, raise the number in " + limit +
         " and say why in the commit.";
}

// `filter`: what runs the test alone, as the program of tests takes it: "-tc=*settled*".
inline std::string allocation_advice(const std::string& program, const std::string& filter) {
  return "Nothing may be allocated here: reserve the memory earlier, or take it from an arena. To "
         "see which code asks for it:\n  DOWNHILL_TRAP_ALLOCATIONS=1 gdb -ex run -ex bt --args " +
         program + " " + filter;
}

}  // namespace downhill::test
