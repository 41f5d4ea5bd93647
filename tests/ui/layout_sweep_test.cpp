// The layout over a sweep of window sizes, not at chosen ones only: the controls that are always there
// lie on the page, apart from each other, large enough, and every size can do the same.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "all_views.hpp"
#include "layout_check.hpp"
#include "layout_sizes.hpp"
#include "support/sample_snapshot_conv.hpp"

namespace downhill::test {
namespace {

bool is_permanent(std::string_view name) {
  constexpr std::string_view kNames[] = {"play",  "step-phase", "step-batch", "step-epoch",
                                         "reset", "back-batch", "back-epoch", "speed",
                                         "race",  "find-lr",    "lr-dial",    "experiment",
                                         "files", "share",      "learn"};
  return std::ranges::find(kNames, name) != std::end(kNames) || name.starts_with("step:") ||
         name.starts_with("do:") || name.starts_with("tabs:");
}

std::string first_misplaced(std::span<const ui::WidgetRect> widgets, const ScreenSize& size) {
  for (const ui::WidgetRect& a : widgets) {
    if (!is_permanent(a.name.view())) continue;
    const ui::Rect& r = a.rect;
    if (r.x0 < 0 || r.y0 < 0 || r.x1 > size.width + 1 || r.y1 > size.height + 1)
      return std::string(a.name.view()) + " is not on the page";
    if (r.width() < 24 || r.height() < 24) return std::string(a.name.view()) + " is too small";
    if (a.name.view() == "lr-dial" && r.width() < 110)
      return "the dial is " + std::to_string(r.width()) + " wide";
    for (const ui::WidgetRect& b : widgets) {
      if (&a != &b && is_permanent(b.name.view()) && r.inset(1).overlaps(b.rect.inset(1)))
        return std::string(a.name.view()) + " overlaps " + std::string(b.name.view());
    }
  }
  return {};
}

// The names of all widgets that can be reached on a page of this size.
std::set<std::string> reachable(const ScreenSize& size, const Snapshot& snapshot) {
  HeadlessPage page(size);
  std::set<std::string> seen;
  ui::Selection& selection = page.page.selection();
  const auto look = [&](const std::string&) {
    for (const ui::Tab tab : {ui::Tab::steps, ui::Tab::curves, ui::Tab::stage}) {
      selection.tab = tab;
      page.frames(snapshot, 2);
      for (const ui::WidgetRect& widget : page.page.widgets()) seen.insert(widget.name.c_str());
    }
  };
  for_each_view(page, look);
  return seen;
}

// Where a small page has another widget for the same.
constexpr std::string_view kSame[][2] = {
    {"digits", "digits-usual:0"},     {"model", "model-kind:0"}, {"loss", "field:loss"},
    {"optimizer", "field:optimizer"}, {"batch", "field:batch"},  {"seed", "field:seed"},
    {"new-seed", "field:seed"},       {"race", "race-again"}};
// Lists that scroll: what is out of sight has no widget.
constexpr std::string_view kLists[] = {"worst", "example", "nearest"};

bool can_be_reached(const std::string& name, const std::set<std::string>& seen) {
  if (seen.contains(name)) return true;
  for (const auto& [large, small] : kSame) {
    if (name == large) return seen.contains(std::string(small));
  }
  const std::string base = name.substr(0, name.find(':'));
  if (base == name) return false;
  if (std::ranges::find(kLists, base) != std::end(kLists)) return seen.contains(base + ":0");
  return seen.contains(base);  // a choice of a menu
}

}  // namespace

TEST_CASE("The permanent controls lie apart, on the page and large enough, over a sweep of sizes") {
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  sweep(1, 0, [&](const ScreenSize& size) {
    HeadlessPage page({size.width, size.height, 1});
    page.frames(snapshot, 2);
    const std::string misplaced = first_misplaced(page.page.widgets(), size);
    CHECK_MESSAGE(misplaced.empty(), size_words(size), ": ", misplaced);
    CHECK_MESSAGE(page.has("lr-dial"), size_words(size));
    CHECK_MESSAGE(page.has("find-lr"), size_words(size));
  });
}

TEST_CASE("So they do where a pixel of the page is many pixels of the screen") {
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  int number = 0;
  sweep(17, 4, [&](const ScreenSize& size) {
    const ScreenSize sharp{size.width, size.height, ++number % 2 == 0 ? 2.0f : 3.0f};
    HeadlessPage page(sharp);
    page.frames(snapshot, 2);
    const std::string misplaced = first_misplaced(page.page.widgets(), sharp);
    CHECK_MESSAGE(misplaced.empty(), size_words(sharp), " at ", sharp.ratio, ": ", misplaced);
  });
}

// What a size has no room for it still has, further down or behind a tab.
TEST_CASE("What can be done on the largest page can be done at every size") {
  const Snapshot snapshot = sample_snapshot_conv(SampleState::finished);
  const std::set<std::string> all = reachable({3840, 2160, 1}, snapshot);
  REQUIRE(all.size() > 150);
  for (const char* name : {"confused:9", "third-curve-kind:1", "lr-value", "worst:0"})
    REQUIRE_MESSAGE(all.contains(name), name);
  sweep(9, 1, [&](const ScreenSize& size) {
    const std::set<std::string> seen = reachable({size.width, size.height, 1}, snapshot);
    std::string missing;
    for (const std::string& name : all) {
      if (!can_be_reached(name, seen)) missing += name + " ";
    }
    CHECK_MESSAGE(missing.empty(), size_words(size), " lacks ", missing);
  });
}

}  // namespace downhill::test
