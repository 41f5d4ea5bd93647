// A pixel of the gradient is tied to the change of its weight: one weight is marked in every picture,
// an arrow leads from its gradient to it, and its step is said with the numbers of a real run.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "layout_check.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "support/session_bench.hpp"

namespace downhill::test {
namespace {

constexpr uint32_t kParts = kPartWeights | kPartGradients | kPartChanges | kPartCurves;

bool says(const HeadlessPage& page, std::string_view words) {
  return std::ranges::any_of(page.page.texts(),
                             [&](const ui::TextMark& mark) { return mark.text.view() == words; });
}

bool is_number(std::string_view text) {
  for (const std::string_view sign : {"+", "−"}) {
    if (text.starts_with(sign)) text.remove_prefix(sign.size());
  }
  return !text.empty() && text[0] >= '0' && text[0] <= '9';
}

// The number below a caption, or to its right where the terms are below each other, with their signs
// before their names; empty if there is none.
std::string below(const HeadlessPage& page, std::string_view caption) {
  for (const ui::TextMark& name : page.page.texts()) {
    const std::string_view text = name.text.view();
    const bool stacked = text.ends_with(caption) && text.size() <= caption.size() + 4;
    if (text != caption && !stacked) continue;
    for (const ui::TextMark& mark : page.page.texts()) {
      if (!is_number(mark.text.view())) continue;
      const float drop = mark.rect.y1 - name.rect.y1, right = mark.rect.x0 - name.rect.x1;
      const bool under = std::abs(mark.rect.x0 - name.rect.x0) < 2 && drop > 5 && drop < 40;
      const bool beside = std::abs(drop) < 1 && right > 0 && right < 200;
      if (under || beside) return std::string(mark.text.view());
    }
  }
  return {};
}

// The same where the caption may be in brief.
std::string below(const HeadlessPage& page, std::string_view caption, std::string_view brief) {
  const std::string found = below(page, caption);
  return found.empty() ? below(page, brief) : found;
}

double number_of(std::string text) {
  if (text.starts_with("−")) text = "-" + text.substr(std::string("−").size());
  return std::strtod(text.c_str(), nullptr);
}

// One unit in the last digit.
double last_digit(const std::string& text) {
  const size_t point = text.find('.');
  return point == std::string::npos ? 1.0 : std::pow(10.0, -double(text.size() - point - 1));
}

std::string title(const HeadlessPage& page) {
  for (const ui::TextMark& mark : page.page.texts()) {
    const std::string text(mark.text.view());
    if (text.starts_with("Next step of ") || text.starts_with("Last step of "))
      return text.substr(13);
  }
  return {};
}

// Vertices of the colour of the learning rate in a widget.
int green_in(const HeadlessPage& page, std::string_view widget) {
  const ui::Rect place = page.rect(widget);
  const uint32_t green = page.page.theme().color(ui::Tone::rate);
  const ImDrawData* data = ImGui::GetDrawData();
  int found = 0;
  for (int n = 0; n < data->CmdListsCount; ++n) {
    for (const ImDrawVert& v : data->CmdLists[n]->VtxBuffer)
      found += v.col == green && place.contains({v.pos.x, v.pos.y}) ? 1 : 0;
  }
  return found;
}

struct Lesson {
  Bench bench;
  HeadlessPage page{kSizes[0]};

  explicit Lesson(const std::string& edits) : bench(edits) { page.page.record_texts(true); }
  void phases(int count) {
    bench.tell("step?unit=phase&count=" + std::to_string(count));
    bench.work();
  }
  Snapshot show(Phase phase, uint8_t tab) {
    const Snapshot snapshot = bench.look(kParts);
    page.page.selection().stage = phase;
    page.page.selection().tabs[static_cast<size_t>(phase)] = tab;
    page.frames(snapshot, 4);
    return snapshot;
  }
};

size_t largest(const std::vector<float>& values, size_t count) {
  const auto by_size = [](float a, float b) { return std::abs(a) < std::abs(b); };
  return static_cast<size_t>(std::max_element(values.begin(),
                                              values.begin() + static_cast<std::ptrdiff_t>(count),
                                              by_size) -
                             values.begin());
}

}  // namespace

TEST_CASE(
    "Without a hand on the mouse, the largest slope is tied to its weight and its step said") {
  for (const std::string rate : {"0.5", "0.0316", "3"}) {
    Lesson lesson("model=linear&batch=32&epochs=2&lr=" + rate);
    lesson.phases(3);
    const Snapshot before = lesson.show(Phase::gradient, 0);
    const size_t most = largest(before.parameters.gradients, 784);
    const std::string name = title(lesson.page);
    CHECK(name.find("(" + std::to_string(most % 28) + ", " + std::to_string(most / 28) + ")") !=
          std::string::npos);
    CHECK(green_in(lesson.page, "weights") > 0);
    CHECK(green_in(lesson.page, "gradients") > 0);

    const std::string weight = below(lesson.page, "weight"), now = below(lesson.page, "new weight");
    const double slope = number_of(below(lesson.page, "gradient"));
    REQUIRE(!weight.empty());
    REQUIRE(!now.empty());
    CHECK(below(lesson.page, "learning rate") == rate);
    CHECK(slope == doctest::Approx(static_cast<double>(before.parameters.gradients[most])).epsilon(1e-3));
    CHECK(std::abs(number_of(weight) - static_cast<double>(before.parameters.values[most])) <=
          0.51 * last_digit(weight));
    // What is shown on the left gives what is shown on the right.
    CHECK(std::abs(number_of(weight) - std::stod(rate) * slope - number_of(now)) <=
          0.501 * last_digit(now));
    CHECK_MESSAGE(weight != now, "there are digits enough to see the step");

    lesson.phases(1);
    const Snapshot after = lesson.show(Phase::step, 1);
    CHECK_MESSAGE(title(lesson.page) == name, "the same weight, in another view");
    CHECK(below(lesson.page, "weight before", "before") == weight);
    CHECK(below(lesson.page, "weight now", "now") == now);
    CHECK(std::abs(number_of(now) - static_cast<double>(after.parameters.values[most])) <=
          0.51 * last_digit(now));
    for (const char* picture : {"weights-before", "change", "weights-after"})
      CHECK_MESSAGE(green_in(lesson.page, picture) > 0, picture);
  }
}

TEST_CASE("The weight that is followed stays the same while training goes on") {
  Lesson lesson("model=linear&batch=16&epochs=9&lr=0.5");
  lesson.phases(3);
  lesson.show(Phase::gradient, 0);
  const std::string name = title(lesson.page);
  REQUIRE(!name.empty());
  bool another_is_largest = false;
  for (int batch = 0; batch < 12; ++batch) {
    lesson.phases(5);
    const Snapshot snapshot = lesson.show(Phase::gradient, 0);
    CHECK(title(lesson.page) == name);
    const size_t most = largest(snapshot.parameters.gradients, 784);
    another_is_largest |= name.find("(" + std::to_string(most % 28) + ", " +
                                    std::to_string(most / 28) + ")") == std::string::npos;
  }
  CHECK_MESSAGE(another_is_largest, "otherwise this test shows nothing");
}

TEST_CASE("Pointing at a pixel of the gradient ties that one, and a click keeps it") {
  Lesson lesson("model=linear&batch=32&epochs=2&lr=0.5");
  lesson.phases(3);
  const Snapshot snapshot = lesson.show(Phase::gradient, 0);
  const std::string followed = title(lesson.page);
  const ui::Rect picture = lesson.page.rect("gradients");
  const ui::Vec at{picture.x0 + picture.width() * 10.5f / 28,
                   picture.y0 + picture.height() * 20.5f / 28};
  lesson.page.move(at.x, at.y);
  lesson.page.frames(snapshot, 4);
  const std::string pointed = title(lesson.page);
  CHECK(pointed.find("(10, 20)") != std::string::npos);
  lesson.page.move(2, 2);
  lesson.page.frames(snapshot, 4);
  CHECK(title(lesson.page) == followed);
  lesson.page.click_at(snapshot, at);
  lesson.page.move(2, 2);
  lesson.page.frames(snapshot, 4);
  CHECK(title(lesson.page) == pointed);
}

TEST_CASE("Where a step is not rate × gradient, only the change is said") {
  for (const std::string edits :
       {"optimizer=adam&lr=0.01", "optimizer=momentum&lr=0.5", "wd=0.1&lr=0.5", "clip=0.001&lr=0.5",
        "optimizer=rmsprop&lr=0.01"}) {
    CAPTURE(edits);
    Lesson lesson("model=linear&batch=32&epochs=2&" + edits);
    lesson.phases(8);
    lesson.show(Phase::gradient, 0);
    const std::string change = below(lesson.page, "change"), now = below(lesson.page, "new weight");
    CHECK_FALSE(says(lesson.page, "×"));
    CHECK(std::abs(number_of(below(lesson.page, "weight")) + number_of(change) - number_of(now)) <=
          1.01 * last_digit(now));
  }
}

TEST_CASE("The equation is there at every size, for every kind of layer") {
  for (const ScreenSize& size : kSizes) {
    for (const bool conv : {false, true}) {
      Snapshot snapshot = conv ? sample_snapshot_conv(SampleState::running)
                               : sample_snapshot(SampleState::running, {});
      snapshot.parameters.changes = snapshot.parameters.gradients;
      HeadlessPage page(size);
      page.page.record_texts(true);
      for (size_t layer = 0; layer < snapshot.parameters.layers.size(); ++layer) {
        for (const Phase phase : {Phase::gradient, Phase::step}) {
          page.page.selection() = {};
          page.page.selection().stage = phase;
          page.page.selection().tabs[static_cast<size_t>(Phase::step)] = 1;
          page.page.selection().layer = static_cast<int>(layer);
          page.frames(snapshot, 4);
          const auto texts = page.page.texts();
          CHECK_MESSAGE(std::ranges::any_of(texts,
                                            [](const ui::TextMark& mark) {
                                              return mark.text.view().starts_with("=");
                                            }),
                        size_words(size), ", layer ", layer);
        }
      }
    }
  }
}

}  // namespace downhill::test
