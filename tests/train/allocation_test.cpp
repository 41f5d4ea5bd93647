#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <string>

#include "support/advice.hpp"
#include "support/alloc_guard.hpp"
#include "support/files.hpp"
#include "support/training.hpp"
#include "support/workloads.hpp"

using namespace downhill;

namespace {

const std::string kAdvice =
    test::allocation_advice(test::kCoreTests, "-ts=allocation") +
    "\nIf an arena has grown, breakpoints on Arena::add_block show which tape.";

}  // namespace

TEST_SUITE("allocation") {
  TEST_CASE(
      "after its first epoch training allocates nothing: no new, no arena growth, with tests, "
      "checkpoints and best weights included") {
    INFO(kAdvice);
    for (const std::string edits : test::kKindsOfRuns) {
      CAPTURE(edits);
      test::Run run(edits + "&epochs=12&stop=patience:12");
      const uint32_t epoch = run.trainer.batches_per_epoch();
      run.batches(epoch + 1);
      const uint64_t arenas = run.trainer.tape_allocations();
      const AllocGuard guard;
      run.batches(3 * epoch);
      // A fault that shows is named once, in a sentence.
      const uint64_t sentences = edits.starts_with("fault=") ? 2 : 0;
      CHECK(guard.count() <= sentences);
      CHECK(run.trainer.tape_allocations() == arenas);
      CHECK(run.trainer.recorder().epochs().size() > 3);
    }
  }

  TEST_CASE("a run that goes on beside its tests allocates nothing either") {
    INFO(kAdvice);
    const DigitData data = test::ten_digit_data(12, 75, 1);
    test::Run run(test::edited({},
                               "digits=0123456789&model=conv&batch=16&epochs=12&lr=0.05"
                               "&optimizer=momentum"),
                  data, TestTime::beside);
    const auto epochs = [&run](uint32_t count) {
      const uint32_t until = run.trainer.epochs_done() + count;
      while (run.trainer.epochs_done() < until) run.trainer.advance_in_parts(TestTime::beside);
    };
    epochs(2);
    REQUIRE(run.trainer.testing_beside());
    const uint64_t arenas = run.trainer.tape_allocations();
    const AllocGuard guard;
    epochs(3);
    CHECK(guard.count() == 0);
    CHECK(run.trainer.tape_allocations() == arenas);
    CHECK(run.trainer.recorder().epochs().size() == 5);
  }

  // The limits are what the tape of a step takes, in KiB rounded up: values, gradients, lists of
  // sparse pixels, and what operations save for backward. W1 has 304 KiB for the values of its
  // sparse pixels, which backward reads again: that made it 1.11 times as fast. W3 has lists of the
  // pixels that each position of a window meets, and 127 KiB for padded images where the upstream
  // gradient may be sparse. A layer and its ReLU are one op: the value between them takes no
  // memory.
  TEST_CASE("a step of the five workloads allocates nothing, and its tape is as small as it was") {
    INFO(kAdvice);
    const std::map<std::string, uint64_t> most_kib = {
        {"W1", 319}, {"W2", 650}, {"W3", 6669}, {"W4", 566}, {"W5", 14848}};
    for (const test::Workload& workload : test::kWorkloads) {
      const std::string name = workload.name;
      CAPTURE(name);
      const ExperimentSpec spec = test::edited({}, workload.spec);
      const Result<DigitData> data =
          test::workload_data(test::read_mnist37("train-images.idx3-ubyte"),
                              test::read_mnist37("valid-images.idx3-ubyte"), spec.digits);
      REQUIRE_MESSAGE(data.ok(), (data.ok() ? "" : data.error().message));
      test::Run run(spec, *data);
      run.batches(2);
      const uint64_t arenas = run.trainer.tape_allocations();
      const AllocGuard guard;
      run.batches(2);
      CHECK(guard.count() == 0);
      CHECK(run.trainer.tape_allocations() == arenas);
      const uint64_t kib = (run.trainer.tape_bytes() + 1023) / 1024;
      CHECK_MESSAGE(kib <= most_kib.at(name), "the tape takes ", kib, " KiB. ",
                    test::cost_advice("most_kib of tests/train/allocation_test.cpp"));
    }
  }
}
