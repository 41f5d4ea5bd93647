// The words of the field: one file for the page and the course, and every caption that is such a
// word explains itself.
#include "ui/words.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "all_views.hpp"
#include "base/text.hpp"
#include "headless.hpp"
#include "layout_check.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "train/experiment_spec.hpp"
#include "ui/glyphs.hpp"

namespace downhill::test {
namespace {

std::string text_of(const std::string& path) {
  const std::vector<uint8_t> bytes = read_file(std::string(DOWNHILL_SOURCE_DIR) + "/" + path);
  return {bytes.begin(), bytes.end()};
}

ui::Words real_words() {
  Result<ui::Words> words = ui::Words::parse(text_of("assets/course/en/words.md"));
  REQUIRE_MESSAGE(words, words.error().message);
  return std::move(*words);
}

std::string refusal(std::string_view text) {
  const Result<ui::Words> words = ui::Words::parse(text);
  return words ? "" : words.error().message;
}

// The first word in the text and where it is: "gradient@4".
std::string found(const ui::Words& words, std::string_view text) {
  const ui::FoundWord at = words.find(text);
  return at.word == nullptr ? "" : at.word->name + "@" + std::to_string(at.begin);
}

bool is_whole(const ui::Words& words, std::string_view text) {
  const ui::FoundWord at = words.find(text);
  return at.word != nullptr && at.begin == 0 && at.end == text.size();
}

// As the course reads a line: by the pattern of web/site/course/words.js.
std::map<std::string, std::pair<std::string, std::string>> as_in_the_course(
    const std::string& text) {
  const std::string program = text_of("web/site/course/words.js");
  const std::string before = "const kLine = /";
  const size_t begin = program.find(before) + before.size();
  const std::regex pattern(program.substr(begin, program.find("/;", begin) - begin));
  std::map<std::string, std::pair<std::string, std::string>> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    std::smatch parts;
    if (!line.starts_with("- ")) continue;
    REQUIRE_MESSAGE(std::regex_match(line, parts, pattern), line);
    const std::string spellings = parts[1], sentence = parts[2];
    std::string name;
    for (std::string_view spelling : split(spellings, ',')) {
      spelling.remove_prefix(spelling.find_first_not_of(' '));
      spelling = spelling.substr(0, spelling.find_last_not_of(' ') + 1);
      if (name.empty()) name = spelling;
      words[std::string(spelling)] = {name, sentence};
    }
  }
  return words;
}

}  // namespace

TEST_CASE("The page reads the words as the course does") {
  const std::string text = text_of("assets/course/en/words.md");
  const auto expected = as_in_the_course(text);
  const ui::Words words = real_words();
  REQUIRE(expected.size() > 100);
  REQUIRE(words.all().size() == expected.size());
  for (const ui::Word& word : words.all()) {
    const auto of_course = expected.find(word.spelling);
    REQUIRE_MESSAGE(of_course != expected.end(), word.spelling);
    CHECK(word.name == of_course->second.first);
    CHECK(word.sentence == of_course->second.second);
  }
}

TEST_CASE("A broken file of words is refused with its line, and the page goes on") {
  CHECK(refusal("# Words\n\n- loss: Small is good.\n").empty());
  CHECK(refusal("# Words\n- loss\n") ==
        "[words] line 2: “- loss” is not of the form “- word: sentence”");
  CHECK(refusal("- loss:small") ==
        "[words] line 1: “- loss:small” is not of the form “- word: sentence”");
  CHECK(refusal("- loss:  ") ==
        "[words] line 1: “- loss:  ” is not of the form “- word: sentence”");
  CHECK(refusal("- : x") == "[words] line 1: “- : x” has an empty spelling");
  CHECK(refusal("- a,, b: x") == "[words] line 1: “- a,, b: x” has an empty spelling");
  CHECK(refusal("- a: x\n\n- b, a: y") == "[words] line 3: “a” is there twice");
  HeadlessPage page({1280, 800, 1});
  CHECK_FALSE(page.page.use_words("- loss"));
  page.frames(sample_snapshot(SampleState::running));
  CHECK(page.has("play"));
}

TEST_CASE("Of the words that fit the longest counts, and only whole ones") {
  const ui::Words words = *ui::Words::parse(
      "- weight, weights: A.\n- weight decay: B.\n- He: C.\n- zero_grad: D.\n- one-cycle: E.\n");
  CHECK(found(words, "Weight decay") == "weight decay@0");
  CHECK(found(words, "the WEIGHTS") == "weight@4");
  CHECK(found(words, "weighty, unweight, weight_1, weighté").empty());
  CHECK(found(words, "he and He") == "He@7");
  CHECK(found(words, "no zero_grad") == "zero_grad@3");
  CHECK(found(words, "One-cycle") == "one-cycle@0");
  CHECK(found(words, "").empty());
  ui::LongLabel help("Help.");
  words.explain(help, "Weights, weight decay and weight, zero_grad");
  CHECK(help.view() == "Help.\nWeight: A.\nWeight decay: B.\nzero_grad: D.");
}

TEST_CASE("What has no room below a tooltip is left out as a whole") {
  const ui::Words words = *ui::Words::parse("- loss: " + std::string(80, 'x') + ".\n- a: Y.");
  ui::LongLabel help{std::string_view(std::string(450, 'h'))};
  words.explain(help, "loss");
  CHECK(help.view().size() == 450);
}

TEST_CASE("Every sentence can be drawn") {
  HeadlessPage page({1280, 800, 1});
  page.frames(sample_snapshot(SampleState::running));
  const ImFont& font = *page.page.theme().font(ui::Type::small);
  const ui::Words words = real_words();
  for (const ui::Word& word : words.all()) {
    CHECK(ui::drawable(font, word.sentence) == word.sentence);
    CHECK(ui::drawable(font, word.name) == word.name);
  }
}

// What the controls of the page are called. Plain words need no sentence.
TEST_CASE("The terms of the page's controls are among the words") {
  const ui::Words words = real_words();
  const std::set<std::string_view> plain = {"Data", "Digits"};
  for (const SpecField& field : spec_fields()) {
    if (!plain.contains(field.label))
      CHECK_MESSAGE(!found(words, field.label).empty(), field.label);
  }
  const std::set<std::string_view> plain_choices = {"none",    "constant", "step",      "PyTorch",
                                                    "N(0, 1)", "zero",     "too large", "uphill"};
  for (const char* name : {"loss", "optimizer", "schedule", "activation", "init", "fault"}) {
    for (const ChoiceWords& choice : find_spec_field(name)->choices) {
      if (!plain_choices.contains(choice.label))
        CHECK_MESSAGE(!found(words, choice.label).empty(), choice.label);
    }
  }
  for (const LayerRow& layer : kLayers)
    CHECK_MESSAGE(is_whole(words, layer.words.label), layer.words.label);
  for (const ui::StageView& view : ui::kStageViews) {
    const std::set<std::string_view> plain_tabs = {
        "", "Without learning", "From the file", "Your digit", "Expression", "Worst"};
    if (!plain_tabs.contains(view.tab)) CHECK_MESSAGE(!found(words, view.tab).empty(), view.tab);
  }
  // Captions of the steps, the curves and their legends, the dial, the finder and the race, and what
  // PyTorch and fastai call the same.
  for (const char* term :
       {"Initialize",    "Predict",      "Loss",        "Gradient",   "Step",       "Accuracy",
        "Learning rate", "Momentum",     "Sharpness",   "Saliency",   "Validation", "Epoch",
        "Batch size",    "Weight decay", "Logits",      "Softmax",    "Race",       "Sweep",
        "Norm",          "Schedule",     "Optimizer",   "Weights",    "Bias",       "Parameters",
        "Seed",          "Channels",     "Deviation",   "Diverged",   "Confusion",  "Beta 1",
        "Beta 2",        "Alpha",        "valid loss",  "train loss", "lr",         "wd",
        "mse",           "Training",     "Tape",        "Shape",      "Operation",  "grad",
        "cross_entropy", "Conv2d",       "BatchNorm2d", "targets",    "validate"}) {
    CHECK_MESSAGE(is_whole(words, term), term);
  }
}

TEST_CASE("Every caption that is a word of the field explains itself") {
  const ui::Words words = real_words();
  const Snapshot snapshot = sample_snapshot_conv(SampleState::finished);
  for (const ScreenSize& size : {ScreenSize{1280, 800, 1}, ScreenSize{390, 844, 2}}) {
    HeadlessPage page(size);
    page.page.record_texts(true);
    std::set<std::string> explained, seen_words;
    for_each_view(page, [&](const std::string& where) {
      page.move(-10, -10);
      ImGui::GetIO().DeltaTime = 1.0f / 60;
      page.frames(snapshot, 3);
      const std::vector<ui::TextMark> texts(page.page.texts().begin(), page.page.texts().end());
      ImGui::GetIO().DeltaTime = 0.4f;  // so long that the mouse has rested
      for (const ui::TextMark& mark : texts) {
        if (mark.layer != 0 || seen(mark).empty() || !is_whole(words, mark.text)) continue;
        const float css = page.page.theme().scale() / size.ratio;
        page.move(-10, -10);
        page.draw_only(snapshot, 2);
        page.move(seen(mark).center().x * css, seen(mark).center().y * css);
        page.draw_only(snapshot, 4);
        const std::string what = size_words(size) + ", " + where + ": " + mark.text.c_str();
        const std::string tip(page.page.tooltip_text());
        CHECK_MESSAGE(!tip.empty(), what);
        CHECK_MESSAGE(!page.page.tooltip().overlaps(page.page.explained()), what);
        const ui::Word& word = *words.find(mark.text).word;
        seen_words.insert(word.name);
        if (tip.find(word.sentence) != std::string::npos) explained.insert(word.name);
      }
    });
    // The others have a tooltip of their own wherever they are a caption.
    CHECK(seen_words.size() > 15);
    CHECK(explained.size() * 2 > seen_words.size());
  }
}

}  // namespace downhill::test
