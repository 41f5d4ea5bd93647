#include "session/command.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/query_text.hpp"
#include "base/text.hpp"
#include "session/protocol.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {
namespace {

constexpr size_t kMaxFixedBytes = 224;  // of a command's members but its text and its lists

Error refuse(std::string_view command, const std::string& what) {
  return Error{"[" + std::string(command) + "] " + what};
}

void add_to_list(std::string& list, std::string_view name) {
  list.append(list.empty() ? "" : ", ").append(name);
}

const CommandRow* find_row(std::string_view name) {
  const std::optional<CommandKind> kind = parse_enumerator<CommandKind>(name);
  return kind && row_of(*kind).sender == Sender::anyone ? &row_of(*kind) : nullptr;
}

std::string all_names() {
  std::string list;
  for (const CommandRow& row : kCommands) {
    if (row.sender == Sender::anyone) add_to_list(list, command_name(row.kind));
  }
  return list;
}

Result<void> read_argument(const CommandRow& row, const QueryItem& item, Command& command) {
  std::string known;
  for (const Argument* argument : row.arguments) {
    if (argument == nullptr) break;
    if (argument->name != item.name) {
      add_to_list(known, argument->name);
      continue;
    }
    const std::string wrong = argument->read(command, item.value);
    if (wrong.empty()) return {};
    return refuse(command_name(row.kind), wrong);
  }
  return refuse(command_name(row.kind),
                "there is no argument " + quoted(item.name) +
                    (known.empty() ? ", it takes none" : "; there are: " + known));
}

}  // namespace

Result<Command> parse_command(std::string_view text) {
  const size_t mark = text.find('?');
  const std::string_view name = text.substr(0, mark);
  const std::string_view rest = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  const CommandRow* row = find_row(name);
  if (row == nullptr) return refuse("command", quoted(name) + " is none of " + all_names());
  Command command;
  command.kind = row->kind;
  if (command.kind == CommandKind::set) {
    // What has to hold between fields depends on the rest of the spec, which only the engine knows.
    if (Result<void> known = check_edits(rest); !known) return known.error();
    command.edits = rest;
    return command;
  }
  const Result<std::vector<QueryItem>> items = parse_query(rest, name);
  if (!items) return items.error();
  for (const QueryItem& item : *items) {
    if (Result<void> read = read_argument(*row, item, command); !read) return read.error();
  }
  for (const Argument* argument : row->arguments) {
    if (argument != nullptr && argument->required &&
        std::ranges::count(*items, argument->name, &QueryItem::name) == 0) {
      return refuse(name, "the argument " + std::string(argument->name) + " is missing");
    }
  }
  return command;
}

std::string print_command(const Command& command) {
  std::string text(command_name(command.kind));
  if (command.kind == CommandKind::set && !command.edits.empty()) return text + "?" + command.edits;
  char sign = '?';
  for (const Argument* argument : row_of(command.kind).arguments) {
    if (argument == nullptr) break;
    const std::string value = argument->print(command);
    if (value.empty()) continue;
    text += std::exchange(sign, '&') + std::string(argument->name) + "=" + value;
  }
  return text;
}

void encode_command(const Command& command, std::vector<uint8_t>& out) {
  out.clear();
  // A file is large: without this, the members after it would double the size of the buffer.
  out.reserve(command.edits.size() + command.text.size() + command.bytes.size() + kMaxFixedBytes);
  out.push_back(kProtocolVersion);
  FieldWriter fields(out);
  fields(command);
}

Result<Command> decode_command(const uint8_t* bytes, size_t size) {
  FieldReader fields({bytes, size}, "command");
  fields.version();
  Command command;
  fields(command);
  if (command.count < 1 || command.count > kMaxStepCount) fields.fail("count is out of range");
  if (!possible_speed(command.speed)) fields.fail("speed is out of range");
  if (!std::isfinite(command.value)) fields.fail("value is not a finite number");
  if (command.request.parts & ~kAllSnapshotParts) fields.fail("unknown parts are asked for");
  if (!is_sound(changed({}, command.draw))) fields.fail("the drawing is not as it should be");
  if (row_of(command.kind).doer != Doer::engine) {
    fields.fail(std::string(command_name(command.kind)) + " is for the page, not for an engine");
  }
  if (Result<void> status = fields.status(); !status) return status.error();
  return command;
}

bool SnapshotRequest::looks_like(const SnapshotRequest& other) const {
  SnapshotRequest same = *this;
  same.generation = other.generation;
  same.steps_held = other.steps_held;
  same.epochs_held = other.epochs_held;
  same.marks_held = other.marks_held;
  return same == other;
}

}  // namespace downhill
