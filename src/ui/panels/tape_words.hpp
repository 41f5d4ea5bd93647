// What the page says about the tape: of what and when its numbers are, what the cursor's last step
// did, sizes and times. Draws nothing.
#pragma once

#include "session/snapshot.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

// What a batch is of: "image" or "point".
std::string_view item_word(const Snapshot& snapshot);

// "linear+relu, layer1"
LongLabel row_name(const TapeRow& row);
// "step 12, batch of 64, before the step": which batch, and which weights.
Label tape_moment(const TapeView& tape);
// Where the cursor is: "predict, 5 of 11", "back, 2 of 4".
Label tape_place(const TapeView& tape);
// What its last step did.
LongLabel tape_step(const TapeView& tape);

// "784 B", "7.7 kB", "1.2 MB"
Label bytes_text(uint64_t bytes);
// "12 µs", "1.2 ms"; "–" if it is not known.
Label time_text(float microseconds);

// Whether the cursor has come to the row's value, or its gradient.
inline bool has_value(const TapeView& tape, uint32_t row) { return tape.position > row; }
inline bool has_gradient(const TapeView& tape, uint32_t row) {
  const uint32_t step = tape.rows[row].gradient_step;
  return step > 0 && tape.position >= step;
}

}  // namespace downhill::ui
