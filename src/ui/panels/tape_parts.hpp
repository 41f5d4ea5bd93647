// The parts of the view of the tape: its rows, and what the opened row holds. For tape_view.cpp
// only.
#pragma once

#include <span>

#include "ui/panels/stage_views.hpp"

namespace downhill::ui {

inline constexpr float kTapeHead = 22, kTapeRow = 26;  // dp

// The rows with arcs to their inputs; they scroll where there are too many.
void draw_tape_list(StageContext& c, const Rect& rect, const TapeView& tape);

// The opened row, from the top of `rect`. Returns the height that it takes.
float draw_tape_row(StageContext& c, const Rect& rect, const TapeView& tape);
float draw_tape_product(StageContext& c, const Rect& rect, const TapeView& tape);

// Numbers as a picture of tiles: [channels][rows][columns].
struct TapePicture {
  std::string_view title = {};
  std::string_view help = {};
  std::string_view missing = "not yet";  // shown while there are no values
  std::string_view widget = {};          // so that a number can be chosen; empty: none can
  uint64_t key = 0;
  std::span<const float> values = {};
  uint32_t channels = 1, rows = 1, columns = 1;
  std::optional<uint32_t> marked = {};
  bool known = true;  // the cursor has come to them
};
struct TapePicked {
  float height = 0;               // with title and scale
  std::optional<uint32_t> index;  // that was clicked
};
// In at most `most` dp of height for the tiles.
TapePicked draw_tape_picture(StageContext& c, const Rect& rect, const TapePicture& picture,
                             float most);

// "‹ image 3 of 64 ›". Returns the number that was chosen, from 0.
std::optional<uint32_t> draw_tape_stepper(Canvas& canvas, const Rect& rect, std::string_view name,
                                          std::string_view what, uint32_t number, uint32_t count,
                                          std::string_view help);

}  // namespace downhill::ui
