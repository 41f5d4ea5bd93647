// Counts every call of operator new in the program, so that a test can assert that a piece of code
// makes none.
#pragma once

#include <cstdint>

namespace downhill::test {

// Calls of any global operator new so far, in all threads.
uint64_t allocations();

// The number of allocations made by `f`.
template <class F>
uint64_t allocations_of(F f) {
  const uint64_t before = allocations();
  f();
  return allocations() - before;
}

}  // namespace downhill::test

namespace downhill {

// Counts allocations since its construction.
class AllocGuard {
 public:
  uint64_t count() const { return test::allocations() - start_; }

 private:
  uint64_t start_ = test::allocations();
};

}  // namespace downhill
