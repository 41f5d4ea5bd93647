// The safetensors format of Hugging Face: named tensors and named texts in one file, whole in
// memory. It knows names, shapes and bytes; that a name belongs to a layer, or a text to a
// checkpoint, is for others to know.
//
// The file: the length of the header in 8 bytes, little-endian; the header, a JSON object
//   {"__metadata__":{"key":"text",…},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…}
// and then the tensors' bytes, little-endian, row-major, without a gap; data_offsets count from the
// end of the header. Source: github.com/huggingface/safetensors, README ("Format") and the checks
// of safetensors/src/tensor.rs.
//
// A checkpoint is such a file: weights, buffers and the state of the optimizer are its tensors, the
// rest (spec, position, seed, steps taken) is its metadata. Integers belong there, in decimal: a
// float holds them only up to 2^24.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace downhill {

inline constexpr size_t kSafetensorsMaxHeader = 100'000'000;  // bytes, as the reference has it

struct FileTensor {
  std::string name;             // UTF-8; may be empty
  std::vector<uint32_t> shape;  // outermost first; empty for a single value
  std::vector<float> values;    // row-major, as many as the product of the shape

  bool operator==(const FileTensor&) const = default;
};

struct TensorFile {
  std::vector<FileTensor> tensors;  // in the order of their bytes; no two of one name
  std::vector<std::pair<std::string, std::string>> metadata;  // key and text; no two of one key

  // Null when there is none of that name.
  const FileTensor* find(std::string_view name) const;
  const std::string* find_metadata(std::string_view key) const;
  bool operator==(const TensorFile&) const = default;
};

// Every tensor as F32, in the order given, every bit as it is; the header ends in spaces so that
// the data begin at a multiple of 8, as in the files of the reference. Without metadata the file
// has no "__metadata__". Precondition: names and keys are UTF-8 and differ, none of the names is
// "__metadata__", and the values are as many as the shape says.
std::vector<uint8_t> write_safetensors(const TensorFile& file);

// `name` opens the sentence of an error: "[model.safetensors] …", with the tensor and the byte of
// the file at fault.
//
// BF16, F16 and F64 become floats as files/float_formats.hpp says; I64 and I32 round to nearest,
// ties to even; U8 and BOOL (0 or 1) are exact. Other types are refused, by their name.
//
// Refused too: a header longer than kSafetensorsMaxHeader or than the file, or that is no JSON of
// the form above with nothing added; a name or key that comes twice; text that is not UTF-8; a
// shape that does not take the bytes it is given, or has a size of 2^32 or more; bytes that belong
// to no tensor or to two.
//
// No number in the file is trusted with memory before the bytes it speaks of are found to be there:
// values take at most four bytes per byte of the file, and a header takes memory in proportion to
// its own length (15 times it, measured, for metadata of nothing but tiny texts; 4 times
// otherwise).
Result<TensorFile> read_safetensors(std::span<const uint8_t> bytes, std::string_view name);

}  // namespace downhill
