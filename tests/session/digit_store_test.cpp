#include "session/digit_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "support/session_bench.hpp"
#include "support/ten_digits.hpp"

using namespace downhill;
using test::Bench;
using test::ticking;

namespace {

DataBytes bytes_of(IdxFiles train, IdxFiles valid) {
  return {std::move(train.images), std::move(train.labels), std::move(valid.images),
          std::move(valid.labels)};
}
DataBytes threes_and_sevens() {
  return bytes_of(synthetic_digit_files(40, 1), synthetic_digit_files(10, 2));
}
DataBytes all_ten() { return bytes_of(test::ten_digit_files(8, 1), test::ten_digit_files(2, 2)); }

// With the 3s and 7s as the page brings them, two steps into a run.
struct UnderWay : Bench {
  UnderWay() : Bench("model=mlp:6&batch=32&epochs=2&lr=0.5", false) {
    REQUIRE(session.load(threes_and_sevens()).ok());
    tell("step?unit=batch&count=2");
    work();
    answers();
  }
};

}  // namespace

TEST_SUITE("digits") {
  TEST_CASE("a store has the digits that both of its sets have") {
    DigitStore store;
    CHECK_FALSE(store.has("37"));
    REQUIRE(store.take(threes_and_sevens()).ok());
    CHECK(store.has("37"));
    CHECK(store.has("73"));
    CHECK_FALSE(store.has("38"));
    CHECK_FALSE(store.has("0123456789"));
    CHECK_FALSE(store.has("3x"));
    REQUIRE(store.take(all_ten()).ok());
    CHECK(store.has("0123456789"));
    CHECK(store.has("49"));
    // The 3s and 7s are still there, and experiments with them use these files.
    const auto pair = store.make("37"), all = store.make("9876543210");
    REQUIRE(pair.ok());
    REQUIRE(all.ok());
    CHECK((*pair)->data.train.size() == 80);
    CHECK((*all)->data.train.size() == 80);
    CHECK((*all)->data.valid.size() == 20);
    CHECK((*all)->data.train.class_count() == 10);
    CHECK((*all)->data.train.digit(0) == 9);
    CHECK((*all)->score_l1.count == 20);
    const auto others = store.make("49");
    REQUIRE(others.ok());
    CHECK((*others)->data.train.size() == 16);
  }

  TEST_CASE("files that do not fit together are refused, and the old ones stay") {
    DigitStore store;
    REQUIRE(store.take(threes_and_sevens()).ok());
    DataBytes cut = all_ten();
    cut.train_images.pop_back();
    CHECK(store.take(cut).error().message.starts_with("[train-images] "));
    DataBytes mixed = all_ten();
    mixed.train_labels = synthetic_digit_files(3, 1).labels;
    CHECK(store.take(mixed).error().message == "[train] 80 images, but 6 labels");
    DataBytes swapped = all_ten();
    std::swap(swapped.valid_images, swapped.valid_labels);
    CHECK(store.take(swapped).error().message.starts_with("[valid-images] "));
    CHECK(store.has("37"));
    CHECK_FALSE(store.has("38"));
  }

  TEST_CASE("digits that are not loaded are asked for; the run goes on until they come") {
    UnderWay b;
    const uint64_t before = b.digest();
    b.tell("set?digits=0123456789&loss=crossentropy&seed=7", 5);
    CHECK(b.session.wants_digits());
    CHECK(b.status().loading);
    CHECK(b.status().ready);
    CHECK(b.status().step == 2);
    CHECK(b.status().parameter_count == 784 * 6 + 6 + 6 + 1);
    CHECK(b.session.spec().digits == "37");
    CHECK(b.digest() == before);
    CHECK(b.answers().empty());
    b.tell("step");
    b.work();
    CHECK(b.status().step == 3);

    REQUIRE(b.session.load(all_ten()).ok());
    CHECK(b.answers() == std::vector<Answer>{{5, ""}});
    CHECK_FALSE(b.session.wants_digits());
    CHECK_FALSE(b.status().loading);
    CHECK(b.session.spec().digits == "0123456789");
    CHECK(b.session.spec().seed == 7);
    CHECK(b.status().step == 0);
    CHECK(b.status().train_count == 80);
    CHECK(b.status().parameter_count == 784 * 6 + 6 + 60 + 10);
    CHECK(b.look(kPartBaseline).baseline.ideals.size() == 7840);
    b.tell("play");
    b.work();
    CHECK(b.status().finished);
    // Going back to the old digits needs no files.
    b.tell("set?digits=37&loss=mnist", 6);
    CHECK(b.answers().back() == Answer{6, ""});
    CHECK_FALSE(b.status().loading);
    CHECK(b.status().train_count == 80);
    CHECK(b.status().parameter_count == 784 * 6 + 6 + 6 + 1);
  }

  TEST_CASE("if digits do not come, the choice is answered with the reason and the run stays") {
    UnderWay b;
    const uint64_t before = b.digest();
    b.session.digits_failed("no longer wanted");
    CHECK(b.status().error.empty());
    b.tell("set?digits=49", 5);
    b.session.digits_failed("[digits] the network is gone");
    CHECK(b.answers() == std::vector<Answer>{{5, "[digits] the network is gone"}});
    CHECK(b.status().error == "[digits] the network is gone");
    CHECK_FALSE(b.session.wants_digits());
    CHECK_FALSE(b.status().loading);
    CHECK(b.status().step == 2);
    CHECK(b.digest() == before);
    CHECK(b.session.spec().digits == "37");
    b.tell("set?digits=49", 6);
    CHECK(b.session.wants_digits());
    REQUIRE(b.session.load(all_ten()).ok());
    CHECK(b.answers() == std::vector<Answer>{{6, ""}});
    CHECK(b.status().train_count == 16);
  }

  TEST_CASE("a newer choice of digits replaces a waiting one") {
    UnderWay b;
    b.tell("set?digits=49", 5);
    b.tell("set?digits=18", 6);
    CHECK(b.answers() == std::vector<Answer>{{5, "[set] a newer choice took its place"}});
    REQUIRE(b.session.load(all_ten()).ok());
    CHECK(b.answers() == std::vector<Answer>{{6, ""}});
    CHECK(b.session.spec().digits == "18");
  }

  TEST_CASE("choosing the current digits cancels a waiting choice") {
    UnderWay b;
    b.tell("set?digits=49", 5);
    b.tell("set?digits=37", 6);
    CHECK(b.answers() == std::vector<Answer>{{5, "[set] a newer choice took its place"}, {6, ""}});
    CHECK_FALSE(b.status().loading);
    REQUIRE(b.session.load(all_ten()).ok());
    CHECK(b.session.spec().digits == "37");
    CHECK(b.status().step == 2);
  }

  TEST_CASE("other fields that are set while digits are on their way act at once, and stay") {
    UnderWay b;
    b.tell("set?digits=49", 5);
    b.tell("set?lr=0.25", 6);
    CHECK(b.answers() == std::vector<Answer>{{6, ""}});
    CHECK(b.status().loading);
    CHECK(b.status().step == 2);
    REQUIRE(b.session.load(all_ten()).ok());
    CHECK(b.session.spec().digits == "49");
    CHECK(b.session.spec().lr == 0.25f);
  }

  TEST_CASE("a refused choice asks for no digits") {
    UnderWay b;
    b.tell("set?digits=49&model=net%3Aflatten%2Clinear2", 5);
    REQUIRE(b.answers().size() == 1);
    CHECK_FALSE(b.session.wants_digits());
    CHECK_FALSE(b.status().loading);
  }

  TEST_CASE("a link with ten digits waits for them, and so do the commands after it") {
    Bench b("digits=0123456789&model=linear&loss=crossentropy&batch=32&epochs=1", false);
    b.tell("play", 9);
    CHECK_FALSE(b.session.wants_digits());  // no digits have been loaded at all
    REQUIRE(b.session.load(threes_and_sevens()).ok());
    CHECK(b.session.wants_digits());
    CHECK(b.status().loading);
    CHECK_FALSE(b.status().ready);
    CHECK(b.answers().empty());
    CHECK(std::isinf(b.session.work(ticking, 1e9)));
    REQUIRE(b.session.load(all_ten()).ok());
    CHECK(b.status().ready);
    CHECK_FALSE(b.status().loading);
    CHECK(b.answers() == std::vector<Answer>{{9, ""}});
    CHECK(b.status().parameter_count == 7850);
    b.work();
    CHECK(b.status().finished);
  }

  TEST_CASE("if the digits of a link do not come, the usual ones are used, with the reason") {
    Bench b("digits=0123456789&model=linear&batch=32&epochs=1", false);
    REQUIRE(b.session.load(threes_and_sevens()).ok());
    b.tell("play", 9);
    b.session.digits_failed("[digits] the network is gone");
    CHECK(b.status().ready);
    CHECK_FALSE(b.status().loading);
    CHECK(b.session.spec().digits == "37");
    CHECK(b.session.spec().model.kind == ModelKind::linear);
    CHECK(b.status().error == "[digits] the network is gone");
    CHECK(b.answers() == std::vector<Answer>{{9, ""}});
    b.work();
    CHECK(b.status().finished);
  }

  TEST_CASE("a model that fits only ten digits is dropped when they do not come") {
    Bench b("digits=0123456789&model=net%3Aflatten%2Clinear10&loss=crossentropy&batch=32", false);
    REQUIRE(b.session.load(threes_and_sevens()).ok());
    b.session.digits_failed("[digits] the network is gone");
    CHECK(b.status().ready);
    CHECK(b.session.spec().digits == "37");
    CHECK(b.status().error == "[digits] the network is gone");
  }

  TEST_CASE("a link that the images do not allow gives the usual model and the reason") {
    // 80 images in batches of 79 end with one image.
    Bench b("model=conv&batch=79", false);
    b.tell("step", 4);
    REQUIRE(b.session.load(threes_and_sevens()).ok());
    CHECK(b.status().ready);
    CHECK(b.session.spec() == ExperimentSpec{});
    CHECK(b.status().error.starts_with("[batch] layer 14, BatchNorm2d, sees one number"));
    b.work();
    CHECK(b.answers() == std::vector<Answer>{{4, ""}});
    CHECK(b.status().step == 1);
    // Later the same is refused, and the run stays.
    b.tell("set?model=conv&batch=79", 5);
    CHECK(b.answers()[0].error.starts_with("[batch] layer 14, BatchNorm2d, sees one number"));
    CHECK(b.status().step == 1);
    CHECK(b.session.spec() == ExperimentSpec{});
  }
}
