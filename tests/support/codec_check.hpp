// Checks for one valid message what every binary codec of the project promises: no prefix of it is
// accepted, and any bytes that are accepted are exactly those that encoding the result gives.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/rng.hpp"

namespace downhill::test {

using Bytes = std::vector<uint8_t>;

// Decodes and encodes again; nothing if decoding refused, with a sentence.
using Recode = std::optional<Bytes> (*)(const Bytes&);

// Recodes a copy of exactly these bytes, so that a sanitizer sees every read beyond them.
inline std::optional<Bytes> recode_exact(Recode recode, const uint8_t* bytes, size_t size) {
  return recode(Bytes(bytes, bytes + size));
}

inline void check_beginnings_are_refused(Recode recode, const Bytes& message) {
  size_t accepted = 0;
  for (size_t size = 0; size < message.size(); ++size) {
    accepted += recode_exact(recode, message.data(), size).has_value();
  }
  CHECK(accepted == 0);
}

// Damages copies of `message` with `rng`: changes one to three bytes, or doubles or drops a piece.
// Returns how many damaged messages were accepted.
inline size_t check_damage_is_refused_or_canonical(Recode recode, const Bytes& message, Rng& rng,
                                                   int tries) {
  constexpr uint8_t kTelling[] = {0, 1, 2, 0x7f, 0x80, 0xff};
  size_t accepted = 0, changed = 0;
  for (int i = 0; i < tries; ++i) {
    Bytes damaged = message;
    for (uint32_t edit = 1 + rng.below(3); edit > 0 && !damaged.empty(); --edit) {
      const uint32_t at = rng.below(static_cast<uint32_t>(damaged.size()));
      switch (rng.below(4)) {
        case 0:
          damaged[at] ^= static_cast<uint8_t>(1u << rng.below(8));
          break;
        case 1:
          damaged[at] = kTelling[rng.below(sizeof kTelling)];
          break;
        case 2:
          damaged.erase(damaged.begin() + at);
          break;
        default:
          damaged.insert(damaged.begin() + at, static_cast<uint8_t>(rng.below(256)));
      }
    }
    const std::optional<Bytes> again = recode_exact(recode, damaged.data(), damaged.size());
    accepted += again.has_value();
    changed += again.has_value() && *again != damaged;
  }
  CHECK(changed == 0);
  return accepted;
}

}  // namespace downhill::test
