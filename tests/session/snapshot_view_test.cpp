// What a session puts into its snapshots: the trainer's own numbers, in display order.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "session/session.hpp"
#include "support/session_bench.hpp"
#include "support/ten_digits.hpp"

namespace downhill {

using test::Bench;

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

TEST_CASE("the probe has the gradient that the picture shows; an unknown weight has no probe") {
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

TEST_CASE("only new points travel, until the run goes back") {
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

TEST_CASE("live fields act from the next step on, and the run goes on") {
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

TEST_CASE("a batch of ten digits has outputs, answers, losses and augmented pixels of each image") {
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

TEST_CASE("the automatic test comes image by image, and so do the images of one cell") {
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

TEST_CASE("a cell with many images sends those with the greatest losses, and their number") {
  Bench b("model=linear&batch=32&init=zero", false);
  REQUIRE(b.session.load(synthetic_digit_data(16, 100, 3)).ok());
  // All outputs are 0, so the model answers the second digit every time.
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

}  // namespace downhill
