#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <string>

#include "support/alloc_guard.hpp"
#include "support/files.hpp"
#include "support/training.hpp"
#include "support/workloads.hpp"

using namespace downhill;

TEST_SUITE("allocation") {
  TEST_CASE(
      "after its first epoch training asks for no memory: no new, no arena growth, with tests, "
      "checkpoints and best weights included") {
    for (const std::string edits : test::kKindsOfRuns) {
      CAPTURE(edits);
      test::Run run(edits + "&epochs=12&stop=patience:12");
      const uint32_t epoch = run.trainer.batches_per_epoch();
      run.batches(epoch + 1);
      const uint64_t arenas = run.trainer.tape_allocations();
      const AllocGuard guard;
      run.batches(3 * epoch);
      CHECK(guard.count() == 0);
      CHECK(run.trainer.tape_allocations() == arenas);
      CHECK(run.trainer.recorder().epochs().size() > 3);
    }
  }

  TEST_CASE("nor does a run that goes on beside its tests") {
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

  // The bounds are what a step took when they were written down, in KiB rounded up: values, their
  // gradients, lists of sparse pixels, what an operation keeps. Who needs more says here why. W1 went from
  // 18 to 322, the floats of its nonzero pixels, which the way back reads again: 1.11 times as fast. W3 needs
  // 69 for the weights of convolutions as they were and for the pixels that each place of a window
  // meets, and 127 for images with their padding where dy may have few numbers; W5 has 4628 less,
  // as a ReLU writes what stands before it only for those who ask.
  TEST_CASE("a step of the five workloads asks for no memory, and takes no more than it did") {
    const std::map<std::string, uint64_t> most_kib = {
        {"W1", 322}, {"W2", 684}, {"W3", 8235}, {"W4", 634}, {"W5", 17903}};
    for (const test::Workload& workload : test::kWorkloads) {
      CAPTURE(workload.name);
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
      CHECK(run.trainer.tape_bytes() <= most_kib.at(workload.name) * 1024);
    }
  }
}
