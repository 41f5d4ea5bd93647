// The text of a whole spec, and what has to hold between its fields.
#include "base/query_text.hpp"
#include "base/text.hpp"
#include "nn/losses.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {
namespace {

Shape shape_of(ImageSize images) { return {images.rows, images.columns, 1}; }

// The activations of one image and their gradients. Flattening a single plane copies nothing,
// because it is in the right order already.
uint64_t numbers_per_image(std::span<const LayerSummary> table, ImageSize images) {
  Shape before = shape_of(images);
  uint64_t numbers = before.size();
  for (const LayerSummary& line : table) {
    const bool view = line.what == LayerKind::flatten && (before.rank() == 1 || before[2] == 1);
    if (!view) numbers += 2 * line.output.size();
    before = line.output;
  }
  return numbers;
}

Result<void> check_model(const ExperimentSpec& spec, ImageSize images) {
  const auto table = summarize(network_of(spec), shape_of(images), output_count(spec));
  if (!table) return table.error();
  if (Result<void> varied = check_smallest_batch(*table, spec.batch); !varied) return varied;
  const uint64_t numbers = numbers_per_image(*table, images);
  const uint64_t bytes = numbers * sizeof(float) * spec.batch;
  if (bytes <= kMaxBatchBytes) return {};
  const uint64_t most = kMaxBatchBytes / (numbers * sizeof(float));
  return Error{"[batch] " + print(uint64_t{spec.batch}) + " images need " + print(bytes >> 20) +
               " MB on their way through this model, at most " + print(kMaxBatchBytes >> 20) +
               " MB are possible: that is " + print(most) + " images"};
}

Result<ExperimentSpec> apply_edits(const ExperimentSpec& base, std::string_view edits) {
  if (edits.starts_with('#') || edits.starts_with('?')) edits.remove_prefix(1);
  const Result<std::vector<QueryItem>> items = parse_query(edits, "spec");
  if (!items) return items.error();
  ExperimentSpec spec = base;
  for (const QueryItem& item : *items) {
    const SpecField* field = find_spec_field(item.name);
    if (field == nullptr) {
      std::string names;
      for (const SpecField& known : spec_fields())
        names += (names.empty() ? "" : ", ") + std::string(known.name);
      return Error{"[spec] " + quoted(item.name) + " is not a field; there are " + names};
    }
    if (Result<void> parsed = field->parse(spec, item.value); !parsed) return parsed.error();
  }
  return spec;
}

// What the faults leave of a network.
void take_activations(NetworkSpec& network) {
  std::erase_if(network, [](const LayerSpec& l) { return l.kind == LayerKind::activation; });
  for (LayerSpec& layer : network) take_activations(layer.inner);
}
void take_biases(NetworkSpec& network) {
  for (LayerSpec& layer : network) {
    layer.bias = false;
    take_biases(layer.inner);
  }
}

}  // namespace

Result<void> check_smallest_batch(std::span<const LayerSummary> table, uint32_t images) {
  if (images > 1) return {};
  for (size_t i = 0; i < table.size(); ++i) {
    const Shape& shape = table[i].output;
    if (table[i].what != LayerKind::batch_norm || shape.size() > shape[shape.rank() - 1]) continue;
    return Error{"[batch] layer " + print(uint64_t{i + 1}) + ", " + table[i].kind +
                 ", sees one number per channel of one image: two images at least are needed"};
  }
  return {};
}

std::string print_spec(const ExperimentSpec& spec) {
  std::string text;
  for (const SpecField& field : spec_fields()) {
    if (!text.empty()) text += '&';
    text += std::string(field.name) + "=" + field.print(spec);
  }
  return text;
}

Result<ExperimentSpec> edit_spec(const ExperimentSpec& base, std::string_view edits,
                                 ImageSize images) {
  Result<ExperimentSpec> spec = apply_edits(base, edits);
  if (!spec) return spec;
  if (Result<void> fits = check_model(*spec, images); !fits) return fits.error();
  return spec;
}

Result<void> check_edits(std::string_view edits) {
  const Result<ExperimentSpec> spec = apply_edits(ExperimentSpec{}, edits);
  return spec ? Result<void>() : Result<void>(spec.error());
}

bool needs_rebuild(const ExperimentSpec& a, const ExperimentSpec& b) {
  for (const SpecField& field : spec_fields()) {
    if (field.effect == FieldEffect::rebuild && field.print(a) != field.print(b)) return true;
  }
  return false;
}

NetworkSpec network_of(const ExperimentSpec& spec) {
  NetworkSpec network =
      network_of(spec.model, {.activation = spec.activation, .dropout = spec.dropout});
  if (spec.fault == Fault::no_bend) take_activations(network);
  if (spec.fault == Fault::no_bias) take_biases(network);
  return network;
}

uint32_t output_count(const ExperimentSpec& spec) {
  return output_count(spec.loss, static_cast<uint32_t>(spec.digits.size()));
}

std::vector<LayerSummary> layer_table(const ExperimentSpec& spec, ImageSize images) {
  auto table = summarize(network_of(spec), shape_of(images), output_count(spec));
  return table ? std::move(*table) : std::vector<LayerSummary>{};
}

}  // namespace downhill
