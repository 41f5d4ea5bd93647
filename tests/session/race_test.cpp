#include "session/race.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "support/session_bench.hpp"
#include "support/ten_digits.hpp"

namespace downhill::test {
namespace {

constexpr const char* kSpec = "model=mlp:6&batch=32&lr=0.5&seed=4";

DataBytes bytes_of(IdxFiles train, IdxFiles valid) {
  return {std::move(train.images), std::move(train.labels), std::move(valid.images),
          std::move(valid.labels)};
}
DataBytes threes_and_sevens() {
  return bytes_of(synthetic_digit_files(40, 1), synthetic_digit_files(10, 2));
}

// A session in the same thread, which trains when the test says so.
struct SessionLink final : EngineLink {
  explicit SessionLink(std::vector<SessionLink*>& all) : alive(&all) { alive->push_back(this); }
  ~SessionLink() override { std::erase(*alive, this); }
  void send(const std::vector<uint8_t>& message) override {
    session.receive(message.data(), message.size());
  }
  bool poll(std::vector<uint8_t>& message) override {
    return !hangs && session.next_message(message);
  }
  std::string failure() const override { return gone; }
  bool can_end_silent() const override { return ends_silent; }
  void restart() override {}

  std::vector<SessionLink*>* alive;
  Session session;
  std::string gone;
  bool hangs = false, ends_silent = true;
};

struct Track {
  std::vector<SessionLink*> engines;  // that live
  int started = 0;
  double now = 100;
  bool loads = true;  // engines get their data at once
  Race race{[this] {
    auto link = std::make_unique<SessionLink>(engines);
    if (loads) load(*link);
    ++started;
    return link;
  }};

  static void load(SessionLink& link) {
    REQUIRE(link.session.load(synthetic_digit_data(64, 32, 3)).ok());
  }
  Result<void> begin(const char* arguments, uint32_t cores, const char* edits = kSpec) {
    const auto command = parse_command("race?" + std::string(arguments));
    REQUIRE(command.ok());
    const auto spec = edit_spec({}, edits);
    REQUIRE_MESSAGE(spec.ok(), edits);
    return race.begin(*spec, command->race, cores, now);
  }
  void round(bool ask = true) {
    now += 0.25;
    for (SessionLink* engine : std::vector(engines)) engine->session.work(ticking, 0);
    race.update(now, ask);
  }
  void finish(bool ask = true) {
    for (int i = 0; race.view().going; ++i) {
      REQUIRE(i < 100000);
      round(ask);
    }
  }
  const RaceLane& lane(size_t i) const { return race.view().lanes[i]; }
};

// The same run in the engine of the page.
std::vector<float> losses_of(float lr, uint32_t epochs, const std::string& edits = kSpec) {
  Bench bench(edits);
  bench.tell("set?lr=" + print(lr) + "&epochs=" + print(uint64_t{epochs}));
  bench.tell("reset");
  bench.tell("play");
  bench.work();
  std::vector<float> losses;
  for (const CurvePoint& point : bench.look(kPartCurves).curves.steps) losses.push_back(point.loss);
  return losses;
}

}  // namespace

TEST_CASE("the usual lanes lie around the rate, and are shifted at the ends of the scale") {
  CHECK(race_rates(0.1f) == std::vector<float>{0.001f, 0.01f, 0.1f, 1, 10, 100});
  CHECK(race_rates(0.0217f) ==
        std::vector<float>{0.000217f, 0.00217f, 0.0217f, 0.217f, 2.17f, 21.7f});
  CHECK(race_rates(100) == std::vector<float>{0.001f, 0.01f, 0.1f, 1, 10, 100});
  CHECK(race_rates(1e-5f) == std::vector<float>{1e-5f, 1e-4f, 1e-3f, 0.01f, 0.1f, 1});
  for (const float lr : {1.23e-5f, 0.00316f, 7.0f, 31.6f, 99.9f}) {
    const std::vector<float> lrs = race_rates(lr);
    REQUIRE(lrs.size() == 6);
    CHECK(std::ranges::is_sorted(lrs));
    CHECK(std::ranges::count(lrs, lr) == 1);
    CHECK(lrs.front() >= kMinLr);
    CHECK(lrs.back() <= kMaxLr);
  }
}

TEST_CASE(
    "each lane's losses are, to the bit, those of a run with its rate, however many at once") {
  for (const uint32_t cores : {1u, 2u, 6u}) {
    Track track;
    REQUIRE(track.begin("epochs=3", cores).ok());
    CHECK(track.race.view().at_once == std::min(cores, 6u));
    track.finish();
    CHECK(track.engines.empty());
    CHECK(track.started == static_cast<int>(cores));  // later lanes took over engines
    const RaceView& view = track.race.view();
    REQUIRE(view.lanes.size() == 6);
    CHECK(view.spec.epochs == 3);
    CHECK(view.steps == 3 * 4);
    for (const RaceLane& lane : view.lanes) {
      if (lane.lr <= 1) CHECK(lane.state == LaneState::done);
      if (lane.lr == 100) CHECK(lane.state == LaneState::stuck);
      CHECK(lane.trouble.empty() == (lane.state == LaneState::done));
      CHECK(lane.epoch == 3);
      CHECK(lane.step == 12);
      CHECK(lane.losses == losses_of(lane.lr, 3));
      CHECK(lane.loss == lane.losses.back());
      CHECK(lane.valid_accuracy > 0);
      CHECK(lane.images_per_second > 0);
    }
    CHECK(track.lane(0).losses.back() != track.lane(5).losses.back());
    CHECK(view.seconds > 0);
  }
}

TEST_CASE("batch norm, dropout, a schedule and an optimizer with memory race to the same bits") {
  constexpr const char* kMany =
      "model=net:conv4k3s2,bn,act,dropout0.3,flatten,linear&batch=30&optimizer=adam&lr=0.01&"
      "schedule=onecycle&augment=crop&loss=bce&droplast=true";
  Track track;
  REQUIRE(track.begin("rates=0.01,0.1&epochs=2", 1, kMany).ok());
  track.finish();
  for (size_t i = 0; i < 2; ++i) {
    CHECK(track.lane(i).losses == losses_of(track.lane(i).lr, 2, kMany));
  }
}

TEST_CASE("as many lanes run as there are engines; the others wait") {
  Track track;
  REQUIRE(track.begin("epochs=5&engines=2", 8).ok());
  CHECK(track.race.view().at_once == 2);
  CHECK(track.race.view().cores == 8);
  track.round();
  CHECK(track.engines.size() == 2);
  int waiting = 0, at_work = 0;
  for (const RaceLane& lane : track.race.view().lanes) {
    waiting += lane.state == LaneState::waiting ? 1 : 0;
    at_work += lane.over() ? 0 : 1;
  }
  CHECK(waiting == 4);
  CHECK(at_work == 6);
  track.finish();
  for (const RaceLane& lane : track.race.view().lanes) CHECK(lane.over());
}

TEST_CASE("a race also ends when the page is hidden and asks for no progress") {
  Track track;
  REQUIRE(track.begin("rates=0.1,1", 1).ok());
  track.finish(false);
  CHECK(track.lane(1).losses == losses_of(1, kRaceEpochs));
}

TEST_CASE("a lane starts when its data have come") {
  Track track;
  track.loads = false;
  REQUIRE(track.begin("rates=0.1", 1).ok());
  for (int i = 0; i < 5; ++i) track.round();
  CHECK(track.lane(0).state == LaneState::starting);
  CHECK(std::isnan(track.lane(0).loss));
  CHECK(track.lane(0).losses.empty());
  Track::load(*track.engines[0]);
  track.finish();
  CHECK(track.lane(0).losses == losses_of(0.1f, kRaceEpochs));
}

TEST_CASE("a lane waits for other digits, and says so if they do not come") {
  constexpr const char* kTen = "digits=0123456789&loss=crossentropy&model=linear&batch=50";
  Track track;
  track.loads = false;
  REQUIRE(track.begin("rates=0.1,1&epochs=1", 2, kTen).ok());
  for (SessionLink* engine : track.engines) {
    REQUIRE(engine->session.load(threes_and_sevens()).ok());
    CHECK(engine->session.wants_digits());
  }
  track.round();
  CHECK(track.lane(0).state == LaneState::starting);
  Session& lucky = track.engines[0]->session;
  REQUIRE(lucky.load(bytes_of(ten_digit_files(20, 1), ten_digit_files(4, 2))).ok());
  track.engines[1]->session.digits_failed("[data] the server said 503");
  track.finish();
  CHECK(track.lane(0).state == LaneState::done);
  CHECK(track.lane(0).step == 4);
  CHECK(track.lane(1).state == LaneState::failed);
  CHECK(track.lane(1).trouble == "[data] the server said 503");
}

TEST_CASE("an engine that is on other digits does not train on them") {
  Track track;  // has 3s and 7s
  REQUIRE(track
              .begin("rates=0.1&epochs=1", 1,
                     "digits=0123456789&loss=crossentropy&model=linear&batch=50")
              .ok());
  for (int i = 0; i < 5; ++i) track.round();
  CHECK(track.lane(0).state == LaneState::starting);
  Session& session = track.engines[0]->session;
  REQUIRE(session.load(bytes_of(ten_digit_files(20, 1), ten_digit_files(4, 2))).ok());
  track.finish();
  CHECK(track.lane(0).state == LaneState::done);
  CHECK(track.lane(0).step == 4);
}

TEST_CASE("stop rules other than the number of epochs are ignored") {
  Track track;
  REQUIRE(track.begin("rates=0.5&epochs=3", 1, "model=mlp:6&batch=32&seed=4&stop=target:0.1").ok());
  track.finish();
  CHECK(track.lane(0).epoch == 3);
}

TEST_CASE("a lane whose loss is not finite says after which step, and the race goes on") {
  constexpr const char* kSquares = "model=linear&loss=mse&batch=16&seed=4";
  Track track;
  REQUIRE(track.begin("rates=0.01,100&epochs=40", 1, kSquares).ok());
  track.finish();
  CHECK(track.lane(0).state == LaneState::done);
  const RaceLane& wild = track.lane(1);
  CHECK(wild.state == LaneState::diverged);
  CHECK(!std::isfinite(wild.loss));
  CHECK(!wild.trouble.empty());
  CHECK(wild.step == wild.losses.size());
  CHECK(wild.step < 40 * 8);
  CHECK(wild.losses == losses_of(100, 40, kSquares));
}

TEST_CASE("an engine that dies fails its lane, and the race goes on with another engine") {
  Track track;
  REQUIRE(track.begin("rates=0.1,1,2&epochs=50", 1).ok());
  track.round();
  track.round();
  track.engines[0]->gone = "[engine] it ran out of memory";
  track.finish();
  CHECK(track.lane(0).state == LaneState::failed);
  CHECK(track.lane(0).trouble == "[engine] it ran out of memory");
  CHECK(track.lane(1).state == LaneState::done);
  CHECK(track.lane(2).losses == losses_of(2, 50));
  CHECK(track.started == 2);
}

TEST_CASE("an engine that hangs fails its lane after ten seconds, and the others race on") {
  for (const bool ends_silent : {true, false}) {  // a worker, a thread
    Track track;
    REQUIRE(track.begin("rates=0.1,1,2&epochs=50", 2).ok());
    track.round();
    track.round();
    REQUIRE(track.lane(0).state == LaneState::running);
    track.engines[0]->ends_silent = ends_silent;
    track.engines[0]->hangs = true;
    for (double waited = 0; waited < EngineClient::kSilentSeconds - 0.5; waited += 0.25) {
      track.round();
      CHECK(track.lane(0).state == LaneState::running);
    }
    track.finish();
    CHECK(track.lane(0).state == LaneState::failed);
    CHECK(track.lane(0).trouble == "[engine] it has not answered for 10 seconds");
    CHECK(track.lane(1).losses == losses_of(1, 50));
    CHECK(track.lane(2).losses == losses_of(2, 50));
    CHECK(track.engines.size() == (ends_silent ? 0 : 1));  // a thread would be waited for
  }
}

TEST_CASE("an engine that loads for long, or trains a long lane in a hidden page, does not hang") {
  Track track;
  track.loads = false;
  REQUIRE(track.begin("rates=0.1&epochs=200", 1).ok());
  for (int i = 0; i < 100; ++i) track.round();
  CHECK(track.lane(0).state == LaneState::starting);
  Track::load(*track.engines[0]);
  track.finish(false);
  CHECK(track.lane(0).state == LaneState::done);
}

TEST_CASE("an experiment that the data do not allow fails in a sentence") {
  Track track;
  track.loads = false;
  // 80 images: the last batch of batch norm would be of one.
  REQUIRE(track.begin("rates=0.1", 1, "model=net:flatten,linear4,bn,act,linear&batch=79").ok());
  REQUIRE(track.engines[0]->session.load(threes_and_sevens()).ok());
  track.finish();
  CHECK(track.lane(0).state == LaneState::failed);
  CHECK(track.lane(0).trouble.find("batch") != std::string::npos);
}

TEST_CASE("cancelling ends every engine at once and keeps what is known") {
  Track track;
  REQUIRE(track.begin("epochs=50", 2).ok());
  for (int i = 0; i < 60; ++i) track.round();
  const std::vector<float> known = track.lane(0).losses;
  CHECK(!known.empty());
  track.race.cancel();
  CHECK(track.engines.empty());
  CHECK(!track.race.view().going);
  CHECK(track.lane(0).state == LaneState::cancelled);
  CHECK(track.lane(4).state == LaneState::cancelled);
  CHECK(track.lane(0).losses == known);
  const uint64_t version = track.race.view().version;
  track.round();
  CHECK(track.race.view().version == version);
  REQUIRE(track.begin("rates=0.5&epochs=1", 2).ok());  // and another one may begin
  track.finish();
  CHECK(track.lane(0).losses == losses_of(0.5f, 1));
}

TEST_CASE("the version changes whenever the view does") {
  Track track;
  CHECK(race_json(track.race.view()) == "null");
  REQUIRE(track.begin("rates=0.1&epochs=2", 1).ok());
  std::string seen;
  uint64_t version = 0;
  while (track.race.view().going) {
    RaceView view = track.race.view();
    view.seconds = 0;
    const std::string now = race_json(view);
    if (now != seen) CHECK(view.version != version);
    seen = now;
    version = view.version;
    track.round();
  }
  CHECK(race_json(track.race.view()).find("\"state\":\"done\"") != std::string::npos);
}

}  // namespace downhill::test
