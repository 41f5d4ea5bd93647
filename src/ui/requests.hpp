// What the panels ask for during one frame. Nothing changes while drawing: the page's owner carries these out
// afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/command.hpp"

namespace downhill::ui {

struct Requests {
  std::vector<Command> commands;        // for EngineClient::send, in this order
  uint32_t parts = 0;                   // SnapshotPart bits that are on screen: EngineClient::subscribe
  std::optional<uint32_t> probe;        // a weight was chosen: EngineClient::probe
  bool restart_engine = false;          // EngineClient::restart
  bool copy_link = false;               // put the share link on the clipboard

  // Keeps the memory for the next frame.
  void clear() {
    commands.clear();
    parts = 0;
    probe.reset();
    restart_engine = false;
    copy_link = false;
  }

  void simple(CommandKind kind) { commands.push_back({.kind = kind}); }
  void step(CommandKind kind, StepUnit unit) { commands.push_back({.kind = kind, .unit = unit}); }
  void advance(Phase phase) { commands.push_back({.kind = CommandKind::advance, .phase = phase}); }
  void set(std::string_view field, std::string_view value) {
    Command command{.kind = CommandKind::set};
    command.edits.append(field).append("=").append(value);
    commands.push_back(std::move(command));
  }
};

}  // namespace downhill::ui
