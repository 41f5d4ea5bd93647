#include "train/stop_rules.hpp"

#include <utility>

#include "base/query_text.hpp"
#include "base/text.hpp"
#include "base/typed_number.hpp"

namespace downhill {
namespace {

Error refuse(const std::string& what) { return Error{"[stop] " + what}; }

Result<void> parse_rule(StopSpec& stop, std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view rule = trimmed(text.substr(0, colon));
  const std::string_view value = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  const auto twice = [&] { return refuse(quoted(rule) + " is given twice"); };
  if (rule == "patience") {
    if (stop.patience != 0) return twice();
    const Result<uint64_t> epochs = typed_count(value, 1, kMaxEpochs);
    if (!epochs) return refuse("patience: " + epochs.error().message);
    stop.patience = static_cast<uint32_t>(*epochs);
    return {};
  }
  if (rule != "target" && rule != "time") {
    return refuse(quoted(text) + " is none of none, target:0.98, patience:5, time:60");
  }
  const bool target = rule == "target";
  float& number = target ? stop.target_accuracy : stop.seconds;
  if (number != 0) return twice();
  const Result<float> read = typed_number(value, 0, target ? 1.0f : 86400.0f);
  if (!read) return refuse(std::string(rule) + ": " + read.error().message);
  if (*read == 0) return refuse(std::string(rule) + " must be above 0");
  number = *read;
  return {};
}

std::string count(uint64_t number, const std::string& singular) {
  return print(number) + " " + singular + (number == 1 ? "" : "s");
}

}  // namespace

std::string print_stop(const StopSpec& stop) {
  std::string text;
  const auto add = [&text](std::string_view rule, const std::string& value) {
    text += (text.empty() ? "" : ",") + std::string(rule) + ":" + value;
  };
  if (stop.target_accuracy != 0) add("target", print(stop.target_accuracy));
  if (stop.patience != 0) add("patience", print(uint64_t{stop.patience}));
  if (stop.seconds != 0) add("time", print(stop.seconds));
  return text.empty() ? "none" : text;
}

Result<StopSpec> parse_stop(std::string_view text) {
  StopSpec stop;
  if (text == "none") return stop;
  for (std::string_view rule : split(text, ',')) {
    if (Result<void> parsed = parse_rule(stop, rule); !parsed) return parsed.error();
  }
  return stop;
}

void StopWatch::begin(const StopSpec& rules, uint32_t epoch_limit) {
  rules_ = rules;
  epoch_limit_ = epoch_limit;
  forget();
}

StopRule StopWatch::look(std::span<const EpochPoint> epochs, bool tested, double training_seconds) {
  const auto time = static_cast<double>(rules_.seconds);
  fired_ = StopRule::none;
  reason_.clear();
  if (time > 0 && training_seconds >= time) fired_ = StopRule::time;
  if (tested) {
    const EpochPoint& last = epochs.back();
    if (last.epoch >= epoch_limit_) fired_ = StopRule::epochs;
    if (rules_.patience > 0 && epochs.size() - 1 - best_epoch(epochs) >= rules_.patience) {
      fired_ = StopRule::patience;
    }
    if (rules_.target_accuracy > 0 && last.valid_accuracy >= rules_.target_accuracy) {
      fired_ = StopRule::target;
    }
    if (fired_ == StopRule::patience) {
      reason_ = "The validation loss has not improved for " + count(rules_.patience, "epoch") +
                ": the weights of epoch " + print(uint64_t{epochs[best_epoch(epochs)].epoch}) +
                " are put back.";
      return fired_;
    }
  }
  if (fired_ != StopRule::none) reason_ = explain(epochs.empty() ? 0 : epochs.back().epoch);
  return fired_;
}

std::string StopWatch::explain(uint32_t epochs_done) const {
  switch (fired_) {
    case StopRule::time:
      return "Out of time: " + print(rules_.seconds) + " s of training are over.";
    case StopRule::epochs:
      return epochs_done == 1 ? "The epoch is done."
                              : "All " + count(epochs_done, "epoch") + " are done.";
    case StopRule::target:
      return "The target is reached: " + print_fixed(100 * rules_.target_accuracy, 1) +
             " % of the validation set.";
    case StopRule::patience:
    case StopRule::none:
      break;
  }
  return {};
}

void StopWatch::lift(uint32_t more) {
  switch (fired_) {
    case StopRule::none:
      break;
    case StopRule::time:
      rules_.seconds = 0;
      break;
    case StopRule::epochs:
      epoch_limit_ += more;
      break;
    case StopRule::patience:
      rules_.patience = 0;
      break;
    case StopRule::target:
      rules_.target_accuracy = 0;
      break;
  }
  forget();
}

void StopWatch::forget() {
  fired_ = StopRule::none;
  reason_.clear();
}

bool is_better(const EpochPoint& a, const EpochPoint& b) {
  const float loss = a.valid_loss, least = b.valid_loss;
  return loss < least || (least != least && loss == loss);
}

size_t best_epoch(std::span<const EpochPoint> epochs) {
  size_t best = 0;
  for (size_t i = 1; i < epochs.size(); ++i) {
    if (is_better(epochs[i], epochs[best])) best = i;
  }
  return best;
}

}  // namespace downhill
