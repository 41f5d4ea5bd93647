// The view of the tape: drawn well at every size, and what clicks ask of the engine. The tapes are
// those of real batches.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "layout_check.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "support/session_bench.hpp"
#include "ui/panels/tape_words.hpp"

namespace downhill::test {
namespace {

const char* const kModels[] = {"model=linear&batch=32", "model=mlp:30,10&batch=32",
                               "model=conv&batch=64"};

// The tape of a batch of this model, `phases` after its start.
TapeView tape_of(const std::string& edits, uint32_t phases, const std::string& order = "tape") {
  Bench bench(edits);
  if (phases > 0) {
    bench.tell("step?unit=phase&count=" + std::to_string(phases));
    bench.work();
  }
  bench.tell(order);
  return *bench.look(kPartTape).tape;
}

Snapshot showing(const TapeView& tape) {
  Snapshot s = sample_snapshot_conv(SampleState::finished);
  s.status.running = false;
  s.tape = tape;
  return s;
}

void open_view(HeadlessPage& page) {
  REQUIRE(page.page.show({.view = "tape", .widget = "", .hidden = {}}));
}

const Command* asked(const HeadlessPage& page, CommandKind kind) {
  const auto& commands = page.requests.commands;
  const auto found = std::ranges::find(commands, kind, &Command::kind);
  return found == commands.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("the view of the tape is drawn well at every size, whatever the model and the row") {
  int number = 0;
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size, ++number % 2 == 0 ? gfx::Theme::dark : gfx::Theme::light);
    open_view(page);
    for (const char* model : kModels) {
      const size_t rows = tape_of(model, 3).rows.size();
      for (const uint32_t phases : {0u, 1u, 3u, 4u}) {
        for (const size_t row : {size_t{0}, size_t{2}, size_t{4}, rows - 1}) {
          const Snapshot snapshot =
              showing(tape_of(model, phases, "tape?row=" + std::to_string(row)));
          check_page(page, snapshot,
                     size_words(size) + ", " + model + ", row " + std::to_string(row));
          CHECK(page.has(phases == 0 ? "tape-predict" : "tape-step"));
        }
      }
    }
  }
}

TEST_CASE("rows, cursor, unit and image are chosen by a click") {
  HeadlessPage page({1920, 1080, 1});
  open_view(page);
  const Snapshot snapshot = showing(tape_of(kModels[1], 3, "tape?row=4"));
  page.frames(snapshot, 3);
  const auto sends = [&](const char* widget) -> const TapeOrder& {
    page.requests.clear();
    page.click(snapshot, widget);
    REQUIRE_MESSAGE(asked(page, CommandKind::tape) != nullptr, widget);
    CHECK(page.requests.commands.size() == 1);
    return asked(page, CommandKind::tape)->tape;
  };
  CHECK(sends("tape-row:2").row == 2u);
  CHECK(sends("tape-unit-next").unit == snapshot.tape->product->unit + 1);
  CHECK(sends("tape-weight").weight.has_value());
  CHECK(sends("tape-back").cursor == snapshot.tape->position - 1);
  page.click(snapshot, "tape-image-next");
  CHECK(page.page.selection().image == ui::ChosenImage{ImageSource::batch, 1, {}});
}

TEST_CASE("beyond what is done, the cursor does the next phase") {
  HeadlessPage page({1280, 800, 1});
  open_view(page);
  Snapshot snapshot = showing(tape_of(kModels[0], 2));
  snapshot.status.next = Phase::gradient;
  page.frames(snapshot, 3);
  page.requests.clear();
  page.click(snapshot, "tape-step");
  REQUIRE(asked(page, CommandKind::step) != nullptr);
  CHECK(asked(page, CommandKind::step)->unit == StepUnit::phase);
  CHECK(asked(page, CommandKind::tape)->tape.cursor == snapshot.tape->last + 1);
  snapshot = showing(tape_of(kModels[0], 4));
  snapshot.status.next = Phase::repeat;
  page.frames(snapshot, 3);
  page.requests.clear();
  page.click(snapshot, "tape-step");
  REQUIRE(asked(page, CommandKind::advance) != nullptr);
  CHECK(asked(page, CommandKind::advance)->phase == Phase::predict);
}

TEST_CASE("the last step of the cursor is told with its rows") {
  const auto words = [](const TapeView& tape) { return std::string(ui::tape_step(tape).view()); };
  const char* const model = "model=mlp:6&batch=32";
  CHECK(words(tape_of(model, 3, "tape?cursor=5")) ==
        "5  linear+relu, layer1: computed from 2, 3 and 4, the ReLU fused into it.");
  CHECK(words(tape_of(model, 3, "tape?cursor=2")) ==
        "2  flatten: the numbers of 1 under another shape, not copied.");
  CHECK(words(tape_of(model, 3)) ==
        "5  linear+relu, layer1: its gradient, times its local derivatives, is added to that of 3 "
        "and 4.");
  CHECK(ui::tape_moment(tape_of(model, 3)) ==
        std::string_view("step 1, batch of 32, before the step"));
  CHECK(ui::bytes_text(7680) == std::string_view("7.7 kB"));
  CHECK(ui::time_text(NAN) == std::string_view("–"));
  CHECK(ui::time_text(0) == std::string_view("–"));
  CHECK(ui::time_text(1234) == std::string_view("1.2 ms"));
}

}  // namespace downhill::test
