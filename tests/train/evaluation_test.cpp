#include "train/evaluation.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/ten_digits.hpp"

using namespace downhill;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Evaluation matrix(uint32_t classes, std::vector<uint32_t> confusion) {
  Evaluation test;
  test.classes = classes;
  test.confusion = std::move(confusion);
  return test;
}

ExperimentSpec edited(const std::string& edits) {
  const auto spec = edit_spec({}, edits);
  REQUIRE_MESSAGE(spec.ok(), (spec.ok() ? "" : spec.error().message));
  return *spec;
}

// The task of `edits` on ten synthetic digits, and its test.
struct Tested {
  DigitData data = test::ten_digit_data(3, 31, 1);
  std::unique_ptr<Task> task;
  std::unique_ptr<Evaluator> evaluator;
  explicit Tested(const std::string& edits) {
    auto built = Task::build(edited(edits));
    REQUIRE(built.ok());
    task = std::move(*built);
    task->model().initialize(InitKind::pytorch, 3);
    evaluator = std::make_unique<Evaluator>(data.valid, PixelMap::to_float(), *task);
  }
  // The losses of the images one by one.
  std::vector<float> outputs(uint32_t index) {
    Loader loader(data.valid, {.batch_size = 1});
    Arena arena;
    Tape tape(arena);
    const Var y = task->outputs(task->images(tape, loader.load(index)), {});
    return {y.value().span().begin(), y.value().span().end()};
  }
};

}  // namespace

TEST_SUITE("evaluation") {
  TEST_CASE("the accuracy of a class is NaN without images of it") {
    const Evaluation test = matrix(3, {3, 1, 0, 0, 0, 0, 2, 2, 4});
    CHECK(test.class_accuracy(0) == 0.75f);
    CHECK(std::isnan(test.class_accuracy(1)));
    CHECK(test.class_accuracy(2) == 0.5f);
    CHECK(test.at(2, 0) == 2);
  }

  TEST_CASE(
      "most confused: the most frequent first, equally frequent ones in the order of the matrix") {
    const Evaluation test = matrix(3, {90, 1, 3, 0, 80, 3, 5, 0, 70});
    const auto pairs = most_confused(test);
    REQUIRE(pairs.size() == 4);
    const auto is = [&](size_t i, uint8_t truth, uint8_t answer, uint32_t count) {
      return pairs[i].truth == truth && pairs[i].answer == answer && pairs[i].count == count;
    };
    CHECK(is(0, 2, 0, 5));
    CHECK(is(1, 0, 2, 3));
    CHECK(is(2, 1, 2, 3));
    CHECK(is(3, 0, 1, 1));
    CHECK(most_confused(test, 3).size() == 3);
    CHECK(most_confused(test, 0).size() == 4);  // pairs that never occur are left out
    CHECK(most_confused(test, 6).empty());
  }

  TEST_CASE("top losses: NaN first, then the greatest, equal ones in order") {
    Evaluation test;
    test.losses = {0.5f, kNaN, 2.0f, 0.5f, std::numeric_limits<float>::infinity(), kNaN};
    CHECK(top_losses(test, 99) == std::vector<uint32_t>{1, 5, 4, 2, 0, 3});
    CHECK(top_losses(test, 2) == std::vector<uint32_t>{1, 5});
    CHECK(top_losses(test, 0).empty());
    CHECK(top_losses({}, 5).empty());
  }

  TEST_CASE("every image is answered as it would be alone, and the counts are of those answers") {
    for (const std::string edits : {"digits=0123456789&model=linear&loss=mse",
                                    "digits=0123456789&model=mlp:12&loss=crossentropy&dropout=0.5",
                                    "digits=0123456789&model=conv&loss=crossentropy"}) {
      CAPTURE(edits);
      Tested t(edits);
      const Evaluation& test = t.evaluator->run(*t.task);
      REQUIRE(test.count == 310);  // a batch of 256 and one of 54
      const Objective& objective = t.task->objective();
      uint32_t correct = 0, wrong_answers = 0;
      double loss = 0;
      std::vector<uint32_t> confusion(100);
      for (uint32_t i = 0; i < test.count; ++i) {
        const std::vector<float> outputs = t.outputs(i);
        const uint8_t truth = t.data.valid.class_of(i);
        wrong_answers += test.answers[i] != objective.answer(outputs) ? 1u : 0u;
        CHECK(test.losses[i] == objective.item(outputs, truth));
        correct += test.answers[i] == truth ? 1u : 0u;
        ++confusion[truth * 10u + test.answers[i]];
        loss += static_cast<double>(test.losses[i]) / test.count;
      }
      CHECK(wrong_answers == 0);
      CHECK(test.correct == correct);
      CHECK(test.confusion == confusion);
      CHECK(test.accuracy == static_cast<float>(correct) / 310);
      CHECK(static_cast<double>(test.loss) == doctest::Approx(loss).epsilon(1e-6));
      // A second test replaces the first.
      const std::vector<uint32_t> before = test.confusion;
      t.evaluator->run(*t.task);
      CHECK(t.evaluator->last().confusion == before);
    }
  }

  TEST_CASE("in parts the test is the same, and the last result stays until it is over") {
    Tested t("digits=0123456789&model=mlp:12&loss=crossentropy");
    const Evaluation first = t.evaluator->run(*t.task);
    t.task->model().initialize(InitKind::pytorch, 4);
    Evaluator whole(t.data.valid, PixelMap::to_float(), *t.task);
    const Evaluation& second = whole.run(*t.task);
    REQUIRE(second.losses != first.losses);
    CHECK_FALSE(t.evaluator->under_way());
    const uint32_t parts = (310 - 1) / t.evaluator->images_at_a_time();  // before the last one
    for (const bool gives_up : {true, false}) {
      for (uint32_t i = 0; i < parts; ++i) {
        CHECK_FALSE(t.evaluator->advance(*t.task));
        CHECK(t.evaluator->under_way());
        CHECK(t.evaluator->last().losses == first.losses);
      }
      if (gives_up) t.evaluator->give_up();  // and begins again
    }
    CHECK(t.evaluator->advance(*t.task));
    CHECK_FALSE(t.evaluator->under_way());
    CHECK(t.evaluator->last().losses == second.losses);
    CHECK(t.evaluator->last().answers == second.answers);
    CHECK(t.evaluator->last().confusion == second.confusion);
    CHECK(t.evaluator->last().correct == second.correct);
    CHECK(t.evaluator->last().loss == second.loss);
  }

  TEST_CASE("a test leaves running statistics as they are") {
    Tested t("digits=0123456789&model=conv&loss=crossentropy");
    const auto buffers = t.task->model().slabs().buffers();
    const std::vector<float> before(buffers.begin(), buffers.end());
    t.evaluator->run(*t.task);
    CHECK(std::equal(buffers.begin(), buffers.end(), before.begin()));
  }

  TEST_CASE("test batches are sized to fit the cache, and the memory for a large net") {
    const auto images = [](const char* edits) {
      return Tested(edits).evaluator->images_at_a_time();
    };
    CHECK(images("digits=0123456789&model=linear&loss=mse") == 256);
    CHECK(images("digits=0123456789&model=conv&loss=crossentropy") == 32);
    CHECK(images("digits=0123456789&model=lenet&loss=crossentropy") == 16);
    // 256 images of the first would take 411 MB, 16 of the last one 154 MB.
    CHECK(images("digits=0123456789&batch=8&model=net%3Aconv128k3p1%2Cconv128k1%2Cconv128k1%2C"
                 "conv128k1%2Cmaxpool28%2Cflatten%2Clinear") == 16);
    CHECK(images("digits=0123456789&batch=1&model=net%3Aconv256k3p1%2Cconv256k1%2Cconv256k1%2C"
                 "conv256k1%2Cconv256k1%2Cconv256k1%2Cconv256k1%2Cconv256k1%2Cconv256k1%2C"
                 "conv256k1%2Cconv256k1%2Cconv256k1%2Cmaxpool28%2Cflatten%2Clinear") == 8);
  }

  TEST_CASE("the mean loss does not depend on how many images go through the model at a time") {
    Tested t("digits=0123456789&model=conv&loss=crossentropy");
    REQUIRE(t.evaluator->images_at_a_time() < 256);
    const Evaluation& test = t.evaluator->run(*t.task);
    Loader loader(t.data.valid, {.batch_size = 256});
    double sum = 0;
    for (uint32_t which = 0; which < 2; ++which) {
      Arena arena;
      Tape tape(arena);
      const Batch batch = loader.load(which);
      const Var outputs = t.task->outputs(t.task->images(tape, batch), {});
      sum += static_cast<double>(t.task->loss(outputs, batch).item()) * batch.size;
    }
    CHECK(test.loss == static_cast<float>(sum / 310));
  }
}
