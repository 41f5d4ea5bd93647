// The two forms of a command: bytes, for messages, and text, for teachers' scripts and links:
// "step?unit=batch&count=2". Which commands there are is in schema/commands.hpp. Knows nothing of
// how messages travel.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "session/schema/commands.hpp"

namespace downhill {

// Refuses unknown names, unknown or repeated arguments, and values out of range.
Result<Command> parse_command(std::string_view text);
std::string print_command(const Command& command);

// The binary form: little-endian, versioned. encode replaces the content of `out`; decode refuses
// anything that encode would not have written, and commands that no engine carries out.
void encode_command(const Command& command, std::vector<uint8_t>& out);
Result<Command> decode_command(const uint8_t* bytes, size_t size);

// Batches per second that `speed` takes: 0, or a number in a range.
bool possible_speed(float speed);

}  // namespace downhill
