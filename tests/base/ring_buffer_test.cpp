#include "base/ring_buffer.hpp"

#include <doctest/doctest.h>

#include <deque>

#include "base/hash.hpp"
#include "support/alloc_guard.hpp"

using namespace downhill;

TEST_CASE("a ring holds the last items in the order they came, as a deque would") {
  RingBuffer<int> ring(5);
  std::deque<int> model;
  for (int i = 0; i < 40; ++i) {
    ring.push(i);
    model.push_back(i);
    if (model.size() > 5) model.pop_front();
    if (i % 7 == 6) {
      ring.drop_newest(2);
      model.resize(model.size() - 2);
    }
    REQUIRE(ring.size() == model.size());
    for (size_t k = 0; k < model.size(); ++k) CHECK(ring[k] == model[k]);
    CHECK(ring.oldest() == model.front());
    CHECK(ring.newest() == model.back());
    CHECK(ring.full() == (model.size() == 5));
  }
  ring.drop_newest(100);
  CHECK(ring.empty());
  CHECK(test::allocations_of([&] {
          for (int i = 0; i < 100; ++i) ring.push(i);
        }) == 0);
  ring.clear();
  CHECK(ring.size() == 0);
  CHECK(ring.capacity() == 5);
}

TEST_CASE("FNV-1a gives the published values") {
  // Test vectors of the algorithm's authors.
  CHECK(fnv1a(std::string_view("")) == 0xcbf29ce484222325);
  CHECK(fnv1a(std::string_view("a")) == 0xaf63dc4c8601ec8c);
  CHECK(fnv1a(std::string_view("foobar")) == 0x85944171f73967e8);
}

TEST_CASE("the hash of floats is the hash of their little-endian bytes") {
  const float values[] = {1.0f, -0.0f};
  const uint8_t bytes[] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0x80};
  CHECK(fnv1a(std::span<const float>(values)) == fnv1a(std::span<const uint8_t>(bytes)));
}
