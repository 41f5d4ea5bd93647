// Checks whether the texts of a page overlap or are cut off, and reports the first that do.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>

#include "headless.hpp"

namespace downhill::test {

// Screens from a phone to a wall.
inline constexpr ScreenSize kSizes[] = {
    {1280, 800, 1},    {1920, 1080, 2}, {390, 844, 3},  {320, 480, 2},  {3840, 2160, 1},
    {1024, 768, 1.5f}, {844, 390, 3},   {1100, 620, 1}, {1024, 700, 1}, {1366, 768, 1}};

inline std::string size_words(const ScreenSize& size) {
  return std::to_string(static_cast<int>(size.width)) + "x" +
         std::to_string(static_cast<int>(size.height));
}

inline std::string describe(const ui::TextMark& mark) {
  char text[200];
  std::snprintf(text, sizeof text, "'%s' at %.1f,%.1f–%.1f,%.1f", mark.text.c_str(),
                static_cast<double>(mark.rect.x0), static_cast<double>(mark.rect.y0),
                static_cast<double>(mark.rect.x1), static_cast<double>(mark.rect.y1));
  return text;
}

// The visible part of a text.
inline ui::Rect seen(const ui::TextMark& mark) {
  const ui::Rect in = mark.rect.inset(0.5f);
  return {std::max(in.x0, mark.clip.x0), std::max(in.y0, mark.clip.y0),
          std::min(in.x1, mark.clip.x1), std::min(in.y1, mark.clip.y1)};
}

// Describes the first pair of texts of one layer that overlap; empty when none do.
inline std::string first_collision(std::span<const ui::TextMark> texts) {
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

// A signed number stands clear of the text before it: "−0.015+0.015" reads as one number.
inline std::string first_glued_number(std::span<const ui::TextMark> texts) {
  constexpr float kClear = 3;  // CSS pixels
  for (const ui::TextMark& number : texts) {
    const std::string_view words = number.text.view();
    if (!words.starts_with("+") && !words.starts_with("−")) continue;
    for (const ui::TextMark& before : texts) {
      const float high = std::min(before.rect.y1, number.rect.y1) -
                         std::max(before.rect.y0, number.rect.y0);
      const float gap = number.rect.x0 - before.rect.x1;
      if (&before == &number || before.layer != number.layer || seen(before).empty() ||
          seen(number).empty() || high < 0.6f * number.rect.height())
        continue;
      if (gap > -kClear && gap < kClear) return describe(before) + " and " + describe(number);
    }
  }
  return {};
}

inline std::string first_cut(std::span<const ui::TextMark> texts, ui::Rect page) {
  for (const ui::TextMark& mark : texts) {
    const ui::Rect window{std::max(mark.clip.x0, page.x0), std::max(mark.clip.y0, page.y0),
                          std::min(mark.clip.x1, page.x1), std::min(mark.clip.y1, page.y1)};
    const bool cut_sideways = mark.rect.x0 < window.x0 - 0.5f || mark.rect.x1 > window.x1 + 0.5f;
    const bool cut_in_height = mark.rect.y0 < window.y0 - 0.5f || mark.rect.y1 > window.y1 + 0.5f;
    if (cut_sideways || (cut_in_height && !mark.scrolls)) return describe(mark);
  }
  return {};
}

// Our own texts fit their places. Only what others wrote may end in "…", and a formula or an
// explanation of weight decay that goes on, and a long list in a field. On the smallest screens more may, and are not checked.
inline std::string first_shortened(std::span<const ui::TextMark> texts) {
  constexpr std::string_view kMay[] = {
      "others",           "MLP 512", "loss = (", "[engine] ", "its gradient. Weight deca",
      "Weight decay also", "1e-5, 3.16e-5, 0.001", "1e-5, 3e-5, 1e-4", "0.001, 0.003, 0.01"};
  for (const ui::TextMark& mark : texts) {
    const std::string_view text = mark.text.view();
    const auto begins = [text](std::string_view words) { return text.starts_with(words); };
    if (mark.shortened && std::ranges::none_of(kMay, begins)) return describe(mark);
  }
  return {};
}

// A number keeps its unit: no line of a paragraph begins with one.
inline std::string first_lost_unit(std::span<const ui::TextMark> texts) {
  for (const ui::TextMark& mark : texts) {
    if (mark.text.view().starts_with("% ")) return describe(mark);
  }
  return {};
}

inline std::string first_double_name(std::span<const ui::WidgetRect> widgets) {
  std::set<std::string> names;
  for (const ui::WidgetRect& widget : widgets) {
    if (!names.insert(widget.name.c_str()).second) return widget.name.c_str();
  }
  return {};
}

inline void check_page(HeadlessPage& page, const Snapshot& snapshot, const std::string& what) {
  page.page.record_texts(true);
  page.frames(snapshot, 3);
  const ui::Theme& theme = page.page.theme();
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const ui::Rect whole{0, 0, size.x / theme.scale(), size.y / theme.scale()};
  CHECK_MESSAGE(!page.page.texts().empty(), what);
  const std::string collision = first_collision(page.page.texts());
  CHECK_MESSAGE(collision.empty(), what, ": texts overlap: ", collision);
  const std::string glued = first_glued_number(page.page.texts());
  CHECK_MESSAGE(glued.empty(), what, ": a number is glued to the text before it: ", glued);
  const std::string cut = first_cut(page.page.texts(), whole);
  CHECK_MESSAGE(cut.empty(), what, ": cut off: ", cut);
  const std::string shortened = whole.width() < 390 ? "" : first_shortened(page.page.texts());
  CHECK_MESSAGE(
      shortened.empty(), what,
      ": too long for its place, so shorten it, or give it more room where its panel draws it: ",
      shortened);
  const std::string lost = first_lost_unit(page.page.texts());
  CHECK_MESSAGE(lost.empty(), what, ": a line begins with the unit of the line before: ", lost);
  const std::string twice = first_double_name(page.page.widgets());
  CHECK_MESSAGE(twice.empty(), what, ": two widgets have the name ", twice);
  CHECK_MESSAGE(page.pictures.all_valid, what, ": a picture that cannot be drawn");
}

}  // namespace downhill::test
