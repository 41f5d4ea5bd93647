#include "session/pipeline_view.hpp"

#include "session/inspection_view.hpp"

namespace downhill {

namespace {

// Where the image comes from and which batch it is in.
void view_origin(const RunView& run, Pipeline& out) {
  const Dataset& data = run.train_set();
  out.file_images = data.file_size();
  out.valid_file_images = run.valid_set().file_size();
  out.file_number = data.file_number(out.index);
  out.batch_images = run.batch().size;
  out.batch = run.batch_number() % run.batches_per_epoch() + 1;
  out.epoch = run.batch_number() / run.batches_per_epoch() + 1;
  out.digit = data.digit(out.index);
  out.label = static_cast<uint8_t>(data.class_name(data.class_of(out.index))[0] - '0');
  const auto image = data.image(out.index);
  out.pixels.assign(image.begin(), image.end());
}

// What chance has drawn for the image in this epoch, as the loader draws it.
void view_draw(const RunView& run, Pipeline& out) {
  const LoaderOptions& options = run.loader_options();
  ItemTransform transform(options.augment, options.seed);
  transform.begin_epoch(out.epoch - 1);
  const AugmentDraw drawn = transform.drawn_for(out.index);
  if (options.augment == Augment::crop) {
    const ImageSize size = run.train_set().image_size();
    const uint32_t rows = size.rows + 2 * kCropPad, columns = size.columns + 2 * kCropPad;
    out.pad = kCropPad;
    out.padded.resize(size_t{rows} * columns);
    crop_pad({out.pixels, size.rows, size.columns}, {out.padded, rows, columns});
    out.window_row = static_cast<uint32_t>(static_cast<int32_t>(kCropPad) + drawn.row);
    out.window_column = static_cast<uint32_t>(static_cast<int32_t>(kCropPad) + drawn.column);
    return;
  }
  const bool shift = options.augment == Augment::shift;
  out.right = shift ? static_cast<float>(-drawn.column) : drawn.map.right;
  out.down = shift ? static_cast<float>(-drawn.row) : drawn.map.down;
  out.tan_half = drawn.map.tan_half;
  out.scale = drawn.map.scale;
}

}  // namespace

Pipeline view_pipeline(const RunView& run, const SnapshotRequest& request) {
  const Batch& batch = run.batch();
  Pipeline out;
  if (batch.size == 0) return out;
  out.place = place_in_batch(run, request).value_or(0);
  out.index = batch.indices[out.place];
  view_origin(run, out);
  view_draw(run, out);
  const std::span<const uint8_t> entered{batch.bytes[out.place], batch.pixels};
  out.entered.assign(entered.begin(), entered.end());
  out.mean = run.pixels().mean;
  out.deviation = run.pixels().deviation;
  out.numbers.resize(entered.size());
  batch.map->apply(entered, out.numbers);
  return out;
}

}  // namespace downhill
