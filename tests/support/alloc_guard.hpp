// Counts every call of operator new in the program, so that a test can assert that a piece of code
// makes none. With DOWNHILL_TRAP_ALLOCATIONS in the environment the first allocation in sight of a
// guard ends the program, so that a debugger shows where it is.
#pragma once

#include <cstdint>

namespace downhill::test {

// Calls of any global operator new so far, in all threads.
uint64_t allocations();
// Whether an allocation ends the program from now on, if the environment asks for it.
void trap_allocations(bool on);

}  // namespace downhill::test

namespace downhill {

// Counts allocations since its construction.
class AllocGuard {
 public:
  AllocGuard() { test::trap_allocations(true); }
  uint64_t count() const {
    test::trap_allocations(false);
    return test::allocations() - start_;
  }

 private:
  uint64_t start_ = test::allocations();
};

}  // namespace downhill

namespace downhill::test {

// The number of allocations made by `f`.
template <class F>
uint64_t allocations_of(F f) {
  const AllocGuard guard;
  f();
  return guard.count();
}

}  // namespace downhill::test
