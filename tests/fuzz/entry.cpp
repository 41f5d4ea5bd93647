// The entry point of libFuzzer for one target. CMake defines which: its header and the name of its
// function.
#include DOWNHILL_FUZZ_HEADER

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (!downhill::fuzz::DOWNHILL_FUZZ_FUNCTION({data, size})) __builtin_trap();
  return 0;
}
