#include "train/valley.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "train/borrowed.hpp"
#include "train/excursion.hpp"
#include "train/health.hpp"
#include "train/trainer.hpp"

namespace downhill {

namespace {

constexpr std::array<float, 7> kDecades = {1e-5f, 1e-4f, 1e-3f, 0.01f, 0.1f, 1, 10};
constexpr std::array<float, 3> kOfDecade = {1, 2.15443469f, 4.64158883f};  // thirds, by factors
static_assert(kDecades.front() == kMinLr && 10 * kDecades.back() == kMaxLr);
constexpr float kNoticeable = 1e-4f;  // of the loss: a smaller change says nothing new
constexpr float kExploded = 10;       // times the loss here
// A picture reaches from a fifth of its width back to beyond the lowest point, but no further than
// 12 steps ahead, so that a step can be seen in it.
constexpr int kBehind = 3, kAhead = 15;
constexpr float kMostSteps = 12;
constexpr float kTooSmall = 0.02f, kTooManySteps = 300, kTooFar = 2.2f, kDiverges = 2;

// The loss at weights that are moved along the direction.
class Line {
 public:
  Line(Trainer& trainer, std::span<const float> direction)
      : trainer_(trainer), direction_(direction), weights_(direction.size()) {}

  float loss(float rate) {
    ParameterSlabs& slabs = trainer_.model().slabs();
    const BorrowedWeights borrowed(slabs, weights_);
    const std::span<float> w = slabs.values();
    for (size_t i = 0; i < w.size(); ++i) w[i] = w[i] + rate * direction_[i];
    return trainer_.probe().loss();
  }

 private:
  Trainer& trainer_;
  std::span<const float> direction_;
  std::vector<float> weights_;
};

float dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return static_cast<float>(sum);
}

// False when the loss has exploded, so that larger rates need not be tried.
bool measure_rate(Line& line, float rate, Valley& valley, float& lowest) {
  if (std::abs(valley.slope) * rate < kNoticeable * std::abs(valley.loss)) return true;
  const float loss = line.loss(rate);
  valley.rates.push_back(rate);
  valley.losses.push_back(loss);
  if (loss < lowest) {
    lowest = loss;
    valley.best = rate;
  }
  return loss <= kExploded * std::abs(valley.loss);
}

void measure_all_rates(Line& line, Valley& valley) {
  float lowest = valley.loss;
  for (const float decade : kDecades) {
    for (const float factor : kOfDecade) {
      if (!measure_rate(line, decade * factor, valley, lowest)) return;
    }
  }
  measure_rate(line, kMaxLr, valley, lowest);
}

// Puts `rate` into its place. It replaces one that is nearly the same: a slope between the two would
// be that of rounding errors. Precondition: rates.front() < 0 < rate.
void insert_rate(std::vector<float>& rates, float rate, float nearly) {
  const auto next = std::ranges::upper_bound(rates, rate);
  const auto nearest = next == rates.end() || rate - *(next - 1) < *next - rate ? next - 1 : next;
  if (*nearest == rate) return;
  if (*nearest > 0 && std::abs(*nearest - rate) < nearly) {
    *nearest = rate;
  } else {
    rates.insert(next, rate);
  }
}

void measure_near(Line& line, Valley& valley) {
  const float reach = std::clamp(2 * valley.best, valley.lr, kMostSteps * valley.lr);
  const float spacing = 1.25f * reach / kAhead;
  for (int i = -kBehind; i <= kAhead; ++i) {
    valley.near_rates.push_back(spacing * static_cast<float>(i));
  }
  insert_rate(valley.near_rates, valley.lr, spacing / 1000);
  if (valley.best > 0 && valley.best < valley.near_rates.back())
    insert_rate(valley.near_rates, valley.best, spacing / 1000);
  float lowest = valley.best > 0 ? loss_after(valley, valley.best) : valley.loss;
  for (const float rate : valley.near_rates) {
    const float loss = rate == 0 ? valley.loss : line.loss(rate);
    valley.near_losses.push_back(loss);
    if (rate <= 0 || !(loss < lowest)) continue;
    lowest = loss;
    valley.best = rate;
  }
}

// A training set in file order has batches of one digit alone, whose losses cannot be compared.
void measure_ahead(Trainer& trainer, Valley& valley) {
  valley.ahead_lr = trainer.rates().lr;
  const bool comparable = trainer.spec().shuffle || trainer.batches_per_epoch() == 1;
  if (!(valley.ahead_lr > 0) || !comparable) return;
  Excursion excursion(trainer);
  for (int step = 0; step < kStepsAhead; ++step) {
    valley.ahead.push_back(excursion.step(valley.ahead_lr));
    if (!std::isfinite(valley.ahead.back())) return;
  }
}

// Precondition: rates.front() <= lr <= rates.back().
float between(std::span<const float> rates, std::span<const float> losses, float lr) {
  const auto next = static_cast<size_t>(std::ranges::lower_bound(rates, lr) - rates.begin());
  if (rates[next] == lr) return losses[next];
  const float share = (lr - rates[next - 1]) / (rates[next] - rates[next - 1]);
  return losses[next - 1] + share * (losses[next] - losses[next - 1]);
}

}  // namespace

namespace {
Valley measure_line(Trainer& trainer) {
  Valley valley;
  valley.step = static_cast<uint32_t>(trainer.steps_done());
  valley.lr = trainer.rates().lr;
  const auto steps = trainer.recorder().steps();
  if (!steps.empty()) valley.first = steps.front().loss;
  const std::span<float> weights = trainer.model().slabs().values();
  std::vector<float> gradient(weights.size()), direction(weights.size()), place(weights.size());
  // A rate of 0 has moved no weight, so it tells no direction.
  valley.made = trainer.phase() == Phase::step && steps.back().lr > 0;
  if (valley.made) {
    valley.lr = steps.back().lr;
    trainer.change(direction);
    for (float& d : direction) d /= valley.lr;
  }
  const BorrowedWeights borrowed(trainer.model().slabs(), place);
  if (valley.made) std::ranges::copy(trainer.model().slabs().values_before(), weights.begin());
  trainer.probe().gradient(gradient);
  valley.loss = trainer.probe().loss();
  if (!valley.made) trainer.direction(gradient, direction);
  valley.slope = dot(gradient, direction);
  Line line(trainer, direction);
  measure_all_rates(line, valley);
  measure_near(line, valley);
  return valley;
}

}  // namespace

Valley measure_valley(Trainer& trainer) {
  Valley valley = measure_line(trainer);
  measure_ahead(trainer, valley);
  return valley;
}

float loss_after(const Valley& valley, float lr) {
  if (!valley.near_losses.empty() && lr <= valley.near_rates.back())
    return between(valley.near_rates, valley.near_losses, lr);
  if (valley.rates.empty()) return valley.loss + valley.slope * lr;
  const float first = valley.rates.front();
  if (lr <= first) return valley.loss + (valley.losses.front() - valley.loss) * (lr / first);
  if (lr >= valley.rates.back()) return valley.losses.back();
  return between(valley.rates, valley.losses, lr);
}

bool has_climbed(const Valley& valley) {
  return valley.first > 0 && !(valley.loss < kDiverges * valley.first);
}

bool rises_again(const Valley& valley, float lr) {
  if (valley.ahead.size() < 3 || lr < valley.ahead_lr) return false;
  const float begin = valley.first > 0 ? valley.first : valley.loss;
  const std::span<const float> last = std::span(valley.ahead).last(2);
  return std::ranges::min(valley.ahead) < static_cast<float>(kLearned) * begin &&
         !(std::ranges::min(last) < static_cast<float>(kLost) * begin);
}

RateVerdict judge_rate(const Valley& valley, float lr) {
  if (has_climbed(valley) && lr >= valley.lr) return RateVerdict::diverges;
  if (valley.best == 0 || !std::isfinite(valley.loss)) return RateVerdict::unknown;
  const float after = loss_after(valley, lr);
  if (!(after < kDiverges * valley.loss)) return RateVerdict::diverges;
  if (after > valley.loss || lr > kTooFar * valley.best || rises_again(valley, lr))
    return RateVerdict::overshoots;
  const float gain = valley.loss - after, most = valley.loss - loss_after(valley, valley.best);
  const bool small = gain < kTooSmall * most && valley.loss > 2 * kTooManySteps * gain;
  return lr < valley.best && small ? RateVerdict::too_small : RateVerdict::good;
}

float steps_to_halve(const Valley& valley, float lr) {
  const float gain = valley.loss - loss_after(valley, lr);
  return gain > 0 ? valley.loss / (2 * gain) : 0;
}

}  // namespace downhill
