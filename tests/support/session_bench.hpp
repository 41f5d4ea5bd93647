// A session under test: commands as texts, a clock that the test moves, answers taken from the
// messages.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "data/synthetic.hpp"
#include "session/message.hpp"
#include "session/session.hpp"

namespace downhill::test {

// A clock that advances by a millisecond on every read.
inline double g_now = 0;
inline double ticking() { return g_now += 0.001; }
inline uint64_t ticking_ns() { return static_cast<uint64_t>(1e9 * ticking()); }

inline Command command(const std::string& text, uint32_t id = 0) {
  Result<Command> parsed = parse_command(text);
  REQUIRE_MESSAGE(parsed.ok(), text);
  parsed->id = id;
  return *parsed;
}

struct Bench {
  Session session;
  explicit Bench(const std::string& edits = "model=mlp:6&batch=32&epochs=2&lr=0.5",
                 bool loaded = true) {
    session.set_op_clock(ticking_ns);
    session.receive(command("set?" + edits));
    if (loaded) load();
  }
  void load() { REQUIRE(session.load(synthetic_digit_data(64, 32, 3)).ok()); }
  void tell(const std::string& text, uint32_t id = 0) { session.receive(command(text, id)); }
  // Works until nothing is left to do. Returns the number of calls that took.
  int work() {
    for (int i = 0; i < 100000; ++i) {
      if (std::isinf(session.work(ticking, 0))) return i;
    }
    FAIL("the session never came to rest");
    return 0;
  }
  Status status() { return session.snapshot({}).status; }
  const Snapshot& look(uint32_t parts) {
    SnapshotRequest request;
    request.parts = parts;
    return session.snapshot(request);
  }
  uint64_t digest() { return look(kPartDigest).digest; }
  // The answers since the last call.
  std::vector<Answer> answers() {
    std::vector<Answer> all;
    std::vector<uint8_t> bytes;
    while (session.next_message(bytes)) {
      const Result<Message> message = decode_message(bytes.data(), bytes.size());
      REQUIRE(message.ok());
      if (const Answer* answer = std::get_if<Answer>(&*message)) all.push_back(*answer);
    }
    return all;
  }
};

}  // namespace downhill::test
