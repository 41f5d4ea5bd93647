// Compares the first 20 steps of the linear model and of the MLP on the real 3s and 7s, and of the
// fits of a curve and of a line, bit for bit: the loss of each step and some weights after the last
// one, as hex floats in first_steps.txt. The file is the same for every compiler and machine: native
// (GCC and clang), wasm in Node, and the page in a browser, whose tests compare the digests of the
// same runs.
#include <doctest/doctest.h>

#include <string>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "data/points.hpp"
#include "session/session.hpp"
#include "session/snapshot_view.hpp"
#include "support/golden_text.hpp"
#include "support/mnist37.hpp"
#include "test_paths.hpp"

using namespace downhill;

namespace {

constexpr const char* kPath = DOWNHILL_SOURCE_DIR "/tests/golden/first_steps.txt";
constexpr const char* kRuns[] = {
    "model=linear&loss=mnist&init=normal&shuffle=false&batch=256&lr=1&seed=1",
    "model=mlp:30&loss=mnist&init=pytorch&shuffle=true&batch=256&lr=0.1&seed=1",
    "data=curve&seed=1",
    "data=line&normalize=false&lr=0.003&seed=2",
    "data=curve&fault=nozero&lr=0.01&seed=1",
};
constexpr uint32_t kSteps = 20;

std::string run_text(const std::string& edits, const DigitData& data) {
  const Result<ExperimentSpec> spec = edit_spec({}, edits);
  REQUIRE(spec.ok());
  Trainer trainer;
  REQUIRE(trainer.rebuild(*spec, data.train, data.valid).ok());
  std::string text = "run " + edits + "\n";
  text += "initial digest " + test::print_digest(weights_digest(trainer)) + "\n";
  while (trainer.batches_done() < kSteps) trainer.advance();
  for (const CurvePoint& point : trainer.recorder().steps()) {
    text += "step " + print(uint64_t{point.step}) + " loss " + print_hex(point.loss) +
            " gradient norm " + print_hex(point.gradient_norm) + "\n";
  }
  const std::span<const float> weights = trainer.model().slabs().values();
  for (size_t i = 0; i < 16; ++i) {
    const size_t at = (weights.size() - 16) * i / 15;
    text += "weight " + print(uint64_t{at}) + " " + print_hex(weights[at]) + "\n";
  }
  return text + "final digest " + test::print_digest(weights_digest(trainer)) + "\n\n";
}

}  // namespace

TEST_SUITE("golden") {
  TEST_CASE("the first 20 steps on digits and on points are the same bits on every machine") {
    const DigitData data = test::load_mnist37();
    std::string text;
    for (const std::string run : kRuns) {
      const ExperimentSpec spec = *edit_spec({}, run);
      text += has_points(spec.data) ? run_text(run, point_data(spec.data, spec.seed))
                                    : run_text(run, data);
    }
    test::check_golden(text, kPath);
  }
}
