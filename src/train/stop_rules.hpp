// When a run ends: after a number of epochs, or sooner by a rule. StopSpec has the rules and their
// text form; StopWatch says which rule fires and why. Knows no model.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "train/recorder.hpp"

namespace downhill {

// The rules besides the number of epochs. 0 turns a rule off. A loss that is not finite always
// stops the run. Text: "none" or any of "target:0.98,patience:5,time:60".
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
  // New rules, or another number of epochs, replace those that were set aside.
  void set_rules(const StopSpec& rules) { rules_ = rules; }
  void set_epoch_limit(uint32_t epochs) { epoch_limit_ = epochs; }
  const StopSpec& rules() const { return rules_; }
  uint32_t epoch_limit() const { return epoch_limit_; }

  // The rule that fires after a batch, if any. `tested`: an epoch has just ended, and its test is
  // over.
  StopRule look(std::span<const EpochPoint> epochs, bool tested, double training_seconds);
  StopRule fired() const { return fired_; }
  const std::string& reason() const { return reason_; }  // a sentence; empty while none has fired
  void set_reason(std::string sentence) { reason_ = std::move(sentence); }

  // Sets the rule that fired aside, so that the run can go on. If it was the number of epochs,
  // `more` epochs are added.
  void lift(uint32_t more);
  void forget();  // that a rule fired

 private:
  std::string explain(uint32_t epochs_done) const;

  StopSpec rules_;
  uint32_t epoch_limit_ = 0;
  StopRule fired_ = StopRule::none;
  std::string reason_;
};

// Whether a's validation loss is less than b's. NaN is greater than any number.
bool is_better(const EpochPoint& a, const EpochPoint& b);
// The index of the epoch with the least validation loss, the first of equals. Precondition: there
// is one.
size_t best_epoch(std::span<const EpochPoint> epochs);

}  // namespace downhill
