// The text of a whole spec, and what has to hold between its fields.
#include <algorithm>
#include <span>
#include <vector>

#include "base/query_text.hpp"
#include "base/text.hpp"
#include "nn/losses.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {
namespace {

// The activations of one image and their gradients. Flattening a single plane copies nothing,
// because it is in the right order already.
uint64_t numbers_per_image(std::span<const LayerSummary> table, Shape before) {
  uint64_t numbers = before.size();
  for (const LayerSummary& line : table) {
    const bool view = line.what == LayerKind::flatten && (before.rank() == 1 || before[2] == 1);
    if (!view) numbers += 2 * line.output.size();
    before = line.output;
  }
  return numbers;
}

// What points do not have: classes, and so no losses and no answers of classes.
Result<void> check_points(const ExperimentSpec& spec) {
  if (!has_points(spec.data)) return {};
  const std::string words = "the points of " + quoted(kData[spec.data].words.word);
  if (!fits_numbers(spec.loss)) {
    return Error{"[loss] " + quoted(kLosses[spec.loss].words.word) +
                 " compares with classes, but " + words +
                 " have numbers as targets: mse and l1 fit them"};
  }
  if (spec.fault == Fault::accuracy) {
    return Error{"[fault] accuracy counts right answers, but " + words + " have none"};
  }
  return {};
}

Result<void> check_model(const ExperimentSpec& spec, ImageSize images) {
  if (Result<void> fits = check_points(spec); !fits) return fits;
  const Shape input = input_shape(spec, images);
  const auto table = summarize(network_of(spec), input, output_count(spec));
  if (!table) return table.error();
  if (Result<void> varied = check_smallest_batch(*table, spec.batch); !varied) return varied;
  const uint64_t numbers = numbers_per_image(*table, input);
  const uint64_t bytes = numbers * sizeof(float) * spec.batch;
  if (bytes <= kMaxBatchBytes) return {};
  const uint64_t most = kMaxBatchBytes / (numbers * sizeof(float));
  return Error{"[batch] " + print(uint64_t{spec.batch}) + " images need " + print(bytes >> 20) +
               " MB on their way through this model, at most " + print(kMaxBatchBytes >> 20) +
               " MB are possible: that is " + print(most) + " images"};
}

// Other data bring what is usual for them, which the edits may change again.
Result<void> change_data(ExperimentSpec& spec, std::span<const QueryItem> items) {
  const auto item = std::ranges::find(items, "data", &QueryItem::name);
  if (item == items.end()) return {};
  const DataKind before = spec.data;
  if (Result<void> read = find_spec_field("data")->parse(spec, item->value); !read) return read;
  if (spec.data != before) take_usual(spec);
  return {};
}

Result<ExperimentSpec> apply_edits(const ExperimentSpec& base, std::string_view edits) {
  if (edits.starts_with('#') || edits.starts_with('?')) edits.remove_prefix(1);
  const Result<std::vector<QueryItem>> items = parse_query(edits, "spec");
  if (!items) return items.error();
  ExperimentSpec spec = base;
  if (Result<void> changed = change_data(spec, *items); !changed) return changed.error();
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

void take_usual(ExperimentSpec& spec) {
  const Result<std::vector<QueryItem>> usual = parse_query(kData[spec.data].usual, "spec");
  for (const QueryItem& item : *usual) (void)find_spec_field(item.name)->parse(spec, item.value);
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

Shape input_shape(const ExperimentSpec& spec, ImageSize images) {
  if (has_points(spec.data)) return {kData[spec.data].features};
  return {images.rows, images.columns, 1};
}

uint32_t output_count(const ExperimentSpec& spec) {
  if (has_points(spec.data)) return 1;
  return output_count(spec.loss, static_cast<uint32_t>(spec.digits.size()));
}

std::vector<LayerSummary> layer_table(const ExperimentSpec& spec, ImageSize images) {
  auto table = summarize(network_of(spec), input_shape(spec, images), output_count(spec));
  return table ? std::move(*table) : std::vector<LayerSummary>{};
}

}  // namespace downhill
