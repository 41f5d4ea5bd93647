// What the view of step 7 says about the run that has ended.
#include <doctest/doctest.h>

#include <algorithm>

#include "headless.hpp"
#include "support/sample_snapshot_conv.hpp"

namespace downhill::test {

TEST_CASE("A run that ends without having learned, because its rate is too small, is told so") {
  Snapshot snapshot = sample_snapshot_conv(SampleState::finished);
  snapshot.status.health = Health::fine;
  snapshot.spec.schedule = ScheduleKind::constant;
  const auto says = [&](std::string_view words) {
    HeadlessPage page({1920, 1080, 1});
    page.page.record_texts(true);
    REQUIRE(page.page.show({.view = "stop", .widget = {}, .hidden = {}}));
    page.frames(snapshot);
    std::string all;
    for (const ui::TextMark& mark : page.page.texts()) all.append(mark.text.view()).append(" ");
    return all.find(words) != std::string::npos;
  };
  constexpr const char* kWords = "0.4900: a larger learning rate";
  CHECK_FALSE(says(kWords));
  std::vector<EpochPoint>& epochs = snapshot.curves.epochs;
  epochs.front().valid_loss = 0.5f;
  epochs.back().valid_loss = 0.49f;
  snapshot.spec.lr = 1e-5f;
  CHECK(says(kWords));
  snapshot.spec.lr = 0.5f;  // which is not too small
  CHECK_FALSE(says(kWords));
  snapshot.spec.lr = 1e-5f;
  epochs.back().valid_loss = 0.2f;
  CHECK_FALSE(says("hardly fallen"));
}

}  // namespace downhill::test
