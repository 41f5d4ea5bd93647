// Every view of the page in every state, at every size: nothing collides, nothing is cut off.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "headless.hpp"
#include "support/sample_snapshot.hpp"

namespace downhill::test {
namespace {

constexpr ScreenSize kSizes[] = {{1280, 800, 1},  {1920, 1080, 2},   {390, 844, 3}, {320, 480, 2},
                                 {3840, 2160, 1}, {1024, 768, 1.5f}, {844, 390, 3}, {1100, 620, 1}};

struct Case {
  SampleState state;
  std::vector<uint32_t> hidden;
};
const Case kCases[] = {
    {SampleState::empty, {30}},    {SampleState::fresh, {30}},
    {SampleState::running, {}},    {SampleState::running, {128, 64}},
    {SampleState::finished, {30}}, {SampleState::diverged, {512, 128, 64, 32, 16, 8}}};

std::string describe(const ui::TextMark& mark) {
  char text[200];
  std::snprintf(text, sizeof text, "'%s' at %.1f,%.1f–%.1f,%.1f", mark.text.c_str(),
                static_cast<double>(mark.rect.x0), static_cast<double>(mark.rect.y0),
                static_cast<double>(mark.rect.x1), static_cast<double>(mark.rect.y1));
  return text;
}

// What of it can be seen.
ui::Rect seen(const ui::TextMark& mark) {
  const ui::Rect in = mark.rect.inset(0.5f);
  return {std::max(in.x0, mark.clip.x0), std::max(in.y0, mark.clip.y0),
          std::min(in.x1, mark.clip.x1), std::min(in.y1, mark.clip.y1)};
}

// The first pair of texts of one layer that lie upon each other, in words.
std::string first_collision(std::span<const ui::TextMark> texts) {
  for (size_t i = 0; i < texts.size(); ++i) {
    for (size_t j = i + 1; j < texts.size(); ++j) {
      const ui::TextMark &a = texts[i], &b = texts[j];
      if (a.layer == b.layer && !seen(a).empty() && !seen(b).empty() && seen(a).overlaps(seen(b))) {
        return describe(a) + " and " + describe(b);
      }
    }
  }
  return {};
}

std::string first_cut(std::span<const ui::TextMark> texts, ui::Rect page) {
  for (const ui::TextMark& mark : texts) {
    const ui::Rect window{std::max(mark.clip.x0, page.x0), std::max(mark.clip.y0, page.y0),
                          std::min(mark.clip.x1, page.x1), std::min(mark.clip.y1, page.y1)};
    const bool cut_sideways = mark.rect.x0 < window.x0 - 0.5f || mark.rect.x1 > window.x1 + 0.5f;
    const bool cut_in_height = mark.rect.y0 < window.y0 - 0.5f || mark.rect.y1 > window.y1 + 0.5f;
    if (cut_sideways || (cut_in_height && !mark.scrolls)) return describe(mark);
  }
  return {};
}

std::string first_double_name(std::span<const ui::WidgetRect> widgets) {
  std::set<std::string> names;
  for (const ui::WidgetRect& widget : widgets) {
    if (!names.insert(widget.name.c_str()).second) return widget.name.c_str();
  }
  return {};
}

void check_page(HeadlessPage& page, const Snapshot& snapshot, const std::string& what) {
  page.page.record_texts(true);
  page.frames(snapshot, 3);
  const ui::Theme& theme = page.page.theme();
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const ui::Rect whole{0, 0, size.x / theme.scale(), size.y / theme.scale()};
  CHECK_MESSAGE(!page.page.texts().empty(), what);
  const std::string collision = first_collision(page.page.texts());
  CHECK_MESSAGE(collision.empty(), what, ": ", collision);
  const std::string cut = first_cut(page.page.texts(), whole);
  CHECK_MESSAGE(cut.empty(), what, ": ", cut);
  const std::string twice = first_double_name(page.page.widgets());
  CHECK_MESSAGE(twice.empty(), what, ": two widgets ", twice);
  CHECK_MESSAGE(page.pictures.all_valid, what, ": a picture that cannot be drawn");
}

void check_all_views(HeadlessPage& page, const Snapshot& snapshot, const std::string& what) {
  ui::Selection& selection = page.page.selection();
  for (int stage = -1; stage < kPhaseCount; ++stage) {
    selection.stage = stage < 0 ? std::nullopt : std::optional(static_cast<Phase>(stage));
    selection.tab = ui::Tab::stage;
    check_page(page, snapshot,
               what + (stage < 0 ? ", overview"
                                 : ", " + std::string(phase_name(static_cast<Phase>(stage)))));
  }
  selection.unit = 0;
  selection.probe = selection.pointed = 350;
  selection.stage = Phase::gradient;
  check_page(page, snapshot, what + ", one unit and a probe");
  selection = {};
  for (const ui::Tab tab : {ui::Tab::steps, ui::Tab::curves}) {
    selection.tab = tab;
    selection.loss_log = selection.accuracy_zoom = true;
    selection.third_curve = tab == ui::Tab::curves ? ui::ThirdCurve::momentum : ui::ThirdCurve::lr;
    check_page(page, snapshot, what + ", another tab");
  }
  selection = {};
  for (const ui::Panel panel : {ui::Panel::experiment, ui::Panel::lr_finder}) {
    selection.panel = panel;
    check_page(page, snapshot, what + ", panel " + std::to_string(static_cast<int>(panel)));
  }
  selection = {};
}

}  // namespace

TEST_CASE("No text collides or is cut off, in any view of any state at any size") {
  int number = 0;
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size, ++number % 2 == 0 ? gfx::Theme::dark : gfx::Theme::light);
    for (const Case& c : kCases) {
      const Snapshot snapshot = sample_snapshot(c.state, c.hidden);
      const std::string what = std::to_string(static_cast<int>(size.width)) + "x" +
                               std::to_string(static_cast<int>(size.height)) + ", state " +
                               std::to_string(static_cast<int>(c.state));
      check_all_views(page, snapshot, what);
    }
  }
}

TEST_CASE("Banners leave room for themselves at every size") {
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size);
    const std::string what = std::to_string(static_cast<int>(size.width));
    page.surroundings.engine_failure =
        "The engine stopped: it ran out of memory while it trained a model of 512 units.";
    check_page(page, sample_snapshot(SampleState::running), what + ", engine gone");
    CHECK(page.has("restart-engine"));
    page.surroundings.engine_failure = {};
    Snapshot refused = sample_snapshot(SampleState::fresh);
    refused.status.error = "[model] the width \"9999\" of a hidden layer is outside 1…512";
    check_page(page, refused, what + ", refusal");
    CHECK(page.has("banner-close"));
  }
}

TEST_CASE("What a finger must hit is large enough on a phone, and on the page") {
  HeadlessPage page({390, 844, 3});
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  page.frames(snapshot);
  for (const char* name : {"play", "step-batch", "back-batch", "reset", "lr-dial", "tabs:0",
                           "tabs:1", "tabs:2", "experiment"}) {
    const ui::Rect rect = page.rect(name);
    CHECK_MESSAGE(rect.width() >= 40, name);
    CHECK_MESSAGE(rect.height() >= 40, name);
    CHECK_MESSAGE(rect.x0 >= 0, name);
    CHECK_MESSAGE(rect.x1 <= 390, name);
    CHECK_MESSAGE(rect.y1 <= 844, name);
  }
}

TEST_CASE("The page takes its shape from the room there is") {
  CHECK(ui::make_layout({0, 0, 1280, 800}, 0).shape == ui::Shape::wide);
  CHECK(ui::make_layout({0, 0, 1099, 800}, 0).shape == ui::Shape::medium);
  CHECK(ui::make_layout({0, 0, 699, 800}, 0).shape == ui::Shape::narrow);
  CHECK(ui::make_layout({0, 0, 1280, 500}, 0).shape == ui::Shape::narrow);
  CHECK(ui::page_zoom(1280, 800) == 1.0f);
  CHECK(ui::page_zoom(3840, 2160) == 2.0f);
}

}  // namespace downhill::test
