// Reads the JSON header of a safetensors file, for safetensors.cpp alone: the claims of each
// tensor, checked for form only. It does not know whether the claims fit together or fit the file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace downhill {

enum class FileType : uint8_t { boolean, u8, i32, i64, f16, bf16, f32, f64 };

struct FileTypeFacts {
  std::string_view name;  // as the header spells it
  uint32_t bytes;         // per value
};

// Indexed by FileType.
inline constexpr std::array<FileTypeFacts, 8> kFileTypes = {{{"BOOL", 1},
                                                             {"U8", 1},
                                                             {"I32", 4},
                                                             {"I64", 8},
                                                             {"F16", 2},
                                                             {"BF16", 2},
                                                             {"F32", 4},
                                                             {"F64", 8}}};

struct TensorEntry {
  std::string name;
  FileType type = FileType::f32;
  std::vector<uint32_t> shape;
  uint64_t begin = 0, end = 0;  // bytes from the end of the header, not checked yet
  size_t offsets_at = 0;        // byte of the file where "data_offsets" stand
};

struct SafetensorsHeader {
  std::vector<TensorEntry> tensors;                           // in header order; names differ
  std::vector<std::pair<std::string, std::string>> metadata;  // keys differ
};

// `json` is the whole header; its first character is byte `first_byte` of the file. `file` opens
// the error message.
Result<SafetensorsHeader> read_safetensors_header(std::string_view json, size_t first_byte,
                                                  std::string_view file);

inline constexpr std::string_view kMetadataName = "__metadata__";  // never the name of a tensor

}  // namespace downhill
