// Memory that a caller lends to a kernel's plan, because kernels allocate nothing themselves. Its
// values are unspecified, and it stays valid as long as the plan.
#pragma once

#include <cstddef>
#include <type_traits>

namespace downhill::kernels {

class Scratch {
 public:
  using Lend = void* (*)(void* owner, size_t bytes);  // gives memory aligned for a vector
  Scratch(void* owner, Lend lender) : owner_(owner), lend_(lender) {}

  template <class T>
  T* lend(size_t count) const {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    return static_cast<T*>(lend_(owner_, count * sizeof(T)));
  }

 private:
  void* owner_;
  Lend lend_;
};

}  // namespace downhill::kernels
