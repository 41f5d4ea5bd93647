// Memory that converges: it grows while a program finds out how much it needs, then never asks the
// system again. Allocation moves an offset forward; everything behind a mark is given back at once
// by rewinding to it. An arena knows bytes, not what they mean; what lives in it must not need a
// destructor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

namespace downhill {

class Arena {
 public:
  static constexpr size_t kAlignment = 64;  // bytes: a cache line, and four vectors
  static constexpr size_t kPad = 16;        // floats: every block of floats is a multiple of this

  // A place in the arena. Rewinding to it frees what was allocated after it was taken.
  struct Mark {
    size_t block = 0;
    size_t offset = 0;
  };

  // `reserve_bytes` are taken from the system at once; 0 waits for the first use.
  explicit Arena(size_t reserve_bytes = 0);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;

  // `count` floats, 64-byte aligned. Their values are unspecified; the pad behind them, up to the
  // next multiple of 16 floats, is zero and may be read and written.
  std::span<float> floats(size_t count);
  std::span<float> zeros(size_t count);

  // `count` value-initialised objects.
  template <class T>
  T* make(size_t count = 1) {
    static_assert(std::is_trivially_destructible_v<T>, "nobody will call the destructor");
    static_assert(alignof(T) <= kAlignment);
    T* first = static_cast<T*>(bytes(count * sizeof(T)));
    for (size_t i = 0; i < count; ++i) new (first + i) T();
    return first;
  }

  // Raw memory, 64-byte aligned. `size` 0 gives a valid pointer too.
  void* bytes(size_t size);

  Mark mark() const { return {current_, offset_}; }
  // Blocks that lie behind the mark are kept for the next round. Rewinding to the empty arena also
  // merges several blocks into one that holds them all, so the next round runs through one piece of
  // memory.
  void rewind(Mark mark);
  void reset() { rewind(Mark{}); }

  size_t used() const;  // bytes in use, alignment and the ends of blocks included
  size_t high_water() const { return high_water_; }  // the most that was ever in use
  size_t capacity() const;                           // bytes held from the system
  size_t block_count() const { return blocks_.size(); }
  // How often memory was asked of the system. It stands still once the arena has converged.
  uint64_t system_allocations() const { return system_allocations_; }

 private:
  struct Block {
    std::byte* data = nullptr;
    size_t size = 0;
  };

  void add_block(size_t size);
  void release();
  void merge();

  std::vector<Block> blocks_;
  size_t current_ = 0;  // the block that is being filled; earlier ones are full
  size_t offset_ = 0;   // bytes used of it
  size_t high_water_ = 0;
  uint64_t system_allocations_ = 0;
};

// Gives back at the end of a scope what was allocated in it.
class ArenaScope {
 public:
  explicit ArenaScope(Arena& arena) : arena_(arena), mark_(arena.mark()) {}
  ~ArenaScope() { arena_.rewind(mark_); }
  ArenaScope(const ArenaScope&) = delete;
  ArenaScope& operator=(const ArenaScope&) = delete;

 private:
  Arena& arena_;
  Arena::Mark mark_;
};

}  // namespace downhill
