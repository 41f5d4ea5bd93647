#include "train/run_record.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"

using namespace downhill;
using test::digest_of;
using test::SmallRun;

namespace {

const char* const kKinds[] = {
    "model=linear&loss=mse&lr=0.01",
    "model=mlp:8&optimizer=momentum&normalize=true&schedule=cosine",
    "model=mlp:8,6&dropout=0.3&activation=tanh&loss=crossentropy&optimizer=adam&lr=0.01",
    "model=conv&loss=crossentropy&optimizer=adamw&wd=0.01&lr=0.01&augment=crop&schedule=onecycle",
    "model=conv&freeze=2&loss=bce&clip=0.5&subset=50&noise=0.1&optimizer=rmsprop&lr=0.001",
    "model=mlp:8&fault=nozero&optimizer=momentum&lr=0.02",
    "model=mlp:8&fault=uphill&lr=0.01",
};

// Writes a record to the bytes of a file and reads it again.
RunRecord through_a_file(const RunRecord& record) {
  TensorFile file;
  append_run(record, file);
  const Result<TensorFile> read = read_safetensors(write_safetensors(file), "test");
  REQUIRE(read.ok());
  REQUIRE(has_run(*read));
  const Result<RunRecord> again = read_run(*read);
  if (!again) FAIL(again.error().message);
  return *again;
}

void resume_into(Trainer& trainer, const RunRecord& record) {
  const DigitData& data = test::drawn_digits();
  const Result<void> resumed = trainer.resume(record, data.train, data.valid);
  if (!resumed) FAIL(resumed.error().message);
}

}  // namespace

TEST_SUITE("run record") {
  TEST_CASE("a run that is saved and resumed has the same bits, at once and in all further steps") {
    for (const std::string kind : kKinds) {
      CAPTURE(kind);
      // At the start, within a batch, after a batch, after an epoch and in the next one.
      for (const uint32_t phases : {0u, 3u, 5u, 40u, 52u}) {
        CAPTURE(phases);
        SmallRun run(kind);
        run.phases(phases);
        Trainer other;
        resume_into(other, through_a_file(run.trainer.record()));
        REQUIRE(digest_of(other) == digest_of(run.trainer));
        CHECK(other.recorder().epochs().back().valid_loss ==
              run.trainer.recorder().epochs().back().valid_loss);
        CHECK(other.evaluation().losses == run.trainer.evaluation().losses);
        for (uint32_t i = 0; i < 33; ++i) {
          run.trainer.advance();
          other.advance();
        }
        REQUIRE(digest_of(other) == digest_of(run.trainer));
        run.trainer.go_back(7);
        other.go_back(7);
        REQUIRE(digest_of(other) == digest_of(run.trainer));
      }
    }
  }

  TEST_CASE("a replay uses each setting of its time, and the last change waits for its step") {
    SmallRun run("model=mlp:8&optimizer=momentum");
    const auto set = [&](const char* edits) {
      run.trainer.apply_live(*edit_spec(run.trainer.spec(), edits));
    };
    run.phases(10);
    set("lr=0.3&momentum=0.5");
    run.phases(20);
    set("wd=0.01&clip=0.1");
    run.phases(11);
    set("lr=0.05&freeze=1&schedule=cosine");
    Trainer other;
    resume_into(other, through_a_file(run.trainer.record()));
    CHECK(other.spec() == run.trainer.spec());
    REQUIRE(digest_of(other) == digest_of(run.trainer));
    for (uint32_t i = 0; i < 30; ++i) {
      run.trainer.advance();
      other.advance();
    }
    REQUIRE(digest_of(other) == digest_of(run.trainer));
    other.go_back(2);
    run.trainer.go_back(2);
    REQUIRE(digest_of(other) == digest_of(run.trainer));
  }

  TEST_CASE("a finished run is finished again, for the same reason, and goes on in the same way") {
    for (const std::string kind : {"epochs=2", "epochs=2&schedule=onecycle&optimizer=momentum",
                                   "epochs=9&lr=5&stop=patience:1", "epochs=9&stop=target:0.6"}) {
      CAPTURE(kind);
      SmallRun run(kind);
      while (!run.trainer.finished()) run.trainer.advance();
      Trainer other;
      resume_into(other, through_a_file(run.trainer.record()));
      CHECK(other.finished());
      CHECK(other.stop_reason() == run.trainer.stop_reason());
      CHECK(other.best_is_back() == run.trainer.best_is_back());
      REQUIRE(digest_of(other) == digest_of(run.trainer));
      for (uint32_t i = 0; i < 20; ++i) {
        run.trainer.advance();
        other.advance();
      }
      CHECK(other.epoch_limit() == run.trainer.epoch_limit());
      REQUIRE(digest_of(other) == digest_of(run.trainer));
      while (!run.trainer.finished()) run.trainer.advance();
      while (!other.finished()) other.advance();
      REQUIRE(digest_of(other) == digest_of(run.trainer));
    }
  }

  TEST_CASE("the best weights come back even if their epoch came before the file") {
    SmallRun run("epochs=8&lr=8&stop=patience:3&batch=8");
    while (run.trainer.recorder().epochs().size() < 4 && !run.trainer.finished()) {
      run.trainer.advance();
    }
    Trainer other;
    resume_into(other, through_a_file(run.trainer.record()));
    while (!run.trainer.finished()) run.trainer.advance();
    while (!other.finished()) other.advance();
    CHECK(other.best_is_back() == run.trainer.best_is_back());
    REQUIRE(digest_of(other) == digest_of(run.trainer));
  }

  TEST_CASE("a record that does not fit is refused with a sentence, and the current run stays") {
    SmallRun run("model=mlp:8");
    run.phases(52);
    const RunRecord good = run.trainer.record();
    const DigitData& data = test::drawn_digits();
    SmallRun there("model=linear&loss=mse&lr=0.01");
    there.phases(6);
    const auto before = digest_of(there.trainer);
    const auto refused = [&](const RunRecord& record) {
      const Result<void> resumed = there.trainer.resume(record, data.train, data.valid);
      CHECK_FALSE(resumed.ok());
      CHECK(digest_of(there.trainer) == before);
      return resumed.ok() ? std::string() : resumed.error().message;
    };
    RunRecord bad = good;
    bad.states.back().state.numbers.pop_back();
    CHECK(refused(bad).starts_with("[checkpoint] the state of epoch 1 has "));
    bad = good;
    bad.position += 5;
    CHECK(refused(bad) == "[checkpoint] 10 steps are recorded where 11 were done");
    bad = good;
    bad.history.epochs.pop_back();
    CHECK(refused(bad) == "[checkpoint] 1 tests are recorded where 2 were done");
    bad = good;
    bad.states.back().epoch = 7;
    bad.states.back().state.steps = 7 * 8;
    CHECK(refused(bad) == "[checkpoint] it has an epoch that was not done yet");
    bad = good;
    bad.states.pop_back();
    CHECK(refused(bad) == "[checkpoint] the state of its best epoch, 1, is missing");
  }

  TEST_CASE("texts and tensors that are missing or out of range are refused by name") {
    SmallRun run("model=linear");
    run.phases(45);
    TensorFile good;
    append_run(run.trainer.record(), good);
    REQUIRE(read_run(good).ok());
    for (size_t i = 0; i < good.metadata.size(); ++i) {
      TensorFile bad = good;
      bad.metadata.erase(bad.metadata.begin() + static_cast<std::ptrdiff_t>(i));
      CHECK_FALSE(read_run(bad).ok());
      if (good.metadata[i].first == "run.lr_marks") continue;  // may be empty
      bad = good;
      bad.metadata[i].second = "?";
      CHECK_MESSAGE(!read_run(bad).ok(), good.metadata[i].first);
    }
    for (size_t i = 0; i < good.tensors.size(); ++i) {
      TensorFile bad = good;
      bad.tensors.erase(bad.tensors.begin() + static_cast<std::ptrdiff_t>(i));
      CHECK_MESSAGE(!read_run(bad).ok(), good.tensors[i].name);
    }
    TensorFile other = good;
    other.metadata.front().second = "2";
    CHECK(read_run(other).error().message ==
          "[checkpoint] version '2' where 1 was expected: it is of another Downhill");
  }
}
