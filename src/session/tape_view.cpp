#include "session/tape_view.hpp"

#include <algorithm>
#include <cmath>

#include "session/inspection_view.hpp"
#include "session/tape_rows.hpp"

namespace downhill {

namespace {

// Forward a step for each row, then one for each operation on the way back.
uint32_t steps_of(std::span<const Node> nodes) {
  return static_cast<uint32_t>(nodes.size() + way_back(nodes).size());
}

// The row to look at first: the last layer, whose gradient is the first product on the way back.
uint32_t first_row(const RunView& run) {
  const std::span<const Node> nodes = run.tape();
  for (size_t i = nodes.size(); i-- > 0;) {
    const WeightedLayer* layer = layer_of(run, nodes[i]);
    const bool product = layer != nullptr && !nodes[i].is_leaf() && layer->layout().fan_in() > 1;
    if (product) return static_cast<uint32_t>(i);
  }
  return 0;
}

}  // namespace

void TapeViewer::choose(const TapeOrder& order) {
  if (order.row && order.row != row_) {
    row_ = order.row;
    unit_.reset();
    weight_.reset();
  }
  if (order.unit && order.unit != unit_) {
    unit_ = order.unit;
    weight_.reset();
  }
  if (order.weight) weight_ = order.weight;
  if (!order.cursor) return;
  const uint64_t here = run_.built() ? run_.position() : 0;
  const bool further = run_.built() && *order.cursor > steps_of(run_.tape());
  cursor_ = {*order.cursor, here, further ? here + 1 : here};
}

void TapeViewer::forget() {
  row_.reset();
  unit_.reset();
  weight_.reset();
  cursor_.reset();
  follows_ = false;
  timed_ = 0;
}

void TapeViewer::after(Phase done, bool timed) {
  if (done == Phase::predict) forward_timed_ = timed;
  if (done != Phase::gradient || !timed || !forward_timed_) return;
  const std::span<const Node> nodes = run_.tape();
  if (timed_ == 0 || forward_.size() != nodes.size()) {
    timed_ = 0;
    forward_.assign(nodes.size(), 0);
    backward_.assign(nodes.size(), 0);
  }
  ++timed_;
  for (size_t i = 0; i < nodes.size(); ++i) {
    forward_[i] += 1e-9 * static_cast<double>(nodes[i].forward_ns);
    backward_[i] += 1e-9 * static_cast<double>(nodes[i].backward_ns);
  }
}

void TapeViewer::add_times(TapeView& out) const {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  const std::span<const Node> nodes = run_.tape();
  out.timed = forward_.size() >= nodes.size() ? timed_ : 0;
  const auto mean = [&](double seconds) { return static_cast<float>(1e6 * seconds / out.timed); };
  for (size_t i = 0; i < out.rows.size(); ++i) {
    const bool known = out.timed > 0 && !nodes[i].is_leaf();
    out.rows[i].forward_us = known ? mean(forward_[i]) : kNone;
    out.rows[i].backward_us = known && nodes[i].requires_grad ? mean(backward_[i]) : kNone;
  }
}

// Where it was put while the run stays there; otherwise at the end of what is done.
void TapeViewer::place_cursor(TapeView& out) const {
  const uint64_t here = run_.position();
  out.position = out.last;
  if (cursor_ && (cursor_->from == here || cursor_->to == here)) {
    out.position = std::min(cursor_->position, out.last);
  }
  out.backward = out.position > out.forward;
  if (out.position == 0) return;
  out.active =
      out.backward ? way_back(run_.tape())[out.position - out.forward - 1] : out.position - 1;
}

// The weight of the opened layer with the largest gradient when it was picked. It stays the same
// while training goes on.
void TapeViewer::follow_weight(TapeView& out) {
  const TapeProduct& product = *out.product;
  if (weight_ || product.gradients.empty()) return;
  if (follows_ && followed_.row == out.row && followed_.unit == product.unit) return;
  const auto size = [](float x) { return std::abs(x); };
  const auto largest = std::ranges::max_element(product.gradients, {}, size);
  followed_ = {out.row, product.unit, static_cast<uint32_t>(largest - product.gradients.begin())};
  follows_ = true;
}

void TapeViewer::open_row(const SnapshotRequest& request, TapeView& out) {
  const std::span<const Node> nodes = run_.tape();
  const auto last = static_cast<uint32_t>(nodes.size()) - 1;
  out.row = std::min(row_.value_or(first_row(run_)), last);
  out.image = place_in_batch(run_, request).value_or(0);
  const Node& node = nodes[out.row];
  const uint32_t unit = unit_.value_or(0);
  out.tensor = view_tensor(run_, node, out.image, unit);
  const auto weight = [&] {
    const bool here = follows_ && followed_.row == out.row && followed_.unit == unit;
    return weight_.value_or(here ? followed_.weight : 0);
  };
  const uint32_t before = weight();
  out.product = view_product(run_, node, unit, before, out.image);
  if (!out.product) return;
  follow_weight(out);
  if (weight() != before) out.product = view_product(run_, node, unit, weight(), out.image);
}

TapeView TapeViewer::view(const SnapshotRequest& request) {
  TapeView out;
  if (!run_.built() || run_.tape().empty()) return out;
  out.step = run_.batch_number() + 1;
  out.images = run_.batch().size;
  out.stepped = run_.steps_done() >= out.step;
  out.adds_up = run_.spec().fault == Fault::no_zero;
  view_rows(run_, out);
  add_times(out);
  place_cursor(out);
  open_row(request, out);
  return out;
}

}  // namespace downhill
