#include "train/evaluation.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <utility>

namespace downhill {

namespace {

// Losses are summed over this many images at a time, so that the sum does not depend on
// images_at_a_time().
constexpr uint32_t kImages = 256;
// The activations of a part should fit the second-level cache.
constexpr uint64_t kCacheBytes = 2 << 20;

uint64_t bytes_per_image(const Model& model) {
  return uint64_t{model.features_per_image()} * sizeof(float);
}

uint32_t images_for(const Model& model) {
  const uint64_t bytes = bytes_per_image(model);
  constexpr uint64_t kFew = 16;  // with fewer, packing the weights does not pay
  const uint64_t cached = std::clamp<uint64_t>(kCacheBytes / bytes, kFew, kImages);
  const uint64_t possible = std::max<uint64_t>(kMaxBatchBytes / bytes, 1);
  return static_cast<uint32_t>(std::bit_floor(std::min(cached, possible)));
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
  // NaN is worse than any number. Of equal losses the first image comes first.
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

Evaluator::Evaluator(const Dataset& dataset, const InputMap& map, const Task& task)
    : images_at_a_time_(images_for(task.model())),
      bytes_(bytes_per_image(task.model()) * dataset.size()),
      loader_(dataset, {.batch_size = images_at_a_time_,
                        .pixel_map = map.pixels,
                        .row_map = map.rows,
                        .sparse = task.sparse_form()}) {
  const Objective& objective = task.objective();
  current_.classes = objective.classes();
  current_.count = dataset.size();
  current_.confusion.resize(size_t{objective.classes()} * objective.classes());
  if (objective.classes() > 0) current_.answers.resize(dataset.size());
  current_.losses.resize(dataset.size());
  result_ = current_;
  const size_t most = std::min(kImages, dataset.size());
  outputs_.reserve(most * objective.outputs());
  if (dataset.width() > 0) targets_.reserve(most);
  room_.resize(most * objective.room_per_image());
}

const Evaluation& Evaluator::run(const Task& task) {
  give_up();
  while (!advance(task)) continue;
  return result_;
}

bool Evaluator::advance(const Task& task) {
  if (!under_way()) begin();
  const NoGrad no_grad(tape_);
  tape_.clear();
  const Batch batch = loader_.load(next_);
  const Var outputs = task.outputs(task.images(tape_, batch), {});
  const std::span<const float> numbers = outputs.value().span();
  outputs_.insert(outputs_.end(), numbers.begin(), numbers.end());
  targets_.insert(targets_.end(), batch.targets.begin(), batch.targets.end());
  const bool last = ++next_ == loader_.batch_count();
  if (last || next_ * images_at_a_time_ % kImages == 0) take_in(task.objective());
  if (last) end();
  return last;
}

void Evaluator::begin() {
  outputs_.clear();
  targets_.clear();
  loss_sum_ = 0;
  taken_in_ = 0;
  current_.correct = 0;
  std::ranges::fill(current_.confusion, 0u);
}

// Batches are not shuffled: the images are the next ones of the dataset.
void Evaluator::take_in(const Objective& objective) {
  const size_t count = outputs_.size() / objective.outputs();
  const std::span<const uint8_t> classes = loader_.dataset().classes().subspan(taken_in_, count);
  const std::span<float> losses = std::span(current_.losses).subspan(taken_in_, count);
  const std::span<float> room = std::span(room_).first(count * objective.room_per_image());
  const Truths truths{classes, targets_};
  loss_sum_ += static_cast<double>(objective.items(outputs_, truths, losses, room)) *
               static_cast<double>(count);
  if (objective.classes() > 0) {
    const std::span<uint8_t> answers = std::span(current_.answers).subspan(taken_in_, count);
    objective.answers(outputs_, answers);
    for (size_t i = 0; i < count; ++i) {
      ++current_.confusion[classes[i] * size_t{current_.classes} + answers[i]];
      if (answers[i] == classes[i]) ++current_.correct;
    }
  }
  taken_in_ += static_cast<uint32_t>(count);
  outputs_.clear();
  targets_.clear();
}

void Evaluator::end() {
  next_ = 0;
  const auto count = static_cast<double>(current_.count);
  current_.loss = static_cast<float>(loss_sum_ / count);
  current_.accuracy = current_.classes == 0
                          ? std::numeric_limits<float>::quiet_NaN()
                          : static_cast<float>(static_cast<double>(current_.correct) / count);
  std::swap(result_, current_);
  known_ = true;
}

}  // namespace downhill
