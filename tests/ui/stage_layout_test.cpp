// The views of the stage for networks of every kind, with two or ten digits: no text collides or is
// cut off, and every picture can be drawn.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "layout_check.hpp"
#include "layout_sizes.hpp"
#include "support/sample_snapshot_conv.hpp"

namespace downhill::test {
namespace {

struct View {
  const char* name;
  std::function<void(ui::Selection&)> choose;
};

const View kViews[] = {
    {"overview", [](ui::Selection&) {}},
    {"initial weights", [](ui::Selection& s) { s.stage = Phase::initialize; }},
    {"initial weights by layers",
     [](ui::Selection& s) {
       s.stage = Phase::initialize;
       s.by_layers = true;
     }},
    {"without learning",
     [](ui::Selection& s) {
       s.stage = Phase::initialize;
       s.tabs[static_cast<size_t>(Phase::initialize)] = 1;
     }},
    {"augmented",
     [](ui::Selection& s) {
       s.stage = Phase::predict;
       s.as_entered = true;
     }},
    {"pipeline",
     [](ui::Selection& s) {
       s.stage = Phase::predict;
       s.tabs[static_cast<size_t>(Phase::predict)] = 1;
     }},
    {"loss", [](ui::Selection& s) { s.stage = Phase::loss; }},
    {"gradient", [](ui::Selection& s) { s.stage = Phase::gradient; }},
    {"gradient of one image",
     [](ui::Selection& s) {
       s.stage = Phase::gradient;
       s.image = ui::ChosenImage{};
       s.own_gradient = true;
     }},
    {"valley", [](ui::Selection& s) { s.stage = Phase::step; }},
    {"step",
     [](ui::Selection& s) {
       s.stage = Phase::step;
       s.tabs[static_cast<size_t>(Phase::step)] = 1;
     }},
    {"repeat", [](ui::Selection& s) { s.stage = Phase::repeat; }},
    {"epochs", [](ui::Selection& s) { s.stage = Phase::stop; }},
    {"confusion",
     [](ui::Selection& s) {
       s.stage = Phase::stop;
       s.tabs[static_cast<size_t>(Phase::stop)] = 1;
     }},
    {"a cell",
     [](ui::Selection& s) {
       s.stage = Phase::stop;
       s.tabs[static_cast<size_t>(Phase::stop)] = 1;
       s.cell = ui::Cell{7, 3};
     }},
    {"worst",
     [](ui::Selection& s) {
       s.stage = Phase::stop;
       s.tabs[static_cast<size_t>(Phase::stop)] = 2;
     }},
    {"inspection",
     [](ui::Selection& s) {
       s.inspect({ImageSource::train, 0, uint8_t{9}});
     }},
};

// Makes one label of nine wrong.
void mislabel(BatchView& batch) {
  for (size_t i = 0; i < batch.labels.size(); i += 9)
    batch.labels[i] = batch.digits[i] == 3 ? 7 : 3;
}

}  // namespace

TEST_CASE("No text of any view is cut or overlaps over a sweep of sizes and sharp screens") {
  int number = 0;
  sweep(13, 3, [&](const ScreenSize& size) {
    HeadlessPage page(size);
    const bool even = ++number % 2 == 0;
    for (const SampleState state : {even ? SampleState::running : SampleState::finished}) {
      const Snapshot snapshot = sample_snapshot_conv(state);
      page.frames(snapshot);
      for (const View& view : kViews) {
        page.page.selection() = {};
        page.page.selection().tab = ui::Tab::stage;
        view.choose(page.page.selection());
        check_page(page, snapshot,
                   size_words(size) + " at " + std::to_string(size.ratio) + ", " + view.name);
      }
    }
  });
}

TEST_CASE("Every view of a convolutional net with ten digits is drawn well at every size") {
  int number = 0;
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size, ++number % 2 == 0 ? gfx::Theme::dark : gfx::Theme::light);
    for (const SampleState state :
         {SampleState::fresh, SampleState::finished, SampleState::diverged}) {
      Snapshot snapshot = sample_snapshot_conv(state);
      mislabel(snapshot.batch);
      page.frames(snapshot);
      for (const View& view : kViews) {
        ui::Selection& selection = page.page.selection();
        selection = {};
        view.choose(selection);
        check_page(page, snapshot,
                   size_words(size) + ", state " + std::to_string(static_cast<int>(state)) + ", " +
                       view.name);
      }
    }
  }
}

TEST_CASE("Every layer of a network has a picture, of all units and of one") {
  for (const ScreenSize& size : {kSizes[0], kSizes[1], kSizes[2], kSizes[8]}) {
    HeadlessPage page(size);
    const Snapshot snapshot = sample_snapshot_conv(SampleState::running);
    page.frames(snapshot);
    for (size_t layer = 0; layer < snapshot.parameters.layers.size(); ++layer) {
      for (const Phase stage : {Phase::initialize, Phase::gradient, Phase::step}) {
        for (const int unit : {-1, 0}) {
          ui::Selection& selection = page.page.selection();
          selection = {};
          selection.stage = stage;
          selection.tabs[static_cast<size_t>(Phase::step)] = 1;  // every weight
          selection.layer = static_cast<int>(layer);
          selection.unit = unit;
          selection.probe = snapshot.parameters.layers[layer].weight_offset;
          const int drawn = page.pictures.drawn;
          const std::string what = size_words(size) + ", " + snapshot.parameters.layers[layer].name;
          check_page(page, snapshot, what);
          const bool norm = snapshot.parameters.layers[layer].kind == LayerKind::batch_norm;
          CHECK_MESSAGE((norm || page.pictures.drawn > drawn), what);
        }
      }
    }
  }
}

TEST_CASE("Two digits with two outputs, and every loss of ten, have their views") {
  HeadlessPage page(kSizes[0]);
  for (const char* edits : {"loss=mnist", "loss=bce", "loss=mse", "loss=l1", "optimizer=sgd&wd=0",
                            "optimizer=sgd", "optimizer=momentum&clip=1", "optimizer=rmsprop"}) {
    Snapshot snapshot = sample_snapshot_conv(SampleState::running);
    const auto edited = edit_spec(snapshot.spec, edits);
    REQUIRE(edited.ok());
    snapshot.spec = *edited;
    page.frames(snapshot);
    for (const View& view : kViews) {
      page.page.selection() = {};
      view.choose(page.page.selection());
      check_page(page, snapshot, std::string(edits) + ", " + view.name);
    }
  }
  Snapshot two = sample_snapshot(SampleState::running);
  two.spec = *edit_spec(two.spec, "digits=49&loss=crossentropy");
  two.batch.outputs_per_image = 2;
  two.batch.scores.assign(size_t{2} * two.batch.shown, 0.5f);
  two.batch.outputs.assign(size_t{2} * two.batch.shown, 0.0f);
  for (size_t i = 0; i < two.batch.shown; ++i) {
    two.batch.digits[i] = two.batch.labels[i] = i % 2 == 0 ? 4 : 9;
    two.batch.answers[i] = 4;
  }
  for (const View& view : kViews) {
    page.page.selection() = {};
    view.choose(page.page.selection());
    check_page(page, two, std::string("4 and 9, ") + view.name);
  }
}

TEST_CASE("No text mentions 3 and 7 where other digits are told apart") {
  HeadlessPage page(kSizes[0]);
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  page.page.record_texts(true);
  page.frames(snapshot);
  for (const View& view : kViews) {
    page.page.selection() = {};
    view.choose(page.page.selection());
    page.frames(snapshot);
    for (const ui::TextMark& mark : page.page.texts()) {
      const std::string text(mark.text.view());
      if (text.find("a machine learns") != std::string::npos) continue;
      CHECK_MESSAGE(text.find("3 or 7") == std::string::npos, text);
      CHECK_MESSAGE(text.find("3 from 7") == std::string::npos, text);
      CHECK_MESSAGE(text.find("says 3") == std::string::npos, text);
    }
  }
}

}  // namespace downhill::test
