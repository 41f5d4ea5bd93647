#include "train/inspection.hpp"

#include "data/dataset.hpp"
#include "kernels/optimizers/update.hpp"
#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

namespace {

uint8_t digit_of(const Trainer& trainer, uint8_t class_index) {
  return static_cast<uint8_t>(trainer.spec().digits[class_index] - '0');
}

// y: [1, h, w, c] or [1, features].
Activation activation_of(const Tensor& y, uint32_t line) {
  Activation activation;
  activation.line = line;
  activation.values.resize(y.size());
  if (y.shape.rank() == 4) {
    activation.rows = y.shape[1];
    activation.columns = y.shape[2];
    activation.channels = y.shape[3];
  } else {
    activation.columns = static_cast<uint32_t>(y.size());
  }
  kernels::transpose(activation.values.data(), y.data, y.size() / activation.channels,
                     activation.channels);
  return activation;
}

}  // namespace

Subject subject_of(const Dataset& dataset, uint32_t index) {
  return {dataset.image(index), dataset.class_of(index), dataset.digit(index)};
}

Subject subject_of_batch(const RunView& run, uint32_t place) {
  const Batch& batch = run.batch();
  Subject subject = subject_of(run.train_set(), batch.indices[place]);
  if (!batch.transformed.empty()) {
    subject.pixels = batch.transformed.subspan(size_t{place} * batch.pixels, batch.pixels);
  }
  return subject;
}

const Inspection& Inspector::look(const Subject& subject) {
  const Task& task = trainer_.task();
  const PixelMap& map = trainer_.loader_options().pixel_map;
  const auto count = static_cast<uint32_t>(subject.pixels.size());
  image_.resize(count);
  map.apply(subject.pixels, image_);
  Batch one;
  one.size = 1;
  one.pixels = count;
  one.classes = {&subject.label, 1};

  const FrozenParameters frozen(trainer_.model().slabs());
  tape_.clear();
  outputs_.clear();
  const Var pixels = tape_.variable(task.shape_of_images(1), image_);
  const Var outputs = task.outputs(pixels, {.outputs = &outputs_});
  const Var loss = task.loss(outputs, one);
  loss.backward();

  const std::span<const float> numbers = outputs.value().span();
  result_.pixels.assign(subject.pixels.begin(), subject.pixels.end());
  result_.digit = subject.digit;
  result_.answer = digit_of(trainer_, task.objective().answer(numbers));
  result_.loss = loss.item();
  result_.outputs.assign(numbers.begin(), numbers.end());
  result_.scores.resize(numbers.size());
  task.objective().scores(numbers, result_.scores);
  take_layers(outputs_);
  // The map is linear: from a pixel of 0 to a pixel of 1 it goes this far.
  const float scale = map[255] - map[0];
  const std::span<const float> slopes = pixels.grad().span();
  result_.saliency.resize(count);
  for (size_t i = 0; i < slopes.size(); ++i) result_.saliency[i] = slopes[i] * scale;
  return result_;
}

void Inspector::take_layers(std::span<const Var> outputs) {
  result_.layers.clear();
  for (const Var& output : outputs) {
    result_.layers.push_back(
        activation_of(output.value(), static_cast<uint32_t>(result_.layers.size())));
  }
}

}  // namespace downhill
