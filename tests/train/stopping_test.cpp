// The rules that stop a run, a loss that is not finite, and going on after a stop.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "support/small_run.hpp"

using namespace downhill;
using test::Run;
using test::TwoDigitRun;

TEST_SUITE("stopping") {
  TEST_CASE("epochs, target, patience and time stop a run, say so, and can be set aside") {
    TwoDigitRun epochs("epochs=2");
    epochs.to_the_end();
    CHECK(epochs.trainer.epochs_done() == 2);
    CHECK(epochs.trainer.stop_reason() == "All 2 epochs are done.");
    epochs.trainer.advance();
    CHECK_FALSE(epochs.trainer.finished());
    epochs.to_the_end();
    CHECK(epochs.trainer.epochs_done() == 4);

    TwoDigitRun target("epochs=50&stop=target:0.9");
    target.to_the_end();
    CHECK(target.trainer.epochs_done() < 50);
    CHECK(target.trainer.recorder().epochs().back().valid_accuracy >= 0.9f);
    CHECK(target.trainer.stop_reason().find("90.0 %") != std::string::npos);

    // With weights of zero and a ReLU no gradient flows: the validation loss never improves.
    TwoDigitRun patience(
        "epochs=50&init=zero&stop=patience:3&model=mlp:4,4&shuffle=false&lr=0.00001");
    patience.to_the_end();
    CHECK(patience.trainer.epochs_done() < 50);
    CHECK(patience.trainer.stop_reason().find("not improved for 3 epochs") != std::string::npos);

    TwoDigitRun time("epochs=50&stop=time:2");
    time.batches(3);
    time.trainer.add_training_seconds(1.5);
    time.batches(1);
    CHECK(time.trainer.next() == Phase::predict);
    time.trainer.add_training_seconds(0.5);
    time.batches(1);
    CHECK(time.trainer.next() == Phase::stop);
  }

  TEST_CASE(
      "a loss that is not finite stops the run before it has a gradient; going back mends it") {
    TwoDigitRun run("model=linear&loss=mse&lr=100&epochs=100");
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

  TEST_CASE(
      "patience puts the weights of the best epoch back; going on goes on from the last ones") {
    for (const std::string model : {"mlp:8", "conv"}) {
      CAPTURE(model);
      const std::string edits =
          "optimizer=adamw&lr=0.01&epochs=50&loss=crossentropy&model=" + std::string(model);
      // After two good epochs the rate becomes far too large.
      const auto spoilt = [&](Run& run, const char* stop) {
        run.batches(2 * run.trainer.batches_per_epoch());
        run.set(std::string("lr=5&stop=") + stop);
      };
      Run patient(edits), endless(edits);
      spoilt(endless, "none");
      const uint64_t best_bits = endless.bits();
      const float best_loss = endless.trainer.recorder().epochs().back().valid_loss;
      spoilt(patient, "patience:2");
      patient.to_the_end();
      REQUIRE(patient.trainer.epochs_done() == 4);
      CHECK(patient.trainer.stop_reason() ==
            "The validation loss has not improved for 2 epochs: the weights of epoch 2 are put "
            "back.");
      CHECK(patient.trainer.best_is_back());
      CHECK(patient.bits() == best_bits);
      CHECK(patient.trainer.tested().epoch == 2);
      CHECK(patient.trainer.evaluation().loss == best_loss);

      while (endless.trainer.position() < patient.trainer.position()) endless.trainer.advance();
      std::vector<float> change(patient.values().size()), last(change.size());
      patient.trainer.change(change);
      endless.trainer.change(last);
      CHECK(change == last);  // of the last step, not the difference to the best weights
      patient.batches(2);
      endless.batches(2);
      CHECK_FALSE(patient.trainer.best_is_back());
      CHECK(patient.bits() == endless.bits());
      CHECK(patient.trainer.tested().epoch == 4);
      CHECK(patient.trainer.evaluation().loss == endless.trainer.evaluation().loss);
    }
  }
}
