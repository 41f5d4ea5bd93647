// The safetensors format of Hugging Face: named tensors and named texts in one file, held in memory
// as a whole. It knows names, shapes and bytes. Which name belongs to a layer, or which text to a
// checkpoint, is the caller's business.
//
// A file is the length of the header (8 bytes, little-endian), then the header, a JSON object
//   {"__metadata__":{"key":"text",…},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…}
// and then the bytes of the tensors, little-endian, row-major, without gaps. data_offsets count
// from the end of the header. Source: github.com/huggingface/safetensors, README ("Format") and the
// checks of safetensors/src/tensor.rs.
//
// A checkpoint is such a file: weights, buffers and the state of the optimizer are its tensors; the
// rest (spec, position, seed, steps taken) is its metadata. Integers are decimal metadata, because
// a float holds them exactly only up to 2^24.
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

inline constexpr size_t kSafetensorsMaxHeader = 100'000'000;  // bytes, as in the reference

struct FileTensor {
  std::string name;             // UTF-8; may be empty
  std::vector<uint32_t> shape;  // outermost first; empty for a single value
  std::vector<float> values;    // row-major, as many as the product of the shape

  bool operator==(const FileTensor&) const = default;
};

struct TensorFile {
  std::vector<FileTensor> tensors;  // in the order of their bytes; names differ
  std::vector<std::pair<std::string, std::string>> metadata;  // key and text; keys differ

  // Null if there is no tensor of that name.
  const FileTensor* find(std::string_view name) const;
  const std::string* find_metadata(std::string_view key) const;
  bool operator==(const TensorFile&) const = default;
};

// Writes every tensor as F32, in the given order, with every bit unchanged. Spaces pad the header
// so that the data begin at a multiple of 8, as in files of the reference implementation. Without
// metadata the file has no "__metadata__". Precondition: names and keys are UTF-8 and differ, no
// tensor is named "__metadata__", and each tensor has as many values as its shape says.
std::vector<uint8_t> write_safetensors(const TensorFile& file);

// `name` opens the error message, which names the tensor and the byte of the file at fault:
// "[model.safetensors] …".
//
// BF16, F16 and F64 become floats as described in files/float_formats.hpp; I64 and I32 round to
// nearest, ties to even; U8 and BOOL (0 or 1) are exact. Other types are refused by name.
//
// Also refused: a header longer than kSafetensorsMaxHeader or than the file, or one that is not
// exactly JSON of the form above; a name or key given twice; text that is not UTF-8; a shape that
// does not match its number of bytes or has a size of 2^32 or more; bytes that belong to no tensor
// or to two.
//
// A number in the file never causes an allocation before the bytes it refers to are known to exist.
// Values take at most four bytes per byte of the file, and a header takes memory in proportion to
// its length (measured: 15 times, for metadata of tiny texts only; 4 times otherwise).
Result<TensorFile> read_safetensors(std::span<const uint8_t> bytes, std::string_view name);

}  // namespace downhill
