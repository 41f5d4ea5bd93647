// The view of one image's way from the file into the batch: it says the real numbers, follows the
// fields of the experiment, and has every stage at every size.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "layout_check.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "support/session_bench.hpp"

namespace downhill::test {
namespace {

void open(HeadlessPage& page) {
  page.page.record_texts(true);
  page.page.selection() = {};
  page.page.selection().stage = Phase::predict;
  page.page.selection().tabs[static_cast<size_t>(Phase::predict)] = 1;
}

// All texts in the order in which they are drawn.
std::string all_texts(const HeadlessPage& page) {
  std::string all;
  for (const ui::TextMark& mark : page.page.texts()) all += std::string(mark.text.view()) + " ";
  return all;
}

int count_of(const std::string& text, const std::string& words) {
  int n = 0;
  for (size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++n;
  return n;
}

// The numbers of the followed pixels, card by card: texts of four numbers.
std::vector<std::vector<double>> runs_of(const HeadlessPage& page) {
  std::vector<std::vector<double>> runs;
  for (const ui::TextMark& mark : page.page.texts()) {
    std::string text(mark.text.view());
    for (size_t at = text.find("−"); at != std::string::npos; at = text.find("−"))
      text.replace(at, std::string("−").size(), "-");
    std::istringstream words(text);
    std::vector<double> numbers;
    for (double number = 0; words >> number;) numbers.push_back(number);
    if (words.eof() && numbers.size() == 4) runs.push_back(numbers);
  }
  return runs;
}

Snapshot look(Bench& bench) {
  SnapshotRequest request;
  request.parts = kPartBatch | kPartPipeline;
  return bench.session.snapshot(request);
}

}  // namespace

TEST_CASE("Every stage of the pipeline is there at every size") {
  const Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size);
    open(page);
    page.frames(snapshot);
    const std::string texts = all_texts(page);
    for (const char* stage :
         {"Two files", "28 × 28 numbers", "Pad to 34", "Random crop", "Normalize", "Batch"})
      CHECK_MESSAGE(texts.find(stage) != std::string::npos, size_words(size), " lacks ", stage);
    CHECK_MESSAGE(texts.find("41,357") != std::string::npos, size_words(size));
    CHECK_MESSAGE(page.has("pipeline-batch"), size_words(size));
  }
}

TEST_CASE("A stage that the experiment leaves out says that it is off") {
  const struct {
    const char* edits;
    int off;
    const char* title;
  } cases[] = {{"", 3, "Augment"},
               {"augment=crop&normalize=true", 0, "Random crop"},
               {"augment=crop", 1, "Pad to 34"},
               {"augment=shift&normalize=true", 1, "Random shift"},
               {"augment=rotate", 2, "Random turn"},
               {"augment=affine", 2, "Random affine map"},
               {"augment=noise", 2, "Random noise"}};
  for (const auto& [edits, off, title] : cases) {
    const std::string what = edits;
    CAPTURE(what);
    Bench bench("model=mlp:6&batch=32&epochs=2" + (what.empty() ? "" : "&" + what));
    HeadlessPage page(kSizes[1]);
    open(page);
    page.frames(look(bench));
    const std::string texts = all_texts(page);
    CHECK(count_of(texts, "Off in this") == off);
    CHECK(texts.find(title) != std::string::npos);
  }
}

TEST_CASE("The numbers of the same pixels follow from one stage to the next") {
  for (const std::string edits :
       {"augment=crop&normalize=true", "augment=shift", "normalize=true"}) {
    CAPTURE(edits);
    Bench bench("model=mlp:6&batch=32&epochs=2&subset=100&" + edits);
    const Snapshot snapshot = look(bench);
    const Pipeline& p = *snapshot.pipeline;
    HeadlessPage page(kSizes[1]);
    open(page);
    page.frames(snapshot);
    const std::vector<std::vector<double>> runs = runs_of(page);
    const bool augmented = snapshot.spec.augment != Augment::none;
    REQUIRE(runs.size() == (augmented ? 3 : 2));
    if (augmented) CHECK_MESSAGE(runs[0] == runs[1], "moved, but the same");
    double most = 0;
    for (size_t i = 0; i < 4; ++i) {
      const double expected =
          (runs[0][i] / 255 - static_cast<double>(p.mean)) / static_cast<double>(p.deviation);
      CHECK(std::abs(runs.back()[i] - expected) < 0.0051);
      most = std::max(most, runs[0][i]);
    }
    CHECK_MESSAGE(most > 100, "pixels with ink, not paper only");
    const std::string texts = all_texts(page);
    CHECK(texts.find("100 of 128 to learn from") != std::string::npos);
    CHECK(texts.find("Image 1 of 32 in batch 1 of epoch 1.") != std::string::npos);
  }
}

TEST_CASE("A click on another image of the batch follows that one") {
  const Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  HeadlessPage page(kSizes[0]);
  open(page);
  page.frames(snapshot);
  const ui::Rect batch = page.rect("pipeline-batch");
  page.click_at(snapshot, {batch.x1 - 3, batch.y0 + 3});
  REQUIRE(page.page.selection().image);
  CHECK(page.page.selection().image->index != snapshot.batch.indices[0]);
  CHECK_FALSE(page.page.selection().inspecting);
  CHECK(page.requests.image == page.page.selection().image);
}

}  // namespace downhill::test
