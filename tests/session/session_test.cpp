// The commands of a session: when they are answered, what they do to the run, what is refused.
#include "session/session.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "support/session_bench.hpp"

namespace downhill {

using test::Bench;
using test::ticking;

TEST_CASE("before there are data commands wait, edits act, and snapshots say so") {
  Bench b("model=linear&epochs=1&batch=32", false);
  b.tell("play", 7);
  CHECK_FALSE(b.status().ready);
  CHECK(b.answers().empty());
  CHECK(std::isinf(b.session.work(ticking, 1e9)));
  b.load();
  const auto answers = b.answers();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0] == Answer{7, ""});
  CHECK(b.status().running);
  CHECK(b.status().parameter_count == 785);
  b.work();
  CHECK(b.status().finished);
}

TEST_CASE("files that are not IDX are refused, and the session stays as it was") {
  Bench b;
  const uint64_t before = b.digest();
  const Result<void> loaded = b.session.load(DataBytes{{1, 2, 3}, {}, {}, {}});
  CHECK_FALSE(loaded.ok());
  CHECK(b.digest() == before);
  b.tell("step");
  b.work();
  CHECK(b.status().step == 1);
}

TEST_CASE("images of another size are refused, and the session stays as it was") {
  Bench b;
  const uint64_t before = b.digest();
  const std::vector<uint8_t> pixels(4 * 20 * 20), labels = {3, 7, 3, 7};
  const auto set = [&] {
    return std::move(*Dataset::from_files(write_idx(IdxImages{4, 20, 20, pixels}),
                                          write_idx(IdxLabels{4, labels})));
  };
  const Result<void> loaded = b.session.load(DigitData{set(), set()});
  REQUIRE_FALSE(loaded.ok());
  CHECK(loaded.error().message == "[data] images are 20 × 20 where 28 × 28 was expected");
  CHECK_FALSE(b.session.load(DigitData{}).ok());
  CHECK(b.digest() == before);
  b.tell("step");
  b.work();
  CHECK(b.status().step == 1);
}

TEST_CASE(
    "a set that begins with '#' is a link: a whole experiment, opened as far as it can be read") {
  Bench b;
  const auto open = [&](const std::string& link) {
    Command set;
    set.kind = CommandKind::set;
    set.id = 3;
    set.edits = "#" + link;
    b.session.receive(set);
    const auto answers = b.answers();
    REQUIRE(answers.size() == 1);
    return answers[0].error;
  };
  CHECK(open("lr%3D0.7%26model%3Dlinear").empty());
  CHECK(print_spec(b.session.spec()) == print_spec(*edit_spec({}, "lr=0.7&model=linear")));
  CHECK(open("lr=fast&seed=9") ==
        "[link] A part of this link cannot be read and is left out: lr: 'fast' is not a number.");
  CHECK(b.status().error.starts_with("[link] "));
  CHECK(print_spec(b.session.spec()) == print_spec(*edit_spec({}, "seed=9")));
  CHECK(open("").empty());
  CHECK(print_spec(b.session.spec()) == print_spec({}));
}

TEST_CASE("a step is answered when it is done, not when it is asked for") {
  Bench b;
  b.tell("step?unit=batch&count=3", 5);
  CHECK(b.answers().empty());
  CHECK(b.status().running);
  b.work();
  const auto answers = b.answers();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0] == Answer{5, ""});
  CHECK(b.status().step == 3);
  CHECK(b.status().phase == Phase::repeat);
  CHECK_FALSE(b.status().running);
}

TEST_CASE("steps by phase and by epoch end where they should") {
  Bench b;
  b.tell("step?unit=phase");
  b.work();
  CHECK(b.status().phase == Phase::predict);
  b.tell("step?unit=phase&count=2");
  b.work();
  CHECK(b.status().phase == Phase::gradient);
  b.tell("step?unit=epoch");
  b.work();
  CHECK(b.status().epoch == 1);
  CHECK(b.status().step == 4);  // 128 images in batches of 32
}

TEST_CASE("advance goes on until its phase is done once more") {
  Bench b;
  for (const char* phase : {"loss", "step", "predict", "repeat"}) {
    b.tell(std::string("advance?phase=") + phase);
    b.work();
    CHECK(phase_name(b.status().phase) == phase);
  }
  CHECK(b.status().step == 2);
  b.tell("advance?phase=stop");
  b.work();
  CHECK(b.status().finished);
  b.tell("advance?phase=initialize");
  CHECK(b.status().step == 0);
  CHECK(b.status().phase == Phase::initialize);
}

TEST_CASE("a newer command replaces an unfinished one, which is answered") {
  Bench b;
  b.tell("step?unit=epoch&count=100", 1);
  b.session.work(ticking, 0);
  b.tell("pause", 2);
  const auto answers = b.answers();
  REQUIRE(answers.size() == 2);
  CHECK(answers[0] == Answer{1, ""});
  CHECK(answers[1] == Answer{2, ""});
  CHECK_FALSE(b.status().running);
}

TEST_CASE("play, steps, phases and a mix of commands give the same bits") {
  Bench played, stepped, phased, poked;
  played.tell("play");
  played.work();
  stepped.tell("step?unit=epoch");
  stepped.work();
  stepped.tell("step?unit=batch&count=4");
  stepped.work();
  for (int i = 0; i < 40; ++i) {
    phased.tell("step?unit=phase");
    phased.work();
  }
  poked.tell("play");
  while (!poked.status().finished) {
    poked.session.work(ticking, 0);
    SnapshotRequest all;
    all.parts = kPartCurves | kPartWeights | kPartGradients | kPartBatch | kPartProbe | kPartDigest;
    poked.session.snapshot(all);
    poked.tell("pause");
    poked.tell("play");
  }
  CHECK(played.status().step == 8);
  CHECK(played.digest() == stepped.digest());
  CHECK(played.digest() == phased.digest());
  CHECK(played.digest() == poked.digest());
}

TEST_CASE("the learning rate changes live and leaves a mark; another model starts a new run") {
  Bench b;
  b.tell("step?unit=batch&count=2");
  b.work();
  b.tell("set?lr=2");
  CHECK(b.status().step == 2);
  b.tell("step");
  b.work();
  SnapshotRequest request;
  request.parts = kPartCurves;
  const Snapshot& seen = b.session.snapshot(request);
  REQUIRE(seen.curves.marks.size() == 1);
  CHECK(seen.curves.marks[0].step == 3);
  CHECK(seen.curves.steps[2].lr == 2.0f);
  b.tell("set?model=linear");
  CHECK(b.status().step == 0);
  CHECK(b.status().parameter_count == 785);
}

TEST_CASE("a refused command is answered with the reason, and the run goes on") {
  Bench b;
  b.tell("step");
  b.work();
  b.answers();
  const uint64_t before = b.digest();
  Command too_fast;
  too_fast.id = 9;
  too_fast.kind = CommandKind::set;
  too_fast.edits = "lr=500";
  b.session.receive(too_fast);
  const auto answers = b.answers();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].id == 9);
  CHECK(answers[0].error.find("[lr]") == 0);
  CHECK(b.status().error == answers[0].error);
  CHECK(b.digest() == before);
  const std::vector<uint8_t> rubbish = {1, 2, 3, 4};
  b.session.receive(rubbish.data(), rubbish.size());
  CHECK_FALSE(b.status().error.empty());
  CHECK(b.digest() == before);
}

TEST_CASE("reset gives the initial weights again, to the bit, or those of a new seed") {
  Bench b;
  const uint64_t first = b.digest();
  b.tell("step?unit=epoch");
  b.work();
  const uint64_t trained = b.digest();
  CHECK(trained != first);
  b.tell("reset");
  CHECK(b.digest() == first);
  b.tell("step?unit=epoch");
  b.work();
  CHECK(b.digest() == trained);
  b.tell("reset?seed=99");
  CHECK(b.session.spec().seed == 99);
  CHECK(b.digest() != first);
}

TEST_CASE("back goes from the middle of a unit to its beginning, then one unit each") {
  Bench b;
  b.tell("step?unit=batch&count=3");
  b.work();
  const uint64_t three = b.digest();
  b.tell("step?unit=phase&count=4");
  b.work();
  CHECK(b.status().step == 4);
  b.tell("back?unit=batch");
  CHECK(b.status().step == 3);
  CHECK(b.digest() == three);
  b.tell("back?unit=batch&count=2");
  CHECK(b.status().step == 1);
  b.tell("back?unit=epoch");
  CHECK(b.status().step == 0);
  b.answers();
  b.tell("back?unit=phase", 3);
  CHECK(b.answers()[0].error == "[back] this is the beginning of the run");
}

TEST_CASE("a rate that comes back with its step is said, one that stays is not") {
  Bench b("model=linear&lr=0.5");
  b.tell("step?unit=batch&count=2");
  b.work();
  b.tell("set?lr=0.25");
  b.tell("step?unit=batch");
  b.work();
  b.tell("back?unit=batch&count=2");
  CHECK(b.session.spec().lr == 0.5f);
  CHECK(b.status().note == "The learning rate is 0.5 again, as it was at this step.");
  b.tell("back?unit=batch");
  CHECK(b.status().note.empty());
}

TEST_CASE("divergence is noticed; recovering goes back and drops the rate that caused it") {
  Bench b("model=linear&loss=mse&batch=32&epochs=20&lr=0.01");
  b.tell("step?unit=epoch&count=2");
  b.work();
  const uint64_t good = b.digest();
  b.tell("set?lr=100");
  b.tell("play");
  b.work();
  CHECK(b.status().health == Health::diverged);
  CHECK(b.status().finished);
  CHECK(b.status().good_step == 8);
  CHECK_FALSE(b.status().diagnosis.empty());
  b.answers();
  b.tell("play", 4);
  CHECK(b.answers()[0].error.find("[play]") == 0);
  b.tell("recover");
  CHECK(b.status().health == Health::fine);
  CHECK(b.digest() == good);
  CHECK(b.session.spec().lr == 0.01f);
  CHECK(b.status().note == "The learning rate is 0.01 again, as it was at this step.");
  b.tell("step?unit=epoch");
  b.work();
  CHECK(std::isfinite(b.status().train_loss));
}

TEST_CASE("a rate that was typed since is not blamed, and the run goes back to its own") {
  Bench b("model=mlp:6&loss=mnist&batch=32&epochs=100&lr=0.5");
  b.tell("step?unit=batch&count=40");
  b.work();
  b.tell("set?lr=100");
  b.tell("step?unit=batch&count=30");
  b.work();
  REQUIRE(b.status().health != Health::fine);
  b.tell("set?lr=0.1");
  b.tell("step?unit=batch&count=1");
  b.work();
  b.tell("recover");
  CHECK(b.session.spec().lr == 0.5f);
  CHECK(b.status().note == "The learning rate is 0.5 again, as it was at this step.");
}

TEST_CASE("recovering from a rate that was wrong from the start makes it a tenth") {
  Bench b("model=linear&loss=mse&batch=32&epochs=100&lr=100");
  b.tell("play");
  b.work();
  REQUIRE(b.status().health == Health::diverged);
  b.tell("recover");
  CHECK(b.status().step == 0);
  CHECK(b.session.spec().lr == doctest::Approx(10));
  CHECK(b.status().note == "The learning rate is now 10, a tenth of 100, which was too large.");
}

TEST_CASE("a fault that shows is named, and going back is not offered for it") {
  Bench b("model=mlp:6&batch=32&epochs=2&lr=0.5&fault=accuracy");
  b.tell("step?unit=batch&count=3");
  b.work();
  CHECK(b.status().health == Health::faulty);
  CHECK(b.status().diagnosis.starts_with("Every gradient is 0"));
  CHECK_FALSE(b.status().can_recover);
  b.answers();
  b.tell("recover", 5);
  CHECK(b.answers()[0].error.starts_with("[recover] a fault is switched on"));
  b.tell("set?fault=none");
  CHECK(b.status().health == Health::fine);
  b.tell("step?unit=batch&count=3");
  b.work();
  CHECK(b.status().gradient_norm > 0);
  CHECK(b.status().health == Health::fine);
}

TEST_CASE("points come and go like digits, with the seed, and say nothing of accuracy") {
  Bench b;
  b.tell("set?data=curve");
  CHECK(b.status().error.empty());
  CHECK(b.status().train_count == 20);
  CHECK(b.status().parameter_count == 3);
  CHECK(b.status().image_rows == 0);
  b.tell("step?unit=epoch&count=3");
  b.work();
  const Snapshot& seen = b.look(kAllSnapshotParts);
  CHECK(std::isnan(seen.status.batch_accuracy));
  CHECK(std::isnan(seen.status.valid_accuracy));
  CHECK(std::isnan(seen.status.best_valid_accuracy));
  CHECK(std::isnan(seen.status.baseline_accuracy));
  CHECK(std::isfinite(seen.status.valid_loss));
  REQUIRE(seen.fit.has_value());
  CHECK(seen.fit->times.size() == 20);
  CHECK(seen.fit->step == 3);
  CHECK(seen.parameters.values.size() == 3);
  CHECK(seen.batch.size == 20);
  CHECK(seen.batch.shown == 0);
  CHECK(seen.baseline.ideals.empty());
  CHECK_FALSE(seen.inspection.has_value());
  std::vector<uint8_t> bytes;
  encode_snapshot(seen, bytes);
  const Result<Snapshot> decoded = decode_snapshot(bytes.data(), bytes.size());
  if (!decoded) FAIL(decoded.error().message);
  CHECK(decoded->fit == seen.fit);
  CHECK(state_json(*decoded, 0, "").find("\"validAccuracy\":null") != std::string::npos);

  const float before = seen.fit->targets[0];
  b.tell("set?seed=8");
  CHECK(b.look(kPartFit).fit->targets[0] != before);
  b.tell("set?seed=1");
  CHECK(b.look(kPartFit).fit->targets[0] == before);
  b.tell("set?loss=bce");
  CHECK(b.status().error.starts_with("[loss] 'bce' compares with classes"));
  b.tell("draw?strokes=0.5,0.5");
  CHECK(b.status().error.starts_with("[draw] points are no images"));
  for (const char* tool : {"find_lr", "sharpness", "loss_line"}) {
    b.tell(tool);
    b.work();
    CHECK(b.status().error.empty());
  }
  b.tell("back?unit=epoch&count=9", 3);
  CHECK(b.status().step == 0);
}

TEST_CASE("a link to points opens before the digits are there, and the digits come back") {
  Bench b("data=line&seed=4", false);
  CHECK_FALSE(b.status().ready);
  const IdxFiles train = synthetic_digit_files(30, 1), valid = synthetic_digit_files(10, 2);
  REQUIRE(b.session.load(DataBytes{train.images, train.labels, valid.images, valid.labels}).ok());
  CHECK(b.status().parameter_count == 2);
  CHECK(b.session.spec().data == DataKind::line);
  b.tell("set?data=digits");
  CHECK(b.status().error.empty());
  CHECK(b.status().train_count == 60);
  CHECK_FALSE(b.look(kPartFit).fit.has_value());
  b.tell("set?data=curve&lr=0.3");
  CHECK(b.status().parameter_count == 3);
  CHECK(b.session.spec().lr == 0.3f);
}

}  // namespace downhill
