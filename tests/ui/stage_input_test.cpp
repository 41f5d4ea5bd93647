// Clicks on the stage: layers, weights of every kind, cells of the confusion matrix, images.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "headless.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "ui/panels/step_texts.hpp"

namespace downhill::test {
namespace {

constexpr ScreenSize kDesk = {1280, 800, 1};

struct Opened {
  explicit Opened(const Snapshot& opened) : page(kDesk), snapshot(opened) { page.frames(snapshot); }
  ui::Selection& selection() { return page.page.selection(); }
  void click(std::string_view widget) { page.click(snapshot, widget); }
  void show(Phase stage) {
    selection().stage = stage;
    page.frames(snapshot);
  }
  // The parts that the stage asks for now, without those that others ask for.
  uint32_t parts() {
    page.requests.clear();
    page.frames(snapshot, 1);
    return page.requests.parts & ~ui::kPartsBesideStage;
  }
  // Whether a text of the next frame contains these words.
  bool says(std::string_view words) {
    page.page.record_texts(true);
    page.frames(snapshot, 1);
    return std::ranges::any_of(page.page.texts(), [&](const ui::TextMark& mark) {
      return mark.text.view().find(words) != std::string_view::npos;
    });
  }

  HeadlessPage page;
  Snapshot snapshot;
};

}  // namespace

TEST_CASE("Arrows and the menu select the layer and show all of its units") {
  Opened open(sample_snapshot_conv(SampleState::running));
  open.show(Phase::gradient);
  open.click("layer-next");
  CHECK(open.selection().layer == 1);
  open.click("layer-previous");
  CHECK(open.selection().layer == 0);
  open.click("layer-previous");  // the first layer has no previous one
  CHECK(open.selection().layer == 0);
  open.selection().unit = 3;
  open.click("layer");
  open.click("layer:layer2");
  CHECK(open.selection().layer == 2);
  CHECK(open.selection().unit == -1);
}

TEST_CASE("A click makes a weight of any layer the probe") {
  Opened open(sample_snapshot_conv(SampleState::running));
  const std::vector<LayerInfo>& layers = open.snapshot.parameters.layers;
  open.show(Phase::gradient);
  for (size_t i = 0; i < layers.size(); ++i) {
    const LayerInfo& layer = layers[i];
    open.selection().layer = static_cast<int>(i);
    open.selection().unit = -1;
    open.page.requests.clear();
    open.page.frames(open.snapshot);
    const ui::Rect picture = open.page.rect("weights");
    const ui::Vec corner = layer.kind == LayerKind::batch_norm
                               ? ui::Vec{picture.x0 + 4, picture.y0 + 30}
                               : ui::Vec{picture.x0 + 2, picture.y0 + 2};
    open.page.click_at(open.snapshot, corner);
    if (layer.kind == LayerKind::conv) {  // the first click enlarges the filter
      CHECK(open.selection().unit == 0);
      CHECK(!open.page.requests.probe.has_value());
      open.page.click_at(open.snapshot, corner);
    }
    REQUIRE(open.page.requests.probe.has_value());
    CHECK(*open.page.requests.probe == layer.weight_offset);
  }
}

TEST_CASE("The last weight of a filter is the last of its tile") {
  Opened open(sample_snapshot_conv(SampleState::running));
  open.show(Phase::gradient);
  open.selection().layer = 4;  // its filters have 16 planes: four rows of four
  open.selection().unit = 5;
  open.page.frames(open.snapshot);
  const ui::Rect picture = open.page.rect("gradients");
  open.page.click_at(open.snapshot, {picture.x1 - 2, picture.y1 - 2});
  REQUIRE(open.page.requests.probe.has_value());
  const LayerInfo& layer = open.snapshot.parameters.layers[4];
  CHECK(*open.page.requests.probe == layer.weight_offset + 6 * layer.in - 1);
}

TEST_CASE("A cell of the matrix opens its images, and an image opens the inspection") {
  Opened open(sample_snapshot_conv(SampleState::finished));
  open.show(Phase::stop);
  CHECK(open.parts() == kPartBaseline);
  open.click("view:1");
  CHECK(open.parts() == kPartEvaluation);
  open.click("cell:44");  // 4 answered 4
  REQUIRE(open.selection().cell.has_value());
  CHECK(*open.selection().cell == ui::Cell{4, 4});
  CHECK(open.parts() == (kPartEvaluation | kPartExamples));
  REQUIRE(open.page.requests.cell.has_value());
  CHECK(*open.page.requests.cell == ui::Cell{4, 4});
  CHECK(!open.page.has("example:0"));  // the images that have arrived belong to another cell
  open.click("cell-back");
  CHECK(!open.selection().cell.has_value());
  open.selection().cell = ui::Cell{7, 3};
  open.page.frames(open.snapshot);
  open.click("example:1");
  REQUIRE(open.selection().image.has_value());
  CHECK(open.selection().image->source == ImageSource::valid);
  CHECK(open.selection().image->index == open.snapshot.examples.indices[1]);
  CHECK(open.parts() == kPartInspection);
  REQUIRE(open.page.requests.image.has_value());
  CHECK(open.page.requests.image->index == open.snapshot.examples.indices[1]);
  open.click("inspect-back");  // back to the cell
  CHECK(open.selection().stage == Phase::stop);
  CHECK(open.page.has("example:1"));
}

TEST_CASE("The most confused pairs and the worst images open what they show") {
  Opened open(sample_snapshot_conv(SampleState::finished));
  const std::vector<uint32_t>& confusion = open.snapshot.evaluation.confusion;
  uint32_t most = 0;
  for (uint32_t i = 0; i < 100; ++i)
    if (i / 10 != i % 10) most = std::max(most, confusion[i]);
  open.show(Phase::stop);
  open.click("view:1");
  open.click("confused:0");
  REQUIRE(open.selection().cell.has_value());
  const ui::Cell cell = *open.selection().cell;
  CHECK(cell.truth != cell.answer);
  CHECK(confusion[size_t{cell.truth} * 10 + cell.answer] == most);
  open.click("view:2");
  open.click("worst:2");
  REQUIRE(open.selection().image.has_value());
  CHECK(open.selection().image->index == open.snapshot.evaluation.indices[2]);
}

TEST_CASE("An empty cell opens nothing") {
  Opened open(sample_snapshot_conv(SampleState::finished));
  open.snapshot.evaluation.confusion[1] = 0;
  open.show(Phase::stop);
  open.click("view:1");
  open.click("cell:1");
  CHECK(!open.selection().cell.has_value());
}

TEST_CASE("A click on an image of the batch inspects it by its index in the training set") {
  Opened open(sample_snapshot_conv(SampleState::finished));
  open.snapshot.batch.labels[0] = 5;  // it shows a 0
  open.show(Phase::predict);
  const ui::Rect grid = open.page.rect("batch-digits");
  open.page.click_at(open.snapshot, {grid.x0 + 8, grid.y0 + 8});
  REQUIRE(open.selection().inspecting);
  CHECK(*open.selection().image ==
        ui::ChosenImage{ImageSource::train, open.snapshot.batch.indices[0], uint8_t{5}});
  open.click("own-gradient");
  CHECK(open.selection().stage == Phase::gradient);
  CHECK(!open.selection().inspecting);
  CHECK((open.parts() & kPartSampleGradient) != 0);
  open.click("whose-gradient:0");
  CHECK((open.parts() & kPartSampleGradient) == 0);
}

TEST_CASE("A click on a phase of the rail leaves the inspection") {
  Opened open(sample_snapshot_conv(SampleState::running));
  open.show(Phase::gradient);
  open.selection().inspect({});
  open.page.frames(open.snapshot);
  open.click("step:gradient");  // it is on the stage behind the inspection: shown, not closed
  CHECK(open.selection().stage == Phase::gradient);
  CHECK(!open.selection().inspecting);
}

TEST_CASE("The batch can be shown augmented, and layers as statistics") {
  Opened open(sample_snapshot_conv(SampleState::running));
  open.show(Phase::predict);
  open.click("as-entered:1");
  CHECK(open.selection().as_entered);
  open.show(Phase::gradient);
  open.click("by-layers:1");
  CHECK(open.parts() == kPartStatistics);
  open.show(Phase::initialize);
  CHECK(open.parts() == kPartStatistics);
  open.click("by-layers:0");
  CHECK(open.parts() == kPartWeights);
}

TEST_CASE("The change of a step is the measured one, not rate times gradient") {
  ui::Readings readings;
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  ui::Selection selection;
  selection.stage = Phase::step;
  readings.update(snapshot, 1, 1, selection);
  REQUIRE(readings.step_ready);
  double squares = 0;
  for (size_t i = 0; i < snapshot.parameters.values.size(); ++i) {
    const float change = snapshot.parameters.changes[i];
    squares += static_cast<double>(change) * static_cast<double>(change);
    CHECK(readings.before[i] ==
          snapshot.parameters.values[i] + change);  // the step is still to come
  }
  CHECK(readings.step_length == doctest::Approx(std::sqrt(squares)));
  snapshot.parameters.changes.clear();
  readings.update(snapshot, 2, 2, selection);
  CHECK(!readings.step_ready);
}

TEST_CASE("Digits are drawn by how sure the answer is, with two classes in blue and orange") {
  ui::Readings readings;
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  ui::Selection selection;
  readings.update(snapshot, 1, 1, selection);
  CHECK(!readings.prediction_is_signed);
  // Each image begins with how sure its answer is; its pixels follow, as they are.
  const auto certainty = [&](size_t image) { return readings.prediction_pixels[image * 785]; };
  const auto darkest = [&](size_t image) {
    const auto from =
        readings.prediction_pixels.begin() + static_cast<std::ptrdiff_t>(image * 785 + 1);
    return *std::max_element(from, from + 784);
  };
  for (size_t i = 0; i < snapshot.batch.shown; ++i) {
    const float sure = snapshot.batch.scores[i * 10 + snapshot.batch.answers[i]];
    CHECK(certainty(i) == sure);
    CHECK(darkest(i) == 1);
  }
  // With two digits and two outputs, the difference of their scores counts.
  snapshot.spec = *edit_spec(snapshot.spec, "digits=37");
  snapshot.batch.outputs_per_image = 2;
  snapshot.batch.scores.assign(size_t{2} * snapshot.batch.shown, 0.5f);
  snapshot.batch.scores[0] = 0.2f;
  snapshot.batch.scores[1] = 0.8f;
  readings.update(snapshot, 2, 2, selection);
  REQUIRE(readings.prediction_is_signed);
  CHECK(certainty(0) == doctest::Approx(-std::sqrt(0.6f)));
  CHECK(certainty(1) == 0);
  CHECK(darkest(0) == 1);
}

TEST_CASE("Right is what the label says, and a wrong label is recognized") {
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  BatchView& batch = snapshot.batch;
  CHECK(ui::is_right(batch, 0));
  CHECK(!ui::is_mislabelled(batch, 0));
  batch.labels[0] = 9;
  CHECK(!ui::is_right(batch, 0));
  CHECK(ui::is_mislabelled(batch, 0));
  CHECK(ui::score_of(snapshot, 1, 4) == batch.scores[14]);
}

TEST_CASE("The page says when losses have overflowed instead of drawing nothing") {
  Opened open(sample_snapshot(SampleState::finished));
  open.snapshot.spec = *edit_spec(open.snapshot.spec, "loss=mse");
  open.show(Phase::loss);
  CHECK(!open.says("cannot be drawn"));
  open.snapshot.batch.losses[0] = std::numeric_limits<float>::infinity();
  CHECK(open.says("cannot be drawn"));  // one of them
  for (float& loss : open.snapshot.batch.losses) loss = std::numeric_limits<float>::infinity();
  CHECK(open.says("The outputs have grown"));
}

TEST_CASE("The page says what play does after the end, before and after it is pressed") {
  Snapshot ended = sample_snapshot(SampleState::finished);
  CHECK(ui::play_on_words(ended).view() == "Play continues for 40 more epochs.");
  ended.status.epoch_limit = ended.status.epoch + 5;  // a rule ended it before its last epoch
  CHECK(ui::play_on_words(ended).view() == "Play continues without that rule.");
  Opened open(sample_snapshot(SampleState::finished));
  open.snapshot.status.finished = false;
  open.snapshot.status.running = true;
  open.snapshot.status.epoch_limit += 40;
  CHECK(open.says("now to epoch 80"));
  open.snapshot.status.running = false;
  CHECK_FALSE(open.says("now to epoch 80"));
}

TEST_CASE("A new run is announced while it begins, and not at rest after its steps") {
  Opened open(sample_snapshot(SampleState::fresh));
  constexpr const char* kNew = "a new run";
  CHECK_FALSE(open.says(kNew));
  open.snapshot.spec.batch *= 2;
  CHECK(open.says(kNew));
  open.snapshot.status.running = true;
  open.snapshot.status.step = 479;
  CHECK(open.says(kNew));
  open.snapshot.status.running = false;
  CHECK_FALSE(open.says(kNew));
}

TEST_CASE("A step is called rate times gradient only where it is exactly that") {
  ExperimentSpec spec;
  CHECK(ui::change_title(spec) == "− rate × gradient");
  for (const char* edits : {"optimizer=adam", "wd=0.01", "clip=1", "optimizer=momentum"}) {
    const auto edited = edit_spec(spec, edits);
    REQUIRE(edited.ok());
    CHECK(ui::change_title(*edited) == "Change");
    CHECK(ui::step_title(Phase::step, *edited) == "Every weight takes a step");
  }
}

TEST_CASE("Without learning: each image of the batch has its nearest mean, the mistakes first") {
  Snapshot snapshot = sample_snapshot(SampleState::fresh);
  snapshot.parts |= kPartBaseline;
  BatchView& batch = snapshot.batch;
  const size_t pixels = 784;
  // The means are a 3 and a 7 of the batch, so that all its images are right but for one label.
  snapshot.baseline.ideals.clear();
  for (const char digit : snapshot.spec.digits) {
    const auto at = std::ranges::find(batch.digits, static_cast<uint8_t>(digit - '0'));
    REQUIRE(at != batch.digits.end());
    const auto first = static_cast<size_t>(at - batch.digits.begin()) * pixels;
    for (size_t p = 0; p < pixels; ++p)
      snapshot.baseline.ideals.push_back(static_cast<float>(batch.pixels[first + p]) / 255);
  }
  batch.digits[5] = batch.digits[5] == 3 ? 7 : 3;
  Opened open(snapshot);
  open.page.page.selection().stage = Phase::initialize;
  open.page.page.selection().tabs[static_cast<size_t>(Phase::initialize)] = 1;
  CHECK(open.parts() == (kPartBatch | kPartBaseline));
  CHECK(open.says("1 of 64 wrong"));
  CHECK(open.says(batch.digits[5] == 3 ? "3 taken for 7" : "7 taken for 3"));
  CHECK(open.says(batch.digits[5] == 3 ? "7: 0.000" : "3: 0.000"));
  open.page.click(snapshot, "nearest:0");
  REQUIRE(open.page.page.selection().image.has_value());
  CHECK(open.page.page.selection().image->index == batch.indices[5]);
}

}  // namespace downhill::test
