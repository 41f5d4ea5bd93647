// The fields of everything in a snapshot, in the order of the wire. One list per struct serves both
// directions: `Fields` is a FieldWriter or a FieldReader. Not for use outside the codec.
#pragma once

#include <concepts>
#include <optional>
#include <type_traits>

#include "session/protocol.hpp"
#include "session/snapshot.hpp"

namespace downhill {

template <class Value, class Of>
concept SameBut = std::same_as<std::remove_const_t<Value>, Of>;

template <class Fields, SameBut<CurvePoint> Value>
void visit_fields(Fields& fields, Value& point) {
  fields(point.step);
  fields(point.loss);
  fields(point.gradient_norm);
  fields(point.lr);
  fields(point.momentum);
}

template <class Fields, SameBut<EpochPoint> Value>
void visit_fields(Fields& fields, Value& point) {
  fields(point.epoch);
  fields(point.step);
  fields(point.train_loss);
  fields(point.valid_loss);
  fields(point.valid_accuracy);
}

template <class Fields, SameBut<LrMark> Value>
void visit_fields(Fields& fields, Value& mark) {
  fields(mark.step);
  fields(mark.from);
  fields(mark.to);
}

template <class Fields, SameBut<LayerInfo> Value>
void visit_fields(Fields& fields, Value& layer) {
  fields(layer.name);
  fields.choice(layer.kind, LayerKind::residual);
  fields(layer.in);
  fields(layer.out);
  fields(layer.planes);
  fields(layer.rows);
  fields(layer.columns);
  fields(layer.weight_offset);
  fields(layer.has_bias);
  fields(layer.bias_offset);
  fields(layer.frozen);
}

template <class Fields, SameBut<Probe> Value>
void visit_fields(Fields& fields, Value& probe) {
  fields(probe.parameter);
  fields(probe.value);
  fields(probe.gradient);
  fields(probe.nudge);
  fields(probe.loss);
  fields(probe.loss_up);
  fields(probe.loss_down);
  fields(probe.slope);
}

template <class Fields, SameBut<Activation> Value>
void visit_fields(Fields& fields, Value& layer) {
  fields(layer.line);
  fields(layer.rows);
  fields(layer.columns);
  fields(layer.channels);
  fields(layer.values);
}

template <class Fields, SameBut<Inspection> Value>
void visit_fields(Fields& fields, Value& image) {
  fields(image.pixels);
  fields(image.digit);
  fields(image.answer);
  fields(image.loss);
  fields(image.outputs);
  fields(image.scores);
  fields.list(image.layers, 20);
  fields(image.saliency);
}

template <class Fields, SameBut<Spread> Value>
void visit_fields(Fields& fields, Value& spread) {
  fields(spread.not_finite);
  fields(spread.mean);
  fields(spread.deviation);
  fields(spread.least);
  fields(spread.greatest);
  fields(spread.zeros);
  for (auto& count : spread.counts) fields(count);
}

template <class Fields, SameBut<LayerStatistics> Value>
void visit_fields(Fields& fields, Value& layer) {
  fields(layer.line);
  visit_fields(fields, layer.outputs);
  visit_fields(fields, layer.gradients);
}

template <class Fields, SameBut<LrSweep> Value>
void visit_fields(Fields& fields, Value& sweep) {
  fields(sweep.step);
  fields(sweep.lrs);
  fields(sweep.losses);
  fields(sweep.smooth);
  fields(sweep.exploded);
  fields(sweep.first);
  fields(sweep.last);
  fields(sweep.valley);
  fields(sweep.slide);
  fields(sweep.minimum);
  fields(sweep.steep);
}

template <class Fields, SameBut<Sharpness> Value>
void visit_fields(Fields& fields, Value& sharpness) {
  fields(sharpness.step);
  fields(sharpness.estimates);
  fields(sharpness.residual);
  fields(sharpness.converged);
}

template <class Fields, SameBut<LossLine> Value>
void visit_fields(Fields& fields, Value& line) {
  fields(line.step);
  fields(line.lr);
  fields(line.loss);
  fields(line.slope);
  fields(line.distances);
  fields(line.losses);
}

// Whether it is there, then what is there.
template <class Fields, class Value>
void visit_optional(Fields& fields, std::optional<Value>& value) {
  bool there = value.has_value();
  fields(there);
  if (!there) return;
  if (!value) value.emplace();
  visit_fields(fields, *value);
}
template <class Value>
void visit_optional(FieldWriter& fields, const std::optional<Value>& value) {
  fields(value.has_value());
  if (value) visit_fields(fields, *value);
}

template <class Fields, class S>
void visit_status(Fields& fields, S& s) {
  fields(s.ready);
  fields(s.loading);
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
  fields(s.tested_epoch);
  fields(s.best_valid_accuracy);
  fields(s.gradient_norm);
  fields(s.weight_norm);
  fields(s.update_norm);
  fields(s.lr);
  fields(s.momentum);
  fields(s.baseline_accuracy);
  fields(s.baseline_accuracy_l2);
  fields(s.images_per_second);
  fields(s.speed);
  fields(s.training_seconds);
  fields.choice(s.health, Health::saturated);
  fields(s.trouble_step);
  fields(s.good_step);
  fields(s.can_recover);
  fields(s.diagnosis);
  fields(s.stop_reason);
  fields(s.best_is_back);
  fields(s.busy_with);
  fields(s.error);
}

template <class Fields, class C>
void visit_curves(Fields& fields, C& curves) {
  fields(curves.generation);
  fields.list(curves.steps, 20);
  fields.list(curves.epochs, 20);
  fields.list(curves.marks, 12);
}

template <class Fields, class B>
void visit_batch(Fields& fields, B& batch) {
  fields(batch.size);
  fields(batch.shown);
  fields(batch.predicted);
  fields(batch.outputs_per_image);
  fields(batch.pixels);
  fields(batch.entered);
  fields(batch.indices);
  fields(batch.digits);
  fields(batch.labels);
  fields(batch.outputs);
  fields(batch.scores);
  fields(batch.answers);
  fields(batch.losses);
}

template <class Fields, class E>
void visit_evaluation(Fields& fields, E& evaluation) {
  fields(evaluation.classes);
  fields(evaluation.confusion);
  fields(evaluation.indices);
  fields(evaluation.pixels);
  fields(evaluation.digits);
  fields(evaluation.answers);
  fields(evaluation.losses);
}

template <class Fields, class E>
void visit_examples(Fields& fields, E& examples) {
  fields(examples.truth);
  fields(examples.answer);
  fields(examples.count);
  fields(examples.indices);
  fields(examples.pixels);
  fields(examples.losses);
}

}  // namespace downhill
