#include "train/fit.hpp"

#include <algorithm>
#include <cassert>
#include <span>

#include "data/points.hpp"
#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

namespace {

constexpr uint32_t kCurvePoints = 97;
constexpr float kBeyond = 0.5f;  // of the time between two points, at either end

// The model's output at each of these times.
std::vector<float> outputs_at(const Trainer& trainer, std::span<const float> times) {
  const size_t width = kData[trainer.spec().data].features;
  std::vector<float> rows(times.size() * width), features(width);
  for (size_t i = 0; i < times.size(); ++i) {
    features_of(times[i], features);
    trainer.loader_options().row_map.apply(features, std::span(rows).subspan(i * width, width));
  }
  Batch batch;
  batch.size = static_cast<uint32_t>(times.size());
  batch.rows = rows;
  Arena arena;
  Tape tape(arena);
  const NoGrad no_grad(tape);
  const Task& task = trainer.task();
  const std::span<const float> outputs = task.outputs(task.images(tape, batch), {}).value().span();
  return {outputs.begin(), outputs.end()};
}

std::vector<float> other_curve(Trainer& trainer, std::span<const float> times) {
  if (!trainer.has_gradient()) return {};
  ParameterSlabs& slabs = trainer.model().slabs();
  std::vector<float> change(slabs.values().size()), place(change.size());
  trainer.change(change);
  const float sign = trainer.next() == Phase::step ? 1.0f : -1.0f;
  const BorrowedWeights borrowed(slabs, place);
  for (size_t i = 0; i < change.size(); ++i) slabs.values()[i] += sign * change[i];
  return outputs_at(trainer, times);
}

}  // namespace

Fit fit_of(Trainer& trainer) {
  assert(has_points(trainer.spec().data));
  const Dataset& data = trainer.train_set();
  Fit fit;
  fit.step = static_cast<uint32_t>(trainer.steps_done());
  for (uint32_t i = 0; i < data.size(); ++i) {
    fit.times.push_back(time_of(data.row(i)));
    fit.targets.push_back(data.target(i));
  }
  fit.outputs = outputs_at(trainer, fit.times);
  fit.in_batch.assign(data.size(), 0);
  for (const uint32_t index : trainer.batch().indices) fit.in_batch[index] = 1;
  const Objective& objective = trainer.objective();
  std::vector<float> losses(data.size()), room(data.size() * objective.room_per_image());
  fit.loss = objective.items(fit.outputs, {data.classes(), fit.targets}, losses, room);
  const size_t width = kData[trainer.spec().data].features;
  const RowMap& map = trainer.loader_options().row_map;
  fit.means.assign(map.mean.begin(), map.mean.begin() + static_cast<std::ptrdiff_t>(width));
  fit.deviations.assign(map.deviation.begin(),
                        map.deviation.begin() + static_cast<std::ptrdiff_t>(width));
  const float end = static_cast<float>(kPointCount - 1);
  for (uint32_t i = 0; i < kCurvePoints; ++i) {
    const float along = static_cast<float>(i) / static_cast<float>(kCurvePoints - 1);
    fit.curve_times.push_back(-kBeyond + (end + 2 * kBeyond) * along);
  }
  fit.curve = outputs_at(trainer, fit.curve_times);
  fit.other_curve = other_curve(trainer, fit.curve_times);
  return fit;
}

}  // namespace downhill
