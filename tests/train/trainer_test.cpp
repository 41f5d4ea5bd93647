// The seven phases: their order, what each changes, live settings, refused specs.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/small_run.hpp"

using namespace downhill;
using test::difference;
using test::fingerprint;
using test::Run;
using test::TwoDigitRun;

TEST_SUITE("trainer") {
  TEST_CASE("the seven phases come in their order") {
    TwoDigitRun run("epochs=1");
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
    TwoDigitRun run;
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
    TwoDigitRun a, b, c("seed=6");
    a.batches(12);
    b.batches(12);
    c.batches(12);
    CHECK(difference(fingerprint(a), fingerprint(b)) == "");
    CHECK(a.bits() != c.bits());
  }

  TEST_CASE("training learns the synthetic digits") {
    TwoDigitRun run("epochs=20");
    const float before = run.trainer.recorder().epochs().front().valid_accuracy;
    run.to_the_end();
    CHECK(run.trainer.recorder().epochs().back().valid_accuracy > 0.95f);
    CHECK(run.trainer.recorder().epochs().back().valid_accuracy > before);
    CHECK(run.trainer.recorder().epochs().size() == 21);
  }

  TEST_CASE("a learning rate set between two steps acts on the next one") {
    TwoDigitRun run;
    run.phases(3);  // predict, loss, gradient
    ExperimentSpec spec = run.trainer.spec();
    spec.lr = 0.125f;
    run.trainer.apply_live(spec);
    run.phases(1);
    CHECK(run.trainer.recorder().steps()[0].lr == 0.125f);
    CHECK(run.trainer.update_norm() == 0.125f * run.trainer.gradient_norm());
    run.phases(1);
    run.phases(3);
    spec.lr = 0.25f;
    run.trainer.apply_live(spec);
    run.phases(1);
    CHECK(run.trainer.recorder().steps()[1].lr == 0.25f);
    REQUIRE(run.trainer.recorder().marks().size() == 1);
    CHECK(run.trainer.recorder().marks()[0].step == 2);
  }

  TEST_CASE("with all layers frozen nothing is learned") {
    Run run("model=conv&freeze=64");
    const std::vector<float> before = run.values();
    run.batches(5);
    CHECK(run.values() == before);
    CHECK(run.trainer.gradient_norm() == 0.0f);
    CHECK(run.trainer.update_norm() == 0.0f);
    run.set("freeze=0");
    run.batches(1);
    CHECK(run.values() != before);
  }

  TEST_CASE("freezing takes effect at the next batch") {
    for (const uint64_t phases : {1, 2, 3}) {
      CAPTURE(phases);
      Run run("optimizer=momentum&lr=0.05");
      run.batches(1);
      run.phases(phases);
      run.set("freeze=1");
      run.phases(5 - phases);
      const std::vector<float> before = run.values();
      const size_t first = run.trainer.model().weighted()[1]->weight().value.data -
                           run.trainer.model().slabs().values().data();
      run.batches(1);
      const std::vector<float> after = run.values();
      CHECK(std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(first),
                       after.begin()));
      CHECK(before != after);
    }
  }

  TEST_CASE("start_from() begins a run with the given weights") {
    Run source("model=conv&optimizer=adam&lr=0.01"), again("model=conv&optimizer=adam&lr=0.01");
    source.batches(4);
    const auto buffers = source.trainer.model().slabs().buffers();
    again.batches(2);
    again.trainer.start_from(source.values(), {buffers.data(), buffers.size()});
    CHECK(again.trainer.position() == 0);
    CHECK(again.trainer.phase() == Phase::initialize);
    CHECK(again.values() == source.values());
    CHECK(again.trainer.optimizer().steps() == 0);
    CHECK(again.trainer.recorder().steps().empty());
    CHECK(again.trainer.recorder().epochs().size() == 1);
    CHECK(again.trainer.recorder().epochs()[0].valid_loss == again.trainer.evaluation().loss);
    const uint64_t first = again.bits();
    again.batches(4);
    const uint64_t trained = again.bits();
    again.trainer.go_back(0);
    CHECK(again.bits() == first);
    again.batches(4);
    CHECK(again.bits() == trained);
  }

  TEST_CASE("each training pass moves the running statistics once") {
    Run run("model=conv");
    const auto mean = [&] { return run.trainer.model().slabs().all_buffers()[0].value.data[0]; };
    CHECK(mean() == 0.0f);
    run.phases(1);
    const float once = mean();
    CHECK(once != 0.0f);
    run.phases(4);
    CHECK(mean() == once);
    run.phases(1);
    CHECK(mean() != once);
  }

  TEST_CASE("an empty set of images is refused") {
    Trainer trainer;
    const Dataset none;
    const DigitData& data = TwoDigitRun::digits();
    CHECK_FALSE(trainer.rebuild(TwoDigitRun::spec(), none, data.valid).ok());
    CHECK_FALSE(trainer.rebuild(TwoDigitRun::spec(), data.train, none).ok());
  }

  TEST_CASE("an epoch that ends with one image is refused for batch norm") {
    Trainer trainer;
    const DigitData& data = test::ten_digits();
    const ExperimentSpec spec =
        test::edited({}, "digits=0123456789&model=conv&loss=crossentropy&batch=17");
    const Result<void> built = trainer.rebuild(spec, data.train, data.valid);  // 120 = 7 · 17 + 1
    REQUIRE_FALSE(built.ok());
    CHECK(built.error().message ==
          "[batch] layer 14, BatchNorm2d, sees one number per channel of one image: two images at "
          "least are needed, but the last batch of an epoch has one: drop it, or choose another "
          "batch size");
    CHECK_FALSE(trainer.built());
    CHECK(trainer.rebuild(test::edited(spec, "droplast=true"), data.train, data.valid).ok());
    CHECK(trainer.rebuild(test::edited(spec, "subset=34"), data.train, data.valid).ok());
    CHECK_FALSE(trainer.rebuild(test::edited(spec, "subset=35"), data.train, data.valid).ok());
    CHECK_FALSE(trainer.rebuild(test::edited(spec, "subset=1"), data.train, data.valid).ok());
    CHECK(trainer.rebuild(test::edited(spec, "model=lenet"), data.train, data.valid).ok());
  }

  TEST_CASE("a weight that is not finite is noticed although its pixels are all zero") {
    // Kernels of one output, of several outputs and of a convolution, which leave out zeros.
    for (const char* model : {"linear", "mlp:8", "conv"}) {
      for (float bad : {std::numeric_limits<float>::infinity(), -kUnknown}) {
        CAPTURE(model);
        CAPTURE(bad);
        TwoDigitRun run("model=" + std::string(model));
        std::vector<float> values = run.values();
        values[0] = bad;  // of the pixel in the corner
        const auto buffers = run.trainer.model().slabs().buffers();
        run.trainer.start_from(values, {buffers.data(), buffers.size()});
        uint32_t phases = 0;
        while (phases < 12 && run.trainer.advance() != Phase::stop) ++phases;
        CHECK(phases <= 4);  // predict, loss, gradient, step
        CHECK_FALSE(run.trainer.can_continue());
        CHECK(run.trainer.trouble().health == Health::diverged);
        if (phases < 4) continue;  // the loss has shown it
        CHECK(run.trainer.stop_reason() == "A weight is not finite.");
        CHECK(run.trainer.trouble().diagnosis.find("not before the last step either") !=
              std::string::npos);
      }
    }
  }

  TEST_CASE("a gradient whose squares overflow has a norm, and can be clipped") {
    const std::string deep =
        "model=net:flatten,linear64,linear64,linear64,linear64,linear64,linear64,linear"
        "&loss=mse&init=large&lr=0.1";
    TwoDigitRun run(deep);
    run.phases(3);
    CHECK(run.trainer.gradient_norm() > 2e19f);
    CHECK(std::isfinite(run.trainer.gradient_norm()));
    run.phases(1);
    CHECK(run.trainer.update_norm() ==
          doctest::Approx(0.1 * static_cast<double>(run.trainer.gradient_norm())).epsilon(1e-5));
    TwoDigitRun clipped(deep + "&clip=1");
    clipped.phases(4);
    CHECK(clipped.trainer.update_norm() == doctest::Approx(0.1).epsilon(1e-4));
    run.to_the_end();
    CHECK(run.trainer.trouble().diagnosis.find("the last gradient had a norm of") !=
          std::string::npos);
  }
}
