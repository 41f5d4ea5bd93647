// Reads the bytes as a message of the engine: an answer, a failure or a snapshot. Whatever is
// accepted must encode to the same bytes, and its parts must fit together well enough to be drawn.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "session/message.hpp"

namespace downhill::fuzz {

// Sums pixels and counts numbers, so that the compiler cannot remove a read.
struct Reader {
  uint64_t image_size;  // in pixels
  uint64_t ink = 0;
  uint64_t twos = 0;

  void images(const std::vector<uint8_t>& pixels, uint64_t count) {
    for (uint64_t i = 0; i < count * image_size; ++i) ink += pixels[static_cast<size_t>(i)];
  }
  void numbers(const std::vector<float>& values, uint64_t from, uint64_t count) {
    for (uint64_t i = from; i < from + count; ++i)
      twos += values[static_cast<size_t>(i)] == 2 ? 1u : 0u;
  }
};

inline void read_batch(Reader& read, const BatchView& batch) {
  const uint64_t shown = batch.shown;
  read.images(batch.pixels, shown);
  if (!batch.entered.empty()) read.images(batch.entered, shown);
  for (uint64_t i = 0; i < shown; ++i) {
    read.ink += batch.indices[static_cast<size_t>(i)] % 2 + batch.digits[static_cast<size_t>(i)] +
                batch.labels[static_cast<size_t>(i)];
  }
  if (!batch.predicted) return;
  read.numbers(batch.outputs, 0, shown * batch.outputs_per_image);
  read.numbers(batch.scores, 0, shown * batch.outputs_per_image);
  read.numbers(batch.losses, 0, shown);
  for (uint64_t i = 0; i < shown; ++i) read.ink += batch.answers[static_cast<size_t>(i)];
}

// Reads each slab as the page does: per unit, planes of rows and columns, then its bias.
inline void read_parameters(Reader& read, const Parameters& parameters) {
  for (const std::vector<float>* slab :
       {&parameters.values, &parameters.gradients, &parameters.changes}) {
    if (slab->empty()) continue;
    for (const LayerInfo& layer : parameters.layers) {
      const uint64_t plane = uint64_t{layer.rows} * layer.columns;
      for (uint64_t image = 0; image < uint64_t{layer.out} * layer.planes; ++image) {
        read.numbers(*slab, layer.weight_offset + image * plane, plane);
      }
      if (layer.has_bias) read.numbers(*slab, layer.bias_offset, layer.out);
    }
  }
}

inline void read_tests(Reader& read, const EvaluationView& test, const ExamplesView& cell) {
  for (uint64_t i = 0; i < uint64_t{test.classes} * test.classes; ++i) {
    read.ink += test.confusion[static_cast<size_t>(i)] % 2;
  }
  read.images(test.pixels, test.indices.size());
  read.numbers(test.losses, 0, test.indices.size());
  for (size_t i = 0; i < test.indices.size(); ++i) read.ink += test.digits[i] + test.answers[i];
  read.images(cell.pixels, cell.indices.size());
  read.numbers(cell.losses, 0, cell.indices.size());
}

inline void read_inspection(Reader& read, const Inspection& image) {
  read.images(image.pixels, 1);
  read.numbers(image.saliency, 0, read.image_size);
  read.numbers(image.outputs, 0, image.outputs.size());
  read.numbers(image.scores, 0, image.outputs.size());
  for (const Activation& layer : image.layers) {
    const uint64_t area = uint64_t{layer.rows} * layer.columns;
    for (uint64_t channel = 0; channel < layer.channels && area > 0; ++channel) {
      read.numbers(layer.values, channel * area, area);
    }
  }
}

inline void read_findings(Reader& read, const Findings& findings) {
  if (const auto& sweep = findings.lr_sweep) {
    read.numbers(sweep->losses, 0, sweep->lrs.size());
    read.numbers(sweep->smooth, 0, sweep->lrs.size());
    read.numbers(sweep->lrs, sweep->first, sweep->last - sweep->first);
  }
  if (const auto& sharpness = findings.sharpness) read.twos += sharpness->eigenvalue == 2;
  if (const auto& line = findings.loss_line) {
    read.numbers(line->losses, 0, line->distances.size());
  }
}

// Reads every value that the page would read, at the index it would use.
inline bool drawable(const Snapshot& snapshot) {
  Reader read{uint64_t{snapshot.status.image_rows} * snapshot.status.image_columns};
  read_batch(read, snapshot.batch);
  read_parameters(read, snapshot.parameters);
  read_tests(read, snapshot.evaluation, snapshot.examples);
  if (snapshot.inspection) read_inspection(read, *snapshot.inspection);
  read_findings(read, snapshot.findings);
  if (!snapshot.baseline.ideals.empty()) {
    read.numbers(snapshot.baseline.ideals, 0, snapshot.spec.digits.size() * read.image_size);
  }
  for (const LayerStatistics& layer : snapshot.statistics) {
    for (const uint32_t count : layer.outputs.counts) read.ink += count % 2;
  }
  return read.ink < UINT64_MAX && read.twos < UINT64_MAX && !print_spec(snapshot.spec).empty() &&
         !layer_table(snapshot.spec).empty() && state_json(snapshot, 0, "").back() == '}';
}

inline bool message(std::span<const uint8_t> bytes) {
  const auto read = decode_message(bytes.data(), bytes.size());
  if (!read) return read.error().message.starts_with('[');
  std::vector<uint8_t> again;
  std::visit([&](const auto& value) { encode_message(value, again); }, *read);
  if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) return false;
  const Snapshot* snapshot = std::get_if<Snapshot>(&*read);
  return snapshot == nullptr || drawable(*snapshot);
}

}  // namespace downhill::fuzz
