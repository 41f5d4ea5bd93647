// What the page knows of the run, as bytes and as JSON. What there is to know is in schema/: plain
// values, copied out of the trainer between two phases. Every number is taken from the running
// model or its recorder; nothing is smoothed or rescaled. Knows nothing of ImGui, GL or threads.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "session/schema/parts.hpp"

namespace downhill {

// Versioned. Only the parts named in `parts` are written. encode replaces the content of `out`.
// decode refuses anything malformed with a sentence, and never reads past `size`.
void encode_snapshot(const Snapshot& snapshot, std::vector<uint8_t>& out);
void append_snapshot(const Snapshot& snapshot, std::vector<uint8_t>& out);
Result<Snapshot> decode_snapshot(const uint8_t* bytes, size_t size);

// {"phase":"loss","step":12,…}: what window.downhill.state() gives. Numbers that are not finite
// become null, and so do measurements before there are data. `frame_ms`: how long the page's last
// frame took. `race`: what race_json() makes of it.
std::string state_json(const Snapshot& snapshot, uint64_t frames, std::string_view backend,
                       float frame_ms = std::numeric_limits<float>::quiet_NaN(),
                       std::string_view race = "null");

// Equal when the page would look the same.
uint64_t look_of(const Snapshot& snapshot);

}  // namespace downhill
