#include "train/trainer.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "base/hash.hpp"
#include "data/synthetic.hpp"
#include "train/probe.hpp"

using namespace downhill;

namespace {

const DigitData& digits() {
  static const DigitData data = synthetic_digit_data(120, 40, 1);
  return data;
}

ExperimentSpec small(const char* edits = "") {
  const Result<ExperimentSpec> base = edit_spec({}, "model=mlp:8&batch=32&epochs=3&lr=0.5&seed=5");
  const Result<ExperimentSpec> spec = edit_spec(*base, edits);
  REQUIRE(spec.ok());
  return *spec;
}

struct Run {
  Trainer trainer;
  explicit Run(const ExperimentSpec& spec) {
    REQUIRE(trainer.rebuild(spec, digits().train, digits().valid).ok());
  }
  void phases(uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) trainer.advance();
  }
  void batches(uint32_t count) { phases(count * 5); }
  void to_the_end() {
    while (!trainer.finished()) trainer.advance();
  }
  uint64_t bits() const { return fnv1a(trainer.model().slabs().values()); }
};

// All that a learner can see of a state, bit for bit.
std::vector<uint64_t> fingerprint(const Trainer& t) {
  std::vector<uint64_t> prints = {fnv1a(t.model().slabs().values()),
                                  t.position(),
                                  t.steps_done(),
                                  t.epochs_done(),
                                  t.batch_in_epoch(),
                                  static_cast<uint64_t>(t.phase()),
                                  static_cast<uint64_t>(t.next())};
  const std::vector<float> numbers = {t.train_loss(), t.batch_accuracy(), t.gradient_norm(),
                                      t.update_norm(), t.spec().lr};
  prints.push_back(fnv1a(std::span<const float>(numbers)));
  prints.push_back(fnv1a(t.model().slabs().grads()));
  prints.push_back(fnv1a(t.outputs()));
  for (const CurvePoint& p : t.recorder().steps()) {
    const std::vector<float> point = {p.loss, p.gradient_norm, p.lr};
    prints.push_back(fnv1a(std::span<const float>(point)));
  }
  prints.push_back(t.recorder().epochs().size());
  return prints;
}

}  // namespace

TEST_SUITE("trainer") {
  TEST_CASE("the seven steps come in their order") {
    Run run(small("epochs=1"));
    CHECK(run.trainer.phase() == Phase::initialize);
    const uint32_t batches = run.trainer.batches_per_epoch();
    CHECK(batches == 8);  // 240 images in batches of 32
    for (uint32_t b = 0; b < batches; ++b) {
      for (Phase expected :
           {Phase::predict, Phase::loss, Phase::gradient, Phase::step, Phase::repeat}) {
        CHECK(run.trainer.next() == expected);
        CHECK(run.trainer.advance() == expected);
      }
    }
    CHECK(run.trainer.advance() == Phase::stop);
    CHECK(run.trainer.finished());
    CHECK(run.trainer.stop_reason() == "The epoch is done.");
  }

  TEST_CASE("each step changes what it should, and nothing else") {
    Run run(small());
    const uint64_t first = run.bits();
    CHECK_FALSE(run.trainer.predicted());
    CHECK(std::isnan(run.trainer.train_loss()));
    run.phases(1);  // predict
    CHECK(run.trainer.outputs().size() == 32);
    CHECK(std::isnan(run.trainer.train_loss()));
    run.phases(1);  // loss
    CHECK(run.trainer.train_loss() > 0);
    CHECK_FALSE(run.trainer.has_gradient());
    run.phases(1);  // gradient
    CHECK(run.trainer.gradient_norm() > 0);
    CHECK(run.bits() == first);
    CHECK(run.trainer.steps_done() == 0);
    run.phases(1);  // step
    CHECK(run.bits() != first);
    CHECK(run.trainer.steps_done() == 1);
    CHECK(run.trainer.recorder().steps().size() == 1);
    CHECK(run.trainer.update_norm() == 0.5f * run.trainer.gradient_norm());
  }

  TEST_CASE("the same seed gives the same bits, another seed others") {
    Run a(small()), b(small()), c(small("seed=6"));
    a.batches(12);
    b.batches(12);
    c.batches(12);
    CHECK(fingerprint(a.trainer) == fingerprint(b.trainer));
    CHECK(a.bits() != c.bits());
  }

  TEST_CASE("looking at a run changes nothing: probes between all phases leave the same bits") {
    Run plain(small()), watched(small());
    plain.batches(6);
    std::vector<float> scratch(watched.trainer.model().slabs().values().size());
    for (int i = 0; i < 30; ++i) {
      watched.trainer.advance();
      watched.trainer.probe().loss();
      nudge(watched.trainer, watched.trainer.model().slabs().values().data() + 5, scratch);
    }
    CHECK(fingerprint(plain.trainer) == fingerprint(watched.trainer));
  }

  TEST_CASE("training learns the drawn digits") {
    Run run(small("epochs=20"));
    const float before = run.trainer.recorder().epochs().front().valid_accuracy;
    run.to_the_end();
    CHECK(run.trainer.recorder().epochs().back().valid_accuracy > 0.95f);
    CHECK(run.trainer.recorder().epochs().back().valid_accuracy > before);
    CHECK(run.trainer.recorder().epochs().size() == 21);
  }

  TEST_CASE("going back to any place gives the state that was there, to the bit") {
    for (const char* edits : {"", "shuffle=false", "model=linear&loss=mse&lr=0.01", "batch=240"}) {
      CAPTURE(edits);
      Run there(small(edits)), back(small(edits));
      const uint32_t total = std::min(23u, 3 * there.trainer.batches_per_epoch() - 1) * 5 + 3;
      back.phases(total);
      std::vector<std::vector<uint64_t>> seen;
      for (uint32_t i = 0; i <= total; ++i) {
        seen.push_back(fingerprint(there.trainer));
        if (i < total) there.trainer.advance();
      }
      for (uint32_t target = total; target-- > 1;) {
        if (target % 7 != 0 && target % 5 != 0) continue;
        back.trainer.go_back(target);
        CHECK(fingerprint(back.trainer) == seen[target]);
      }
      back.phases(5);
      back.trainer.go_back(0);
      CHECK(back.trainer.phase() == Phase::initialize);
      back.phases(total);
      CHECK(fingerprint(back.trainer) == seen[total]);
    }
  }

  TEST_CASE("going back takes the learning rate back too, and a replay uses the rates of then") {
    Run run(small());
    run.batches(4);
    ExperimentSpec faster = run.trainer.spec();
    faster.lr = 2.0f;
    run.trainer.apply_live(faster);
    run.batches(6);
    const uint64_t with_change = run.bits();
    run.batches(5);
    run.trainer.go_back(10 * 5);
    CHECK(run.bits() == with_change);
    CHECK(run.trainer.spec().lr == 2.0f);
    run.trainer.go_back(3 * 5);
    CHECK(run.trainer.spec().lr == 0.5f);
    CHECK(run.trainer.recorder().marks().empty());
  }

  TEST_CASE("a learning rate set between two steps acts on the next one") {
    Run run(small());
    run.phases(3);  // predict, loss, gradient
    ExperimentSpec spec = run.trainer.spec();
    spec.lr = 0.125f;
    run.trainer.apply_live(spec);
    run.phases(1);
    CHECK(run.trainer.recorder().steps()[0].lr == 0.125f);
    CHECK(run.trainer.update_norm() == 0.125f * run.trainer.gradient_norm());
    run.phases(1);
    REQUIRE(run.trainer.recorder().marks().size() == 1);
    CHECK(run.trainer.recorder().marks()[0].step == 1);
  }

  TEST_CASE("stop rules: epochs, target, patience and time; each says so and can be set aside") {
    Run epochs(small("epochs=2"));
    epochs.to_the_end();
    CHECK(epochs.trainer.epochs_done() == 2);
    CHECK(epochs.trainer.stop_reason() == "All 2 epochs are done.");
    epochs.trainer.advance();
    CHECK_FALSE(epochs.trainer.finished());
    epochs.to_the_end();
    CHECK(epochs.trainer.epochs_done() == 4);

    Run target(small("epochs=50&stop=target:0.9"));
    target.to_the_end();
    CHECK(target.trainer.epochs_done() < 50);
    CHECK(target.trainer.recorder().epochs().back().valid_accuracy >= 0.9f);
    CHECK(target.trainer.stop_reason().find("90.0 %") != std::string::npos);

    // With weights of zero and a ReLU no gradient flows: the validation loss never improves.
    Run patience(
        small("epochs=50&init=zero&stop=patience:3&model=mlp:4,4&shuffle=false&lr=0.00001"));
    patience.to_the_end();
    CHECK(patience.trainer.epochs_done() < 50);
    CHECK(patience.trainer.stop_reason().find("not improved for 3 epochs") != std::string::npos);

    Run time(small("epochs=50&stop=time:2"));
    time.batches(3);
    time.trainer.add_training_seconds(1.5);
    time.batches(1);
    CHECK(time.trainer.next() == Phase::predict);
    time.trainer.add_training_seconds(0.5);
    time.batches(1);
    CHECK(time.trainer.next() == Phase::stop);
  }

  TEST_CASE(
      "a loss that is not finite stops the run before it has a gradient, and going back mends it") {
    Run run(small("model=linear&loss=mse&lr=100&epochs=100"));
    run.to_the_end();
    CHECK_FALSE(std::isfinite(run.trainer.train_loss()));
    CHECK_FALSE(run.trainer.can_continue());
    CHECK(run.trainer.trouble().health == Health::diverged);
    CHECK(run.trainer.trouble().good_step == 0);
    for (const CurvePoint& point : run.trainer.recorder().steps()) CHECK(std::isfinite(point.loss));
    const uint32_t good = run.trainer.trouble().good_step;
    run.trainer.go_back(uint64_t{good} * 5);
    CHECK(run.trainer.trouble().health == Health::fine);
    CHECK(run.trainer.can_continue());
    ExperimentSpec gentle = run.trainer.spec();
    gentle.lr = 0.001f;
    run.trainer.apply_live(gentle);
    run.batches(8);
    CHECK(std::isfinite(run.trainer.train_loss()));
  }

  TEST_CASE("a nudge measures the slope that backward computes") {
    for (const char* edits : {"loss=mnist", "loss=bce", "loss=mse", "model=linear&loss=mnist"}) {
      CAPTURE(edits);
      Run run(small(edits));
      run.batches(3);
      run.phases(3);
      const auto grads = run.trainer.model().slabs().grads();
      std::vector<float> scratch(grads.size());
      size_t largest = 0;
      for (size_t i = 0; i < grads.size(); ++i) {
        if (std::abs(grads[i]) > std::abs(grads[largest])) largest = i;
      }
      const Nudge n =
          nudge(run.trainer, run.trainer.model().slabs().values().data() + largest, scratch);
      CHECK(n.gradient == grads[largest]);
      CHECK(static_cast<double>(n.slope) ==
            doctest::Approx(static_cast<double>(n.gradient)).epsilon(0.02));
      CHECK(n.loss == run.trainer.train_loss());
    }
  }

  TEST_CASE("an empty set of images is refused") {
    Trainer trainer;
    const Dataset none;
    CHECK_FALSE(trainer.rebuild(small(), none, digits().valid).ok());
    CHECK_FALSE(trainer.rebuild(small(), digits().train, none).ok());
  }
}
