// Real clicks on the page's widgets become the right requests.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "headless.hpp"
#include "support/sample_snapshot.hpp"
#include "ui/lr_scale.hpp"

namespace downhill::test {
namespace {

constexpr ScreenSize kDesk = {1280, 800, 1}, kSharp = {1280, 800, 2}, kPhone = {390, 844, 3};

}  // namespace

TEST_CASE("A click on play asks to play, or to pause while the run trains, at any pixel ratio") {
  for (const ScreenSize& size : {kDesk, kSharp, kPhone}) {
    HeadlessPage page(size);
    const Snapshot rest = sample_snapshot(SampleState::fresh),
                   running = sample_snapshot(SampleState::running);
    page.frames(rest);
    page.click(rest, "play");
    REQUIRE(page.requests.commands.size() == 1);
    CHECK(page.requests.commands[0].kind == CommandKind::play);
    page.requests.clear();
    page.click(running, "play");
    REQUIRE(page.requests.commands.size() == 1);
    CHECK(page.requests.commands[0].kind == CommandKind::pause);
  }
}

TEST_CASE("Each phase has a button that runs it, and a click on it puts it on the stage") {
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot(SampleState::fresh);
  page.frames(snapshot);
  for (int i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    const std::string name(phase_name(phase));
    page.requests.clear();
    page.click(snapshot, "step:" + name);
    CHECK(page.page.selection().stage == phase);
    CHECK(page.requests.commands.empty());
    page.click(snapshot, "do:" + name);
    REQUIRE(page.requests.commands.size() == 1);
    CHECK(page.requests.commands[0].kind == CommandKind::advance);
    CHECK(page.requests.commands[0].phase == phase);
    CHECK(page.page.selection().stage == phase);
  }
  page.click(snapshot, "overview");
  CHECK(!page.page.selection().stage.has_value());
}

TEST_CASE("Forward, back and reset ask for their unit") {
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot(SampleState::finished);
  page.frames(snapshot);
  const struct {
    const char* name;
    CommandKind kind;
    StepUnit unit;
  } moves[] = {{"step-phase", CommandKind::step, StepUnit::phase},
               {"step-batch", CommandKind::step, StepUnit::batch},
               {"step-epoch", CommandKind::step, StepUnit::epoch},
               {"back-batch", CommandKind::back, StepUnit::batch},
               {"back-epoch", CommandKind::back, StepUnit::epoch}};
  for (const auto& move : moves) {
    page.requests.clear();
    page.click(snapshot, move.name);
    REQUIRE_MESSAGE(page.requests.commands.size() == 1, move.name);
    CHECK(page.requests.commands[0].kind == move.kind);
    CHECK(page.requests.commands[0].unit == move.unit);
  }
  page.requests.clear();
  page.click(snapshot, "reset");
  CHECK(page.asked(CommandKind::reset) == 1);
}

TEST_CASE("Dragging the dial sets the learning rate, and every request can be read back") {
  for (const ScreenSize& size : {kDesk, kSharp, kPhone}) {
    HeadlessPage page(size);
    const Snapshot snapshot = sample_snapshot(SampleState::running);
    page.frames(snapshot);
    const ui::Rect dial = page.rect("lr-dial");
    REQUIRE(!dial.empty());
    // Upwards from the right end of the dial, or along the strip: both change the rate.
    page.move(dial.x1 - 14, dial.center().y);
    page.frames(snapshot, 2);
    page.press(true);
    page.frames(snapshot, 2);
    page.move(dial.center().x, dial.y0 + 14);
    page.frames(snapshot, 2);
    page.press(false);
    page.frames(snapshot, 2);
    REQUIRE(page.asked(CommandKind::set) >= 1);
    for (const Command& command : page.requests.commands) {
      REQUIRE(command.kind == CommandKind::set);
      CHECK(command.edits.rfind("lr=", 0) == 0);
      const Result<ExperimentSpec> edited = edit_spec(snapshot.spec, command.edits);
      CHECK_MESSAGE(edited.ok(), command.edits);
    }
  }
}

TEST_CASE("The dial follows the mouse: the middle of the scale is its geometric mean") {
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  page.frames(snapshot);
  const ui::Rect dial = page.rect("lr-dial");
  page.move(dial.center().x, dial.y0 + 8);  // straight up: half way
  page.frames(snapshot, 2);
  page.press(true);
  page.frames(snapshot, 1);
  page.press(false);
  page.frames(snapshot, 2);
  REQUIRE(page.asked(CommandKind::set) == 1);
  const Result<ExperimentSpec> edited = edit_spec(snapshot.spec, page.requests.commands[0].edits);
  REQUIRE(edited.ok());
  CHECK(std::abs(std::log10(edited->lr) - -1.5f) < 0.1f);
}

TEST_CASE("The wheel, arrow keys and typing set the learning rate too") {
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  page.frames(snapshot);
  const ui::Rect dial = page.rect("lr-dial");
  page.move(dial.center().x, dial.center().y + 40);
  page.frames(snapshot, 2);
  ImGui::GetIO().AddMouseWheelEvent(0, 1);
  page.frames(snapshot, 1);
  CHECK(page.edits() == "lr=0.126\n");
  page.requests.clear();
  page.frames(snapshot, 60);  // the engine has not taken it: the dial returns to the real rate
  page.key(snapshot, ImGuiKey_PageUp);
  CHECK(page.edits() == "lr=1\n");
  page.requests.clear();
  page.frames(snapshot, 60);
  page.click(snapshot, "lr-value");
  page.frames(snapshot, 3);
  page.type(snapshot, "0.25");
  CHECK(page.edits() == "lr=0.25\n");
}

TEST_CASE("Small steps of the wheel add up, on the dial and on the strip") {
  for (const ScreenSize& size : {kDesk, kPhone}) {
    HeadlessPage page(size);
    Snapshot snapshot = sample_snapshot(SampleState::running);
    const float before = snapshot.spec.lr;
    page.frames(snapshot);
    const ui::Rect dial = page.rect("lr-dial");
    page.move(dial.center().x, dial.center().y + 10);
    page.frames(snapshot, 2);
    const auto turn = [&](int events, float notches) {
      for (int i = 0; i < events; ++i) {
        ImGui::GetIO().AddMouseWheelEvent(0, notches);
        page.frames(snapshot, 1);
        if (!page.requests.commands.empty())
          snapshot.spec = *edit_spec(snapshot.spec, page.requests.commands.back().edits);
        page.requests.clear();
      }
      return snapshot.spec.lr;
    };
    const float once = turn(1, 1);
    CHECK(once > 1.2f * before);
    page.frames(snapshot, 120);
    snapshot.spec.lr = before;
    page.frames(snapshot, 120);
    CHECK(turn(100, 0.01f) == once);
    CHECK(turn(100, -0.01f) == before);
    // Beyond the end of the scale there is nothing to take back.
    snapshot.spec.lr = kMaxLr;
    page.frames(snapshot, 120);
    CHECK(turn(20, 1) == kMaxLr);
    CHECK(turn(1, -1) < kMaxLr);
  }
}

TEST_CASE("A phone is told which fields are on the screen and what is typed there") {
  Snapshot snapshot = sample_snapshot(SampleState::fresh);
  snapshot.spec = *edit_spec(snapshot.spec, "model=net:flatten,linear");
  const auto keyboard_at = [](const HeadlessPage& page, std::string_view widget) {
    std::optional<ui::Keyboard> found;
    for (const ui::FieldPlace& field : page.page.fields()) {
      if (field.rect.contains(page.rect(widget).center())) found = field.keyboard;
    }
    return found;
  };
  for (const bool high : {true, false}) {
    HeadlessPage page(high ? ScreenSize{1400, 2000, 1} : kDesk);
    page.frames(snapshot);
    CHECK(keyboard_at(page, "batch") == ui::Keyboard::numbers);
    CHECK(keyboard_at(page, "seed") == ui::Keyboard::numbers);
    CHECK(keyboard_at(page, "lr-value") == ui::Keyboard::numbers);
    CHECK_FALSE(keyboard_at(page, "play").has_value());
    page.click(snapshot, "loss");  // a menu: a press only closes it
    CHECK(page.page.fields().empty());
    page.key(snapshot, ImGuiKey_Escape);
    page.page.selection().panel = ui::Panel::experiment;
    page.frames(snapshot);
    CHECK(keyboard_at(page, "own-layers") == ui::Keyboard::letters);
    // On the lower page it is scrolled away.
    CHECK(keyboard_at(page, "field:epochs").has_value() == high);
  }
}

TEST_CASE("Keys play, step and reset, but not while text is being typed") {
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot(SampleState::fresh);
  page.frames(snapshot);
  page.key(snapshot, ImGuiKey_Space);
  page.key(snapshot, ImGuiKey_Period);
  page.key(snapshot, ImGuiKey_R);
  REQUIRE(page.requests.commands.size() == 3);
  CHECK(page.requests.commands[0].kind == CommandKind::play);
  CHECK(page.requests.commands[1].kind == CommandKind::step);
  CHECK(page.requests.commands[2].kind == CommandKind::reset);
  page.requests.clear();
  page.click(snapshot, "seed");
  page.frames(snapshot, 3);
  page.key(snapshot, ImGuiKey_R);
  CHECK(page.requests.commands.empty());
}

TEST_CASE("The controls edit the fields of the spec") {
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot(SampleState::fresh);
  page.frames(snapshot);
  page.click(snapshot, "model");
  page.click(snapshot, "model:linear");
  page.click(snapshot, "new-seed");
  page.click(snapshot, "loss");
  page.click(snapshot, "loss:cross-entropy");
  page.click(snapshot, "optimizer");
  page.click(snapshot, "optimizer:AdamW");
  page.click(snapshot, "batch");
  page.frames(snapshot, 3);
  page.type(snapshot, "64");
  CHECK(page.edits() == "model=linear\nseed=2\nloss=crossentropy\noptimizer=adamw\nbatch=64\n");
}

TEST_CASE("Other digits bring the loss that goes with them") {
  HeadlessPage page(kDesk);
  Snapshot snapshot = sample_snapshot(SampleState::fresh);
  page.frames(snapshot);
  page.click(snapshot, "digits");
  page.click(snapshot, "digits:all ten");
  CHECK(page.edits() == "digits=0123456789&loss=crossentropy\n");
  page.requests.clear();
  snapshot.spec = *edit_spec({}, "digits=0123456789&loss=crossentropy");
  page.frames(snapshot);
  page.click(snapshot, "digits");
  page.click(snapshot, "digits:4 and 9");
  CHECK(page.edits() == "digits=49&loss=mnist\n");
}

TEST_CASE("Weights and runs can be saved and opened") {
  for (const ScreenSize& size : {kDesk, kPhone}) {
    HeadlessPage page(size);
    const Snapshot snapshot = sample_snapshot(SampleState::finished);
    page.frames(snapshot);
    page.click(snapshot, "files");
    page.click(snapshot, "file:Save the weights");
    page.click(snapshot, "files");
    page.click(snapshot, "file:Save the run");
    REQUIRE(page.requests.commands.size() == 2);
    CHECK(page.requests.commands[0].kind == CommandKind::save);
    CHECK(page.requests.commands[0].file == FileKind::weights);
    CHECK(page.requests.commands[1].file == FileKind::checkpoint);
    CHECK(!page.requests.open_file);
    page.click(snapshot, "files");
    page.click(snapshot, "file:Open a file");
    CHECK(page.requests.open_file);
  }
}

TEST_CASE("After a divergence one click goes back, and an engine that is gone can be restarted") {
  HeadlessPage page(kDesk);
  const Snapshot diverged = sample_snapshot(SampleState::diverged);
  page.frames(diverged);
  page.click(diverged, "recover");
  CHECK(page.asked(CommandKind::recover) == 1);
  page.click(diverged, "banner-close");
  CHECK(!page.has("recover"));
  page.surroundings.engine_failure = "The engine stopped.";
  page.frames(diverged);
  page.click(diverged, "restart-engine");
  CHECK(page.requests.restart_engine);
}

TEST_CASE("A click on a tile enlarges its unit, a click on a pixel makes its weight the probe") {
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  page.page.selection().stage = Phase::gradient;
  page.frames(snapshot);
  const ui::Rect tiles = page.rect("weights");
  page.click_at(snapshot, {tiles.x1 - 10, tiles.y1 - 10});
  CHECK(page.page.selection().unit == 29);
  CHECK(!page.requests.probe.has_value());
  page.click(snapshot, "gradients");
  REQUIRE(page.requests.probe.has_value());
  const uint32_t inside =
      *page.requests.probe - static_cast<uint32_t>(page.page.selection().unit) * 784;
  CHECK(inside % 28 == 14);  // the middle of the image
  CHECK(inside / 28 == 14);
  page.click(snapshot, "weights-all");
  CHECK(page.page.selection().unit == -1);
}

TEST_CASE("The page asks the engine for what is on screen and nothing else") {
  constexpr uint32_t kAlways = ui::kPartsBesideStage;
  INFO(
      "src/ui/panels/stage_views.hpp says what each view asks for, kPartsBesideStage in "
      "src/ui/page.hpp what the page always asks for.");
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  page.frames(snapshot);
  CHECK(page.requests.parts == (kAlways | kPartBatch | kPartWeights | kPartGradients));
  page.requests.clear();
  page.page.selection().stage = Phase::repeat;
  page.frames(snapshot);
  CHECK(page.requests.parts == (kAlways | kPartBatch));
  page.requests.clear();
  page.page.selection().stage = Phase::gradient;
  page.frames(snapshot);
  CHECK(page.requests.parts ==
        (kAlways | kPartWeights | kPartGradients | kPartChanges | kPartProbe));
}

TEST_CASE("A step that is done by itself is put on the stage") {
  const Snapshot snapshot = sample_snapshot(SampleState::running);  // its next phase is the step
  for (const ScreenSize& size : {kDesk, kPhone}) {
    HeadlessPage page(size);
    ui::Selection& selection = page.page.selection();
    page.frames(snapshot);
    const auto shows = [&](Phase phase) {
      return selection.stage == phase && selection.panel == ui::Panel::steps &&
             selection.tab == ui::Tab::stage && !selection.inspecting;
    };
    for (int i = 0; i < kPhaseCount; ++i) {
      selection.tab = ui::Tab::steps;
      selection.panel = ui::Panel::experiment;
      page.key(snapshot, static_cast<ImGuiKey>(ImGuiKey_1 + i));
      CHECK(shows(static_cast<Phase>(i)));
      CHECK(page.requests.commands.back().kind == CommandKind::advance);
      CHECK(page.requests.commands.back().phase == static_cast<Phase>(i));
    }
    selection.panel = ui::Panel::steps;
    selection.tab = ui::Tab::steps;
    page.frames(snapshot);
    page.click(snapshot, "do:loss");
    CHECK(shows(Phase::loss));
    page.key(snapshot, ImGuiKey_N);
    CHECK(shows(Phase::step));
    // Training on leaves the stage as it is.
    page.key(snapshot, ImGuiKey_Period);
    CHECK(shows(Phase::step));
  }
}

TEST_CASE("The first Play runs at a speed that can be followed, unless one was chosen") {
  Snapshot snapshot = sample_snapshot(SampleState::fresh);
  HeadlessPage page(kDesk);
  page.surroundings.first_speed = 1;
  page.page.record_texts(true);
  page.frames(snapshot);
  const auto says = [&](std::string_view words) {
    return std::ranges::count(page.page.texts(), words, [](const ui::TextMark& mark) {
             return mark.text.view();
           }) == 1;
  };
  CHECK(says("1 batch/s"));  // what Play will do
  CHECK_FALSE(says("full speed"));
  page.click(snapshot, "play");
  REQUIRE(page.requests.commands.size() == 2);
  CHECK(page.requests.commands[0].kind == CommandKind::speed);
  CHECK(page.requests.commands[0].speed == 1);
  CHECK(page.requests.commands[1].kind == CommandKind::play);
  CHECK_FALSE(page.requests.first_speed.has_value());
  CHECK_FALSE(page.has("full-speed"));
  snapshot.status.running = true;
  snapshot.status.speed = 1;
  page.frames(snapshot);
  page.requests.clear();
  page.click(snapshot, "full-speed");
  REQUIRE(page.requests.commands.size() == 1);
  CHECK(page.requests.commands[0].speed == 0);
  CHECK(page.requests.first_speed == 0.0f);
  snapshot.status.speed = 0;
  snapshot.status.running = false;
  page.requests.clear();
  page.key(snapshot, ImGuiKey_Space);
  REQUIRE(page.requests.commands.size() == 1);
  CHECK(page.requests.commands[0].kind == CommandKind::play);
}

}  // namespace downhill::test
