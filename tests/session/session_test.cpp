#include "session/session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "support/session_bench.hpp"
#include "support/ten_digits.hpp"

using namespace downhill;

using test::Bench;
using test::g_now;
using test::ticking;

TEST_SUITE("session") {
  TEST_CASE("before the data are there commands wait, edits act, and snapshots say so") {
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

  TEST_CASE("steps by phase and epoch go just that far") {
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

  TEST_CASE("the button of a step advances until that step was done once more") {
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

  TEST_CASE("a newer command takes the place of an unfinished one, which is answered") {
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

  TEST_CASE(
      "however it is sliced the bits are the same: play, steps, phases, and a race of commands") {
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
      all.parts =
          kPartCurves | kPartWeights | kPartGradients | kPartBatch | kPartProbe | kPartDigest;
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

  TEST_CASE("what is refused says why, and the run goes on as it was") {
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

  TEST_CASE("reset gives the first weights again, to the bit, or those of a new seed") {
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

  TEST_CASE("back: from the middle of a unit to its beginning, then one unit each") {
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

  TEST_CASE(
      "divergence is noticed, and going back to before it takes the rate that caused it away") {
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
    b.tell("step?unit=epoch");
    b.work();
    CHECK(std::isfinite(b.status().train_loss));
  }

  TEST_CASE("recovering from a rate that was wrong from the start makes it a tenth") {
    Bench b("model=linear&loss=mse&batch=32&epochs=100&lr=100");
    b.tell("play");
    b.work();
    REQUIRE(b.status().health == Health::diverged);
    b.tell("recover");
    CHECK(b.status().step == 0);
    CHECK(b.session.spec().lr == doctest::Approx(10));
  }

  TEST_CASE("a paced run waits between phases and does not race to catch up") {
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

  TEST_CASE("a long test: nobody waits for it but who asks, and at rest it comes to its end") {
    const auto begin = [](Bench& b) {
      REQUIRE(b.session.load(synthetic_digit_data(64, 400, 3)).ok());
    };
    const std::string edits = "model=conv&batch=4&epochs=3&lr=0.05";

    SUBCASE("the first weights are there to be seen, and their test soon after") {
      Bench b(edits, false);
      begin(b);
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
    SUBCASE("playing begins at once and goes on after an epoch, until it pauses") {
      Bench b(edits, false);
      begin(b);
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
      // The same numbers as when each epoch was waited for.
      Bench waiting(edits, false);
      begin(waiting);
      waiting.tell("step?unit=epoch");
      waiting.work();
      CHECK(waiting.status().tested_epoch == 1);
      CHECK(waiting.status().valid_loss == b.status().valid_loss);
    }
    SUBCASE(
        "who counts phases, or watches them in slow motion, sees the test done with its phase") {
      for (const bool paced : {false, true}) {
        CAPTURE(paced);
        Bench b(edits, false);
        begin(b);
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
    SUBCASE("a snapshot asked for after the test has it, though nothing was learned since") {
      Bench b(edits, false);
      begin(b);
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
      CHECK(asked().kept == kPartEvaluation);
      b.work();
      CHECK(asked().evaluation.classes == 2);
    }
    SUBCASE("a file has the test that was under way, and a tool leaves it alone") {
      Bench b(edits, false), plain(edits, false);
      begin(b);
      begin(plain);
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
  }

  TEST_CASE("a snapshot holds the real numbers of the trainer, in display order") {
    Bench b;
    b.tell("step?unit=phase&count=3");  // predict, loss, gradient
    b.work();
    SnapshotRequest request;
    request.parts = kPartWeights | kPartGradients | kPartBatch | kPartBaseline;
    request.max_images = 10;
    const Snapshot& seen = b.session.snapshot(request);
    const Trainer& trainer = b.session.trainer();
    REQUIRE(seen.parameters.layers.size() == 2);
    CHECK(seen.parameters.layers[0].in == 784);
    CHECK(seen.parameters.layers[0].out == 6);
    const Tensor w = trainer.model().weighted()[0]->weight().value;
    const Tensor dw = trainer.model().weighted()[0]->weight().grad;
    for (uint32_t unit : {0u, 3u, 5u}) {
      for (uint32_t pixel : {0u, 400u, 783u}) {
        CHECK(seen.parameters.values[unit * 784 + pixel] == w.data[pixel * 6 + unit]);
        CHECK(seen.parameters.gradients[unit * 784 + pixel] == dw.data[pixel * 6 + unit]);
      }
    }
    CHECK(seen.parameters.values.size() == seen.status.parameter_count);
    CHECK(seen.batch.size == 32);
    CHECK(seen.batch.shown == 10);
    CHECK(seen.batch.predicted);
    CHECK(seen.batch.pixels.size() == 10 * 784);
    for (uint32_t i = 0; i < 10; ++i) {
      CHECK(seen.batch.outputs[i] == trainer.outputs()[i]);
      CHECK((seen.batch.digits[i] == 3) == (trainer.batch().classes[i] == 0));
    }
    CHECK(seen.baseline.ideals.size() == 2 * 784);
    CHECK(seen.status.train_loss == trainer.train_loss());
  }

  TEST_CASE(
      "the probe's gradient is the one of the picture, and a place that is not there gives none") {
    Bench b;
    b.tell("step?unit=phase&count=3");
    b.work();
    SnapshotRequest request;
    request.parts = kPartGradients | kPartProbe;
    for (uint32_t place :
         {406u, 784u * 6 + 2, 784u * 6 + 6 + 3}) {  // a pixel, a bias, a second-layer weight
      request.probe_parameter = place;
      const Snapshot& seen = b.session.snapshot(request);
      REQUIRE(seen.probe.has_value());
      CHECK(seen.probe->gradient == seen.parameters.gradients[place]);
    }
    request.probe_parameter = 1'000'000;
    CHECK_FALSE(b.session.snapshot(request).probe.has_value());
  }

  TEST_CASE("only new points travel, until points are taken away") {
    Bench b;
    b.tell("step?unit=batch&count=6");
    b.work();
    SnapshotRequest request;
    request.parts = kPartCurves;
    Snapshot first = b.session.snapshot(request);
    CHECK(first.curves.steps.size() == 6);
    CHECK(first.curves.epochs.size() == 2);
    request.generation = first.curves.generation;
    request.steps_held = 6;
    request.epochs_held = 2;
    b.tell("step");
    b.work();
    const Snapshot second = b.session.snapshot(request);
    REQUIRE(second.curves.steps.size() == 1);
    CHECK(second.curves.steps[0].step == 7);
    CHECK(second.curves.epochs.empty());
    b.tell("back?unit=batch&count=3");
    CHECK(b.session.snapshot(request).curves.steps.size() == 4);
  }

  TEST_CASE("what acts on a live run acts from the next step on, and the run goes on") {
    Bench b("model=mlp:6&batch=32&epochs=4&lr=0.5&optimizer=momentum");
    b.tell("step?unit=batch&count=2");
    b.work();
    b.tell(
        "set?lr=0.25&momentum=0.5&wd=0.1&clip=0.01&freeze=1&schedule=cosine&epochs=9"
        "&stop=target:1");
    CHECK(b.status().step == 2);
    CHECK(b.status().epoch_limit == 9);
    CHECK(b.status().momentum == 0.5f);
    CHECK(b.status().lr < 0.25f);  // the schedule's part of it
    CHECK(b.status().lr > 0.24f);
    const Snapshot before = b.look(kPartWeights);
    CHECK(before.parameters.layers[0].frozen);
    CHECK_FALSE(before.parameters.layers[1].frozen);
    b.tell("step");
    b.work();
    const Snapshot& after = b.look(kPartWeights);
    const uint32_t first = before.parameters.layers[1].weight_offset;
    const auto &old = before.parameters.values, &now = after.parameters.values;
    CHECK(std::equal(old.begin(), old.begin() + first, now.begin()));
    CHECK_FALSE(std::equal(old.begin() + first, old.end(), now.begin() + first));
    CHECK(b.status().step == 3);
  }

  TEST_CASE("the weights of a convolution are shown as torch has them") {
    Bench b("model=conv&batch=32&epochs=1");
    const Snapshot& seen = b.look(kPartWeights);
    REQUIRE(seen.parameters.layers.size() == 10);
    const LayerInfo& second = seen.parameters.layers[2];
    CHECK(second.name == "layer2");
    CHECK(second.kind == LayerKind::conv);
    CHECK(second.out == 16);
    CHECK(second.planes == 8);
    CHECK(second.rows == 3);
    CHECK(second.columns == 3);
    const float* memory = b.session.trainer().model().weighted()[2]->weight().value.data;
    size_t different = 0;
    for (uint32_t unit = 0; unit < 16; ++unit) {
      for (uint32_t plane = 0; plane < 8; ++plane) {
        for (uint32_t place = 0; place < 9; ++place) {
          const uint32_t shown = second.weight_offset + (unit * 8 + plane) * 9 + place;
          different +=
              seen.parameters.values[shown] != memory[(place * 8 + plane) * 16 + unit] ? 1u : 0u;
        }
      }
    }
    CHECK(different == 0);
    const LayerInfo& norm = seen.parameters.layers[3];
    CHECK(norm.name == "norm2");
    CHECK(norm.kind == LayerKind::batch_norm);
    CHECK(norm.in == 1);
    CHECK(norm.out == 16);
    CHECK(seen.parameters.values[norm.weight_offset] == 1.0f);
    CHECK(seen.parameters.values[norm.bias_offset] == 0.0f);
  }

  TEST_CASE("a batch of ten digits: outputs, answers and losses of each image; what entered") {
    Bench b("digits=0123456789&model=mlp:12&loss=crossentropy&batch=32&noise=0.3&augment=shift",
            false);
    REQUIRE(b.session.load(test::ten_digit_data(20, 5, 1)).ok());
    b.tell("step?unit=phase&count=2");
    b.work();
    const Snapshot& seen = b.look(kPartBatch);
    const BatchView& batch = seen.batch;
    const Trainer& trainer = b.session.trainer();
    REQUIRE(batch.shown == 32);
    CHECK(batch.outputs_per_image == 10);
    REQUIRE(batch.outputs.size() == 320);
    CHECK(std::ranges::equal(batch.outputs, trainer.outputs()));
    double loss = 0;
    size_t mislabelled = 0, moved = 0;
    for (uint32_t i = 0; i < 32; ++i) {
      const auto scores = std::span(batch.scores).subspan(size_t{i} * 10, 10);
      float sum = 0;
      for (const float score : scores) sum += score;
      CHECK(sum == doctest::Approx(1).epsilon(1e-5));
      const auto most = std::ranges::max_element(scores) - scores.begin();
      CHECK(batch.answers[i] == most);
      const double its = -std::log(static_cast<double>(scores[batch.labels[i]]));
      CHECK(batch.losses[i] == doctest::Approx(its).epsilon(1e-4));
      loss += static_cast<double>(batch.losses[i]) / 32;
      CHECK(batch.digits[i] == trainer.train_set().digit(batch.indices[i]));
      CHECK(batch.labels[i] == trainer.batch().classes[i]);
      mislabelled += batch.labels[i] != batch.digits[i] ? 1 : 0;
      const auto image = trainer.train_set().image(batch.indices[i]);
      const auto original = std::span(batch.pixels).subspan(size_t{i} * 784, 784);
      CHECK(std::ranges::equal(image, original));
      const auto entered = std::span(batch.entered).subspan(size_t{i} * 784, 784);
      moved += std::ranges::equal(entered, original) ? 0 : 1;
    }
    CHECK(loss == doctest::Approx(static_cast<double>(trainer.train_loss())).epsilon(1e-5));
    CHECK(mislabelled > 0);
    CHECK(moved > 16);
  }

  TEST_CASE("the automatic test image by image, and the images of one cell of its matrix") {
    Bench b("digits=9876543210&model=linear&loss=mse&batch=50&lr=0.01&epochs=1", false);
    REQUIRE(b.session.load(test::ten_digit_data(20, 6, 1, "9876543210")).ok());
    b.tell("play");
    b.work();
    const Snapshot seen = b.look(kPartEvaluation);
    const EvaluationView& test = seen.evaluation;
    CHECK(test.classes == 10);
    uint32_t all = 0, right = 0;
    for (uint32_t cell = 0; cell < 100; ++cell) {
      all += test.confusion[cell];
      if (cell % 11 == 0) right += test.confusion[cell];
    }
    CHECK(all == 60);
    CHECK(static_cast<float>(right) / 60 == seen.status.valid_accuracy);
    REQUIRE(test.indices.size() == 32);
    CHECK(std::ranges::is_sorted(test.losses, std::greater<>()));
    const Dataset& valid = b.session.trainer().valid_set();
    for (size_t i = 0; i < 32; ++i) {
      CHECK(test.digits[i] == valid.digit(test.indices[i]));
      CHECK(std::ranges::equal(valid.image(test.indices[i]),
                               std::span(test.pixels).subspan(i * 784, 784)));
    }

    // Cells are asked for by digits; the matrix counts by classes, here from 9 down.
    SnapshotRequest request;
    request.parts = kPartExamples;
    uint32_t filled = 0;
    for (uint8_t truth = 0; truth < 10; ++truth) {
      for (uint8_t answer = 0; answer < 10; ++answer) {
        request.cell_truth = truth;
        request.cell_answer = answer;
        const ExamplesView& cell = b.session.snapshot(request).examples;
        CHECK(cell.count == test.confusion[(9u - truth) * 10 + 9u - answer]);
        CHECK(cell.indices.size() == cell.count);
        CHECK(std::ranges::is_sorted(cell.losses, std::greater<>()));
        for (const uint32_t index : cell.indices) CHECK(valid.digit(index) == truth);
        filled += cell.count > 0 && truth != answer ? 1 : 0;
      }
    }
    CHECK(filled > 0);
    request.cell_truth = 12;
    CHECK(b.session.snapshot(request).examples.count == 0);
  }

  TEST_CASE("of a cell with many images those with the greatest losses travel, and the number") {
    Bench b("model=linear&batch=32&init=zero", false);
    REQUIRE(b.session.load(synthetic_digit_data(16, 100, 3)).ok());
    // All outputs are 0, so everything is taken for the second digit.
    SnapshotRequest request;
    request.parts = kPartExamples;
    request.cell_truth = 3;
    request.cell_answer = 7;
    const ExamplesView& cell = b.session.snapshot(request).examples;
    CHECK(cell.count == 100);
    CHECK(cell.indices.size() == 64);
    CHECK(cell.pixels.size() == 64 * 784);
  }

  TEST_CASE("the change that is shown is the one that the next step makes") {
    Bench b("model=mlp:6&batch=32&optimizer=adam&lr=0.01");
    b.tell("step?unit=batch&count=3");
    b.work();
    b.tell("step?unit=phase&count=3");
    b.work();
    const Snapshot before = b.look(kPartWeights | kPartChanges);
    REQUIRE(before.parameters.changes.size() == before.parameters.values.size());
    b.tell("step?unit=phase");
    b.work();
    const Snapshot& after = b.look(kPartWeights | kPartChanges);
    CHECK(after.parameters.changes == before.parameters.changes);
    for (size_t i = 0; i < after.parameters.values.size(); ++i) {
      const float moved = after.parameters.values[i] - before.parameters.values[i];
      CHECK(after.parameters.changes[i] == moved);
    }
  }
}
