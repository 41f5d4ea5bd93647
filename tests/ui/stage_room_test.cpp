// The views of the stage use the room that they have: images are as large as fit, nothing scrolls
// where everything fits, and every mark has its name.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "layout_check.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "ui/panels/image_wall.hpp"

namespace downhill::test {
namespace {

constexpr uint64_t kOverviewBatch = 10, kPredictBatch = 11, kRepeatBatch = 12;  // keys of pictures
constexpr ScreenSize kDesk = {1280, 800, 1}, kLarge = {1920, 1080, 1};

// CSS pixels.
ui::Rect stage_of(const ScreenSize& size) {
  const float zoom = ui::page_zoom(size.width, size.height);
  const ui::Rect r = ui::make_layout({0, 0, size.width / zoom, size.height / zoom}).stage;
  return {r.x0 * zoom, r.y0 * zoom, r.x1 * zoom, r.y1 * zoom};
}

struct RoomPage {
  RoomPage(const ScreenSize& of, const Snapshot& snapshot, std::optional<Phase> stage,
           uint8_t tab = 0, uint64_t watched = 0)
      : size(of), page(of) {
    page.page.record_texts(true);
    page.page.selection().stage = stage;
    page.page.selection().tab = ui::Tab::stage;
    if (stage) page.page.selection().tabs[static_cast<size_t>(*stage)] = tab;
    page.pictures.watched = watched;
    page.frames(snapshot, 3);
  }
  const ui::TextMark* text(std::string_view words) const {
    for (const ui::TextMark& mark : page.page.texts())
      if (mark.text.view().find(words) != std::string_view::npos) return &mark;
    return nullptr;
  }
  // On the page; a text, in CSS pixels.
  ui::Rect place(const ui::TextMark& mark) const {
    const float zoom = ui::page_zoom(size.width, size.height);
    return {mark.rect.x0 * zoom, mark.rect.y0 * zoom, mark.rect.x1 * zoom, mark.rect.y1 * zoom};
  }

  ScreenSize size;
  HeadlessPage page;
};

// Two digits, after an epoch.
Snapshot two_digits() {
  Snapshot s = sample_snapshot(SampleState::finished, {});
  EvaluationView& test = s.evaluation;
  test.classes = 2;
  test.confusion = {980, 30, 41, 987};
  test.answers = {7, 3};
  test.digits = {3, 7};
  test.indices = {5, 9};
  test.losses = {0.97f, 0.95f};
  test.pixels.assign(size_t{2} * 784, 9);
  return s;
}

}  // namespace

TEST_CASE("The ends of a scale of colours stand clear of each other, whatever they are") {
  for (const ScreenSize& size : {ScreenSize{820, 1180, 1}, kDesk, ScreenSize{390, 844, 2}}) {
    for (const float top : {0.0146f, 0.00146f, 1.46e-4f, 1.46e-6f, 146.0f, 1.46e6f, 1.46e17f}) {
      Snapshot s = sample_snapshot(SampleState::finished, {30});
      for (float& g : s.parameters.gradients) g = std::copysign(top, g);
      RoomPage room(size, s, Phase::gradient);
      check_page(room.page, s, size_words(size) + " at " + std::to_string(top));
    }
  }
}

TEST_CASE("A page whose first batch has not arrived is drawn at every size") {
  for (const ScreenSize& size : {kDesk, kLarge, ScreenSize{1024, 700, 1}, ScreenSize{320, 400, 1}}) {
    for (const std::optional<Phase> stage : {std::optional<Phase>{}, std::optional{Phase::predict},
                                             std::optional{Phase::repeat}}) {
      Snapshot none = sample_snapshot(SampleState::fresh, {});
      none.batch = {};
      const RoomPage room(size, none, stage);
      CHECK(room.page.page.texts().size() > 10);
      CHECK(room.page.pictures.all_valid);
    }
  }
}

TEST_CASE(
    "The overview, Predict and Repeat show all images of the snapshot, larger on a large page") {
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  struct Place {
    std::optional<Phase> stage;
    uint64_t key;
  };
  for (const Place& at : {Place{std::nullopt, kOverviewBatch}, Place{Phase::predict, kPredictBatch},
                          Place{Phase::repeat, kRepeatBatch}}) {
    float tile_before = 0;
    for (const ScreenSize& size : {kDesk, ScreenSize{1536, 864, 1}, kLarge}) {
      const RoomPage page(size, snapshot, at.stage, 0, at.key);
      const gfx::TileGrid& grid = page.page.pictures.seen.grid;
      const std::string what = size_words(size) + ", picture " + std::to_string(at.key);
      CHECK_MESSAGE(grid.tiles == static_cast<int>(snapshot.batch.shown), what);
      const int last_row = grid.tiles - (grid.rows() - 1) * grid.columns;
      CHECK_MESSAGE(last_row * 4 >= grid.columns * 3, what, ": ", last_row, " of ", grid.columns);
      const float tile = static_cast<float>(grid.tile_width * grid.cell);
      CHECK_MESSAGE(tile >= tile_before, what);
      tile_before = tile;
      const ui::Rect stage = stage_of(size), batch = page.page.rect("batch-digits");
      CHECK_MESSAGE(batch.x0 >= stage.x0 - 1, what);
      CHECK_MESSAGE(batch.x1 <= stage.x1 + 1, what);
      CHECK_MESSAGE(batch.y1 <= stage.y1 + 1, what);
    }
    CHECK(tile_before >= 56);
  }
}

TEST_CASE("Where not all images fit, the batch fills the stage with whole rows") {
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  const ScreenSize low{1100, 620, 1};
  const RoomPage page(low, snapshot, Phase::repeat, 0, kRepeatBatch);
  const gfx::TileGrid& grid = page.page.pictures.seen.grid;
  CHECK(grid.tiles < static_cast<int>(snapshot.batch.shown));
  CHECK(grid.tiles % grid.columns == 0);
}

TEST_CASE("Predict says how much is right, of how many, and how many are shown") {
  const RoomPage page(kDesk, sample_snapshot(SampleState::running), Phase::predict);
  CHECK(page.text(" of 256 right, the first 64 shown") != nullptr);
}

TEST_CASE("The worst images fit the stage without scrolling and use it") {
  const Snapshot snapshot = sample_snapshot_conv(SampleState::finished);
  const int last = static_cast<int>(snapshot.evaluation.indices.size()) - 1;
  for (const ScreenSize& size : {kDesk, kLarge}) {
    const RoomPage page(size, snapshot, Phase::stop, 2);
    const ui::Rect stage = stage_of(size);
    const ui::Rect tile = page.page.rect("worst:" + std::to_string(last));
    REQUIRE_MESSAGE(!tile.empty(), size_words(size));
    CHECK_MESSAGE(tile.y1 <= stage.y1 - 24, size_words(size));  // two lines below it
    CHECK_MESSAGE(tile.y1 >= stage.y0 + stage.height() * 0.8f, size_words(size));
    CHECK_MESSAGE(page.text(" taken for ") != nullptr, size_words(size));
  }
}

TEST_CASE("Columns are chosen so that the last row is as full as can be") {
  CHECK(ui::fullest_columns(64, 8, 9) == 8);
  CHECK(ui::fullest_columns(32, 4, 9) == 8);
  CHECK(ui::fullest_columns(64, 8, 15) == 13);  // 12 in the last row; 15 columns would leave 4
  CHECK(ui::fullest_columns(5, 1, 5) == 5);
  CHECK(ui::fullest_columns(5, 2, 4) == 3);
  CHECK(ui::fullest_columns(7, 7, 7) == 7);
}

TEST_CASE(
    "Your digit shows its scores beside the square, each with its number, without scrolling") {
  const Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  for (const ScreenSize& size : {kDesk, ScreenSize{1280, 660, 1}, kLarge}) {
    const RoomPage page(size, snapshot, Phase::predict, 2);
    const std::string what = size_words(size);
    const ui::Rect stage = stage_of(size), square = page.page.rect("own-digit");
    const ui::TextMark* title = page.text("score of each digit");
    REQUIRE_MESSAGE(title != nullptr, what);
    CHECK_MESSAGE(!title->scrolls, what);
    const ui::Rect above = page.place(*title);
    CHECK_MESSAGE(above.x0 > square.x1, what);
    int names = 0, numbers = 0;
    for (const ui::TextMark& mark : page.page.page.texts()) {
      const ui::Rect place = page.place(mark);
      if (place.y0 < above.y1 || place.x0 < above.x0 || place.x1 > stage.x1) continue;
      CHECK_MESSAGE(place.y1 <= stage.y1, what);
      const std::string_view text = mark.text.view();
      names += text.size() == 1 ? 1 : 0;  // the digits, and 0 and 1 beside the lines
      numbers += text.size() == 4 && text.substr(1, 1) == "." ? 1 : 0;
    }
    CHECK_MESSAGE(names == 12, what);
    CHECK_MESSAGE(numbers == 10, what);
  }
}

TEST_CASE("Your digit is whole on the low stage of a tablet") {
  const ScreenSize tablet{1024, 700, 1};
  const RoomPage page(tablet, sample_snapshot_conv(SampleState::running), Phase::predict, 2);
  const ui::Rect stage =
      ui::make_layout({0, 0, tablet.width, tablet.height}).stage;  // of a page that is not zoomed
  for (const char* name : {"own-digit", "own-digit-pen", "own-digit-inspect"})
    CHECK_MESSAGE(page.page.rect(name).y1 <= stage.y1 + 1, name);
  const ui::TextMark* title = page.text("score of each digit");
  REQUIRE(title != nullptr);
  CHECK(!title->scrolls);
}

TEST_CASE("On a large page the square of Your digit takes half of the width") {
  const RoomPage page(kLarge, sample_snapshot_conv(SampleState::running), Phase::predict, 2);
  CHECK(page.page.rect("own-digit").width() > stage_of(kLarge).width() * 0.5f);
}

TEST_CASE("The matrix of two digits has its most confused pairs beside it, and nothing scrolls") {
  const RoomPage page(kDesk, two_digits(), Phase::stop, 1);
  const ui::TextMark* list = page.text("Most confused");
  REQUIRE(list != nullptr);
  CHECK(!list->scrolls);
  CHECK(page.place(*list).x0 > page.page.rect("cell:1").x1);
  CHECK(page.page.rect("confused:0").y0 < page.page.rect("cell:1").y1);
  CHECK(page.page.has("confused:1"));
  CHECK(page.text("7 taken for 3") != nullptr);
}

TEST_CASE(
    "The matrix of ten digits uses the height, says what its shades are and names its shares") {
  for (const ScreenSize& size : {kDesk, kLarge}) {
    const RoomPage page(size, sample_snapshot_conv(SampleState::finished), Phase::stop, 1);
    const ui::Rect stage = stage_of(size);
    const ui::TextMark* list = page.text("Most confused");
    REQUIRE_MESSAGE(list != nullptr, size_words(size));
    CHECK_MESSAGE(!list->scrolls, size_words(size));
    CHECK_MESSAGE(page.page.has("confused:9"), size_words(size));
    CHECK_MESSAGE(page.page.rect("confused:9").y1 <= stage.y1, size_words(size));
    CHECK_MESSAGE(page.page.rect("cell:99").width() >= 36, size_words(size));
    const float end = std::max(page.page.rect("cell:99").y1,
                               page.page.rect("confused:3").y1);  // of matrix or list
    CHECK_MESSAGE(end >= stage.y0 + stage.height() * 0.85f, size_words(size));
    const ui::TextMark* shades = page.text("haded: mistakes");
    REQUIRE_MESSAGE(shades != nullptr, size_words(size));
    CHECK_MESSAGE(page.place(*shades).y0 > page.page.rect("cell:99").y1, size_words(size));
    const bool named = std::ranges::any_of(page.page.page.texts(), [&](const ui::TextMark& mark) {
      return mark.text.view() == "right" && page.place(mark).x0 > page.page.rect("cell:9").x1 &&
             page.place(mark).y1 < page.page.rect("cell:9").y1;
    });
    CHECK_MESSAGE(named, size_words(size));
  }
}

TEST_CASE("The result of the validation is told with its epoch first") {
  {
    const RoomPage wide(kLarge, two_digits(), Phase::stop, 1);
    CHECK(wide.text("after epoch 40: 97.11") != nullptr);
  }
  const RoomPage desk(kDesk, two_digits(), Phase::stop, 1);
  CHECK(desk.text("after epoch 40") != nullptr);
}

}  // namespace downhill::test
