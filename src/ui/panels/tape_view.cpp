// The tape of the batch under way: a row for each operation, a cursor that goes forward and back
// over them, and the opened row.
#include <algorithm>
#include <cmath>

#include "ui/panels/tape_parts.hpp"
#include "ui/panels/tape_words.hpp"

namespace downhill::ui {
namespace {

constexpr float kWide = 640;  // from here on the opened row stands beside the others

void move_cursor(StageContext& c, uint32_t position) {
  c.requests.add(CommandKind::tape).tape.cursor = position;
}

// Beyond what is done, the next phase is done.
void go_on(StageContext& c, const TapeView& tape) {
  if (tape.position < tape.last) return move_cursor(c, tape.position + 1);
  c.requests.keeps_view = true;
  const Phase next = c.snapshot.status.next;
  if (next != Phase::loss && next != Phase::gradient) return c.requests.advance(Phase::predict);
  c.requests.step(CommandKind::step, StepUnit::phase);
  move_cursor(c, tape.last + 1);
}

void draw_controls(StageContext& c, Rect row, const TapeView& tape) {
  Canvas& canvas = c.canvas;
  const bool rests = !c.snapshot.status.running;
  const std::string_view paused = rests ? "" : "Pause to go step by step.";
  const auto place = [&] {
    const Rect box = row.cut_left(36);
    row.cut_left(8);
    return box;
  };
  if (button(canvas, "tape-back", place(), ButtonLook::outlined,
             {.icon = "◀", .help = rests ? "One step back." : paused}, rests && tape.position > 0))
    move_cursor(c, tape.position - 1);
  if (button(canvas, "tape-step", place(), ButtonLook::primary,
             {.icon = "▶",
              .help = rests ? "The next row: forward, then back with the gradient; at "
                              "the end the next phase."
                            : paused},
             rests))
    go_on(c, tape);
  const uint32_t turned = tape.backward ? tape.forward : 0;
  const Label brief = Label().format("%u of %u", tape.position - turned,
                                     (tape.backward ? tape.last : tape.forward) - turned);
  const float wide = canvas.width(Type::small, "recorded: 888 of 888") + 8;
  const Rect text = row.cut_right(std::min(wide, row.width() * 0.5f));
  canvas.text_in(text, Type::small, Tone::soft, {tape_place(tape).view(), brief.view()},
                 Align::right);
  row.x1 -= 8;
  if (row.width() < 60 || tape.last == 0) return;
  const auto last = static_cast<float>(tape.last);
  // Where the way back begins.
  const float turn = row.x0 + 8 + (row.width() - 16) * static_cast<float>(tape.forward) / last;
  if (tape.last > tape.forward) canvas.rule_down(turn, row.y0 + 6, row.y1 - 6, Tone::line_strong);
  const auto to =
      slider(canvas, "tape-cursor", row, static_cast<float>(tape.position) / last, Tone::ink,
             rests ? "Forward to the mark, and back with the gradient." : paused);
  if (!to || !rests) return;
  const auto position = static_cast<uint32_t>(std::lround(*to * last));
  if (position != tape.position) move_cursor(c, position);
}

void draw_opened(StageContext& c, const Rect& rect, const TapeView& tape) {
  float& height = c.state.tape_height;
  Rect content = c.canvas.begin_scroll("tape-opened", rect, height);
  constexpr float kEnough = 4000;  // its height is known once it is drawn
  content.y1 = content.y0 + kEnough;
  height = draw_tape_row(c, content, tape);
  c.canvas.end_scroll();
}

void draw_empty(StageContext& c, Rect rest) {
  rest.cut_top(c.canvas.paragraph(rest, Type::body, Tone::soft,
                                  "Nothing is recorded yet. The tape begins when a batch goes "
                                  "through the model.",
                                  4) +
               12);
  if (button(c.canvas, "tape-predict", {rest.x0, rest.y0, rest.x0 + 110, rest.y0 + 34},
             ButtonLook::primary, {.label = "Predict", .help = "The next batch, phase 2."},
             !c.snapshot.status.running))
    c.requests.advance(Phase::predict);
}

}  // namespace

void draw_tape_view(StageContext& c, const Rect& rect) {
  const std::optional<TapeView>& tape = c.snapshot.tape;
  if (!tape) return;
  if (tape->rows.empty()) return draw_empty(c, rect);
  Rect rest = rect;
  const Rect moment = c.beside_tabs.width() > 300 ? c.beside_tabs : rest.cut_top(20);
  const Label when =
      Label().format("step %u, batch of %u", static_cast<unsigned>(tape->step), tape->images);
  c.canvas.text_in(moment, Type::small, Tone::faint, {tape_moment(*tape).view(), when.view()},
                   c.beside_tabs.width() > 300 ? Align::right : Align::left);
  draw_controls(c, rest.cut_top(32), *tape);
  rest.cut_top(8);
  const bool wide = rest.width() >= kWide;
  const Rect words = rest.cut_top(wide ? 42.0f : 60.0f);
  c.canvas.paragraph(words, Type::small, Tone::ink, tape_step(*tape), wide ? 2 : 3);
  rest.cut_top(6);
  if (wide) {
    draw_opened(c, rest.cut_right(std::clamp(rest.width() * 0.42f, 270.0f, 460.0f)), *tape);
    rest.cut_right(20);
    return draw_tape_list(c, rest, *tape);
  }
  const float list = kTapeHead + kTapeRow * static_cast<float>(tape->rows.size());
  draw_tape_list(c, rest.cut_top(std::min(list, 310.0f)), *tape);
  rest.cut_top(14);
  draw_opened(c, rest, *tape);
}

}  // namespace downhill::ui
