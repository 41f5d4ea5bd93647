// A digit drawn by hand: the command, what the model makes of it, and that the run goes on unchanged.
#include <doctest/doctest.h>

#include <string>

#include "support/drawings.hpp"
#include "support/mnist.hpp"
#include "support/session_bench.hpp"

namespace downhill {
namespace {

using test::Bench;

const DrawingView* drawn(Bench& b) {
  const std::optional<DrawingView>& drawing = b.look(kPartDrawing).drawing;
  return drawing ? &*drawing : nullptr;
}

std::string refusal(const std::string& text) {
  const Result<Command> command = parse_command(text);
  return command ? "accepted" : command.error().message;
}

}  // namespace

TEST_CASE("a drawing is kept, changed in part, and taken back") {
  Bench b;
  CHECK(drawn(b) == nullptr);
  b.tell("draw?strokes=0.2,0.1,0.8,0.1,0.4,0.9;0.5,0.5", 1);
  CHECK(b.answers()[0].error.empty());
  const DrawingView* view = drawn(b);
  REQUIRE(view != nullptr);
  CHECK(view->drawing.points.size() == 8);
  CHECK(view->drawing.strokes == std::vector<uint32_t>{3, 1});
  CHECK(view->verdict.scores.size() == 1);
  CHECK((view->verdict.answer == 3 || view->verdict.answer == 7));
  CHECK(view->prepared.pixels == prepare(view->drawing).pixels);
  const std::vector<uint8_t> centred = view->prepared.pixels;
  b.tell("draw?centred=false");
  CHECK(drawn(b)->drawing.points.size() == 8);
  CHECK_FALSE(drawn(b)->verdict.centred);
  CHECK(drawn(b)->prepared.pixels != centred);
  b.tell("draw?centred=true&pen=0.2");
  CHECK(drawn(b)->drawing.pen == 0.2f);
  b.tell("draw?strokes=none");
  CHECK(drawn(b) == nullptr);
}

TEST_CASE("an image in numbers is predicted as the same image of the data is") {
  Bench b("model=mlp:6&batch=32&epochs=2&lr=0.5");
  b.tell("step?unit=epoch");
  b.work();
  const Dataset& valid = b.session.trainer().valid_set();
  for (uint32_t index = 0; index < 8; ++index) {
    std::string pixels;
    for (const uint8_t value : valid.image(index))
      pixels += (pixels.empty() ? "" : ",") + std::to_string(value);
    b.tell("draw?pixels=" + pixels);
    SnapshotRequest request;
    request.parts = kPartInspection;
    request.source = ImageSource::valid;
    request.image = index;
    const Inspection seen = *b.session.snapshot(request).inspection;
    CHECK(drawn(b)->verdict.scores == seen.scores);
    CHECK(drawn(b)->verdict.answer == seen.answer);
    request.source = ImageSource::drawing;
    const Inspection own = *b.session.snapshot(request).inspection;
    CHECK(own.outputs == seen.outputs);
    CHECK(own.digit == own.answer);
  }
}

TEST_CASE("drawing leaves the run and its tools alone") {
  Bench with, without;
  for (Bench* b : {&with, &without}) {
    b->tell("step?unit=batch&count=3");
    if (b == &with) b->tell("draw?strokes=0.2,0.1,0.8,0.9");
    b->work();
    if (b == &with) CHECK(drawn(*b) != nullptr);
    b->tell("step?unit=epoch");
    b->work();
  }
  CHECK(with.digest() == without.digest());
  with.tell("find_lr", 7);
  with.tell("draw?pen=0.1");
  with.work();
  for (const Answer& answer : with.answers()) CHECK(answer.error.empty());
}

TEST_CASE("drawings that make no sense are refused by what is wrong") {
  CHECK(refusal("draw?strokes=0.2,0.1,0.8") == "[draw] strokes: a point has an x without a y");
  CHECK(refusal("draw?strokes=0.2,1.5") == "[draw] strokes: '1.5' is outside 0…1");
  CHECK(refusal("draw?strokes=;") == "[draw] strokes: a number is missing, 0…1");
  CHECK(refusal("draw?pixels=1,2,3") ==
        "[draw] pixels: 3 numbers where 784 were expected, row by row");
  CHECK(refusal("draw?pixels=256") == "[draw] pixels: '256' is outside 0…255");
  CHECK(refusal("draw?pen=1") == "[draw] pen '1' is outside 0.01…0.3");
  CHECK(refusal("draw?centred=maybe") == "[draw] centred 'maybe' is neither true nor false");
  std::string many = "0,0";
  for (size_t i = 0; i < kMaxDrawnPoints; ++i) many += ",0,0";
  CHECK(refusal("draw?strokes=" + many) == "[draw] more than 4096 points are too many");
}

TEST_SUITE("published runs") {
  TEST_CASE("the article's net reads nine of ten drawings unlike MNIST, if they are centred") {
    auto data = test::load_mnist10();
    if (!data) return;
    Bench b(
        "digits=0123456789&model=conv&loss=crossentropy&optimizer=adamw&lr=0.1&schedule=onecycle&"
        "momentum=0.9&beta2=0.99&eps=1e-5&wd=0.01&augment=crop&normalize=true&batch=128&epochs=3",
        false);
    REQUIRE(b.session.load(std::move(*data)).ok());
    b.tell("play");
    b.work();
    int centred = 0, as_drawn = 0;
    for (const test::SampleDrawing& sample : test::kDrawings) {
      b.tell("draw?centred=true&" + std::string(sample.command));
      const int with = drawn(b)->verdict.answer;
      b.tell("draw?centred=false");
      const int without = drawn(b)->verdict.answer;
      const int digit = sample.digit - '0';
      MESSAGE("a ", digit, ", ", sample.how, ": ", with, " if centred, else ", without);
      centred += with == digit;
      as_drawn += without == digit;
    }
    CHECK(centred >= 9);
    CHECK(as_drawn <= centred - 3);
  }
}

}  // namespace downhill
