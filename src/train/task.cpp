#include "train/task.hpp"

#include <algorithm>
#include <utility>

#include "autograd/ops.hpp"

namespace downhill {

Pass training_pass(uint64_t seed, uint64_t batch) {
  return {.training = true, .dropout = Rng(seed).split("dropout").split(batch)};
}

Result<std::unique_ptr<Task>> Task::build(const ExperimentSpec& spec, ImageSize images) {
  const Objective objective =
      has_points(spec.data)
          ? Objective::of_numbers(spec.loss)
          : Objective(spec.loss, static_cast<uint32_t>(spec.digits.size()), spec.fault);
  auto model = Model::build(network_of(spec), input_shape(spec, images), objective.outputs());
  if (!model) return model.error();
  if (spec.fault == Fault::no_zero) (*model)->slabs().carry_grads();
  return std::unique_ptr<Task>(new Task(std::move(*model), objective));
}

Shape Task::shape_of_images(uint32_t count) const {
  const Shape& item = model_->input();
  if (item.rank() == 1) return {count, item[0]};
  return {count, item[0], item[1], item[2]};
}

Var Task::images(Tape& tape, const Batch& batch) const {
  if (model_->input().rank() == 1) {
    const std::span<float> rows = tape.scratch(batch.rows.size());
    std::ranges::copy(batch.rows, rows.begin());
    return tape.constant(Tensor{rows.data(), shape_of_images(batch.size)});
  }
  return tape.pixels({.images = batch.bytes.data(),
                      .count = batch.size,
                      .size = batch.pixels,
                      .map = batch.map->table().data(),
                      .sparse_pixels = batch.sparse_pixels.data(),  // null where it is not known
                      .sparse_blocks = batch.sparse_blocks.data()},
                     shape_of_images(batch.size));
}

kernels::SparseForm Task::sparse_form() const {
  if (model_->input().rank() == 1) return kernels::SparseForm::none;
  for (const LayerSummary& layer : model_->table()) {
    if (layer.what == LayerKind::flatten) continue;
    if (layer.what != LayerKind::linear) break;
    return kernels::sparse_form(static_cast<uint32_t>(model_->input().size()), layer.output[0]);
  }
  return kernels::SparseForm::none;
}

Var Task::outputs(Var images, const Pass& pass) const {
  const Var y = model_->forward(images, pass);
  return objective_.outputs() == 1 && y.valid() ? reshape(y, {y.shape()[0]}) : y;
}

Var Task::target(Var outputs, const Batch& batch) const {
  Tape& tape = *outputs.tape();
  const std::span<float> target = tape.scratch(size_t{batch.size} * objective_.targets());
  objective_.write_targets(truths(batch), target);
  const Shape shape = has_class_target(objective_.kind()) ? Shape{batch.size} : outputs.shape();
  return tape.constant(Tensor{target.data(), shape});
}

Var Task::loss(Var outputs, const Batch& batch) const {
  if (!outputs.valid()) return outputs;
  if (objective_.counts_mistakes()) return objective_.mistakes(outputs, batch.classes);
  return objective_.of(outputs, target(outputs, batch));
}

Var Task::loss_tangent(Var images, const Pass& pass, const Batch& batch) const {
  Dual y = model_->forward(Dual(images), pass);
  if (objective_.outputs() == 1) y = reshape(y, {y.shape()[0]});
  return objective_.tangent(y, target(y.primal, batch));
}

}  // namespace downhill
