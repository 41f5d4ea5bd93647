// The page's end of a conversation, tested without an engine: a link that only says what the test
// says.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "session/client.hpp"

namespace downhill::test {

// Remembers what it was sent.
struct ScriptedLink final : EngineLink {
  std::vector<Command> sent;
  std::deque<std::vector<uint8_t>> arriving;
  std::string gone;
  int restarts = 0;
  uint64_t signs = 0;       // of life
  bool ends_silent = true;  // can_end_silent()

  void send(const std::vector<uint8_t>& message) override {
    const auto command = decode_command(message.data(), message.size());
    REQUIRE(command.ok());
    sent.push_back(*command);
  }
  bool poll(std::vector<uint8_t>& message) override {
    if (arriving.empty()) return false;
    message = arriving.front();
    arriving.pop_front();
    return true;
  }
  std::string failure() const override { return gone; }
  uint64_t signs_of_life() const override { return signs; }
  bool can_end_silent() const override { return ends_silent; }
  void restart() override {
    ++restarts;
    gone.clear();
    arriving.clear();
  }

  template <class Value>
  void say(const Value& value) {
    encode_message(value, arriving.emplace_back());
  }
  size_t snapshots_asked() const {
    size_t count = 0;
    for (const Command& command : sent) count += command.kind == CommandKind::snapshot;
    return count;
  }
};

// A run of so many steps, and the points of its curves that come.
inline Snapshot with_curves(uint32_t generation, uint32_t first_step, uint32_t last_step) {
  Snapshot s;
  s.parts = kPartCurves;
  s.curves.generation = generation;
  for (uint32_t step = first_step; step <= last_step; ++step) {
    s.curves.steps.push_back({step, 1.0f / static_cast<float>(step), 2, 0.1f, 0.9f});
  }
  s.status.step = last_step;
  return s;
}

}  // namespace downhill::test
