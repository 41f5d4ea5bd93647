#include "train/lr_sweep.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace downhill {

namespace {

constexpr double kFirstRate = 1e-7;
constexpr double kRatio = 1.2022644346174130;  // (10 / 1e-7)^(1/100)
constexpr double kBeta = 0.98;                 // the weight of the old losses in the smooth one
constexpr double kExploded = 4;                // times the lowest smooth loss

// The suggestions leave out this many first and last losses, as fastai's do.
constexpr uint32_t kSkipFirst = 10, kSkipLast = 5;

constexpr size_t kSlideWidth = 15;
constexpr float kSlideThreshold = 0.005f;
constexpr float kFromMinimum = 10;

// The slope at an index: half the difference of its neighbours; at the ends the difference to the
// only neighbour (numpy.gradient).
float slope(std::span<const float> y, size_t i) {
  if (i == 0) return y[1] - y[0];
  if (i + 1 == y.size()) return y[i] - y[i - 1];
  return (y[i + 1] - y[i - 1]) / 2.0f;
}

// The losses' standard deviation.
float deviation(std::span<const float> losses) {
  double sum = 0, squares = 0;
  for (const float loss : losses) sum += static_cast<double>(loss);
  const double n = static_cast<double>(losses.size()), mean = sum / n;
  for (const float loss : losses) {
    squares += (static_cast<double>(loss) - mean) * (static_cast<double>(loss) - mean);
  }
  return static_cast<float>(std::sqrt(squares / n));
}

}  // namespace

// By repeated multiplication, because pow() gives other bits on other machines.
float SweepRecorder::rate(uint32_t n) {
  double lr = kFirstRate;
  for (uint32_t i = 0; i < n; ++i) lr *= kRatio;
  return static_cast<float>(lr);
}

bool SweepRecorder::add(float loss) {
  lerped_ = kBeta * lerped_ + (1 - kBeta) * static_cast<double>(loss);
  power_ *= kBeta;
  const double smooth = lerped_ / (1 - power_);
  sweep_.lrs.push_back(rate(count()));
  sweep_.losses.push_back(loss);
  sweep_.smooth.push_back(static_cast<float>(smooth));
  best_ = count() == 1 ? smooth : std::min(best_, smooth);
  sweep_.exploded = !std::isfinite(smooth) || smooth > kExploded * best_;
  if (!sweep_.exploded && count() < kRates) return true;
  finish(std::isnan(smooth));
  return false;
}

// After the first NaN fastai has NaNs up to the last rate, and leaves all of them out. Otherwise it
// leaves out the last few losses.
void SweepRecorder::finish(bool not_a_number) {
  const uint32_t last = not_a_number ? std::min(count() - 1, kRates - kSkipLast)
                                     : std::max(count(), kSkipLast) - kSkipLast;
  if (last <= kSkipFirst) return;
  sweep_.first = kSkipFirst;
  sweep_.last = last;
  const auto lrs = std::span<const float>(sweep_.lrs).first(last).subspan(kSkipFirst);
  const auto smooth = std::span<const float>(sweep_.smooth).first(last).subspan(kSkipFirst);
  suggest(lrs, smooth);
}

void SweepRecorder::suggest(std::span<const float> lrs, std::span<const float> smooth) {
  const auto still = std::span<const float>(sweep_.losses).first(std::min(count(), kStill));
  const auto lowest = std::ranges::min_element(smooth);
  sweep_.fell = smooth.front() - *lowest > deviation(still);
  if (!sweep_.fell) return;
  const auto inside = [=](float lr) { return lr > lrs.front() && lr < lrs.back() ? lr : 0.0f; };
  sweep_.valley = inside(suggest_valley(lrs, smooth));
  sweep_.steep = inside(suggest_steep(lrs, smooth));
  // Its search begins here: there the slopes did not differ.
  const float start = lrs.size() > kSlideWidth ? lrs[lrs.size() - 1 - kSlideWidth] : 0;
  const float slide = suggest_slide(lrs, smooth);
  sweep_.slide = slide == start ? 0 : inside(slide);
  if (lowest + 1 != smooth.end()) sweep_.minimum = inside(suggest_minimum(lrs, smooth));
}

float suggest_valley(std::span<const float> lrs, std::span<const float> losses) {
  // lengths[i] is the length of the longest falling sequence that ends at i; `end` is the first
  // index with the greatest length.
  std::vector<size_t> lengths(losses.size(), 1);
  size_t end = 0;
  for (size_t i = 1; i < losses.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (losses[i] < losses[j]) lengths[i] = std::max(lengths[i], lengths[j] + 1);
    }
    if (lengths[i] > lengths[end]) end = i;
  }
  if (losses.empty() || lengths[end] == 1) return 0;
  // fastai subtracts the length from the end, which is one index too far and negative if only the
  // second loss is below the first; here that becomes the first index.
  const auto start = static_cast<double>(end) - static_cast<double>(lengths[end]);
  const double third = static_cast<double>(lengths[end]) / 3;
  const double place = start + std::trunc(third) + std::trunc(third / 2);
  return lrs[static_cast<size_t>(std::max(place, 0.0))];
}

float suggest_slide(std::span<const float> lrs, std::span<const float> losses) {
  if (losses.size() <= kSlideWidth) return 0;
  size_t left = losses.size() - 1 - kSlideWidth, found = left;
  const auto differ = [&](size_t i) {
    return std::abs(slope(losses, i + kSlideWidth) - slope(losses, i)) > kSlideThreshold;
  };
  while (differ(left)) {
    found = left;
    if (left-- == 0) break;
  }
  return lrs[found];
}

float suggest_minimum(std::span<const float> lrs, std::span<const float> losses) {
  if (losses.empty()) return 0;
  return lrs[static_cast<size_t>(std::ranges::min_element(losses) - losses.begin())] / kFromMinimum;
}

float suggest_steep(std::span<const float> lrs, std::span<const float> losses) {
  float steepest = 0, lr = 0;
  for (size_t i = 0; i + 1 < losses.size(); ++i) {
    const float fall = losses[i + 1] - losses[i];
    if (fall >= steepest) continue;
    steepest = fall;
    lr = lrs[i];
  }
  return lr;
}

}  // namespace downhill
