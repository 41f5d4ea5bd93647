// What the engine says to the page: the answer to a command, a snapshot, a file, or that it has
// failed. The binary form is little-endian: a byte for the kind, the version, the members. Knows
// nothing of how messages travel.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "session/snapshot.hpp"

namespace downhill {

struct Answer {  // to a command with an id, when it is done
  uint32_t id = 0;
  std::string error;  // a sentence; empty: done
  bool operator==(const Answer&) const = default;
};

struct Failed {          // the engine cannot go on and has to be replaced
  std::string sentence;  // "[data] train-images has magic 0x00000802 …"
  bool operator==(const Failed&) const = default;
};

struct File {        // made by `save`; the answer follows it
  std::string name;  // "downhill-conv-epoch3.safetensors"
  std::vector<uint8_t> bytes;
  bool operator==(const File&) const = default;
};

using Message = std::variant<Answer, Snapshot, Failed, File>;

// Each replaces the content of `out`.
void encode_message(const Answer& answer, std::vector<uint8_t>& out);
void encode_message(const Snapshot& snapshot, std::vector<uint8_t>& out);
void encode_message(const Failed& failed, std::vector<uint8_t>& out);
void encode_message(const File& file, std::vector<uint8_t>& out);

// Refuses, with a sentence, anything that encode_message would not have written. Never reads past
// `size`; a hostile length allocates nothing.
Result<Message> decode_message(const uint8_t* bytes, size_t size);

}  // namespace downhill
