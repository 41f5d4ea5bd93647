#include "train/fault_signs.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace downhill {

namespace {

// A batch's own gradient is never the same twice, so a few must be longer than the one before.
constexpr size_t kGrowing = 3;
constexpr size_t kFlat = 3;

std::string norm(const CurvePoint& point) { return print_rounded(point.gradient_norm, 3); }

std::string sign_of_no_zero(std::span<const CurvePoint> steps) {
  if (steps.size() < kGrowing) return {};
  const auto last = steps.last(kGrowing);
  const auto not_longer = [](const CurvePoint& a, const CurvePoint& b) {
    return !(b.gradient_norm > a.gradient_norm);
  };
  if (std::ranges::adjacent_find(last, not_longer) != last.end()) return {};
  return "The gradient was not zeroed, so it grows: each backward pass adds to what is there. Its "
         "norm was " +
         norm(steps.front()) + " at the first step and is " + norm(last.back()) + " at step " +
         print(uint64_t{last.back().step}) + ".";
}

double mean_loss(std::span<const CurvePoint> steps) {
  double sum = 0;
  for (const CurvePoint& point : steps) sum += static_cast<double>(point.loss);
  return sum / static_cast<double>(steps.size());
}

std::string sign_of_uphill(std::span<const CurvePoint> steps, uint32_t window) {
  if (steps.size() < 2 * size_t{window}) return {};
  if (!(mean_loss(steps.last(window)) > mean_loss(steps.first(window)))) return {};
  return "The loss rises: each step follows the gradient, which points uphill, instead of going "
         "against it.";
}

std::string sign_of_accuracy(std::span<const CurvePoint> steps) {
  const auto moves = [](const CurvePoint& point) { return point.gradient_norm != 0; };
  if (steps.size() < kFlat || std::ranges::any_of(steps, moves)) return {};
  return "Every gradient is 0, so nothing is learned: when a weight moves by a little, no answer "
         "changes, and accuracy only counts answers.";
}

bool has(const NetworkSpec& network, LayerKind kind) {
  return std::ranges::any_of(network, [=](const LayerSpec& layer) {
    return layer.kind == kind || has(layer.inner, kind);
  });
}

size_t weighted_layers(const NetworkSpec& network) {
  size_t count = 0;
  for (const LayerSpec& layer : network) {
    count += kLayers[layer.kind].role == LayerRole::weights ? 1u : 0u;
    count += weighted_layers(layer.inner);
  }
  return count;
}

// A max pool bends, and so does the division of a layer norm.
std::string sign_of_no_bend(const NetworkSpec& network) {
  const size_t layers = weighted_layers(network);
  if (layers < 2 || has(network, LayerKind::max_pool) || has(network, LayerKind::layer_norm)) {
    return {};
  }
  return "Nothing bends between the " + print(uint64_t{layers}) +
         " layers, so together they are one weighted sum per output: they learn what a linear "
         "model can.";
}

bool starts_from_zero(const LayerSpec& layer) {
  return layer.kind != LayerKind::activation || layer.activation != ActivationKind::sigmoid;
}

// A norm adds its beta, and a sigmoid of 0 is a half.
std::string sign_of_no_bias(const NetworkSpec& network) {
  if (has(network, LayerKind::batch_norm) || has(network, LayerKind::layer_norm)) return {};
  if (!std::ranges::all_of(network, starts_from_zero)) return {};
  return "Without a bias, inputs that are all 0 always give 0: no weight can change that.";
}

}  // namespace

std::string sign_of_fault(const ExperimentSpec& spec, std::span<const CurvePoint> steps,
                          uint32_t window) {
  switch (spec.fault) {
    case Fault::none:
      return {};
    case Fault::no_zero:
      return sign_of_no_zero(steps);
    case Fault::uphill:
      return sign_of_uphill(steps, window);
    case Fault::accuracy:
      return sign_of_accuracy(steps);
    case Fault::no_bend:
      return steps.empty() ? std::string() : sign_of_no_bend(network_of(spec));
    case Fault::no_bias:
      return steps.empty() ? std::string() : sign_of_no_bias(network_of(spec));
  }
  return {};
}

}  // namespace downhill
