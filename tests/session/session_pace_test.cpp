// How a session spreads its work: slow motion, and tests that take long.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "session/session.hpp"
#include "support/session_bench.hpp"

namespace downhill {

using test::Bench;
using test::g_now;
using test::ticking;

namespace {

constexpr const char* kLongTest = "model=conv&batch=4&epochs=3&lr=0.05";

void load_long_test(Bench& bench) {
  REQUIRE(bench.session.load(synthetic_digit_data(64, 400, 3)).ok());
}

}  // namespace

TEST_CASE("what is shown between two slices of a run at full speed is of one batch") {
  Bench b("model=mlp:6&batch=32&epochs=200&lr=0.5");
  b.tell("play");
  for (int slice = 0; slice < 100; ++slice) {
    b.session.work(ticking, g_now + 0.002 + 0.001 * (slice % 7));
    const Phase phase = b.status().phase;
    CHECK((phase < Phase::predict || phase >= Phase::step));
  }
}

TEST_CASE("a paced run waits between phases and does not rush to catch up") {
  Bench b("model=linear&batch=32&epochs=100");
  b.tell("speed?batches=2");
  b.tell("play");
  g_now = 100;
  int waits = 0;
  double wait = 0;
  while (g_now < 103) {
    wait = b.session.work(ticking, g_now + 0.005);
    if (wait > 0) {
      ++waits;
      CHECK(wait <= 0.1);
      g_now += wait;
    }
  }
  CHECK(waits > 10);
  CHECK(b.status().step >= 5);
  CHECK(b.status().step <= 7);
  g_now += 3600;  // the machine slept
  const uint64_t before = b.status().step;
  for (int i = 0; i < 20; ++i) b.session.work(ticking, 0);
  CHECK(b.status().step <= before + 3);
}

TEST_CASE("a test of many images lets commands in between, and counts as one phase") {
  for (const bool paced : {false, true}) {
    CAPTURE(paced);
    Bench b("model=mlp:6&batch=32&epochs=2&lr=0.5", false);
    REQUIRE(b.session.load(synthetic_digit_data(64, 300, 3)).ok());  // some parts
    b.tell("step?unit=batch&count=3");
    b.work();
    b.tell("advance?phase=step");
    b.work();  // the last batch of the epoch, up to its step
    if (paced) b.tell("speed?batches=0.1");
    b.tell("play");
    CHECK(b.session.work(ticking, 0) == 0);  // one part
    CHECK(b.status().epoch == 0);
    CHECK(b.session.trainer().testing());
    b.tell("pause", 5);
    CHECK(b.answers().size() == 1);
    CHECK(std::isinf(b.session.work(ticking, 0)));  // and now it rests
    CHECK(b.status().epoch == 0);
    b.tell("play");
    while (b.session.trainer().testing()) {  // paced or not, the others come at once
      CHECK(b.status().epoch == 0);
      CHECK(b.session.work(ticking, 0) == 0);
    }
    CHECK(b.status().epoch == 1);
    const double wait = b.session.work(ticking, 0);
    if (paced) CHECK(wait > 1.9);  // a fifth of ten seconds
  }
}

TEST_CASE("the initial weights are there to be seen before their test is done") {
  Bench b(kLongTest, false);
  load_long_test(b);
  CHECK(b.status().ready);
  CHECK(std::isnan(b.status().valid_accuracy));
  CHECK(std::isnan(b.status().best_valid_accuracy));
  CHECK(b.look(kPartEvaluation).evaluation.classes == 0);
  CHECK(b.look(kPartCurves).curves.epochs.empty());
  CHECK(b.session.work(ticking, 0) == 0);  // one part
  CHECK(std::isnan(b.status().valid_accuracy));
  b.work();
  CHECK(b.status().valid_accuracy > 0);
  CHECK(b.status().tested_epoch == 0);
  CHECK(b.look(kPartEvaluation).evaluation.classes == 2);
  CHECK(b.look(kPartCurves).curves.epochs.size() == 1);
  CHECK_FALSE(b.session.trainer().testing());
  b.tell("reset?seed=4");
  CHECK(std::isnan(b.status().valid_accuracy));
}

TEST_CASE("playing does not wait for a long test; pausing lets it come to its end") {
  Bench b(kLongTest, false);
  load_long_test(b);
  b.tell("play");
  b.session.work(ticking, 0);
  CHECK(b.status().phase == Phase::predict);
  while (b.status().step < 33) CHECK(b.session.work(ticking, 0) == 0);
  CHECK(b.status().epoch == 1);
  CHECK(b.session.trainer().testing_beside());
  CHECK(b.status().tested_epoch == 0);
  const float before = b.status().valid_loss;
  b.tell("pause");
  const uint64_t step = b.status().step;
  b.work();
  CHECK(b.status().step == step);
  CHECK(b.status().tested_epoch == 1);
  CHECK(b.status().valid_loss != before);
  // The numbers are those of a run that waits for each test.
  Bench waiting(kLongTest, false);
  load_long_test(waiting);
  waiting.tell("step?unit=epoch");
  waiting.work();
  CHECK(waiting.status().tested_epoch == 1);
  CHECK(waiting.status().valid_loss == b.status().valid_loss);
}

TEST_CASE("counted phases and slow motion wait for a long test") {
  for (const bool paced : {false, true}) {
    CAPTURE(paced);
    Bench b(kLongTest, false);
    load_long_test(b);
    b.work();
    b.tell(paced ? "speed?batches=2" : "step?unit=batch&count=66");
    if (paced) b.tell("play");
    while (b.status().step < 66 && b.status().running) {
      b.session.work(ticking, 0);
      CHECK(b.status().tested_epoch == b.status().epoch);
    }
    CHECK(b.status().epoch == 2);
  }
}

TEST_CASE("a snapshot after a long test has its results, though no step was taken since") {
  Bench b(kLongTest, false);
  load_long_test(b);
  SnapshotRequest request;
  request.parts = kPartEvaluation;
  const auto asked = [&] {
    Command ask;
    ask.kind = CommandKind::snapshot;
    ask.request = request;
    b.session.receive(ask);
    std::vector<uint8_t> bytes;
    REQUIRE(b.session.next_message(bytes));
    const Result<Message> message = decode_message(bytes.data(), bytes.size());
    REQUIRE(message.ok());
    return std::get<Snapshot>(*message);
  };
  CHECK(asked().evaluation.classes == 0);
  CHECK(asked().reused == kPartEvaluation);
  b.work();
  CHECK(asked().evaluation.classes == 2);
}

TEST_CASE("a file contains the test that was under way; a tool does not disturb it") {
  Bench b(kLongTest, false), plain(kLongTest, false);
  load_long_test(b);
  load_long_test(plain);
  plain.work();
  b.tell("sharpness", 3);
  b.work();
  CHECK(b.status().valid_loss == plain.status().valid_loss);
  b.tell("reset");
  plain.tell("reset");
  plain.work();
  CHECK(b.session.trainer().testing());
  b.tell("save?what=checkpoint", 4);
  CHECK_FALSE(b.session.trainer().testing());
  CHECK(b.status().valid_loss == plain.status().valid_loss);
}

}  // namespace downhill
