// Colour says one thing: where a scale is drawn, the page says what its two ends mean, and what has to
// be seen stands out from the paper.
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "layout_check.hpp"
#include "support/color_difference.hpp"
#include "support/sample_snapshot_conv.hpp"

namespace downhill::test {
namespace {

bool says(const HeadlessPage& page, std::string_view words) {
  return std::ranges::any_of(page.page.texts(), [&](const ui::TextMark& mark) {
    return mark.text.view().find(words) != std::string_view::npos;
  });
}

// Every image with this score for the first class, or for its answer.
Snapshot with_score(Snapshot snapshot, float score) {
  std::ranges::fill(snapshot.batch.scores, score);
  return snapshot;
}

Snapshot linear_snapshot() { return sample_snapshot(SampleState::running, {}); }

}  // namespace

TEST_CASE("A digit can be read however unsure the model is of it") {
  constexpr uint64_t kOverview = 10, kPredict = 11;
  const Snapshot two = sample_snapshot(SampleState::running),
                 ten = sample_snapshot_conv(SampleState::running);
  for (const gfx::Theme theme : {gfx::Theme::light, gfx::Theme::dark}) {
    const gfx::Palette& colors = gfx::palette(theme);
    for (const bool overview : {true, false}) {
      for (const float score : {0.0f, 0.3f, 0.5f, 0.51f, 1.0f}) {
        for (const Snapshot& snapshot : {with_score(two, score), with_score(ten, score)}) {
          HeadlessPage page(kSizes[0], theme);
          page.pictures.watched = overview ? kOverview : kPredict;
          if (!overview) page.page.selection().stage = Phase::predict;
          page.frames(snapshot);
          const gfx::Picture& seen = page.pictures.seen;
          REQUIRE(gfx::has_tile_numbers(seen.map));
          REQUIRE(seen.scale == 1);
          const size_t tile =
              page.pictures.seen_values.size() / static_cast<size_t>(seen.grid.tiles);
          for (int i = 0; i < seen.grid.tiles; ++i) {
            const float sure = page.pictures.seen_values[tile * static_cast<size_t>(i)];
            const gfx::Lab ink = seen.map == gfx::ColorMap::answers
                                     ? gfx::answer_ink(colors, sure)
                                     : gfx::certainty_ink(colors, sure);
            CHECK(contrast(ink, colors.paper) >= 3);
          }
        }
      }
    }
  }
}

TEST_CASE("The ink of a digit follows the answer and how sure it is") {
  HeadlessPage page(kSizes[0]);
  page.pictures.watched = 10;
  const auto number = [&](const Snapshot& snapshot, float score) {
    page.frames(with_score(snapshot, score));
    return page.pictures.seen_values.at(0);
  };
  const Snapshot two = sample_snapshot(SampleState::finished);  // a score near 1 is a 3
  CHECK(number(two, 1) == 1);
  CHECK(number(two, 0) == -1);
  CHECK(number(two, 0.5f) == 0);
  CHECK(number(two, 0.7f) > number(two, 0.6f));
  CHECK(number(two, 0.6f) > 0.25f);  // a model that has learned little still shows its answers
  CHECK(number(two, 0.4f) < -0.25f);
  CHECK(number(two, std::numeric_limits<float>::quiet_NaN()) == 0);
  const Snapshot ten = sample_snapshot_conv(SampleState::finished);
  CHECK(number(ten, 1) == 1);
  CHECK(number(ten, 0.25f) == 0.25f);
}

TEST_CASE("Each scale says what its two ends mean where it is drawn") {
  for (const ScreenSize& size : kSizes) {
    if (size.width < 390) continue;
    HeadlessPage page(size);
    page.page.record_texts(true);
    const Snapshot linear = linear_snapshot(), two = sample_snapshot(SampleState::running),
                   ten = sample_snapshot_conv(SampleState::running);
    const auto open = [&](const Snapshot& snapshot, std::optional<Phase> phase, uint8_t tab) {
      page.page.selection() = {};
      page.page.selection().stage = phase;
      if (phase) page.page.selection().tabs[static_cast<size_t>(*phase)] = tab;
      page.frames(snapshot);
    };
    const std::string what = size_words(size);
    open(linear, Phase::predict, 0);
    CHECK_MESSAGE((says(page, "says 7") && says(page, "says 3")), what);
    open(ten, Phase::predict, 0);
    CHECK_MESSAGE((says(page, "unsure") && says(page, "sure")), what);
    open(linear, Phase::gradient, 0);
    CHECK_MESSAGE((says(page, "for a 7") || says(page, "for 7")), what);
    CHECK_MESSAGE((says(page, "for a 3") || says(page, "for 3")), what);
    CHECK_MESSAGE((says(page, "loss falls") || says(page, "loss ↓")), what);
    CHECK_MESSAGE((says(page, "loss grows") || says(page, "↑")), what);
    open(two, Phase::gradient, 0);
    CHECK_MESSAGE((says(page, "lowers") && says(page, "raises")), what);
    CHECK_MESSAGE(!(says(page, "for a 3") || says(page, "for 3")), what,
                  ": hidden units vote for no class");
    open(ten, Phase::gradient, 0);
    CHECK_MESSAGE((says(page, "lowers") && says(page, "raises")), what);
  }
}

}  // namespace downhill::test
