// Reads the bytes as a file of tensors, and as a header alone. Whatever is accepted must survive
// writing and reading, to the bit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "files/safetensors.hpp"
#include "support/tensor_files.hpp"

namespace downhill::fuzz {

inline bool tensor_file(std::span<const uint8_t> bytes) {
  const auto read = read_safetensors(bytes, "m");
  if (!read) {
    const bool printable = std::none_of(read.error().message.begin(), read.error().message.end(),
                                        [](char c) { return static_cast<unsigned char>(c) < ' '; });
    return printable && read.error().message.starts_with("[m] ");
  }
  const std::vector<uint8_t> written = write_safetensors(*read);
  const auto again = read_safetensors(written, "m");
  return again && test::same_bits(*again, *read) && write_safetensors(*again) == written;
}

inline bool safetensors(std::span<const uint8_t> bytes) {
  // A fuzzer seldom guesses the length of a header, so all bytes except the last few become one,
  // with its true length in front.
  constexpr size_t kData = 8;
  std::vector<uint8_t> file(8 + bytes.size());
  const size_t header = bytes.size() - std::min(bytes.size(), kData);
  for (int i = 0; i < 8; ++i) file[i] = static_cast<uint8_t>(uint64_t{header} >> 8 * i);
  std::copy(bytes.begin(), bytes.end(), file.begin() + 8);
  return tensor_file(bytes) && tensor_file(file);
}

}  // namespace downhill::fuzz
