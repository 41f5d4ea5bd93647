// What the panels ask for during one frame. Nothing changes while drawing: the owner of the page
// carries the requests out afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "session/command.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

// "field=value" for `set`; characters with a meaning in links are written as %XX.
inline std::string edit_text(std::string_view field, std::string_view value) {
  constexpr std::string_view kHex = "0123456789ABCDEF", kSigns = "%&+=# ";
  std::string text = std::string(field) + "=";
  for (const char c : value) {
    if (kSigns.find(c) == std::string_view::npos) {
      text += c;
    } else {
      const auto byte = static_cast<uint8_t>(c);
      text.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return text;
}

struct Requests {
  std::vector<Command> commands;  // carried out in this order
  uint32_t parts = 0;             // SnapshotPart bits that are on screen: EngineClient::subscribe
  uint32_t deferrable = 0;        // those that may be left out, see there
  std::optional<uint32_t> probe;  // a weight was chosen: EngineClient::probe
  std::optional<Cell> cell;       // of the confusion matrix: EngineClient::open_cell
  std::optional<ChosenImage> image;  // EngineClient::inspect
  bool restart_engine = false;       // EngineClient::restart
  std::optional<float> first_speed;  // a speed was chosen: remember it for the next visit
  bool share = false;                // open what hands the experiment out, or copy its link
  bool open_file = false;            // open the file chooser, for `load`
  bool open_course = false;          // Learn was pressed
  std::string refusal;               // of what was typed, a sentence: show it
  bool keeps_view = false;           // a view shows itself what the phases do that it asks for

  // Keeps the memory for the next frame.
  void clear() {
    commands.clear();
    parts = deferrable = 0;
    probe.reset();
    cell.reset();
    image.reset();
    restart_engine = false;
    first_speed.reset();
    share = false;
    open_file = false;
    open_course = false;
    refusal.clear();
    keeps_view = false;
  }

  Command& add(CommandKind kind) {
    commands.emplace_back();
    commands.back().kind = kind;
    return commands.back();
  }
  void step(CommandKind kind, StepUnit unit) { add(kind).unit = unit; }
  void advance(Phase phase) { add(CommandKind::advance).phase = phase; }
  void speed(float batches_per_second) { add(CommandKind::speed).speed = batches_per_second; }
  void set(std::string_view field, std::string_view value) { set(edit_text(field, value)); }
  // Sets several fields at once, "digits=37&loss=mnist", all or none.
  void set(std::string edits) { add(CommandKind::set).edits = std::move(edits); }
  void race(RaceOrder order) { add(CommandKind::race).race = std::move(order); }
  void save(FileKind what) { add(CommandKind::save).file = what; }
};

}  // namespace downhill::ui
