#include "ui/race_curves.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace downhill::ui {
namespace {

constexpr uint64_t kMeans = 40;  // means per lane over a whole race
// Means above this multiple of the first batch's loss do not stretch the chart.
constexpr float kRunAway = 1.5f;

}  // namespace

// Appends the mean of the losses in the sum, the last of which is that of `step`.
void LaneCurve::add_block(size_t step) {
  end_step = static_cast<float>(step) - static_cast<float>(in_sum_ - 1) / 2;
  end_loss = static_cast<float>(sum_ / in_sum_);
  mean_steps.push_back(end_step);
  means.push_back(end_loss);
  sum_ = 0;
  in_sum_ = 0;
}

void LaneCurve::update(const RaceLane& lane, uint32_t block) {
  if (lane.losses.size() < counted_) *this = LaneCurve();
  for (size_t i = counted_; i < lane.losses.size(); ++i) {
    each.pyramid.append(lane.losses[i]);
    sum_ += static_cast<double>(lane.losses[i]);
    if (++in_sum_ == block) add_block(i + 1);
  }
  counted_ = lane.losses.size();
  // A last block shorter than half would be too noisy beside the others.
  if (lane.over() && in_sum_ > 0 && (2 * in_sum_ >= block || means.empty())) add_block(counted_);
}

void RaceCurves::update(const RaceView& race) {
  if (version_ == race.version) return;
  version_ = race.version;
  const bool another =
      race_ != race.number || lanes_.size() != race.lanes.size() || steps_ != race.steps;
  if (another) lanes_.assign(race.lanes.size(), LaneCurve());
  race_ = race.number;
  steps_ = race.steps;
  block_ = static_cast<uint32_t>(std::max<uint64_t>(1, (steps_ + kMeans - 1) / kMeans));
  least_ = greatest_ = 0;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const RaceLane& lane = race.lanes[i];
    lanes_[i].update(lane, block_);
    const float first = lane.losses.empty() ? 0 : lane.losses.front(), top = first * kRunAway;
    greatest_ = std::max(greatest_, first);
    for (const float mean : lanes_[i].means) {
      if (!std::isfinite(mean)) continue;
      if (mean > 0) least_ = least_ > 0 ? std::min(least_, mean) : mean;
      greatest_ = std::max(greatest_, std::min(mean, top));
    }
  }
}

float exit_step(std::span<const float> losses, float top) {
  size_t inside = losses.size();
  while (inside > 0 && !(losses[inside - 1] <= top)) --inside;
  if (inside == losses.size()) return 0;
  if (inside == 0) return 1;
  const float below = losses[inside - 1], above = losses[inside];
  const float share = std::isfinite(above) ? (top - below) / (above - below) : 1;
  return static_cast<float>(inside) + share;
}

void spread_apart(std::span<float> ys, float low, float high, float gap) {
  std::array<size_t, kMaxRaceLanes> order{};
  const size_t count = std::min(ys.size(), order.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
            [&](size_t a, size_t b) { return ys[a] != ys[b] ? ys[a] < ys[b] : a < b; });
  float free_from = low;
  for (size_t i = 0; i < count; ++i) {
    float& y = ys[order[i]];
    y = std::max(y, free_from);
    free_from = y + gap;
  }
  float free_to = high;
  for (size_t i = count; i-- > 0;) {
    float& y = ys[order[i]];
    y = std::min(y, free_to);
    free_to = y - gap;
  }
}

}  // namespace downhill::ui
