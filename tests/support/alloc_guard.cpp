#include "support/alloc_guard.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<uint64_t> g_allocations{0};
std::atomic<bool> g_trap{false};

void* count_and_take(std::size_t size, std::size_t alignment) {
  ++g_allocations;
  if (g_trap) std::abort();  // a debugger shows who allocates
  if (size == 0) size = 1;
  void* memory =
      alignment <= alignof(std::max_align_t)
          ? std::malloc(size)
          : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

namespace downhill::test {
uint64_t allocations() { return g_allocations; }
void trap_allocations(bool on) {
  g_trap = on && std::getenv("DOWNHILL_TRAP_ALLOCATIONS") != nullptr;
}
}  // namespace downhill::test

void* operator new(std::size_t size) { return count_and_take(size, 1); }
void* operator new[](std::size_t size) { return count_and_take(size, 1); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return count_and_take(size, 1);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return count_and_take(size, 1);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return count_and_take(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return count_and_take(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
