// What comes and goes by itself moves nothing: every control stays where the hand expects it.
#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <string>

#include "layout_check.hpp"
#include "support/sample_race.hpp"
#include "support/sample_snapshot_conv.hpp"

namespace downhill::test {
namespace {

struct Message {
  const char* what;
  std::function<void(Snapshot&, ui::Surroundings&)> happens;
};

const Message kMessages[] = {
    {"a divergence",
     [](Snapshot& s, ui::Surroundings&) {
       s.status.health = Health::diverged;
       s.status.trouble_step = 7;
       s.status.can_recover = true;
       s.status.diagnosis =
           "The loss is infinite: at a learning rate of 100 the weights have grown.";
     }},
    {"a standstill",
     [](Snapshot& s, ui::Surroundings&) {
       s.status.health = Health::saturated;
       s.status.trouble_step = 7;
       s.status.diagnosis = "The loss has not fallen for 40 epochs: the learning rate is too low.";
     }},
    {"a refusal",
     [](Snapshot& s, ui::Surroundings&) {
       s.status.error = "[model] the width \"9999\" of a hidden layer is outside 1…512";
     }},
    {"the end of the engine",
     [](Snapshot&, ui::Surroundings& around) {
       around.engine_failure = "The engine stopped: it ran out of memory while it trained.";
     }},
    {"a short message",
     [](Snapshot&, ui::Surroundings& around) { around.notice = "The link is copied."; }},
    {"digits that load",
     [](Snapshot& s, ui::Surroundings& around) {
       s.status.loading = true;
       around.bytes_loaded = 5000000;
       around.bytes_total = 11000000;
     }},
};

std::map<std::string, ui::Rect> places(const ui::Page& page) {
  std::map<std::string, ui::Rect> all;
  for (const ui::WidgetRect& widget : page.widgets()) all[widget.name.c_str()] = widget.rect;
  return all;
}

constexpr int kShown = 2 + static_cast<int>(ui::kTools.size()) + kPhaseCount;

// Everything that can fill the stage, by number.
void show(ui::Selection& selection, int number) {
  selection = {};
  const int tool = number - 2, phase = tool - static_cast<int>(ui::kTools.size());
  if (number == 1) {
    selection.panel = ui::Panel::experiment;
  } else if (phase >= 0) {
    selection.stage = static_cast<Phase>(phase);
  } else if (tool >= 0) {
    show_tool(selection, ui::kTools[static_cast<size_t>(tool)].name);
  }
}

// The first widget of `before` that is gone or elsewhere; empty when there is none.
std::string first_moved(const std::map<std::string, ui::Rect>& before,
                        const std::map<std::string, ui::Rect>& after) {
  for (const auto& [name, rect] : before) {
    const auto found = after.find(name);
    if (found == after.end()) return name + " is gone";
    if (found->second != rect) return name + " has moved";
  }
  return {};
}

}  // namespace

TEST_CASE("No message moves a control, whatever the page shows") {
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size);
    for (int shown = 0; shown < kShown; ++shown) {
      for (const Message& message : kMessages) {
        show(page.page.selection(), shown);
        Snapshot snapshot = sample_snapshot_conv(SampleState::running);
        page.surroundings = {};
        page.frames(snapshot, 3);
        const auto before = places(page.page);
        message.happens(snapshot, page.surroundings);
        page.frames(snapshot, 3);
        const std::string moved = first_moved(before, places(page.page));
        CHECK_MESSAGE(moved.empty(), size_words(size), ", ", shown, ", ", message.what, ": ",
                      moved);
      }
    }
  }
}

TEST_CASE("A refused field says why and moves nothing, and a click removes the sentence") {
  for (const ScreenSize& size : {ScreenSize{1400, 2000, 1}, ScreenSize{390, 3000, 2}}) {
    HeadlessPage page(size);
    const Snapshot snapshot = sample_snapshot(SampleState::running);
    page.page.selection().panel = ui::Panel::experiment;
    page.frames(snapshot, 3);
    const auto before = places(page.page);
    page.click(snapshot, "width:0");
    page.frames(snapshot, 3);
    page.type(snapshot, "9999");
    page.frames(snapshot, 3);
    REQUIRE_MESSAGE(page.has("refusal"), size_words(size));
    CHECK_MESSAGE(first_moved(before, places(page.page)).empty(), size_words(size), ": ",
                  first_moved(before, places(page.page)));
    page.click(snapshot, "refusal");
    CHECK_FALSE(page.has("refusal"));
  }
}

// What a press leads on to: the other controls of the same row or list, "do:gradient" of "do:loss".
// The fields of a form are on every side of each other.
bool are_neighbours(const std::string& a, const std::string& b) {
  if (a == "play") return b == "status";  // the word for what the run does
  return !a.starts_with("field:") && a != b && a.substr(0, a.find(':')) == b.substr(0, b.find(':'));
}

// A frame so long that the mouse has rested.
constexpr float kRest = 0.4f;

TEST_CASE("No tooltip covers what it explains, or the next control of its list") {
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size);
    const Snapshot snapshot = sample_snapshot_conv(SampleState::finished);
    for (int shown = 0; shown < kShown; ++shown) {
      page.move(-10, -10);
      show(page.page.selection(), shown);
      ImGui::GetIO().DeltaTime = 1.0f / 60;
      page.frames(snapshot, 3);
      ImGui::GetIO().DeltaTime = kRest;
      const auto all = places(page.page);
      int tips = 0;
      for (const auto& [name, rect] : all) {
        page.move(rect.center().x, rect.center().y);
        page.draw_only(snapshot, 4);
        const ui::Rect tip = page.page.tooltip();
        if (tip.empty()) continue;
        ++tips;
        const std::string what = size_words(size) + ", " + std::to_string(shown) + ", " + name;
        CHECK_MESSAGE(!tip.overlaps(page.page.explained()), what);
        if (size.width < 700 || size.height < 600) continue;
        for (const auto& [other, place] : all) {
          const bool hides = are_neighbours(name, other) && tip.overlaps(place.inset(4));
          CHECK_MESSAGE(!hides, what, " hides ", other);
        }
      }
      CHECK_MESSAGE(tips > 5, size_words(size), ", ", shown);
    }
  }
}

TEST_CASE("A tooltip goes when its control is pressed, until the mouse has been elsewhere") {
  HeadlessPage page({1280, 800, 1});
  const Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  page.frames(snapshot, 3);
  ImGui::GetIO().DeltaTime = kRest;
  const ui::Vec at = page.rect("step-batch").center();
  page.move(at.x, at.y);
  page.draw_only(snapshot, 4);
  CHECK_FALSE(page.page.tooltip().empty());
  page.click_at(snapshot, at);
  page.draw_only(snapshot, 8);
  CHECK(page.page.tooltip().empty());
  page.move(-10, -10);
  page.draw_only(snapshot, 2);
  page.move(at.x, at.y);
  page.draw_only(snapshot, 4);
  CHECK_FALSE(page.page.tooltip().empty());
}

TEST_CASE("What comes to lie under the mouse after a press does not explain itself until it moves") {
  HeadlessPage page({1280, 800, 1});
  const Snapshot snapshot = sample_snapshot_conv(SampleState::finished);
  page.frames(snapshot, 3);
  ImGui::GetIO().DeltaTime = kRest;
  REQUIRE(page.page.show({.view = "predict", .widget = {}, .hidden = {}}));
  page.draw_only(snapshot, 3);
  const ui::Vec at = page.rect("view:0").center();
  page.click_at(snapshot, at);
  REQUIRE(page.page.show({.view = "gradient", .widget = {}, .hidden = {}}));
  page.draw_only(snapshot, 8);
  CHECK(page.page.tooltip().empty());
  page.move(at.x + 8, at.y);
  page.draw_only(snapshot, 4);
  CHECK_FALSE(page.page.tooltip().empty());
}

TEST_CASE("The same message is shown again when it is said again") {
  HeadlessPage page({1280, 800, 1});
  const Snapshot snapshot = sample_snapshot_conv(SampleState::finished);
  const auto is_shown = [&] {
    page.page.record_texts(true);
    page.draw_only(snapshot, 1);
    return std::ranges::any_of(page.page.texts(), [](const ui::TextMark& mark) {
      return mark.text.view() == "The rule stays as it is.";
    });
  };
  page.surroundings.notice = "The rule stays as it is.";
  page.surroundings.notices = 1;
  page.frames(snapshot, 2);
  CHECK(is_shown());
  CHECK(page.page.telling());
  ImGui::GetIO().DeltaTime = 20;
  page.draw_only(snapshot, 2);
  CHECK_FALSE(is_shown());
  CHECK_FALSE(page.page.telling());
  ImGui::GetIO().DeltaTime = 1.0f / 60;
  page.surroundings.notices = 2;
  page.draw_only(snapshot, 2);
  CHECK(is_shown());
}

TEST_CASE("A banner takes the clicks on it from what lies below") {
  HeadlessPage page({1280, 800, 1});
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  kMessages[0].happens(snapshot, page.surroundings);
  snapshot.status.good_step = 1234;
  page.page.record_texts(true);
  page.frames(snapshot, 3);
  const auto says = [&](std::string_view words) {
    return std::ranges::any_of(
        page.page.texts(), [&](const ui::TextMark& mark) { return mark.text.view() == words; });
  };
  CHECK(says("Back to step 1,234"));
  page.click(snapshot, "recover");
  CHECK(page.asked(CommandKind::recover) == 1);
  CHECK(page.requests.commands.size() == 1);
  page.click(snapshot, "banner-close");
  CHECK_FALSE(page.has("recover"));
}

}  // namespace downhill::test
