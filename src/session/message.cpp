#include "session/message.hpp"

#include <utility>

#include "session/protocol.hpp"

namespace downhill {
namespace {

enum class MessageKind : uint8_t { answer = 'A', snapshot = 'S', failed = 'F', file = 'B' };

template <class Fields, class Value>
void visit_answer(Fields& fields, Value& answer) {
  fields(answer.id);
  fields(answer.error);
}

template <class Fields, class Value>
void visit_file(Fields& fields, Value& file) {
  fields(file.name);
  fields(file.bytes);
}

FieldWriter begin(MessageKind kind, std::vector<uint8_t>& out) {
  out.clear();
  out.push_back(static_cast<uint8_t>(kind));
  out.push_back(kProtocolVersion);
  return FieldWriter(out);
}

}  // namespace

void encode_message(const Answer& answer, std::vector<uint8_t>& out) {
  FieldWriter fields = begin(MessageKind::answer, out);
  visit_answer(fields, answer);
}

void encode_message(const Failed& failed, std::vector<uint8_t>& out) {
  begin(MessageKind::failed, out)(failed.sentence);
}

void encode_message(const File& file, std::vector<uint8_t>& out) {
  FieldWriter fields = begin(MessageKind::file, out);
  visit_file(fields, file);
}

void encode_message(const Snapshot& snapshot, std::vector<uint8_t>& out) {
  out.clear();
  out.push_back(static_cast<uint8_t>(MessageKind::snapshot));
  append_snapshot(snapshot, out);
}

Result<Message> decode_message(const uint8_t* bytes, size_t size) {
  if (size == 0) return Error{"[message] is empty"};
  const auto kind = static_cast<MessageKind>(bytes[0]);
  if (kind == MessageKind::snapshot) {
    Result<Snapshot> snapshot = decode_snapshot(bytes + 1, size - 1);
    if (!snapshot) return snapshot.error();
    return Message(std::move(*snapshot));
  }
  FieldReader fields({bytes + 1, size - 1}, "message");
  fields.version();
  Message message;
  if (kind == MessageKind::answer) {
    visit_answer(fields, message.emplace<Answer>());
  } else if (kind == MessageKind::failed) {
    fields(message.emplace<Failed>().sentence);
  } else if (kind == MessageKind::file) {
    visit_file(fields, message.emplace<File>());
  } else {
    return Error{"[message] kind " + std::to_string(bytes[0]) + " is unknown"};
  }
  if (Result<void> status = fields.status(); !status) return status.error();
  return message;
}

}  // namespace downhill
