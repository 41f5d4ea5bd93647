// Counts every call of operator new in the program, so that a test can assert that a stretch of
// code makes none.
#pragma once

#include <cstdint>

namespace downhill::test {

// Calls of any global operator new so far, in all threads.
uint64_t allocations();

// How many allocations happen while `f` runs.
template <class F>
uint64_t allocations_of(F f) {
  const uint64_t before = allocations();
  f();
  return allocations() - before;
}

}  // namespace downhill::test
