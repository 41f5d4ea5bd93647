// Runs whose numbers are out of range, or whose steps cannot be computed again: each is refused
// with a sentence that says what and where, after a bounded number of steps, and the current run
// keeps its bits.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"
#include "train/run_record.hpp"

using namespace downhill;
using test::digest_of;
using test::SmallRun;

namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// A run of one epoch and two batches, with every kind of mark.
TensorFile good_file() {
  SmallRun run("model=mlp:8&optimizer=adam&lr=0.01");
  run.phases(20);
  run.trainer.apply_live(*edit_spec(run.trainer.spec(), "lr=0.02&wd=0.01&clip=1&freeze=1"));
  run.phases(31);
  TensorFile file;
  append_run(run.trainer.record(), file);
  return file;
}

std::string refusal(const TensorFile& file) {
  const Result<RunRecord> read = read_run(file);
  return read ? std::string() : read.error().message;
}

TensorFile with_text(TensorFile file, std::string_view key, std::string value) {
  for (auto& [name, text] : file.metadata) {
    if (name == key) text = std::move(value);
  }
  return file;
}

TensorFile with_number(TensorFile file, std::string_view name, size_t place, float value) {
  for (FileTensor& tensor : file.tensors) {
    if (tensor.name == name) tensor.values.at(place) = value;
  }
  return file;
}

}  // namespace

TEST_SUITE("hostile runs") {
  TEST_CASE("a text with a number out of range is refused by its name and its range") {
    const TensorFile good = good_file();
    REQUIRE(refusal(good).empty());
    const struct {
      const char *key, *text, *sentence;
    } cases[] = {
        {"run.live_marks", "1:inf:0", "in 'run.live_marks': [wd] 'inf' is outside 0…1"},
        {"run.live_marks", "1:nan:0", "in 'run.live_marks': [wd] 'nan' is outside 0…1"},
        {"run.live_marks", "1:1e38:0", "in 'run.live_marks': [wd] '1e38' is outside 0…1"},
        {"run.live_marks", "1:0:-1", "in 'run.live_marks': [clip] '-1' is outside 0…1000"},
        {"run.live_marks", "1:0:nan", "in 'run.live_marks': [clip] 'nan' is outside 0…1000"},
        {"run.first_lr", "inf", "in 'run.first_lr': [lr] 'inf' is outside 0.00001…100"},
        {"run.lr_marks", "2:0.1:101", "in 'run.lr_marks': [lr] '101' is outside 0.00001…100"},
        {"run.training_seconds", "inf",
         "'run.training_seconds' says 'inf' where 0…1e+09 was "
         "expected"},
        {"run.training_seconds", "-1",
         "'run.training_seconds' says '-1' where 0…1e+09 was "
         "expected"},
        {"run.epoch_limit", "0", "'run.epoch_limit' says '0' where 1…1000 was expected"},
        {"run.epoch_limit", "4294967295",
         "'run.epoch_limit' says '4294967295' where 1…1000 was expected"},
        {"run.frozen_marks", "1:65", "'run.frozen_marks' says '65' where 0…64 was expected"},
    };
    for (const auto& [name, text, sentence] : cases) {
      const std::string key(name);  // a structured binding cannot be captured
      CAPTURE(key);
      CHECK(refusal(with_text(good, key, text)) == "[checkpoint] " + std::string(sentence));
    }
    // Each time that a finished run went on, it got as many epochs again.
    TensorFile twice = with_text(good, "run.schedule_starts", "0,1");
    CHECK(refusal(with_text(twice, "run.epoch_limit", "2000")).empty());
    CHECK_FALSE(refusal(with_text(twice, "run.epoch_limit", "2001")).empty());
  }

  TEST_CASE("a tensor with a number out of range is refused by its name, its column and its row") {
    const TensorFile good = good_file();
    const auto column = [&](const char* name, size_t columns, size_t index, float value) {
      return refusal(with_number(good, name, 1 * columns + index, value));
    };
    for (const float bad : {kNaN, kInf, 3.4e38f, -0.1f}) {
      CHECK(column("run.steps", 4, 2, bad) ==
            "[checkpoint] 'run.steps' has a learning rate of " + print(bad) + " in row 1");
      CHECK(column("run.steps", 4, 3, bad) ==
            "[checkpoint] 'run.steps' has a momentum of " + print(bad) + " in row 1");
      CHECK(column("run.epochs", 3, 2, bad) ==
            "[checkpoint] 'run.epochs' has a validation accuracy of " + print(bad) + " in row 1");
    }
    for (const float bad : {kNaN, kInf}) {
      CHECK(column("run.steps", 4, 0, bad) ==
            "[checkpoint] 'run.steps' has a loss of " + print(bad) + " in row 1");
      CHECK(column("run.steps", 4, 1, bad).empty());  // the step before a divergence
      CHECK(refusal(with_number(good, "run.state.1", 3, bad)) ==
            "[checkpoint] 'run.state.1' has " + print(bad) +
                " at place 3, which is not a finite number");
    }
    CHECK_FALSE(column("run.steps", 4, 1, -1).empty());
  }

  TEST_CASE("every number of a run that is replaced by one out of every range is refused") {
    const TensorFile good = good_file();
    for (const auto& [name, text] : good.metadata) {
      const std::string key(name);
      if (!key.starts_with("run.") || key == "run.spec" || key == "run.rules") continue;
      for (size_t i = 0; i < text.size(); ++i) {
        if (i > 0 && text[i - 1] != ':' && text[i - 1] != ',') continue;
        const size_t end = std::min(text.find_first_of(":,", i), text.size());
        for (const char* bad : {"nan", "inf", "-1", "1e38", "99999999999999999999"}) {
          const std::string edited = text.substr(0, i) + bad + text.substr(end);
          CHECK_MESSAGE(!refusal(with_text(good, key, edited)).empty(), key, "=", edited);
        }
      }
    }
  }

  TEST_CASE("steps that cannot be computed again are refused, and the current run keeps its bits") {
    const auto read = read_run(good_file());
    REQUIRE(read.ok());
    for (const std::string kind : {"model=linear&loss=mse&lr=0.01",
                                   "model=conv&subset=50&optimizer=momentum&schedule=onecycle"}) {
      CAPTURE(kind);
      SmallRun there(kind);
      there.phases(43);
      const auto before = digest_of(there.trainer);
      RunRecord bad = *read;
      for (float& number : bad.states.back().state.numbers) number = 1e38f;
      const DigitData& data = test::drawn_digits();
      const Result<void> resumed = there.trainer.resume(bad, data.train, data.valid);
      REQUIRE_FALSE(resumed.ok());
      CHECK(resumed.error().message ==
            "[checkpoint] its steps cannot be computed again: after step 9 its numbers are not "
            "finite, "
            "and 10 steps are recorded");
      CHECK(digest_of(there.trainer) == before);
      SmallRun alone(kind);
      alone.phases(43 + 20);
      there.phases(20);
      CHECK(digest_of(there.trainer) == digest_of(alone.trainer));
    }
  }

  TEST_CASE("opening a run gives signs of progress, no more than its batches and parts of tests") {
    SmallRun run("epochs=9");
    run.phases(40 + 35);
    RunRecord record = run.trainer.record();
    record.states.resize(1);                   // all since the start is computed again
    record.history.epochs[1].valid_loss = 99;  // and the start is the best epoch
    Trainer other;
    uint32_t signs = 0;
    other.on_progress([&signs] { ++signs; });
    const DigitData& data = test::drawn_digits();
    REQUIRE(other.resume(record, data.train, data.valid).ok());
    CHECK(other.position() == 75);
    CHECK(signs >= 15);
    CHECK(signs < 30);
  }

  TEST_CASE("a state of another step, or a stop within a batch, is refused") {
    const auto read = read_run(good_file());
    REQUIRE(read.ok());
    SmallRun there("model=linear");
    const auto refused = [&](const RunRecord& record) {
      const DigitData& data = test::drawn_digits();
      const Result<void> resumed = there.trainer.resume(record, data.train, data.valid);
      return resumed ? std::string() : resumed.error().message;
    };
    RunRecord bad = *read;
    bad.states.back().state.steps = 9;
    CHECK(refused(bad) ==
          "[checkpoint] the state of epoch 1 is of 9 steps where 8 make that many epochs");
    bad = *read;
    bad.finished = true;
    CHECK(refused(bad) == "[checkpoint] it is finished, but in the middle of a batch");
  }

  TEST_CASE("a run that has diverged in the last batch of an epoch is saved and opened again") {
    // Weight decay alone multiplies the weights by 1 - lr in each step, so they can overflow before
    // the loss does. An epoch is one image.
    int overflowed = 0;
    for (int lr = 60; lr <= 100; lr += 2) {
      CAPTURE(lr);
      SmallRun run("model=linear&loss=l1&wd=1&subset=1&batch=1&epochs=90&lr=" + std::to_string(lr));
      while (!run.trainer.finished()) run.trainer.advance();
      TrainState state;
      run.trainer.save_state(state);
      const auto finite = [](float x) { return std::isfinite(x); };
      if (!std::ranges::all_of(state.numbers, finite)) ++overflowed;
      TensorFile file;
      append_run(run.trainer.record(), file);
      const Result<RunRecord> record = read_run(file);
      if (!record) FAIL(record.error().message);
      Trainer other;
      const DigitData& data = test::drawn_digits();
      const Result<void> resumed = other.resume(*record, data.train, data.valid);
      if (!resumed) FAIL(resumed.error().message);
      CHECK(digest_of(other) == digest_of(run.trainer));
    }
    CHECK(overflowed > 0);
  }
}
