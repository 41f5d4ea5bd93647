#include "session/command.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/query_text.hpp"
#include "base/text.hpp"
#include "session/protocol.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {
namespace {

constexpr std::array<std::string_view, 15> kCommandNames = {
    "play",    "pause",   "step",      "back",      "advance", "reset", "set",     "speed",
    "recover", "find_lr", "sharpness", "loss_line", "save",    "load",  "snapshot"};
constexpr size_t kForScripts = 13;  // a text cannot carry a file, nor show a snapshot
constexpr std::array<std::string_view, 2> kFileNames = {"weights", "checkpoint"};
constexpr std::array<std::string_view, 3> kUnitNames = {"phase", "batch", "epoch"};
constexpr size_t kMaxFixedBytes = 128;  // of a command's fields but its text and its file
constexpr float kMinSpeed = 0.1f;
constexpr float kMaxSpeed = 10000;

std::string_view name_of(CommandKind kind) { return kCommandNames[static_cast<size_t>(kind)]; }

Error refuse(std::string_view command, const std::string& what) {
  return Error{"[" + std::string(command) + "] " + what};
}

bool possible_speed(float speed) {
  return speed == 0 || (speed >= kMinSpeed && speed <= kMaxSpeed);
}

template <class Names>
std::string list_of(const Names& names) {
  std::string list;
  for (std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

Result<void> parse_unit(Command& command, std::string_view where, std::string_view text) {
  const auto* found = std::find(kUnitNames.begin(), kUnitNames.end(), text);
  if (found == kUnitNames.end()) {
    return refuse(where, "unit " + quoted(text) + " is none of " + list_of(kUnitNames));
  }
  command.unit = static_cast<StepUnit>(found - kUnitNames.begin());
  return {};
}

Result<void> parse_count(Command& command, std::string_view where, std::string_view text) {
  const Result<uint64_t> count = parse_u64(text);
  if (!count || *count < 1 || *count > kMaxStepCount) {
    return refuse(where,
                  "count " + quoted(text) + " is outside 1…" + print(uint64_t{kMaxStepCount}));
  }
  command.count = static_cast<uint32_t>(*count);
  return {};
}

Result<void> parse_phase_argument(Command& command, std::string_view where, std::string_view text) {
  const std::optional<Phase> phase = parse_phase(text);
  if (!phase) return refuse(where, "phase " + quoted(text) + " is none of " + list_of(kPhaseNames));
  command.phase = *phase;
  return {};
}

Result<void> parse_seed(Command& command, std::string_view where, std::string_view text) {
  const Result<uint64_t> seed = parse_u64(text);
  if (!seed) return refuse(where, "seed " + quoted(text) + " is outside 0…" + print(UINT64_MAX));
  command.seed = *seed;
  return {};
}

Result<void> parse_speed(Command& command, std::string_view where, std::string_view text) {
  const Result<float> speed = parse_float(text);
  if (!speed || !possible_speed(*speed)) {
    return refuse(where, "batches " + quoted(text) +
                             " is neither 0 (as fast as possible) nor inside " + print(kMinSpeed) +
                             "…10000 per second");
  }
  command.speed = *speed;
  return {};
}

Result<void> parse_file_kind(Command& command, std::string_view where, std::string_view text) {
  const auto* found = std::find(kFileNames.begin(), kFileNames.end(), text);
  if (found == kFileNames.end()) {
    return refuse(where, "what " + quoted(text) + " is none of " + list_of(kFileNames));
  }
  command.file = static_cast<FileKind>(found - kFileNames.begin());
  return {};
}

// Which arguments a command takes. `set` is not here: its arguments are the fields of the spec.
struct Argument {
  CommandKind kind;
  std::string_view name;
  bool required;
  Result<void> (*parse)(Command&, std::string_view where, std::string_view text);
};
constexpr Argument kArguments[] = {
    {CommandKind::step, "unit", false, parse_unit},
    {CommandKind::step, "count", false, parse_count},
    {CommandKind::back, "unit", false, parse_unit},
    {CommandKind::back, "count", false, parse_count},
    {CommandKind::advance, "phase", true, parse_phase_argument},
    {CommandKind::reset, "seed", false, parse_seed},
    {CommandKind::speed, "batches", true, parse_speed},
    {CommandKind::save, "what", true, parse_file_kind},
};

Result<void> parse_argument(Command& command, const QueryItem& item) {
  std::string known;
  for (const Argument& argument : kArguments) {
    if (argument.kind != command.kind) continue;
    if (argument.name == item.name)
      return argument.parse(command, name_of(command.kind), item.value);
    known += (known.empty() ? "; there is " : " and ") + std::string(argument.name);
  }
  return refuse(name_of(command.kind), quoted(item.name) + " is not an argument" +
                                           (known.empty() ? "; there are none" : known));
}

template <class Fields, class Request>
void visit_request(Fields& fields, Request& request) {
  fields(request.parts);
  fields(request.generation);
  fields(request.steps_held);
  fields(request.epochs_held);
  fields(request.marks_held);
  fields(request.max_images);
  fields(request.probe_parameter);
  fields(request.cell_truth);
  fields(request.cell_answer);
  fields.choice(request.source, ImageSource::valid);
  fields(request.image);
}

template <class Fields, class AnyCommand>
void visit_command(Fields& fields, AnyCommand& command, bool& has_seed, uint64_t& seed) {
  fields(command.id);
  fields.choice(command.kind, CommandKind::snapshot);
  fields.choice(command.unit, StepUnit::epoch);
  fields(command.count);
  fields.choice(command.phase, Phase::stop);
  fields(has_seed);
  if (has_seed) fields(seed);
  fields(command.speed);
  fields(command.edits);
  fields.choice(command.file, FileKind::checkpoint);
  fields(command.bytes);
  visit_request(fields, command.request);
}

}  // namespace

Result<Command> parse_command(std::string_view text) {
  const size_t mark = text.find('?');
  const std::string_view name = text.substr(0, mark);
  const std::string_view rest = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  const auto* found = std::find(kCommandNames.begin(), kCommandNames.end(), name);
  if (found >= kCommandNames.begin() + kForScripts) {
    return refuse("command", quoted(name) + " is none of " +
                                 list_of(std::span(kCommandNames).first(kForScripts)));
  }
  Command command;
  command.kind = static_cast<CommandKind>(found - kCommandNames.begin());
  if (command.kind == CommandKind::set) {
    // What has to hold between fields depends on the rest of the spec, which only the engine knows.
    if (Result<void> known = check_edits(rest); !known) return known.error();
    command.edits = rest;
    return command;
  }
  const Result<std::vector<QueryItem>> items = parse_query(rest, name);
  if (!items) return items.error();
  for (const QueryItem& item : *items) {
    if (Result<void> parsed = parse_argument(command, item); !parsed) return parsed.error();
  }
  for (const Argument& argument : kArguments) {
    const auto given = [&](const QueryItem& item) { return item.name == argument.name; };
    if (argument.kind == command.kind && argument.required &&
        std::none_of(items->begin(), items->end(), given)) {
      return refuse(name, "the argument " + std::string(argument.name) + " is missing");
    }
  }
  return command;
}

std::string print_command(const Command& command) {
  std::string text(name_of(command.kind));
  switch (command.kind) {
    case CommandKind::step:
    case CommandKind::back:
      text += "?unit=" + std::string(kUnitNames[static_cast<size_t>(command.unit)]);
      return text + "&count=" + print(uint64_t{command.count});
    case CommandKind::advance:
      return text + "?phase=" + std::string(phase_name(command.phase));
    case CommandKind::reset:
      return command.seed ? text + "?seed=" + print(*command.seed) : text;
    case CommandKind::set:
      return command.edits.empty() ? text : text + "?" + command.edits;
    case CommandKind::speed:
      return text + "?batches=" + print(command.speed);
    case CommandKind::save:
      return text + "?what=" + std::string(kFileNames[static_cast<size_t>(command.file)]);
    case CommandKind::play:
    case CommandKind::pause:
    case CommandKind::recover:
    case CommandKind::find_lr:
    case CommandKind::sharpness:
    case CommandKind::loss_line:
    case CommandKind::load:
    case CommandKind::snapshot:
      break;
  }
  return text;
}

void encode_command(const Command& command, std::vector<uint8_t>& out) {
  out.clear();
  // A file is large: without this the last fields behind it would double its room.
  out.reserve(command.edits.size() + command.bytes.size() + kMaxFixedBytes);
  out.push_back(kProtocolVersion);
  FieldWriter fields(out);
  bool has_seed = command.seed.has_value();
  uint64_t seed = command.seed.value_or(0);
  visit_command(fields, command, has_seed, seed);
}

bool SnapshotRequest::looks_like(const SnapshotRequest& other) const {
  SnapshotRequest same = *this;
  same.generation = other.generation;
  same.steps_held = other.steps_held;
  same.epochs_held = other.epochs_held;
  same.marks_held = other.marks_held;
  return same == other;
}

Result<Command> decode_command(const uint8_t* bytes, size_t size) {
  FieldReader fields({bytes, size}, "command");
  fields.version();
  Command command;
  bool has_seed = false;
  uint64_t seed = 0;
  visit_command(fields, command, has_seed, seed);
  if (has_seed) command.seed = seed;
  if (command.count < 1 || command.count > kMaxStepCount) fields.fail("count is out of range");
  if (!possible_speed(command.speed)) fields.fail("speed is out of range");
  if (command.request.parts & ~kAllSnapshotParts) fields.fail("unknown parts are asked for");
  if (Result<void> status = fields.status(); !status) return status.error();
  return command;
}

}  // namespace downhill
