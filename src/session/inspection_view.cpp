#include "session/inspection_view.hpp"

#include <algorithm>

#include "session/snapshot_view.hpp"

namespace downhill {

namespace {

std::optional<Subject> subject_of(const RunView& run, const SnapshotRequest& request) {
  if (request.source == ImageSource::batch) {
    if (request.image >= run.batch().size) return std::nullopt;
    return subject_of_batch(run, request.image);
  }
  const Dataset& data = request.source == ImageSource::train ? run.train_set() : run.valid_set();
  if (request.image >= data.size()) return std::nullopt;
  return downhill::subject_of(data, request.image);
}

}  // namespace

std::optional<uint32_t> place_in_batch(const RunView& run, const SnapshotRequest& request) {
  const Batch& batch = run.batch();
  if (request.source == ImageSource::valid) return std::nullopt;
  if (request.source == ImageSource::batch) {
    return request.image < batch.size ? std::optional(request.image) : std::nullopt;
  }
  const auto found = std::ranges::find(batch.indices, request.image);
  if (found == batch.indices.end()) return std::nullopt;
  return static_cast<uint32_t>(found - batch.indices.begin());
}

void InspectionView::view(const SnapshotRequest& request, Snapshot& out) {
  if (request.parts & kPartInspection) {
    const std::optional<Subject> subject = subject_of(trainer_, request);
    if (subject) out.inspection = inspector_.look(*subject);
  }
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
