// Reads a file as bytes, for tests and the programs beside them.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace downhill::test {

// Nothing if the file does not exist.
inline std::optional<std::vector<uint8_t>> bytes_of_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return std::nullopt;
  std::vector<uint8_t> bytes;
  uint8_t buffer[16384];
  for (size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) {
    bytes.insert(bytes.end(), buffer, buffer + n);
  }
  std::fclose(file);
  return bytes;
}

// Empty if the file does not exist; a caller that needs it reports that.
inline std::vector<uint8_t> bytes_if_there(const std::string& path) {
  return bytes_of_file(path).value_or(std::vector<uint8_t>());
}

}  // namespace downhill::test
