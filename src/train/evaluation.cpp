#include "train/evaluation.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace downhill {

namespace {

constexpr uint64_t kImages = 256;

uint32_t images_for(const Model& model) {
  const uint64_t bytes = uint64_t{model.features_per_image()} * sizeof(float);
  return static_cast<uint32_t>(std::clamp<uint64_t>(kMaxBatchBytes / bytes, 1, kImages));
}

}  // namespace

float Evaluation::class_accuracy(uint32_t truth) const {
  uint32_t all = 0;
  for (uint32_t answer = 0; answer < classes; ++answer) all += at(truth, answer);
  if (all == 0) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(at(truth, truth)) / static_cast<float>(all);
}

std::vector<Confusion> most_confused(const Evaluation& evaluation, uint32_t least) {
  std::vector<Confusion> pairs;
  for (uint32_t truth = 0; truth < evaluation.classes; ++truth) {
    for (uint32_t answer = 0; answer < evaluation.classes; ++answer) {
      const uint32_t count = evaluation.at(truth, answer);
      if (truth == answer || count < std::max(least, 1u)) continue;
      pairs.push_back({static_cast<uint8_t>(truth), static_cast<uint8_t>(answer), count});
    }
  }
  std::ranges::stable_sort(pairs, std::greater<>(), &Confusion::count);
  return pairs;
}

std::vector<uint32_t> top_losses(const Evaluation& evaluation, uint32_t most) {
  std::vector<uint32_t> places(evaluation.losses.size());
  std::iota(places.begin(), places.end(), 0u);
  // A loss that is not a number is worse than any; of equals the first comes first.
  const auto worse = [&](uint32_t a, uint32_t b) {
    const float x = evaluation.losses[a], y = evaluation.losses[b];
    if (x != x || y != y) return x != x && (y == y || a < b);
    return x > y || (x == y && a < b);
  };
  const size_t kept = std::min<size_t>(places.size(), most);
  std::ranges::partial_sort(places, places.begin() + static_cast<std::ptrdiff_t>(kept), worse);
  places.resize(kept);
  return places;
}

Evaluator::Evaluator(const Dataset& dataset, const PixelMap& pixel_map, const Task& task)
    : images_at_a_time_(images_for(task.model())),
      loader_(dataset,
              {.batch_size = images_at_a_time_, .pixel_map = pixel_map, .ink = task.ink_form()}) {
  const Objective& objective = task.objective();
  result_.classes = objective.classes();
  result_.count = dataset.size();
  result_.confusion.resize(size_t{objective.classes()} * objective.classes());
  result_.answers.resize(dataset.size());
  result_.losses.resize(dataset.size());
}

const Evaluation& Evaluator::run(const Task& task) {
  const NoGrad no_grad(tape_);
  double loss_sum = 0;
  result_.correct = 0;
  std::ranges::fill(result_.confusion, 0u);
  for (uint32_t which = 0; which < loader_.batch_count(); ++which) {
    const Batch batch = loader_.load(which);
    tape_.clear();
    const Var outputs = task.outputs(task.images(tape_, batch), {});
    loss_sum += static_cast<double>(task.loss(outputs, batch).item()) * batch.size;
    take_in(task, batch, outputs.value().span());
  }
  const auto count = static_cast<double>(result_.count);
  result_.loss = static_cast<float>(loss_sum / count);
  result_.accuracy = static_cast<float>(static_cast<double>(result_.correct) / count);
  return result_;
}

void Evaluator::take_in(const Task& task, const Batch& batch, std::span<const float> outputs) {
  const Objective& objective = task.objective();
  for (uint32_t i = 0; i < batch.size; ++i) {
    const auto of_image = outputs.subspan(size_t{i} * objective.outputs(), objective.outputs());
    const uint8_t answer = objective.answer(of_image);
    const uint32_t place = batch.indices[i];
    result_.answers[place] = answer;
    result_.losses[place] = objective.item(of_image, batch.classes[i]);
    ++result_.confusion[batch.classes[i] * size_t{result_.classes} + answer];
    if (answer == batch.classes[i]) ++result_.correct;
  }
}

}  // namespace downhill
