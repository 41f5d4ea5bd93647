// The layout over a sweep of window sizes, not at chosen ones only: the controls that are always there
// lie on the page, apart from each other, large enough, and every size can do the same.
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "layout_check.hpp"
#include "support/sample_snapshot_conv.hpp"

namespace downhill::test {
namespace {

constexpr float kWidths[] = {320, 360, 414,  480,  600,  640,  699,  700,  768,  834,  899,
                             900, 960, 1099, 1100, 1280, 1440, 1680, 1920, 2560, 3440, 3840};
constexpr float kHeights[] = {400, 480, 599, 600, 700, 800, 899, 900, 1080, 1440, 2160};
constexpr float kRatios[] = {1, 1.25f, 1.5f, 2, 3};

// Calls `check` with every `thin`th size of the grid, from the first of `offset` on.
template <class Check>
void sweep(int thin, int offset, const Check& check) {
  int number = 0;
  for (const float width : kWidths) {
    for (const float height : kHeights) {
      const int at = number++;
      if (at % thin == offset) check(ScreenSize{width, height, kRatios[at % 5]});
    }
  }
}

bool is_permanent(std::string_view name) {
  constexpr std::string_view kNames[] = {"play",  "step-phase", "step-batch", "step-epoch",
                                         "reset", "back-batch", "back-epoch", "speed",
                                         "race",  "find-lr",    "lr-dial",    "experiment",
                                         "files", "copy-link",  "learn"};
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

// What can be done in every view and tool.
constexpr std::string_view kNeeded[] = {"play",
                                        "learn",
                                        "step-phase",
                                        "step-batch",
                                        "step-epoch",
                                        "back-batch",
                                        "back-epoch",
                                        "reset",
                                        "speed",
                                        "find-lr",
                                        "lr-dial",
                                        "experiment",
                                        "files",
                                        "copy-link",
                                        "overview",
                                        "view:1",
                                        "by-layers",
                                        "measure-sharpness",
                                        "race-again",
                                        "stop-target",
                                        "confusion",
                                        "confused:0",
                                        "worst:0",
                                        "loss-marks",
                                        "batch-digits",
                                        "weights",
                                        "gradients",
                                        "change",
                                        "view:2",
                                        "sweep-again",
                                        "loss-curve-scale",
                                        "own-gradient",
                                        "field:batch",
                                        "accuracy-curve-range"};

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

// What a size has no room for it still has, further down or behind a tab.
TEST_CASE("At every size the same can be done") {
  Snapshot snapshot = sample_snapshot_conv(SampleState::finished);

  sweep(4, 1, [&](const ScreenSize& size) {
    HeadlessPage page({size.width, size.height, 1});
    std::set<std::string> seen;
    const auto look = [&] {
      for (const ui::Tab tab : {ui::Tab::steps, ui::Tab::curves, ui::Tab::stage}) {
        page.page.selection().tab = tab;
        page.frames(snapshot, 2);
        for (const ui::WidgetRect& widget : page.page.widgets()) seen.insert(widget.name.c_str());
      }
    };
    for (const ui::StageView& view : ui::kStageViews) {
      page.page.selection() = {};
      page.page.selection().stage = view.phase;
      if (view.phase)
        page.page.selection().tabs[static_cast<size_t>(*view.phase)] =
            static_cast<uint8_t>(&view - ui::views_of(view.phase).data());
      look();
    }
    for (const ui::ToolRow& tool : ui::kTools) {
      page.page.selection() = {};
      show_tool(page.page.selection(), tool.name);
      look();
    }
    page.page.selection() = {};
    page.page.selection().panel = ui::Panel::experiment;
    look();
    page.page.selection() = {};
    page.page.selection().inspect({ImageSource::train, 0, std::nullopt});
    look();
    for (const std::string_view name : kNeeded)
      CHECK_MESSAGE(seen.contains(std::string(name)), size_words(size), " lacks ", name);
  });
}

}  // namespace downhill::test
