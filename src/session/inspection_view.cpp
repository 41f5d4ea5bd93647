#include "session/inspection_view.hpp"

#include <algorithm>

#include "session/snapshot_view.hpp"

namespace downhill {

// Where in the current batch the requested image is.
std::optional<uint32_t> place_in_batch(const RunView& run, const SnapshotRequest& request) {
  const Batch& batch = run.batch();
  if (request.source == ImageSource::batch) {
    return request.image < batch.size ? std::optional(request.image) : std::nullopt;
  }
  if (request.source != ImageSource::train) return std::nullopt;
  const auto found = std::ranges::find(batch.indices, request.image);
  if (found == batch.indices.end()) return std::nullopt;
  return static_cast<uint32_t>(found - batch.indices.begin());
}

Result<void> InspectionView::draw(const DrawOrder& order) {
  Drawing next = changed(drawing_, order);
  if (!is_sound(next)) return Error{"[draw] strokes and their points do not fit each other"};
  drawing_ = std::move(next);
  prepared_ = prepare(drawing_);
  return {};
}

std::optional<Subject> InspectionView::subject_of(const SnapshotRequest& request) {
  if (has_points(trainer_.spec().data)) return std::nullopt;
  switch (request.source) {
    case ImageSource::drawing:
      return drawn_subject();
    case ImageSource::batch:
      if (request.image >= trainer_.batch().size) return std::nullopt;
      return subject_of_batch(trainer_, request.image);
    case ImageSource::train:
    case ImageSource::valid:
      break;
  }
  const Dataset& data =
      request.source == ImageSource::train ? trainer_.train_set() : trainer_.valid_set();
  if (request.image >= data.size()) return std::nullopt;
  return downhill::subject_of(data, request.image);
}

bool InspectionView::can_see_drawing() const {
  return !drawing_.blank() && trainer_.train_set().image_size() == kMnistSize;
}

// What it shows is not known: its loss is that of the digit that the model answers.
std::optional<Subject> InspectionView::drawn_subject() {
  if (!can_see_drawing()) return std::nullopt;
  Subject subject{.pixels = prepared_.pixels};
  subject.digit = inspector_.look(subject).answer;
  subject.label =
      static_cast<uint8_t>(trainer_.spec().digits.find(static_cast<char>('0' + subject.digit)));
  return subject;
}

// Scores do not depend on a label, so one look is enough.
void InspectionView::view_drawing(std::optional<DrawingView>& out) {
  if (!can_see_drawing()) return;
  const Inspection& seen = inspector_.look({.pixels = prepared_.pixels});
  out = DrawingView{drawing_, prepared_, {drawing_.centred, seen.answer, seen.scores}};
}

void InspectionView::view(const SnapshotRequest& request, Snapshot& out) {
  if (request.parts & kPartInspection) {
    const std::optional<Subject> subject = subject_of(request);
    if (subject) out.inspection = inspector_.look(*subject);
  }
  if (request.parts & kPartDrawing) view_drawing(out.drawing);
  if (request.parts & kPartSampleGradient) {
    view_gradient(request, out.sample_gradient);
  } else {
    gradients_.reset();  // frees the tape of a whole batch
  }
  if (request.parts & kPartStatistics) {
    LayerStatisticsProbe probe(trainer_);
    while (probe.advance()) {
    }
    out.statistics = probe.result();
  }
}

void InspectionView::view_gradient(const SnapshotRequest& request, std::vector<float>& out) {
  out.clear();
  const std::optional<uint32_t> place = place_in_batch(trainer_, request);
  if (!place) return;
  if (!gradients_) gradients_.emplace(trainer_);
  slab_.resize(trainer_.model().slabs().grads().size());
  gradients_->gradient(*place, slab_);
  view_slab(trainer_.model(), slab_, out);
}

}  // namespace downhill
