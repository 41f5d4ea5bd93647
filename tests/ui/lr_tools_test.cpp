// The learning rate beyond the dial: the current rate, the words about the step, the finder, the
// sharpness and the loss along the downhill line.
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>

#include "headless.hpp"
#include "layout_check.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "ui/lr_words.hpp"
#include "ui/panels/lr_finder.hpp"

namespace downhill::test {
namespace {

constexpr ScreenSize kDesk = {1280, 800, 1}, kMedium = {1024, 700, 1}, kPhone = {390, 844, 2};

Snapshot with(const char* edits, Phase phase = Phase::step) {
  Snapshot s = sample_snapshot(SampleState::running);
  s.spec = *edit_spec({}, edits);
  s.status.phase = phase;
  s.status.lr = 0.025f;
  s.status.gradient_norm = 0.5f;
  s.status.update_norm = 0.0123f;
  return s;
}

std::string words(const Snapshot& s, float lr) {
  return std::string(ui::step_size_words(s, lr).view());
}

}  // namespace

TEST_CASE("A step is rate times gradient only where it is exactly that") {
  CHECK(words(with(""), 0.1f) == "rate 0.1 × gradient 0.5000 = step 0.05000");
  CHECK(words(with("schedule=cosine"), 0.025f) == "rate 0.025 × gradient 0.5000 = step 0.01250");
  CHECK(words(with("clip=1"), 0.1f) ==
        "rate 0.1 × gradient 0.5000 = step 0.05000");  // too short to be clipped
  for (const char* edits : {"wd=0.1", "clip=0.1", "freeze=1"}) {
    CHECK_MESSAGE(words(with(edits), 0.1f) == "SGD: gradient 0.5000 → step 0.01230", edits);
  }
  CHECK(words(with("optimizer=adamw"), 0.1f) == "AdamW: gradient 0.5000 → step 0.01230");
  // A gradient just computed belongs to the coming step.
  CHECK(words(with("optimizer=adamw", Phase::gradient), 0.1f) ==
        "gradient 0.5000, last step 0.01230");
}

TEST_CASE("The current rate is shown where a schedule has moved it") {
  CHECK(ui::rate_now_words(with("")).empty());
  CHECK(ui::rate_now_words(with("schedule=onecycle")).view() == "now 0.025, one-cycle");
}

TEST_CASE("Find asks for a sweep once, and its suggestions set the rate") {
  for (const ScreenSize& size : {kDesk, kMedium, kPhone}) {
    HeadlessPage page(size);
    Snapshot snapshot = sample_snapshot_conv(SampleState::running);
    page.frames(snapshot);
    page.click(snapshot, "find-lr");
    CHECK(page.asked(CommandKind::find_lr) == 1);
    CHECK((page.requests.parts & kPartFindings) != 0);
    page.requests.clear();
    page.click(snapshot, "suggestion:0");
    CHECK(page.edits() == "lr=0.002\n");
    page.requests.clear();
    page.click(snapshot, "sweep-again");
    page.click(snapshot, "measure-sharpness");
    CHECK(page.asked(CommandKind::find_lr) == 1);
    CHECK(page.asked(CommandKind::sharpness) == 1);
    page.requests.clear();
    snapshot.status.busy_with = "find_lr";
    page.frames(snapshot);
    page.click(snapshot, "sweep-again");
    page.click(snapshot, "measure-sharpness");
    CHECK(page.requests.commands.empty());
    page.click(snapshot, "finder-done");
    CHECK(page.page.selection().panel == ui::Panel::steps);
  }
}

TEST_CASE("A suggestion that is missing or below the dial cannot be chosen") {
  HeadlessPage page(kDesk);
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  snapshot.findings.lr_sweep->valley = 0;
  snapshot.findings.lr_sweep->minimum = 1e-8f;
  show_tool(page.page.selection(), "find-lr");
  page.frames(snapshot);
  page.click(snapshot, "suggestion:0");
  page.click(snapshot, "suggestion:2");
  CHECK(page.requests.commands.empty());
  page.click(snapshot, "suggestion:1");
  CHECK(page.edits() == "lr=0.1\n");
}

TEST_CASE("A click on a phase of the rail leads back from the finder") {
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  page.page.selection().stage = Phase::loss;
  show_tool(page.page.selection(), "find-lr");
  page.frames(snapshot);
  page.click(snapshot, "step:loss");
  CHECK(page.page.selection().stage == Phase::loss);
  CHECK(page.page.selection().panel == ui::Panel::steps);
}

// A script may have asked for it, with no panel open.
TEST_CASE("A sharpness that was measured is asked for and marked on the dial, also at full speed") {
  HeadlessPage page(kDesk);
  page.page.record_texts(true);
  Snapshot snapshot = sample_snapshot(SampleState::running);
  const auto marked = [&] {
    return std::ranges::any_of(page.page.texts(),
                               [](const ui::TextMark& mark) { return mark.text.view() == "2/λ"; });
  };
  page.frames(snapshot);
  CHECK((page.requests.parts & kPartFindings) != 0);
  CHECK_FALSE(marked());
  snapshot.spec.optimizer = OptimizerKind::sgd;
  snapshot.findings.sharpness =
      Sharpness{.step = 1, .batch = 2, .eigenvalue = 16, .converged = true, .estimates = {16}};
  for (const bool running : {false, true}) {
    snapshot.status.running = running;
    page.frames(snapshot);
    CHECK(marked());
  }
}

namespace {

bool has(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

bool draws(const Snapshot& snapshot, std::string_view text) {
  HeadlessPage page(kDesk);
  page.page.record_texts(true);
  page.frames(snapshot);
  return std::ranges::any_of(page.page.texts(),
                             [=](const ui::TextMark& mark) { return mark.text.view() == text; });
}

}  // namespace

TEST_CASE("A step that lands above the picture of the valley says on which loss") {
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  snapshot.spec.lr = snapshot.valley->near_rates.back();
  snapshot.spec.schedule = ScheduleKind::constant;
  for (const float lands : {0.6f, 7.25f}) {
    snapshot.valley->near_losses.back() = lands;
    HeadlessPage page(kDesk);
    page.page.record_texts(true);
    REQUIRE(page.page.show({.view = "step:the-valley", .widget = {}, .hidden = {}}));
    page.frames(snapshot);
    const auto marks = std::ranges::count_if(page.page.texts(), [](const ui::TextMark& mark) {
      return mark.text.view() == "loss 7.2500";
    });
    CHECK(marks == (lands > 1 ? 1 : 0));
  }
}

TEST_CASE("The limit is that of the optimizer, and says whose λ it comes from") {
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  snapshot.status.momentum = 0.5f;
  struct Case {
    OptimizerKind kind;
    std::string_view words, mark;
  };
  for (const Case& c : {Case{OptimizerKind::sgd, "2/λ = 0.125", "2/λ"},
                        Case{OptimizerKind::momentum, "2(1 + β)/λ = 0.188", "limit"},
                        Case{OptimizerKind::nesterov, "2(1 + β)/((1 + 2β)λ) = 0.09", "limit"},
                        Case{OptimizerKind::adam, "λ sets no limit", ""}}) {
    snapshot.spec.optimizer = c.kind;
    const ui::LongLabel words = ui::sharpness_words(snapshot);
    CAPTURE(std::string(words.view()));
    CHECK(has(words.view(), c.words));
    CHECK(has(words.view(), "for batch 1,408 with the weights of step 1,407"));
    for (const std::string_view mark : {"2/λ", "limit"}) {
      CHECK(draws(snapshot, mark) == (mark == c.mark));
    }
  }
}

TEST_CASE("The finder says what the sweep saw") {
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  const auto said = [&] {
    return std::string(ui::sweep_words(snapshot.status, snapshot.findings.lr_sweep).view());
  };
  CHECK(has(said(), "100 rates; the loss exploded at "));
  snapshot.findings.lr_sweep->exploded = false;
  CHECK(has(said(), "100 rates; the loss did not explode up to "));
  snapshot.findings.lr_sweep->fell = false;
  CHECK(has(said(), "and never fell: nothing to suggest."));
  // A sweep that ended at once, in words that are whole at every size.
  LrSweep& sweep = *snapshot.findings.lr_sweep;
  sweep.exploded = true;
  sweep.lrs.resize(3);
  sweep.losses.resize(3);
  sweep.smooth.resize(3);
  CHECK(has(said(), "3 rates; the loss is too noisy here to suggest any."));
  snapshot.status.running = false;
  for (const ScreenSize& size : {ScreenSize{1280, 800, 1}, {820, 1180, 2}, {390, 844, 3}}) {
    HeadlessPage page(size);
    show_tool(page.page.selection(), "find-lr");
    check_page(page, snapshot, "a sweep that ended at once");
  }
}

TEST_CASE("The third curve is chosen among gradient, rate and momentum") {
  HeadlessPage page({1280, 1000, 1});
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  page.frames(snapshot);
  page.click(snapshot, "third-curve-kind:2");
  CHECK(page.page.selection().third_curve == ui::ThirdCurve::momentum);
  page.click(snapshot, "third-curve-kind:1");
  CHECK(page.page.selection().third_curve == ui::ThirdCurve::lr);
}

TEST_CASE("The dial is drawn in every phase of every optimizer, before and after the first step") {
  HeadlessPage page({820, 1180, 2});
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  snapshot.status.running = false;
  for (const OptimizerRow& optimizer : kOptimizers) {
    for (int phase = 0; phase < kPhaseCount; ++phase) {
      for (const uint64_t step : {0, 1}) {
        snapshot.spec.optimizer = optimizer.kind;
        snapshot.status.phase = static_cast<Phase>(phase);
        snapshot.status.step = step;
        page.frames(snapshot, 1);
        CHECK(page.has("lr-dial"));
      }
    }
  }
}

TEST_CASE("The verdict on a rate has its word and its numbers, and follows the dial") {
  Valley valley{
      3,  false, 0.1f, 0.5f, 0.6f, -0.4f, 1, {0.001f, 0.1f, 1, 4, 10}, {0.4996f, 0.46f, 0.3f, 0.5f, 5},
      {}, {}, 0, {}};
  const auto says = [&](float lr, std::string_view text) {
    return ui::verdict_sentence(valley, lr).view().find(text) != std::string_view::npos;
  };
  CHECK(
      says(0.001f, "Too small: a step of rate 0.001 takes the loss of this batch from 0.5000 to"));
  CHECK(says(0.001f, "about 630 such steps halve the loss"));
  CHECK(says(0.1f, "Good: "));
  CHECK(says(0.1f, "from 0.5000 to 0.4600. At this pace about 7 such steps halve the loss."));
  // After the step the words are of what was done, and of what another rate would have done.
  valley.made = true;
  CHECK(says(0.1f, "Good: the step of rate 0.1 has taken the loss of this batch from 0.5000 to 0.46"));
  CHECK(says(1, "Good: a step of rate 1 would have taken the loss of this batch from 0.5000 to 0.30"));
  valley.made = false;
  CHECK(says(4, "Too large: "));
  CHECK(says(10, "Diverges: "));
  CHECK(ui::verdict_brief(valley, 10).view() == "the loss becomes 10 times as large");
  valley.losses.back() = std::numeric_limits<float>::infinity();
  CHECK(ui::verdict_brief(valley, 10).view() == "the loss is no longer a number");
  valley.loss = 0.45f;
  valley.losses[1] = 0.4499997f;
  CHECK(says(0.1f, "lowers the loss of this batch, 0.4500, by 2.98e-7"));
  valley.first = 0.2f;
  CHECK(says(0.1f, "Diverges: steps of this rate have taken the loss from 0.2000 to 0.4500."));
  CHECK(ui::verdict_brief(valley, 0.1f).view() == "the loss has climbed from 0.2000 to 0.4500");
  valley.first = 0.6f;
  valley.ahead_lr = 1;
  valley.ahead = {0.45f, 0.1f, 0.56f, 0.55f};
  CHECK(says(1, "Too large: a step of rate 1 takes the loss of this batch from 0.4500 to 0.3000. "
                "After 3 such steps the loss of the next batch is 0.5500; the run began at 0.6000."));
  CHECK(ui::verdict_brief(valley, 1).view() == "it overshoots: the loss soon rises");
  CHECK(says(0.5f, "Good: "));
  valley.best = 0;
  CHECK(says(0.1f, "No learning rate lowers the loss"));
  valley.rates.clear();
  CHECK(says(0.1f, "The gradient is almost 0 here"));

  // On the page at every size, for the rate that the dial has at this moment.
  for (const ScreenSize& size : {ScreenSize{1280, 800, 1}, {820, 1180, 2}, {390, 844, 3}}) {
    HeadlessPage page(size);
    page.page.record_texts(true);
    Snapshot snapshot = sample_snapshot_conv(SampleState::running);
    snapshot.spec.schedule = ScheduleKind::constant;
    snapshot.status.running = false;
    const auto shown = [&](std::string_view word) {
      page.frames(snapshot);
      return std::ranges::any_of(page.page.texts(), [&](const ui::TextMark& mark) {
        return mark.text.view().starts_with(word);
      });
    };
    snapshot.spec.lr = 1;
    CHECK(shown("Good"));
    snapshot.spec.lr = 8;
    CHECK_FALSE(shown("Good"));
    CHECK(shown("Diverges"));
  }
}

}  // namespace downhill::test
