#include "session/snapshot.hpp"

#include <algorithm>

#include "data/transforms.hpp"
#include "expression/expression.hpp"
#include "session/protocol.hpp"

namespace downhill {

// The first four are in every message; `parameters` has a row for each of its members.
static_assert(member_count<Snapshot>() - 4 + (member_count<Parameters>() - 1) == kParts(kPackSize),
              "A member of Snapshot has no row in kParts.");
namespace {

constexpr uint64_t kMaxClasses = 10;
constexpr uint32_t kMaxImageSide = 1024;

template <class Fields, class AnySnapshot>
void visit_parts(Fields& fields, AnySnapshot& snapshot) {
  for_each_part([&](const auto& part) {
    if (snapshot.parts & part.bits) fields(part.place(snapshot));
  });
}

bool empty_or(size_t size, uint64_t expected) { return size == 0 || size == expected; }

std::string_view wrong_with(const Parameters& p) {
  if (!p.values.empty() && !empty_or(p.gradients.size(), p.values.size())) {
    return "gradients and weights differ in length";
  }
  if (!p.values.empty() && !empty_or(p.changes.size(), p.values.size())) {
    return "changes and weights differ in length";
  }
  const uint64_t slab = std::max({p.values.size(), p.gradients.size(), p.changes.size()});
  for (const LayerInfo& layer : p.layers) {
    const uint64_t seen = uint64_t{layer.planes} * layer.rows;
    if (seen > layer.in || seen * layer.columns != layer.in) {
      return "a layer does not see as many numbers as it says";
    }
    const uint64_t weights = uint64_t{layer.in} * layer.out;
    if (slab == 0) continue;
    if (weights > slab || layer.weight_offset > slab - weights || layer.out > slab ||
        (layer.has_bias && layer.bias_offset > slab - layer.out)) {
      return "a layer reaches beyond the parameters";
    }
  }
  return {};
}

std::string_view wrong_with(const BatchView& b, uint64_t pixels) {
  const uint64_t shown = b.shown;
  const uint64_t outputs = shown * b.outputs_per_image;
  if (shown > b.size || b.pixels.size() != shown * pixels || b.indices.size() != shown ||
      b.digits.size() != shown || b.labels.size() != shown || b.outputs_per_image < 1 ||
      b.outputs_per_image > kMaxClasses || !empty_or(b.entered.size(), shown * pixels) ||
      !empty_or(b.outputs.size(), outputs) || !empty_or(b.scores.size(), outputs) ||
      !empty_or(b.answers.size(), shown) || !empty_or(b.losses.size(), shown)) {
    return "the parts of the batch differ in length";
  }
  if (b.predicted && (b.outputs.size() != outputs || b.scores.size() != outputs ||
                      b.answers.size() != shown || b.losses.size() != shown)) {
    return "predictions are missing";
  }
  return {};
}

std::string_view wrong_with(const EvaluationView& e, const ExamplesView& x, uint64_t pixels) {
  const size_t worst = e.indices.size(), shown = x.indices.size();
  if (e.classes > kMaxClasses || e.confusion.size() != size_t{e.classes} * e.classes ||
      e.pixels.size() != worst * pixels || e.digits.size() != worst || e.answers.size() != worst ||
      e.losses.size() != worst) {
    return "the parts of the evaluation differ in length";
  }
  if (shown > x.count || x.pixels.size() != shown * pixels || x.losses.size() != shown) {
    return "the parts of the examples differ in length";
  }
  return {};
}

std::string_view wrong_with(const Inspection& i, uint64_t pixels) {
  if (i.pixels.size() != pixels || i.saliency.size() != pixels || i.outputs.empty() ||
      i.outputs.size() > kMaxClasses || i.scores.size() != i.outputs.size()) {
    return "the parts of the inspected image differ in length";
  }
  for (const Activation& layer : i.layers) {
    const uint64_t area = uint64_t{layer.rows} * layer.columns;
    if (area > layer.values.size() || area * layer.channels != layer.values.size()) {
      return "an activation has not as many numbers as it says";
    }
  }
  return {};
}

std::string_view wrong_with(const DrawingView& d, uint64_t pixels) {
  const PreparedDrawing& p = d.prepared;
  const bool fits = p.rows <= kFittedSide && p.columns <= kFittedSide &&
                    p.fitted.size() == size_t{p.rows} * p.columns &&
                    empty_or(p.ink.size(), uint64_t{kInkSide} * kInkSide) &&
                    p.pixels.size() == pixels && d.verdict.scores.size() <= kMaxClasses;
  return fits && is_sound(d.drawing) ? "" : "the parts of the drawing differ in length";
}

std::string_view wrong_with(const Findings& f) {
  if (const auto& sweep = f.lr_sweep) {
    if (sweep->losses.size() != sweep->lrs.size() || sweep->smooth.size() != sweep->lrs.size() ||
        sweep->first > sweep->last || sweep->last > sweep->lrs.size()) {
      return "the parts of the sweep differ in length";
    }
  }
  if (f.loss_line && f.loss_line->losses.size() != f.loss_line->distances.size()) {
    return "the parts of the loss line differ in length";
  }
  return {};
}

std::string_view wrong_with(const ExpressionCurve& c) {
  const size_t nudges = c.nudges.size();
  if (c.xs.size() != c.ys.size() || c.nudged.size() != nudges || c.slopes.size() != nudges) {
    return "the parts of the curve differ in length";
  }
  return {};
}

std::string_view wrong_with(const Fit& f) {
  const size_t points = f.times.size(), along = f.curve_times.size();
  if (f.targets.size() != points || f.outputs.size() != points || f.in_batch.size() != points ||
      f.curve.size() != along || !empty_or(f.other_curve.size(), along) ||
      f.means.size() != f.deviations.size() || f.means.size() > RowMap::kMostColumns) {
    return "the parts of the fit differ in length";
  }
  return {};
}

std::string_view wrong_with(const ExpressionView& e) {
  if (e.nodes.size() > kMaxExpressionNodes) return "its expression has too many nodes";
  if (e.output >= e.nodes.size() && !(e.nodes.empty() && e.output == 0)) {
    return "its expression has no such output";
  }
  if (e.active && *e.active >= e.nodes.size()) return "its expression has no such node";
  if (e.error_at > e.refused.size() || e.error_size > e.refused.size() - e.error_at) {
    return "an error lies outside the line";
  }
  if (e.position > e.last || e.forward > e.last) return "its expression has no such step";
  for (size_t i = 0; i < e.nodes.size(); ++i) {
    const ExpressionNode& node = e.nodes[i];
    if (!empty_or(node.gradient.size(), node.value.size()) ||
        node.value.size() > kMaxExpressionVector) {
      return "a value and its gradient differ in length";
    }
    if (node.inputs.size() > 2) return "a node has too many inputs";
    for (const ExpressionLink& link : node.inputs) {
      if (link.node >= i) return "a node comes before its input";
    }
  }
  return e.curve ? wrong_with(*e.curve) : std::string_view();
}

std::string_view wrong_with(const TapeTensor& t) {
  const uint64_t area = uint64_t{t.rows} * t.columns;
  const bool fits = area <= UINT32_MAX && empty_or(t.values.size(), area * t.channels) &&
                    empty_or(t.gradient.size(), t.values.size());
  return fits ? "" : "a tensor of the tape has not as many numbers as it says";
}

std::string_view wrong_with(const TapeProduct& p, uint32_t images) {
  const uint64_t area = uint64_t{p.rows} * p.columns, places = uint64_t{p.down} * p.across;
  const bool sizes = area <= UINT32_MAX && empty_or(p.weights.size(), area * p.planes) &&
                     empty_or(p.gradients.size(), p.weights.size());
  const bool factors = (p.seen.size() == places || p.seen.size() == images) &&
                       empty_or(p.slopes.size(), p.seen.size()) && empty_or(p.terms.size(), images);
  const bool chosen = p.unit < p.units && (p.weights.empty() || p.weight < p.weights.size());
  return sizes && factors && chosen ? "" : "the parts of a product differ in length";
}

std::string_view wrong_with(const TapeView& t) {
  const size_t rows = t.rows.size();
  if (t.forward != rows || t.last < t.forward || t.position > t.last) {
    return "its tape has no such step";
  }
  if ((t.active && *t.active >= rows) || (rows > 0 && t.row >= rows)) {
    return "its tape has no such row";
  }
  for (size_t i = 0; i < rows; ++i) {
    for (const uint32_t input : t.rows[i].inputs) {
      if (input >= i) return "a row of the tape comes before its input";
    }
  }
  if (t.tensor) {
    if (const auto wrong = wrong_with(*t.tensor); !wrong.empty()) return wrong;
  }
  return t.product ? wrong_with(*t.product, t.images) : std::string_view();
}

// Drawing relies on these sizes. Returns what is wrong, or nothing.
std::string_view inconsistency(const Snapshot& s) {
  if (std::max(s.status.image_rows, s.status.image_columns) > kMaxImageSide) {
    return "its images are too large";
  }
  const uint64_t pixels = uint64_t{s.status.image_rows} * s.status.image_columns;
  if (const auto wrong = wrong_with(s.parameters); !wrong.empty()) return wrong;
  if (const auto wrong = wrong_with(s.batch, pixels); !wrong.empty()) return wrong;
  if (const auto wrong = wrong_with(s.evaluation, s.examples, pixels); !wrong.empty()) return wrong;
  if (const auto wrong = wrong_with(s.findings); !wrong.empty()) return wrong;
  if (s.expression) {
    if (const auto wrong = wrong_with(*s.expression); !wrong.empty()) return wrong;
  }
  if (s.fit) {
    if (const auto wrong = wrong_with(*s.fit); !wrong.empty()) return wrong;
  }
  if (s.inspection) {
    if (const auto wrong = wrong_with(*s.inspection, pixels); !wrong.empty()) return wrong;
  }
  if (s.drawing) {
    if (const auto wrong = wrong_with(*s.drawing, pixels); !wrong.empty()) return wrong;
  }
  if (s.tape) {
    if (const auto wrong = wrong_with(*s.tape); !wrong.empty()) return wrong;
  }
  if (!empty_or(s.baseline.ideals.size(), s.spec.digits.size() * pixels)) {
    return "a mean digit has another size than the images";
  }
  return {};
}

}  // namespace

void append_snapshot(const Snapshot& snapshot, std::vector<uint8_t>& out) {
  out.push_back(kProtocolVersion);
  FieldWriter fields(out);
  fields(snapshot.parts);
  fields(snapshot.reused);
  fields(snapshot.status);
  fields(print_spec(snapshot.spec));
  visit_parts(fields, snapshot);
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
  fields(snapshot.reused);
  if ((snapshot.parts | snapshot.reused) & ~kAllSnapshotParts)
    fields.fail("it carries unknown parts");
  if (snapshot.parts & snapshot.reused) fields.fail("a part is both sent and left out");
  fields(snapshot.status);
  std::string text;
  fields(text);
  if (!fields.ok()) return fields.status().error();
  const Result<ExperimentSpec> spec = edit_spec(ExperimentSpec{}, text);
  if (!spec) return spec.error();
  if (print_spec(*spec) != text) fields.fail("the spec is not written in full");
  snapshot.spec = *spec;
  visit_parts(fields, snapshot);
  if (const std::string_view wrong = inconsistency(snapshot); !wrong.empty()) fields.fail(wrong);
  if (Result<void> status = fields.status(); !status) return status.error();
  return snapshot;
}

uint64_t look_of(const Snapshot& snapshot) {
  uint64_t look = hash_of({fnv1a(state_json(snapshot, 0, "")), snapshot.parts});
  for_each_part([&](const auto& part) { look = hash_of({look, part.look(part.place(snapshot))}); });
  return look;
}

}  // namespace downhill
