#include "nn/losses.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/tape.hpp"
#include "base/rng.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// Some images: their classes and what a model might put out.
struct Some {
  std::vector<uint8_t> classes;
  std::vector<float> outputs;
  Some(const Objective& objective, uint32_t count) {
    Rng rng(3);
    for (uint32_t i = 0; i < count; ++i) {
      classes.push_back(static_cast<uint8_t>(rng.below(objective.classes())));
    }
    for (uint32_t i = 0; i < count * objective.outputs(); ++i) {
      outputs.push_back(3 * rng.normal());
    }
  }
};

std::vector<float> targets_of(const Objective& objective, const std::vector<uint8_t>& classes) {
  std::vector<float> targets(classes.size() * objective.targets(), kNaN);
  objective.write_targets(classes, targets);
  return targets;
}

std::vector<float> scores_of(const Objective& objective, const std::vector<float>& outputs) {
  std::vector<float> scores(outputs.size());
  objective.scores(outputs, scores);
  return scores;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

TEST_SUITE("losses") {
  TEST_CASE("two classes have one output, more have one each; cross-entropy always one each") {
    for (const LossRow& row : kLosses) {
      CAPTURE(row.words.word);
      const bool cross = row.kind == LossKind::crossentropy;
      CHECK(output_count(row.kind, 2) == (cross ? 2 : 1));
      CHECK(output_count(row.kind, 3) == 3);
      CHECK(output_count(row.kind, 10) == 10);
      for (const uint32_t classes : {2u, 3u, 10u}) {
        const Objective objective(row.kind, classes);
        CHECK(objective.kind() == row.kind);
        CHECK(objective.classes() == classes);
        CHECK(objective.outputs() == output_count(row.kind, classes));
        CHECK(objective.targets() == (cross ? 1 : objective.outputs()));
      }
    }
  }

  TEST_CASE("targets: 1 for the first of two; one-hot of more; the class for cross-entropy") {
    CHECK(targets_of({LossKind::mnist, 2}, {0, 1, 1, 0}) == std::vector<float>{1, 0, 0, 1});
    CHECK(targets_of({LossKind::mse, 3}, {2, 0}) == std::vector<float>{0, 0, 1, 1, 0, 0});
    CHECK(targets_of({LossKind::crossentropy, 2}, {0, 1, 1}) == std::vector<float>{0, 1, 1});
    CHECK(targets_of({LossKind::crossentropy, 10}, {9, 0}) == std::vector<float>{9, 0});
  }

  TEST_CASE("the mean of the images' own parts is the loss") {
    for (const LossRow& row : kLosses) {
      for (const uint32_t classes : {2u, 3u, 10u}) {
        CAPTURE(row.words.word);
        CAPTURE(classes);
        const Objective objective(row.kind, classes);
        const Some some(objective, 37);
        const uint32_t width = objective.outputs();
        Arena arena;
        Tape tape(arena);
        const Shape shape = width == 1 ? Shape{37} : Shape{37, width};
        const Shape target = row.kind == LossKind::crossentropy ? Shape{37} : shape;
        const Var mean =
            objective.of(tape.variable(shape, some.outputs),
                         tape.variable(target, targets_of(objective, some.classes)).detach());
        REQUIRE(mean.valid());
        std::vector<float> losses(37), room(37 * objective.room_per_image());
        std::vector<uint8_t> answers(37);
        // The mean has the same bits, and every part is that of the image alone.
        CHECK(objective.items(some.outputs, some.classes, losses, room) == mean.item());
        objective.answers(some.outputs, answers);
        double sum = 0;
        for (uint32_t image = 0; image < 37; ++image) {
          const auto outputs = std::span(some.outputs).subspan(size_t{image} * width, width);
          CHECK(losses[image] == objective.item(outputs, some.classes[image]));
          CHECK(answers[image] == objective.answer(outputs));
          sum += static_cast<double>(losses[image]);
        }
        CHECK(static_cast<double>(mean.item()) == doctest::Approx(sum / 37).epsilon(1e-6));
      }
    }
  }

  TEST_CASE("parts and scores of one output are their formulas, in double precision") {
    for (const float output : {-30.0f, -3.0f, -0.25f, 0.0f, 0.75f, 6.0f, 30.0f}) {
      for (const uint8_t which : {uint8_t{0}, uint8_t{1}}) {
        CAPTURE(output);
        const double x = static_cast<double>(output), t = which == 0 ? 1 : 0;
        const double p = sigmoid(x);
        const auto item = [&](LossKind kind) {
          return static_cast<double>(Objective(kind, 2).item({&output, 1}, which));
        };
        CHECK(item(LossKind::mnist) == doctest::Approx(t == 1 ? 1 - p : p).epsilon(1e-6));
        CHECK(item(LossKind::bce) ==
              doctest::Approx(std::log1p(std::exp(t == 1 ? -x : x))).epsilon(1e-6));
        CHECK(item(LossKind::mse) == doctest::Approx((x - t) * (x - t)).epsilon(1e-6));
        CHECK(item(LossKind::l1) == doctest::Approx(std::abs(x - t)).epsilon(1e-6));
        for (const LossKind kind : {LossKind::mnist, LossKind::bce}) {
          CHECK(static_cast<double>(scores_of({kind, 2}, {output})[0]) ==
                doctest::Approx(p).epsilon(1e-6));
        }
        for (const LossKind kind : {LossKind::mse, LossKind::l1}) {
          CHECK(scores_of({kind, 2}, {output})[0] == output);
        }
      }
    }
  }

  TEST_CASE("parts of ten outputs: the mean over the outputs, or -log softmax of the right one") {
    Rng rng(8);
    std::vector<float> outputs(10);
    for (float& output : outputs) output = 2 * rng.normal();
    for (uint8_t right = 0; right < 10; ++right) {
      double squares = 0, distances = 0, exps = 0;
      for (uint8_t j = 0; j < 10; ++j) {
        const double x = static_cast<double>(outputs[j]), t = j == right ? 1 : 0;
        squares += (x - t) * (x - t) / 10;
        distances += std::abs(x - t) / 10;
        exps += std::exp(x);
      }
      const auto item = [&](LossKind kind) {
        return static_cast<double>(Objective(kind, 10).item(outputs, right));
      };
      CHECK(item(LossKind::mse) == doctest::Approx(squares).epsilon(1e-6));
      CHECK(item(LossKind::l1) == doctest::Approx(distances).epsilon(1e-6));
      CHECK(item(LossKind::crossentropy) ==
            doctest::Approx(std::log(exps) - static_cast<double>(outputs[right])).epsilon(1e-6));
      CHECK(static_cast<double>(scores_of({LossKind::crossentropy, 10}, outputs)[right]) ==
            doctest::Approx(std::exp(static_cast<double>(outputs[right])) / exps).epsilon(1e-6));
    }
  }

  TEST_CASE("one output answers the first class above one half, and the second on the border") {
    const auto answer = [](LossKind kind, float output) {
      return Objective(kind, 2).answer({&output, 1});
    };
    for (const LossKind kind : {LossKind::mnist, LossKind::bce}) {
      CHECK(answer(kind, 0.01f) == 0);
      CHECK(answer(kind, 0.0f) == 1);
      CHECK(answer(kind, -5.0f) == 1);
      CHECK(answer(kind, kNaN) == 1);
    }
    // Without a sigmoid the border is one half of the output itself.
    for (const LossKind kind : {LossKind::mse, LossKind::l1}) {
      CHECK(answer(kind, 0.51f) == 0);
      CHECK(answer(kind, 0.5f) == 1);
      CHECK(answer(kind, kNaN) == 1);
    }
  }

  TEST_CASE("several outputs answer with the greatest, the first of equals") {
    for (const LossRow& row : kLosses) {
      const Objective objective(row.kind, 4);
      CHECK(objective.answer(std::array{-3.0f, -1.0f, -1.0f, -2.0f}) == 1);
      CHECK(objective.answer(std::array{0.0f, 0.0f, 0.0f, 0.0f}) == 0);
      CHECK(objective.answer(std::array{0.0f, 1.0f, 2.0f, 3.0f}) == 3);
    }
    CHECK(Objective(LossKind::crossentropy, 2).answer(std::array{0.0f, 0.0f}) == 0);
    CHECK(Objective(LossKind::crossentropy, 2).answer(std::array{0.0f, 0.1f}) == 1);
  }

  TEST_CASE("right answers are counted image by image") {
    CHECK(Objective(LossKind::mnist, 2)
              .count_correct(std::array{-3.0f, -0.25f, 0.0f, 0.75f, 6.0f},
                             std::array<uint8_t, 5>{1, 0, 1, 0, 1}) == 3);
    const Objective three(LossKind::crossentropy, 3);
    CHECK(three.count_correct(std::array{0.0f, 2.0f, 1.0f, 5.0f, 4.0f, 3.0f},
                              std::array<uint8_t, 2>{1, 2}) == 1);
    CHECK(three.count_correct({}, {}) == 0);
  }

  TEST_CASE("so many right answers are counted as there are images whose answer is right") {
    for (const LossKind kind : {LossKind::mnist, LossKind::bce, LossKind::mse, LossKind::l1}) {
      const Objective objective(kind, 2);
      for (size_t images = 0; images < 14; ++images) {
        std::vector<float> outputs = test::normals(Rng(images), images);
        if (images > 5) outputs[5] = std::numeric_limits<float>::quiet_NaN();
        if (images > 6) outputs[6] = 0.5f;
        std::vector<uint8_t> classes(images);
        uint32_t right = 0;
        for (size_t i = 0; i < images; ++i) {
          classes[i] = static_cast<uint8_t>(i / 2 % 2);
          right += objective.answer({&outputs[i], 1}) == classes[i] ? 1 : 0;
        }
        CHECK(objective.count_correct(outputs, classes) == right);
      }
    }
  }
}
