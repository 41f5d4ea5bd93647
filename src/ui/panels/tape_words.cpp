#include "ui/panels/tape_words.hpp"

#include <algorithm>
#include <cmath>

namespace downhill::ui {
namespace {

// The inputs of a row, counted from 1: "2, 3 and 4"; on the way back those that get a gradient.
// Returns how many.
int add_inputs(LongLabel& words, const TapeView& tape, const TapeRow& row) {
  const auto counts = [&](uint32_t input) {
    return !tape.backward || tape.rows[input].gradient_step > 0;
  };
  const auto all = std::ranges::count_if(row.inputs, counts);
  int number = 0;
  for (const uint32_t input : row.inputs) {
    if (!counts(input)) continue;
    if (number > 0) words.add(number + 1 < all ? ", " : " and ");
    words.format("%u", input + 1);
    ++number;
  }
  return number;
}

}  // namespace

std::string_view item_word(const Snapshot& snapshot) {
  return has_points(snapshot.spec.data) ? "point" : "image";
}

LongLabel row_name(const TapeRow& row) {
  LongLabel words(row.op);
  if (!row.name.empty()) words.add(", ").add(row.name);
  return words;
}

Label tape_moment(const TapeView& tape) {
  return Label()
      .format("step %u, batch of %u, ", static_cast<unsigned>(tape.step), tape.images)
      .add(tape.stepped ? "weights from before the step" : "before the step");
}

Label tape_place(const TapeView& tape) {
  if (tape.position == 0) return "nothing recorded yet";
  if (!tape.backward) return Label().format("recorded: %u of %u", tape.position, tape.forward);
  return Label().format("way back: %u of %u", tape.position - tape.forward,
                        tape.last - tape.forward);
}

LongLabel tape_step(const TapeView& tape) {
  if (!tape.active) return "The tape is empty: each operation writes itself down as it runs.";
  const TapeRow& row = tape.rows[*tape.active];
  LongLabel words;
  words.format("%u  ", *tape.active + 1).add(row_name(row)).add(": ");
  if (tape.backward) {
    if (*tape.active + 1 == tape.forward) words.add("the loss by itself has gradient 1; ");
    LongLabel to;
    if (add_inputs(to, tape, row) == 0) return words.add("nothing before it gets a gradient.");
    return words.add("its gradient, times its local derivatives, is added to that of ")
        .add(to)
        .add(".");
  }
  if (row.inputs.empty()) {
    return words.add(row.requires_grad ? "a leaf: its gradient is what the step needs."
                                       : "a leaf that needs no gradient.");
  }
  words.add(row.bytes == 0 ? "the numbers of " : "computed from ");
  add_inputs(words, tape, row);
  if (row.bytes == 0) return words.add(" under another shape, not copied.");
  return words.add(row.relu ? ", the ReLU fused into it." : ".");
}

Label bytes_text(uint64_t bytes) {
  const auto b = static_cast<double>(bytes);
  if (bytes < 1000) return Label().format("%u B", static_cast<unsigned>(bytes));
  if (bytes < 1000000) return Label().format(bytes < 10000 ? "%.1f kB" : "%.0f kB", b / 1e3);
  return Label().format("%.1f MB", b / 1e6);
}

Label time_text(float microseconds) {
  const auto us = static_cast<double>(microseconds);
  if (!std::isfinite(us) || us <= 0) return "–";  // or shorter than the clock of a browser tells
  if (us < 9.95) return Label().format("%.1f µs", us);
  if (us < 999.5) return Label().format("%.0f µs", us);
  return Label().format("%.1f ms", us / 1e3);
}

}  // namespace downhill::ui
