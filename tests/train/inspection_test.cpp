#include "train/inspection.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"

using namespace downhill;

namespace {

// The loss and outputs of one image in a test, computed without an Inspector.
struct Seen {
  Arena arena;
  Tape tape{arena};
  std::vector<Var> layers;
  std::vector<float> outputs;
  float loss = 0;

  Seen(const Trainer& trainer, std::span<const float> image, uint8_t label) {
    Batch one;
    one.size = 1;
    one.classes = {&label, 1};
    const Var pixels = tape.variable(Shape{1, 28, 28, 1}, image);
    const Var y = trainer.task().outputs(pixels, {.outputs = &layers});
    outputs.assign(y.value().span().begin(), y.value().span().end());
    loss = trainer.task().loss(y, one).item();
  }
};

std::vector<float> floats_of(const Trainer& trainer, std::span<const uint8_t> pixels) {
  std::vector<float> image(pixels.size());
  trainer.loader_options().pixel_map.apply(pixels, image);
  return image;
}

}  // namespace

TEST_SUITE("inspection") {
  TEST_CASE("the loss and the answer are those of the automatic test") {
    for (const std::string edits : test::kManyKinds) {
      CAPTURE(edits);
      test::SmallRun run(edits);
      const uint32_t epoch = run.trainer.batches_per_epoch();
      run.phases(5 * epoch);
      const Dataset& valid = run.trainer.valid_set();
      Inspector inspector(run.trainer);
      for (const uint32_t index : {0u, 17u, 30u}) {
        const Inspection& seen = inspector.look(subject_of(valid, index));
        const uint8_t answer = run.trainer.evaluation().answers[index];
        CHECK(seen.loss ==
              doctest::Approx(static_cast<double>(run.trainer.evaluation().losses[index]))
                  .epsilon(1e-5));
        CHECK(seen.answer == valid.class_name(answer)[0] - '0');
        CHECK(seen.digit == valid.digit(index));
        CHECK(seen.pixels ==
              std::vector<uint8_t>(valid.image(index).begin(), valid.image(index).end()));
        CHECK(seen.outputs.size() == run.trainer.objective().outputs());
        CHECK(seen.scores.size() == seen.outputs.size());
      }
    }
  }

  TEST_CASE("the layers are the values on the tape, as planes") {
    test::SmallRun run("model=net:conv5k3s2,relu,res(conv5k3p1,bn),maxpool2,flatten,linear");
    run.phases(5);
    Inspector inspector(run.trainer);
    const Subject subject = subject_of(run.trainer.valid_set(), 5);
    const Inspection& seen = inspector.look(subject);
    const Seen oracle(run.trainer, floats_of(run.trainer, subject.pixels), subject.label);
    REQUIRE(seen.layers.size() == run.trainer.model().table().size());
    CHECK(seen.outputs == oracle.outputs);
    for (uint32_t line = 0; line < seen.layers.size(); ++line) {
      const Activation& layer = seen.layers[line];
      const Tensor y = oracle.layers[line].value();
      const Shape& shape = run.trainer.model().table()[line].output;
      CAPTURE(line);
      CHECK(layer.line == line);
      const bool image = shape.rank() == 3;
      REQUIRE(layer.rows == (image ? shape[0] : 1));
      REQUIRE(layer.columns == (image ? shape[1] : shape[0]));
      REQUIRE(layer.channels == (image ? shape[2] : 1));
      REQUIRE(layer.values.size() == shape.size());
      size_t at = 0;
      for (uint32_t c = 0; c < layer.channels; ++c) {
        for (uint32_t pixel = 0; pixel < layer.rows * layer.columns; ++pixel) {
          REQUIRE(layer.values[at++] == y.data[pixel * layer.channels + c]);
        }
      }
    }
  }

  TEST_CASE("saliency is the derivative of the loss, for pixels from 0 to 1") {
    for (const std::string edits :
         {"model=mlp:8&activation=tanh&loss=bce&normalize=true",
          "model=conv&activation=gelu&loss=crossentropy&normalize=true", "model=linear&loss=mse"}) {
      CAPTURE(edits);
      test::SmallRun run(edits);
      run.phases(5 * 9);
      const Subject subject = subject_of_batch(run.trainer, 3);
      Inspector inspector(run.trainer);
      const Inspection& seen = inspector.look(subject);
      const PixelMap& map = run.trainer.loader_options().pixel_map;
      std::vector<float> image = floats_of(run.trainer, subject.pixels);
      float largest = 0;
      for (const float slope : seen.saliency) largest = std::max(largest, std::abs(slope));
      CHECK(largest > 0);
      for (size_t i = 0; i < image.size(); i += 13) {
        const float here = image[i], h = 0.02f, scale = map[255] - map[0];
        const auto loss_at = [&](float pixel) {
          image[i] = here + pixel * scale;
          return Seen(run.trainer, image, subject.label).loss;
        };
        const float slope = (loss_at(h) - loss_at(-h)) / (2 * h);
        image[i] = here;
        CAPTURE(i);
        CHECK(std::abs(seen.saliency[i] - slope) < 0.01f * largest + 1e-5f);
      }
    }
  }

  TEST_CASE("an image of the batch is the augmented one, with its label") {
    test::SmallRun run("augment=crop&noise=0.5&loss=crossentropy");
    run.phases(1);
    Inspector inspector(run.trainer);
    const Batch& batch = run.trainer.batch();
    const std::vector<float> images = batch.images();
    for (uint32_t i = 0; i < batch.size; ++i) {
      const Inspection& seen = inspector.look(subject_of_batch(run.trainer, i));
      for (uint32_t k = 0; k < 784; ++k) {
        REQUIRE(static_cast<float>(seen.pixels[k]) / 255.0f == images[i * 784 + k]);
      }
      CHECK(seen.digit == run.trainer.train_set().digit(batch.indices[i]));
      const float item = run.trainer.objective().item(seen.outputs, batch.classes[i]);
      CHECK(seen.loss == item);
    }
  }

  TEST_CASE("inspecting an image leaves the run untouched, and gives the same twice") {
    test::for_every_kind([](test::SmallRun& run, const auto& untouched) {
      Inspector inspector(run.trainer);
      const Inspection first = inspector.look(subject_of_batch(run.trainer, 1));
      CHECK(untouched());
      CHECK(inspector.look(subject_of_batch(run.trainer, 1)) == first);
    });
  }
}
