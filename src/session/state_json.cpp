#include <array>
#include <cmath>

#include "base/text.hpp"
#include "session/race.hpp"
#include "session/snapshot.hpp"

namespace downhill {
namespace {

constexpr std::array<std::string_view, 3> kHealthNames = {"fine", "diverged", "saturated"};
constexpr std::array<std::string_view, 7> kLaneNames = {"waiting",  "starting", "running",  "done",
                                                        "diverged", "failed",   "cancelled"};
constexpr uint64_t kMaxExactInteger = (uint64_t{1} << 53) - 1;  // of a JavaScript number

// One flat object, member by member.
class JsonObject {
 public:
  explicit JsonObject(std::string& json) : json_(json) { json_ += '{'; }

  void raw(std::string_view name, std::string_view value) {
    key(name);
    json_ += value;
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    json_ += json_text(value);
  }
  void text_or_null(std::string_view name, std::string_view value) {
    value.empty() ? raw(name, "null") : text(name, value);
  }
  void boolean(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
  void integer(std::string_view name, uint64_t value) { raw(name, print(value)); }
  void number(std::string_view name, float value) {
    raw(name, std::isfinite(value) ? print(value) : "null");
  }
  void close() { json_ += '}'; }

 private:
  void key(std::string_view name) {
    if (json_.back() != '{') json_ += ',';
    json_ += json_text(name);
    json_ += ':';
  }
  std::string& json_;
};

// Fields with choices are words (or truths), the others numbers.
std::string spec_json(const ExperimentSpec& spec) {
  std::string json;
  JsonObject object(json);
  for (const SpecField& field : spec_fields()) {
    const std::string value = field.print(spec);
    const bool too_long = field.name == "seed" && spec.seed > kMaxExactInteger;
    const bool truth = value == "true" || value == "false";
    if (truth || (field.choices.empty() && !too_long)) {
      object.raw(field.name, value);
    } else {
      object.text(field.name, value);
    }
  }
  object.close();
  return json;
}

std::string hex_digest(uint64_t digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (int shift = 60; digest != 0 && shift >= 0; shift -= 4) text += kHex[(digest >> shift) & 15];
  return text;
}

void add_progress(JsonObject& json, const Status& s) {
  json.boolean("ready", s.ready);
  json.text("phase", phase_name(s.phase));
  json.text("next", phase_name(s.next));
  json.integer("step", s.step);
  json.integer("epoch", s.epoch);
  json.integer("testedEpoch", s.tested_epoch);
  json.integer("batch", s.batch);
  json.integer("batchesPerEpoch", s.batches_per_epoch);
  json.integer("epochLimit", s.epoch_limit);
  json.boolean("loading", s.loading);
  json.boolean("running", s.running);
  json.boolean("finished", s.finished);
  json.text_or_null("stopReason", s.stop_reason);
  json.integer("trainCount", s.train_count);
  json.integer("validCount", s.valid_count);
  json.integer("paramCount", s.parameter_count);
}

void add_measurements(JsonObject& json, const Status& s) {
  const auto number = [&](std::string_view name, float value) {
    json.number(name, s.ready ? value : NAN);  // nothing has been measured before there are data
  };
  number("trainLoss", s.train_loss);
  number("previousLoss", s.previous_loss);
  number("batchAccuracy", s.batch_accuracy);
  number("validLoss", s.valid_loss);
  number("validAccuracy", s.valid_accuracy);
  number("bestValidAccuracy", s.best_valid_accuracy);
  number("baselineAccuracy", s.baseline_accuracy);
  number("baselineAccuracyL2", s.baseline_accuracy_l2);
  number("gradientNorm", s.gradient_norm);
  number("weightNorm", s.weight_norm);
  number("updateNorm", s.update_norm);
  number("imagesPerSecond", s.images_per_second);
  number("trainingSeconds", static_cast<float>(s.training_seconds));
  number("speed", s.speed);
  json.text("health", kHealthNames[static_cast<size_t>(s.health)]);
  json.text_or_null("diagnosis", s.diagnosis);
  json.integer("troubleStep", s.trouble_step);
  json.boolean("canRecover", s.can_recover);
  json.boolean("bestIsBack", s.best_is_back);
  json.text_or_null("busyWith", s.busy_with);
  json.text_or_null("error", s.error);
}

std::string lane_json(const RaceLane& lane) {
  std::string text;
  JsonObject json(text);
  json.number("lr", lane.lr);
  json.text("state", kLaneNames[static_cast<size_t>(lane.state)]);
  json.text_or_null("trouble", lane.trouble);
  json.integer("step", lane.step);
  json.integer("epoch", lane.epoch);
  json.number("trainLoss", lane.loss);
  json.number("validLoss", lane.valid_loss);
  json.number("validAccuracy", lane.valid_accuracy);
  json.number("imagesPerSecond", lane.images_per_second);
  json.close();
  return text;
}

}  // namespace

std::string race_json(const RaceView& race) {
  if (race.lanes.empty()) return "null";
  std::string text, lanes;
  for (const RaceLane& lane : race.lanes) lanes += (lanes.empty() ? "" : ",") + lane_json(lane);
  JsonObject json(text);
  json.boolean("running", race.going);
  json.integer("atOnce", race.at_once);
  json.integer("cores", race.cores);
  json.integer("epochs", race.spec.epochs);
  json.number("seconds", static_cast<float>(race.seconds));
  json.raw("lanes", "[" + lanes + "]");
  json.close();
  return text;
}

std::string state_json(const Snapshot& snapshot, uint64_t frames, std::string_view backend,
                       float frame_ms, std::string_view race) {
  std::string text;
  JsonObject json(text);
  add_progress(json, snapshot.status);
  add_measurements(json, snapshot.status);
  json.number("lr", snapshot.spec.lr);
  json.number("lrNow", snapshot.status.ready ? snapshot.status.lr : NAN);
  json.number("momentumNow", snapshot.status.ready ? snapshot.status.momentum : NAN);
  json.text_or_null("weightsDigest", hex_digest(snapshot.digest));
  json.integer("frames", frames);
  json.number("frameMs", frame_ms);
  json.text("backend", backend);
  json.raw("race", race);
  json.raw("spec", spec_json(snapshot.spec));
  json.close();
  return text;
}

}  // namespace downhill
