// The race on the page: what its clicks ask for, its words, its curves and its colours.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "layout_check.hpp"
#include "support/sample_race.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "ui/panels/race_chart.hpp"
#include "ui/panels/race_words.hpp"
#include "ui/race_curves.hpp"

namespace downhill::test {
namespace {

constexpr ScreenSize kDesk = {1280, 800, 1}, kMedium = {1024, 700, 1}, kPhone = {390, 844, 2};

// The race that was asked for, or null.
const RaceOrder* ordered(const ui::Requests& requests) {
  const auto race = std::ranges::find(requests.commands, CommandKind::race, &Command::kind);
  return race == requests.commands.end() ? nullptr : &race->race;
}

bool cancels(const ui::Requests& requests) {
  return std::ranges::count(requests.commands, CommandKind::cancel_race, &Command::kind) > 0;
}

std::string said(const RaceView& race) { return std::string(ui::race_words(race).view()); }

}  // namespace

TEST_CASE("Race starts a race around the rate of the dial, or shows the one that is there") {
  RaceView done = sample_race(RaceSample::done);
  const RaceView going = sample_race(RaceSample::going);
  done.spec.seed = 99;
  for (const ScreenSize& size : {kDesk, kMedium, kPhone}) {
    HeadlessPage page(size);
    const Snapshot snapshot = sample_snapshot(SampleState::running);
    const auto open = [&] {
      page.page.selection() = {};
      page.requests.clear();
      page.frames(snapshot);
      page.click(snapshot, page.has("race") ? "race" : "find-lr");
      if (page.has("rate-tool:1")) page.click(snapshot, "rate-tool:1");
      CHECK(page.page.shows_tool("race"));
    };
    open();
    REQUIRE(ordered(page.requests));
    CHECK(*ordered(page.requests) == RaceOrder{{}, 2, 0});
    page.surroundings.race = &going;
    open();
    CHECK(!ordered(page.requests));
    page.click(snapshot, "race-cancel");
    CHECK(cancels(page.requests));
    page.surroundings.race = &done;
    open();
    CHECK_MESSAGE(ordered(page.requests), "the race on show belongs to another experiment");
    RaceView same = done;
    same.spec = snapshot.spec;
    same.spec.epochs = 2;
    page.surroundings.race = &same;
    open();
    CHECK(!ordered(page.requests));
    page.requests.clear();
    page.click(snapshot, "race-epochs");
    page.frames(snapshot, 3);  // until the field has the focus
    page.type(snapshot, "5");
    page.click(snapshot, "race-rates");
    page.frames(snapshot, 3);  // until the field has the focus
    page.type(snapshot, "0.5, 0.02");
    CHECK(page.requests.refusal.empty());
    page.click(snapshot, "race-again");
    REQUIRE(ordered(page.requests));
    CHECK(*ordered(page.requests) == RaceOrder{{0.5f, 0.02f}, 5, 0});
    page.click(snapshot, "race-rates");
    page.frames(snapshot, 3);  // until the field has the focus
    page.type(snapshot, "0.5, x");
    CHECK(page.requests.refusal == "[race] rates: 'x' is not a number");
    CHECK(page.page.selection().race_rates == std::vector<float>{0.5f, 0.02f});
    page.click(snapshot, "race-done");
    CHECK(page.page.selection().panel == ui::Panel::steps);
  }
}

TEST_CASE("The fields of a race show the rates and epochs that a script gave") {
  RaceView given = sample_race(RaceSample::done);
  given.number = 3;
  given.lanes.resize(2);
  given.lanes[0].lr = 0.25f;
  given.lanes[1].lr = 8;
  given.spec.epochs = 7;
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  page.surroundings.race = &given;
  show_tool(page.page.selection(), "race");
  page.frames(snapshot);
  CHECK(page.page.selection().race_rates == std::vector<float>{0.25f, 8});
  CHECK(page.page.selection().race_epochs == 7);
  // Five around the rate of the dial are those of the dial, wherever it goes.
  RaceView usual = sample_race(RaceSample::done);
  usual.number = 4;
  usual.lanes.clear();
  for (const float lr : race_rates(usual.spec.lr)) usual.lanes.emplace_back().lr = lr;
  page.surroundings.race = &usual;
  page.frames(snapshot);
  CHECK(page.page.selection().race_rates.empty());
}

TEST_CASE("A click on a lane sets the dial to its rate, in the table and at its line") {
  const RaceView done = sample_race(RaceSample::done);
  for (const ScreenSize& size : {kDesk, kMedium}) {
    HeadlessPage page(size);
    const Snapshot snapshot = sample_snapshot(SampleState::running);
    page.surroundings.race = &done;
    show_tool(page.page.selection(), "race");
    page.frames(snapshot);
    page.click(snapshot, "race-lane:3");
    page.click(snapshot, "race-name:1");
    CHECK(page.edits() == "lr=0.3\nlr=0.03\n");
  }
}

TEST_CASE("No race starts before the data are loaded") {
  HeadlessPage page(kDesk);
  const Snapshot snapshot = sample_snapshot(SampleState::empty);
  page.frames(snapshot);
  page.click(snapshot, "race");
  CHECK(!ordered(page.requests));
  show_tool(page.page.selection(), "race");
  page.frames(snapshot);
  page.click(snapshot, "race-again");
  CHECK(!ordered(page.requests));
}

TEST_CASE("On a narrow page the race and the finder lead to each other") {
  HeadlessPage page(kPhone);
  const Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  show_tool(page.page.selection(), "race");
  page.frames(snapshot);
  page.click(snapshot, "rate-tool:0");
  CHECK(page.page.shows_tool("find-lr"));
  CHECK_MESSAGE(page.requests.commands.empty(), "there is a sweep already");
}

TEST_CASE("A sentence describes the progress and the result of a race") {
  CHECK(said({}) == "No race yet.");
  CHECK(said(sample_race(RaceSample::going)) ==
        "1 of 5 lanes finished, 2 epochs each, 2 at a time on 2 cores: 12.3 s.");
  CHECK(said(sample_race(RaceSample::done)) ==
        "5 rates, 2 epochs each, 2 at a time on 2 cores: 12.3 s.");
  CHECK(said(sample_race(RaceSample::nine)) ==
        "9 rates, 2 epochs each, all at once on 12 cores: 12.3 s.");
  CHECK(said(sample_race(RaceSample::diverged)).ends_with(", then cancelled."));
  const RaceView wild = sample_race(RaceSample::diverged);
  CHECK(ui::lane_words(wild.lanes[4]).view() == "not finite after step 12");
  CHECK(ui::lane_words(wild.lanes[3]).view() == "diverged");
  CHECK(ui::lane_words(wild.lanes[2]).view() == "no engine");
}

TEST_CASE("No text of a race collides or is cut off, at any size") {
  int number = 0;
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size, ++number % 2 == 0 ? gfx::Theme::dark : gfx::Theme::light);
    const Snapshot snapshot = sample_snapshot(SampleState::running);
    show_tool(page.page.selection(), "race");
    for (const RaceSample sample :
         {RaceSample::going, RaceSample::done, RaceSample::diverged, RaceSample::nine}) {
      const RaceView race = sample_race(sample);
      page.surroundings.race = &race;
      const std::string what =
          size_words(size) + ", race " + std::to_string(static_cast<int>(sample));
      check_page(page, snapshot, what);
      page.page.selection().loss_log = true;
      check_page(page, snapshot, what + ", log");
      page.page.selection().loss_log = false;
    }
  }
}

TEST_CASE("A mean covers a block of batches, or what is left when the lane has ended") {
  RaceView race = sample_race(RaceSample::going);
  ui::RaceCurves curves;
  curves.update(race);
  CHECK(curves.block() == 3);  // 98 steps in at most forty means
  const ui::LaneCurve& done = curves.lanes()[0];
  const ui::LaneCurve& running = curves.lanes()[1];
  REQUIRE(done.means.size() == 33);
  REQUIRE(running.means.size() == 20);
  const std::vector<float>& losses = race.lanes[0].losses;
  CHECK(done.means[1] ==
        doctest::Approx(static_cast<double>(losses[3] + losses[4] + losses[5]) / 3));
  CHECK(done.mean_steps[1] == 5);
  CHECK(done.means[32] == doctest::Approx(static_cast<double>(losses[96] + losses[97]) / 2));
  CHECK(done.mean_steps[32] == 97.5f);
  CHECK(done.end_step == 97.5f);
  CHECK(curves.lanes()[3].end_step == 0);
  CHECK(curves.greatest() >= 0.5f);

  // Updating step by step gives the same means.
  RaceView slow = race;
  ui::RaceCurves grown;
  for (size_t steps = 0; steps <= losses.size(); ++steps) {
    slow.lanes[0].losses.assign(losses.begin(), losses.begin() + static_cast<long>(steps));
    slow.lanes[0].state = steps == losses.size() ? LaneState::done : LaneState::running;
    ++slow.version;
    grown.update(slow);
  }
  CHECK(grown.lanes()[0].means == done.means);
  CHECK(grown.lanes()[0].mean_steps == done.mean_steps);

  // Another race starts its curves over.
  race = sample_race(RaceSample::done);
  curves.update(race);
  CHECK(curves.lanes()[1].each.pyramid.size() == 98);
  ++race.number;
  ++race.version;
  for (float& loss : race.lanes[1].losses) loss *= 2;
  curves.update(race);
  CHECK(curves.lanes()[1].each.pyramid.values()[0] == race.lanes[1].losses[0]);
}

TEST_CASE("A diverging lane does not stretch the chart, and its exit is known") {
  ui::RaceCurves curves;
  curves.update(sample_race(RaceSample::diverged));
  CHECK(curves.greatest() < 1);
  const std::array<float, 5> away = {1, 2, 4, 8, INFINITY};
  CHECK(ui::exit_step(away, 3) == 2.5f);
  CHECK(ui::exit_step(away, 0.5f) == 1);
  CHECK(ui::exit_step(away, 9) == 5);
  CHECK(ui::exit_step(std::array<float, 3>{1, 9, 2}, 3) == 0);
  CHECK(ui::exit_step({}, 3) == 0);
}

TEST_CASE("Names at the ends of lines keep their distance and their order") {
  std::array<float, 4> ys = {50, 52, 10, 51};
  ui::spread_apart(ys, 0, 100, 10);
  CHECK(ys == std::array<float, 4>{50, 70, 10, 60});
  ys = {99, 98, 100, 97};
  ui::spread_apart(ys, 0, 100, 10);
  CHECK(ys == std::array<float, 4>{90, 80, 100, 70});
}

}  // namespace downhill::test
