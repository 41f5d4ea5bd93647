// A bump allocator whose memory converges: it grows until it has met the largest demand, then never
// asks the system again. Allocation moves an offset forward; rewinding to a mark frees everything
// allocated after it at once. An arena knows bytes, not what they mean. It never calls destructors,
// so what lives in it must not need one.
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
  static constexpr size_t kPad = 16;        // floats: allocations of floats are padded to this

  // A position in the arena. Rewinding to it frees what was allocated after it was taken.
  struct Mark {
    size_t block = 0;
    size_t offset = 0;
  };

  // Takes `reserve_bytes` from the system at once; 0 waits for the first allocation.
  explicit Arena(size_t reserve_bytes = 0);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;

  // `count` floats, 64-byte aligned. Their values are unspecified. The padding behind them, up to
  // the next multiple of 16 floats, is zero and may be read and written.
  std::span<float> floats(size_t count);
  std::span<float> zeros(size_t count);

  // `count` value-initialised objects.
  template <class T>
  T* make(size_t count = 1) {
    static_assert(std::is_trivially_destructible_v<T>, "an arena never calls destructors");
    static_assert(alignof(T) <= kAlignment);
    T* first = static_cast<T*>(bytes(count * sizeof(T)));
    for (size_t i = 0; i < count; ++i) new (first + i) T();
    return first;
  }

  // Raw memory, 64-byte aligned. The pointer is valid even for size 0.
  void* bytes(size_t size);

  Mark mark() const { return {current_, offset_}; }
  // Blocks behind the mark are kept for reuse. Rewinding to the empty arena also merges several
  // blocks into one that holds them all, so that the next round runs through contiguous memory.
  void rewind(Mark mark);
  void reset() { rewind(Mark{}); }

  size_t used() const;  // bytes in use, with alignment and unused ends of blocks
  size_t high_water() const { return high_water_; }  // maximum of used() so far
  size_t capacity() const;                           // bytes taken from the system
  size_t block_count() const { return blocks_.size(); }
  // How many times memory was taken from the system. Constant once the arena has converged.
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
  size_t current_ = 0;  // the block being filled; earlier ones are full
  size_t offset_ = 0;   // bytes of it in use
  size_t high_water_ = 0;
  uint64_t system_allocations_ = 0;
};

// Frees at the end of a scope what was allocated in it.
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
