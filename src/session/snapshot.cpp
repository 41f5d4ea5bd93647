#include "session/snapshot.hpp"

#include <algorithm>
#include <concepts>
#include <type_traits>

#include "session/command.hpp"
#include "session/protocol.hpp"

namespace downhill {

constexpr size_t kPixels = 784;

// One list of fields per struct serves both directions. `Fields` is a FieldWriter or a FieldReader.

template <class Fields, class Value>
requires std::same_as<std::remove_const_t<Value>, CurvePoint>
void visit_fields(Fields& fields, Value& point) {
  fields(point.step);
  fields(point.loss);
  fields(point.gradient_norm);
  fields(point.lr);
}

template <class Fields, class Value>
requires std::same_as<std::remove_const_t<Value>, EpochPoint>
void visit_fields(Fields& fields, Value& point) {
  fields(point.epoch);
  fields(point.step);
  fields(point.train_loss);
  fields(point.valid_loss);
  fields(point.valid_accuracy);
}

template <class Fields, class Value>
requires std::same_as<std::remove_const_t<Value>, LrMark>
void visit_fields(Fields& fields, Value& mark) {
  fields(mark.step);
  fields(mark.from);
  fields(mark.to);
}

template <class Fields, class Value>
requires std::same_as<std::remove_const_t<Value>, LayerInfo>
void visit_fields(Fields& fields, Value& layer) {
  fields(layer.name);
  fields(layer.in);
  fields(layer.out);
  fields(layer.weight_offset);
  fields(layer.bias_offset);
}

namespace {

constexpr uint32_t kAllParts = (kPartDigest << 1) - 1;

template <class Fields, class S>
void visit_status(Fields& fields, S& s) {
  fields(s.ready);
  fields(s.running);
  fields(s.finished);
  fields.choice(s.phase, Phase::stop);
  fields.choice(s.next, Phase::stop);
  fields(s.step);
  fields(s.epoch);
  fields(s.batch);
  fields(s.batches_per_epoch);
  fields(s.epoch_limit);
  fields(s.train_count);
  fields(s.valid_count);
  fields(s.parameter_count);
  fields(s.train_loss);
  fields(s.previous_loss);
  fields(s.batch_accuracy);
  fields(s.valid_loss);
  fields(s.valid_accuracy);
  fields(s.best_valid_accuracy);
  fields(s.gradient_norm);
  fields(s.weight_norm);
  fields(s.update_norm);
  fields(s.baseline_accuracy);
  fields(s.baseline_accuracy_l2);
  fields(s.images_per_second);
  fields(s.speed);
  fields(s.training_seconds);
  fields.choice(s.health, Health::saturated);
  fields(s.trouble_step);
  fields(s.can_recover);
  fields(s.diagnosis);
  fields(s.stop_reason);
  fields(s.error);
}

template <class Fields, class C>
void visit_curves(Fields& fields, C& curves) {
  fields(curves.generation);
  fields.list(curves.steps, 16);
  fields.list(curves.epochs, 20);
  fields.list(curves.marks, 12);
}

template <class Fields, class B>
void visit_batch(Fields& fields, B& batch) {
  fields(batch.size);
  fields(batch.shown);
  fields(batch.predicted);
  fields(batch.pixels);
  fields(batch.indices);
  fields(batch.digits);
  fields(batch.outputs);
  fields(batch.scores);
  fields(batch.losses);
}

template <class Fields, class P>
void visit_probe(Fields& fields, P& probe) {
  fields(probe.parameter);
  fields(probe.value);
  fields(probe.gradient);
  fields(probe.nudge);
  fields(probe.loss);
  fields(probe.loss_up);
  fields(probe.loss_down);
  fields(probe.slope);
}

// The parts that cost something, each only when its bit is set.
template <class Fields, class S>
void visit_parts(Fields& fields, S& s, bool& has_probe, auto& probe) {
  if (s.parts & kPartCurves) visit_curves(fields, s.curves);
  if (s.parts & (kPartWeights | kPartGradients)) fields.list(s.parameters.layers, 20);
  if (s.parts & kPartWeights) fields(s.parameters.values);
  if (s.parts & kPartGradients) fields(s.parameters.gradients);
  if (s.parts & kPartBatch) visit_batch(fields, s.batch);
  if (s.parts & kPartBaseline) {
    fields(s.baseline.mean3);
    fields(s.baseline.mean7);
  }
  if (s.parts & kPartProbe) {
    fields(has_probe);
    if (has_probe) visit_probe(fields, probe);
  }
  if (s.parts & kPartDigest) fields(s.digest);
}

bool empty_or(size_t size, uint64_t expected) { return size == 0 || size == expected; }

// The sizes that whoever draws relies on. Returns what is wrong, or nothing.
std::string_view inconsistency(const Snapshot& s) {
  const Parameters& p = s.parameters;
  if (!p.values.empty() && !empty_or(p.gradients.size(), p.values.size())) {
    return "gradients and weights are not of one number";
  }
  for (const LayerInfo& layer : p.layers) {
    const uint64_t slab = std::max(p.values.size(), p.gradients.size());
    const uint64_t weights = uint64_t{layer.in} * layer.out;
    if (slab != 0 && (weights > slab || layer.weight_offset > slab - weights || layer.out > slab ||
                      layer.bias_offset > slab - layer.out)) {
      return "a layer reaches beyond the parameters";
    }
  }
  const BatchView& b = s.batch;
  const uint64_t shown = b.shown;
  if (shown > b.size || b.pixels.size() != shown * kPixels || b.indices.size() != shown ||
      b.digits.size() != shown || !empty_or(b.outputs.size(), shown) ||
      !empty_or(b.scores.size(), shown) || !empty_or(b.losses.size(), shown)) {
    return "the parts of the batch are not of one number";
  }
  if (b.predicted && (b.outputs.size() != shown || b.scores.size() != shown))
    return "predictions are missing";
  if (!empty_or(s.baseline.mean3.size(), kPixels) || !empty_or(s.baseline.mean7.size(), kPixels)) {
    return "a mean digit has not 784 pixels";
  }
  return {};
}

}  // namespace

void append_snapshot(const Snapshot& snapshot, std::vector<uint8_t>& out) {
  out.push_back(kProtocolVersion);
  FieldWriter fields(out);
  fields(snapshot.parts);
  visit_status(fields, snapshot.status);
  fields(print_spec(snapshot.spec));
  bool has_probe = snapshot.probe.has_value();
  const Probe probe = snapshot.probe.value_or(Probe{});
  visit_parts(fields, snapshot, has_probe, probe);
}

void encode_snapshot(const Snapshot& snapshot, std::vector<uint8_t>& out) {
  out.clear();
  append_snapshot(snapshot, out);
}

Result<Snapshot> decode_snapshot(const uint8_t* bytes, size_t size) {
  FieldReader fields({bytes, size}, "snapshot");
  Snapshot snapshot;
  fields.version();
  fields(snapshot.parts);
  if (snapshot.parts & ~kAllParts) fields.fail("it carries unknown parts");
  visit_status(fields, snapshot.status);
  std::string text;
  fields(text);
  if (!fields.ok()) return fields.status().error();
  const Result<ExperimentSpec> spec = edit_spec(ExperimentSpec{}, text);
  if (!spec) return spec.error();
  if (print_spec(*spec) != text) fields.fail("the spec is not written in full");
  snapshot.spec = *spec;
  bool has_probe = false;
  Probe probe;
  visit_parts(fields, snapshot, has_probe, probe);
  if (has_probe) snapshot.probe = probe;
  if (const std::string_view wrong = inconsistency(snapshot); !wrong.empty()) fields.fail(wrong);
  if (Result<void> status = fields.status(); !status) return status.error();
  return snapshot;
}

}  // namespace downhill
