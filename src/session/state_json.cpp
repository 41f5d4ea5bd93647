#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/text.hpp"
#include "nn/choices.hpp"
#include "session/race.hpp"
#include "session/snapshot.hpp"

namespace downhill {
namespace {

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

// A member of a list, by its type. `known`: its numbers have been measured.
void add(JsonObject& json, std::string_view name, bool value, bool) { json.boolean(name, value); }
void add(JsonObject& json, std::string_view name, uint8_t value, bool) {
  json.integer(name, value);
}
void add(JsonObject& json, std::string_view name, uint64_t value, bool) {
  json.integer(name, value);
}
void add(JsonObject& json, std::string_view name, uint32_t value, bool) {
  json.integer(name, value);
}
void add(JsonObject& json, std::string_view name, float value, bool known) {
  json.number(name, known ? value : NAN);
}
void add(JsonObject& json, std::string_view name, double value, bool known) {
  add(json, name, static_cast<float>(value), known);
}
void add(JsonObject& json, std::string_view name, const std::string& text, bool) {
  json.text_or_null(name, text);
}
void add(JsonObject& json, std::string_view name, const std::vector<float>& values, bool) {
  std::string text;
  for (const float value : values) {
    text += text.empty() ? "" : ",";
    text += std::isfinite(value) ? print(value) : "null";
  }
  json.raw(name, "[" + text + "]");
}
void add(JsonObject& json, std::string_view name, const std::vector<uint32_t>& values, bool) {
  std::string text;
  for (const uint32_t value : values) text += (text.empty() ? "" : ",") + print(uint64_t{value});
  json.raw(name, "[" + text + "]");
}
void add(JsonObject& json, std::string_view name, const std::optional<uint32_t>& value, bool) {
  value ? json.integer(name, *value) : json.raw(name, "null");
}
template <class Enum>
requires std::is_enum_v<Enum>
void add(JsonObject& json, std::string_view name, Enum value, bool) {
  json.text(name, enumerator_name(value));
}

template <Listed Struct>
void add_members(JsonObject& json, const Struct& value, bool known = true) {
  for_each_member<Struct>([&](const auto& member) {
    if (!member.name.empty()) add(json, member.name, value.*member.at, known);
  });
}

template <Listed Struct>
std::string object_json(const Struct& value) {
  std::string text;
  JsonObject json(text);
  add_members(json, value);
  json.close();
  return text;
}

template <Listed Struct>
void add(JsonObject& json, std::string_view name, const std::optional<Struct>& value, bool) {
  json.raw(name, value ? object_json(*value) : "null");
}

template <Listed Struct>
void add(JsonObject& json, std::string_view name, const std::vector<Struct>& values, bool) {
  std::string all;
  for (const Struct& value : values) all += (all.empty() ? "" : ",") + object_json(value);
  json.raw(name, "[" + all + "]");
}

// Each finding is an object, or null.
std::string findings_json(const Snapshot& snapshot) {
  std::string text;
  JsonObject all(text);
  for_each_member<Findings>([&](const auto& finding) {
    const auto& found = snapshot.findings.*finding.at;
    if (!found) return all.raw(finding.name, "null");
    std::string members;
    JsonObject json(members);
    add_members(json, *found);
    if constexpr (std::is_same_v<decltype(*found), const Sharpness&>) {
      const float most =
          stable_lr(snapshot.spec.optimizer, snapshot.status.momentum, found->eigenvalue);
      json.number("largestStableLr", most > 0 ? most : NAN);
    }
    json.close();
    all.raw(finding.name, members);
  });
  all.close();
  return text;
}

std::string drawing_json(const Snapshot& snapshot) {
  if (!snapshot.drawing) return "null";
  std::string text;
  JsonObject json(text);
  add_members(json, snapshot.drawing->verdict);
  json.close();
  return text;
}

}  // namespace

std::string race_json(const RaceView& race) {
  if (race.lanes.empty()) return "null";
  std::string text, lanes;
  for (const RaceLane& lane : race.lanes) lanes += (lanes.empty() ? "" : ",") + object_json(lane);
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

std::string race_table(const RaceView& race) {
  std::string text = "step";
  size_t steps = 0;
  for (const RaceLane& lane : race.lanes) {
    text += "," + print(lane.lr);
    steps = std::max(steps, lane.losses.size());
  }
  for (size_t i = 0; i < steps; ++i) {
    text += "\n" + print(uint64_t{i + 1});
    for (const RaceLane& lane : race.lanes) {
      text += i < lane.losses.size() ? "," + print(lane.losses[i]) : ",";
    }
  }
  return text + "\n";
}

std::string state_json(const Snapshot& snapshot, uint64_t frames, std::string_view backend,
                       float frame_ms, std::string_view race) {
  std::string text;
  JsonObject json(text);
  add_members(json, snapshot.status, snapshot.status.ready);
  json.number("lr", snapshot.spec.lr);
  json.text_or_null("weightsDigest", hex_digest(snapshot.digest));
  json.integer("frames", frames);
  json.number("frameMs", frame_ms);
  json.text("backend", backend);
  json.raw("findings", findings_json(snapshot));
  add(json, "expression", snapshot.expression, true);
  json.raw("drawing", drawing_json(snapshot));
  add(json, "tape", snapshot.tape, true);
  json.raw("race", race);
  json.raw("spec", spec_json(snapshot.spec));
  json.close();
  return text;
}

}  // namespace downhill
