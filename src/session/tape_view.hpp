// Reads the tape of the batch under way: a row per operation, the tensor of the opened row, and one
// weight's gradient as a sum of products. Only looks, at memory that the batch keeps anyway, so the
// run has the same bits. Knows the run and the snapshot, not the conversation.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "session/command.hpp"
#include "session/snapshot.hpp"
#include "train/run_view.hpp"

namespace downhill {

// More numbers than these are not sent.
inline constexpr size_t kMaxTapeNumbers = 1u << 14;

class TapeViewer {
 public:
  // The run must outlive it.
  explicit TapeViewer(const RunView& run) : run_(run) {}

  void choose(const TapeOrder& order);
  // To be called when the run was rebuilt: what is chosen belongs to the old model.
  void forget();
  // To be called after each phase of training, which adds up the times of the operations. `timed`:
  // the tape has had a clock.
  void after(Phase done, bool timed);

  // Of the requested image if it is in the batch, otherwise of the first one.
  TapeView view(const SnapshotRequest& request);

 private:
  struct Cursor {
    uint32_t position;
    uint64_t from, to;  // places of the run for which it was set
  };
  struct Choice {
    uint32_t row = 0, unit = 0, weight = 0;
    bool operator==(const Choice&) const = default;
  };

  void add_times(TapeView& out) const;
  void place_cursor(TapeView& out) const;
  void open_row(const SnapshotRequest& request, TapeView& out);
  void follow_weight(TapeView& out);

  const RunView& run_;
  std::optional<uint32_t> row_, unit_, weight_;
  std::optional<Cursor> cursor_;
  Choice followed_;  // while no weight is chosen
  bool follows_ = false;
  bool forward_timed_ = false;
  uint32_t timed_ = 0;
  std::vector<double> forward_, backward_;  // seconds, in `timed_` batches
};

}  // namespace downhill
