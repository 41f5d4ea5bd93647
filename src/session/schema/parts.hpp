// The parts of a snapshot that cost something, each of which travels only when it is asked for. A
// part is a bit, a member of Snapshot and a row of kParts: codec, merging, holding, the redraw hash
// and the random values of tests loop over the rows. snapshot_view.cpp and the views beside it fill
// the parts. Knows no trainer.
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/enumerators.hpp"
#include "base/hash.hpp"
#include "session/schema/members.hpp"
#include "session/schema/status.hpp"
#include "session/schema/views.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {

enum SnapshotPart : uint32_t {
  kPartCurves = 1u << 0,           // the points that the page does not hold yet
  kPartWeights = 1u << 1,          //
  kPartGradients = 1u << 2,        //
  kPartBatch = 1u << 3,            // images, predictions and losses of the current batch
  kPartBaseline = 1u << 4,         // the mean digits
  kPartProbe = 1u << 5,            // one weight: nudged, and its gradient
  kPartDigest = 1u << 6,           // hash of the bits of all weights
  kPartEvaluation = 1u << 7,       // the automatic test, image by image
  kPartExamples = 1u << 8,         // the images of one cell of the confusion matrix
  kPartInspection = 1u << 9,       // one image on its way through the model
  kPartSampleGradient = 1u << 10,  // the gradient of that image alone
  kPartStatistics = 1u << 11,      // outputs and their gradients, layer by layer
  kPartFindings = 1u << 12,        // what tools have found out
  kPartChanges = 1u << 13,         // how far each weight moves in a step
  kPartValley = 1u << 14,          // the loss after a step of any learning rate
  kPartExpression = 1u << 15,      // a line of arithmetic on its own tape
  kPartPipeline = 1u << 16,        // one image on its way from the file into the batch
  kPartDrawing = 1u << 17,         // the digit drawn by hand
  kPartFit = 1u << 18,             // points, and how the model runs through them
  kPartTape = 1u << 19,            // what autograd has written down of the batch under way
};

struct Snapshot {
  // SnapshotPart bits: in a message the parts that it carries, on the page the parts that it holds.
  uint32_t parts = 0;
  // Bits that were requested but not sent, because what the page holds of them is still good.
  uint32_t reused = 0;
  Status status;
  ExperimentSpec spec;

  Curves curves;
  Parameters parameters;
  BatchView batch;
  Baseline baseline;
  std::optional<Probe> probe;
  uint64_t digest = 0;  // FNV-1a over the bits of all weights in display order; 0: not asked for
  EvaluationView evaluation;
  ExamplesView examples;
  std::optional<Inspection> inspection;
  // Of the inspected image's own loss, laid out like Parameters::gradients. Empty when that image
  // is not in the current batch.
  std::vector<float> sample_gradient;
  std::vector<LayerStatistics> statistics;  // over the current batch
  Findings findings;
  std::optional<Valley> valley;
  std::optional<ExpressionView> expression;  // null before the first one
  std::optional<Pipeline> pipeline;  // of the inspected image if it is in the batch, else the first
  std::optional<DrawingView> drawing;  // none when nothing is drawn
  std::optional<Fit> fit;  // of experiments with points
  std::optional<TapeView> tape;
};

// How a part is shown while training is too fast for the eye. live: anew with each snapshot. calm:
// held for a moment, so that it can be read. costly: like calm, but the engine makes it only now
// and then, because it takes its own passes through the model; rare: less often still, because it
// takes tens of them (Session::send_snapshot).
enum class Pace : uint8_t { live, calm, costly, rare };

// What happens to a part that the page holds once it is no longer requested.
enum class Unasked : uint8_t { stays, goes };

template <class Place, class Look>
struct Part {
  uint32_t bits;  // it travels when one of these is asked for
  std::string_view name;
  Pace pace;
  Unasked unasked;
  Place place;  // where it is in a Snapshot
  // A number that changes when the page must draw the part again. The page also redraws whenever
  // state() changes, so for most parts a length is enough. hash_of() makes one number of several.
  Look look;
};
template <class Place, class Look>
Part(uint32_t, std::string_view, Pace, Unasked, Place, Look) -> Part<Place, Look>;

constexpr uint64_t hash_of(std::initializer_list<uint64_t> numbers) {
  uint64_t hash = kFnvOffset;
  for (const uint64_t number : numbers) {
    for (int shift = 0; shift < 64; shift += 8) {
      hash = fnv1a_byte(hash, static_cast<uint8_t>(number >> shift));
    }
  }
  return hash;
}

inline constexpr auto kPartLength = [](const auto& part) -> uint64_t { return part.size(); };

// Formatted by hand: clang-format 14 breaks lambdas that return auto&.
// clang-format off
inline constexpr auto kParts = pack(
    Part{kPartCurves, "curves", Pace::live, Unasked::stays,
         [](auto& s) -> auto& { return s.curves; },
         [](const Curves& c) {
           return hash_of({c.generation, c.steps.size(), c.epochs.size(), c.marks.size()});
         }},
    Part{kPartWeights | kPartGradients | kPartChanges, "layers", Pace::calm, Unasked::stays,
         [](auto& s) -> auto& { return s.parameters.layers; }, kPartLength},
    Part{kPartWeights, "weights", Pace::live, Unasked::stays,
         [](auto& s) -> auto& { return s.parameters.values; }, kPartLength},
    Part{kPartGradients, "gradients", Pace::calm, Unasked::stays,
         [](auto& s) -> auto& { return s.parameters.gradients; }, kPartLength},
    Part{kPartChanges, "changes", Pace::calm, Unasked::stays,
         [](auto& s) -> auto& { return s.parameters.changes; }, kPartLength},
    Part{kPartBatch, "batch", Pace::calm, Unasked::stays,
         [](auto& s) -> auto& { return s.batch; },
         [](const BatchView& b) -> uint64_t { return b.shown; }},
    Part{kPartBaseline, "baseline", Pace::calm, Unasked::stays,
         [](auto& s) -> auto& { return s.baseline; },
         [](const Baseline& b) -> uint64_t { return b.ideals.size(); }},
    Part{kPartProbe, "probe", Pace::costly, Unasked::goes,
         [](auto& s) -> auto& { return s.probe; },
         [](const std::optional<Probe>& p) -> uint64_t { return p ? p->parameter + 1ull : 0; }},
    Part{kPartDigest, "digest", Pace::calm, Unasked::goes,
         [](auto& s) -> auto& { return s.digest; },
         [](uint64_t digest) { return digest; }},
    Part{kPartEvaluation, "evaluation", Pace::calm, Unasked::stays,
         [](auto& s) -> auto& { return s.evaluation; },
         [](const EvaluationView& e) -> uint64_t { return e.indices.size(); }},
    Part{kPartExamples, "examples", Pace::calm, Unasked::goes,
         [](auto& s) -> auto& { return s.examples; },
         [](const ExamplesView& e) { return hash_of({e.truth, e.answer, e.count}); }},
    Part{kPartInspection, "inspection", Pace::calm, Unasked::goes,
         [](auto& s) -> auto& { return s.inspection; },
         [](const std::optional<Inspection>& i) -> uint64_t { return i ? fnv1a(i->pixels) : 0; }},
    Part{kPartSampleGradient, "sample_gradient", Pace::costly, Unasked::goes,
         [](auto& s) -> auto& { return s.sample_gradient; }, kPartLength},
    Part{kPartStatistics, "statistics", Pace::costly, Unasked::stays,
         [](auto& s) -> auto& { return s.statistics; }, kPartLength},
    Part{kPartFindings, "findings", Pace::live, Unasked::stays,
         [](auto& s) -> auto& { return s.findings; },
         [](const Findings& f) {
           return hash_of({f.lr_sweep ? f.lr_sweep->lrs.size() + 1 : 0,
                           f.sharpness ? f.sharpness->estimates.size() + 1 : 0,
                           f.loss_line ? f.loss_line->losses.size() + 1 : 0});
         }},
    Part{kPartValley, "valley", Pace::rare, Unasked::stays,
         [](auto& s) -> auto& { return s.valley; },
         [](const std::optional<Valley>& v) -> uint64_t {
           return v ? hash_of({v->step + 1ull, std::bit_cast<uint32_t>(v->lr),
                               std::bit_cast<uint32_t>(v->loss)})
                    : 0;
         }},
    Part{kPartExpression, "expression", Pace::live, Unasked::stays,
         [](auto& s) -> auto& { return s.expression; },
         [](const std::optional<ExpressionView>& e) -> uint64_t {
           return e && e->curve ? e->curve->xs.size() : 0;
         }},
    Part{kPartPipeline, "pipeline", Pace::calm, Unasked::goes,
         [](auto& s) -> auto& { return s.pipeline; },
         [](const std::optional<Pipeline>& p) -> uint64_t {
           return p ? hash_of({p->index + 1ull, p->epoch, p->batch, fnv1a(p->entered)}) : 0;
         }},
    Part{kPartDrawing, "drawing", Pace::live, Unasked::stays,
         [](auto& s) -> auto& { return s.drawing; },
         [](const std::optional<DrawingView>& d) -> uint64_t {
           return d ? hash_of({fnv1a(d->prepared.ink), fnv1a(d->prepared.pixels),
                               d->verdict.answer + 1ull})
                    : 0;
         }},
    Part{kPartFit, "fit", Pace::live, Unasked::stays,
         [](auto& s) -> auto& { return s.fit; },
         [](const std::optional<Fit>& f) -> uint64_t {
           return f ? hash_of({f->step + 1ull, std::bit_cast<uint32_t>(f->loss),
                               f->other_curve.size()})
                    : 0;
         }},
    Part{kPartTape, "tape", Pace::costly, Unasked::goes,
         [](auto& s) -> auto& { return s.tape; },
         [](const std::optional<TapeView>& t) -> uint64_t {
           return t && t->tensor ? t->image + 1ull : 0;
         }});
// clang-format on

template <class Act>
constexpr void for_each_part(const Act& act) {
  kParts([&](const auto&... part) { (act(part), ...); });
}

consteval uint32_t parts_with(Pace pace) {
  uint32_t bits = 0;
  for_each_part([&](const auto& part) { bits |= part.pace == pace ? part.bits : 0; });
  return bits;
}
inline constexpr uint32_t kLiveParts = parts_with(Pace::live);
inline constexpr uint32_t kCostlyParts = parts_with(Pace::costly);
inline constexpr uint32_t kRareParts = parts_with(Pace::rare);
inline constexpr uint32_t kAllSnapshotParts =
    kLiveParts | kCostlyParts | kRareParts | parts_with(Pace::calm);

static_assert((kAllSnapshotParts & (kAllSnapshotParts + 1)) == 0 &&
                  !enumerators::kNamed<static_cast<SnapshotPart>(kAllSnapshotParts + 1)>,
              "A SnapshotPart has no row in kParts.");
// snapshot.cpp checks that every member of Snapshot has a row.

// Where the inspected image comes from.
enum class ImageSource : uint8_t { batch, train, valid, drawing };

struct SnapshotRequest {
  uint32_t parts = 0;
  uint32_t generation = 0;  // of the curves that the page holds; another one: all points are sent
  uint32_t steps_held = 0;  // points that the page holds already, so that only new ones travel
  uint32_t epochs_held = 0;
  uint32_t marks_held = 0;
  uint32_t max_images = 64;                 // of the batch
  uint32_t probe_parameter = 0;             // index into the slab of parameters
  uint8_t cell_truth = 0, cell_answer = 0;  // digits of the cell whose images are wanted
  ImageSource source = ImageSource::batch;  // of the inspected image
  uint32_t image = 0;                       // its place there
  bool operator==(const SnapshotRequest&) const = default;
  // Requests the same parts of the same things; how many points the page holds does not matter.
  bool looks_like(const SnapshotRequest& other) const;
};

template <>
inline constexpr auto kMembers<SnapshotRequest> =
    list(&SnapshotRequest::parts, &SnapshotRequest::generation, &SnapshotRequest::steps_held,
         &SnapshotRequest::epochs_held, &SnapshotRequest::marks_held, &SnapshotRequest::max_images,
         &SnapshotRequest::probe_parameter, &SnapshotRequest::cell_truth,
         &SnapshotRequest::cell_answer, &SnapshotRequest::source, &SnapshotRequest::image);

}  // namespace downhill
