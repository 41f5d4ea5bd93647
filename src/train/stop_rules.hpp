// When a run ends: a number of epochs, and rules that may end it sooner. The spec of the rules with
// its text form, and the watch that says which one fires and why. Knows no model.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "train/recorder.hpp"

namespace downhill {

// Besides the number of epochs. 0 turns a rule off. A loss that is not finite always stops.
// Text: "none" or any of "target:0.98,patience:5,time:60".
struct StopSpec {
  float target_accuracy = 0;  // stop when the validation accuracy reaches it, 0 < target <= 1
  uint32_t patience = 0;      // epochs without a better validation loss, 1..kMaxEpochs; the weights
                              // of the best epoch are put back
  float seconds = 0;          // training time, 0 < seconds <= 86400
  bool operator==(const StopSpec&) const = default;
};

inline constexpr uint32_t kMaxEpochs = 1000;

std::string print_stop(const StopSpec& stop);
Result<StopSpec> parse_stop(std::string_view text);

enum class StopRule : uint8_t { none, epochs, target, patience, time };

class StopWatch {
 public:
  void begin(const StopSpec& rules, uint32_t epoch_limit);
  // New rules or another number of epochs take the place of those that were set aside.
  void set_rules(const StopSpec& rules) { rules_ = rules; }
  void set_epoch_limit(uint32_t epochs) { epoch_limit_ = epochs; }
  const StopSpec& rules() const { return rules_; }
  uint32_t epoch_limit() const { return epoch_limit_; }

  // After a batch: does a rule fire? `tested` says that an epoch has just ended and been tested.
  StopRule look(std::span<const EpochPoint> epochs, bool tested, double training_seconds);
  StopRule fired() const { return fired_; }
  const std::string& reason() const { return reason_; }  // a sentence; empty while none has fired
  void set_reason(std::string sentence) { reason_ = std::move(sentence); }

  // Sets the rule that fired aside, to go on all the same; `more` epochs are added if it was their
  // number.
  void lift(uint32_t more);
  void forget();  // what fired

 private:
  std::string explain(uint32_t epochs_done) const;

  StopSpec rules_;
  uint32_t epoch_limit_ = 0;
  StopRule fired_ = StopRule::none;
  std::string reason_;
};

// Whether a's validation loss is less than b's. One that is not a number is more than any.
bool is_better(const EpochPoint& a, const EpochPoint& b);
// The epoch point with the least validation loss, the first of equals. Precondition: there is one.
size_t best_epoch(std::span<const EpochPoint> epochs);

}  // namespace downhill
