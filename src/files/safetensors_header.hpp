// The JSON header of a safetensors file, for safetensors.cpp alone: what each tensor claims,
// checked for its form. Whether the claims fit together and fit the file is not known here.
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
  std::string_view name;  // in a header
  uint32_t bytes;         // of one value
};

// By FileType.
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
  uint64_t begin = 0, end = 0;  // bytes, counted from the end of the header; not checked yet
  size_t offsets_at = 0;        // where "data_offsets" are in the file
};

struct SafetensorsHeader {
  std::vector<TensorEntry> tensors;  // in the order of the header, names all different
  std::vector<std::pair<std::string, std::string>> metadata;  // keys all different
};

// `json` is the whole header, its first character byte `first_byte` of the file. `file` opens the
// sentence of an error.
Result<SafetensorsHeader> read_safetensors_header(std::string_view json, size_t first_byte,
                                                  std::string_view file);

inline constexpr std::string_view kMetadataName = "__metadata__";  // of no tensor

}  // namespace downhill
