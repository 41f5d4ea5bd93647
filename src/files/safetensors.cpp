#include "files/safetensors.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <tuple>

#include "base/bytes.hpp"
#include "base/query_text.hpp"
#include "base/text.hpp"
#include "files/float_formats.hpp"
#include "files/safetensors_header.hpp"

namespace downhill {
namespace {

constexpr size_t kLengthBytes = 8;  // the field in front of the header that holds its length

std::string number(uint64_t value) { return print(value); }

Error fault(std::string_view name, const std::string& what) {
  return Error{"[" + std::string(name) + "] " + what};
}

const FileTypeFacts& facts(FileType type) { return kFileTypes[static_cast<size_t>(type)]; }

// "[2,3]", as in the header.
std::string shape_text(std::span<const uint32_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? "," : "") + number(shape[i]);
  return text + "]";
}

// Bytes of a tensor of this shape; nothing if they exceed 64 bits.
std::optional<uint64_t> bytes_of(std::span<const uint32_t> shape, uint64_t value_bytes) {
  uint64_t bytes = value_bytes;
  for (const uint32_t size : shape) {
    if (size > 0 && bytes > UINT64_MAX / size) return {};
    bytes *= size;
  }
  return bytes;
}

std::string write_header(const TensorFile& file) {
  std::string json = "{";
  const auto comma = [&] {
    if (json.back() != '{') json += ',';
  };
  if (!file.metadata.empty()) {
    json += json_text(kMetadataName) + ":{";
    for (const auto& [key, text] : file.metadata) {
      comma();
      json += json_text(key) + ":" + json_text(text);
    }
    json += '}';
  }
  uint64_t end = 0;
  for (const FileTensor& tensor : file.tensors) {
    const uint64_t begin = end;
    end += tensor.values.size() * sizeof(float);
    comma();
    json += json_text(tensor.name) + ":{\"dtype\":\"F32\",\"shape\":" + shape_text(tensor.shape) +
            ",\"data_offsets\":[" + number(begin) + "," + number(end) + "]}";
  }
  json += '}';
  json.resize((json.size() + 7) / 8 * 8, ' ');
  return json;
}

// The text of the header, if the file is long enough to hold it.
Result<std::string_view> header_text(std::span<const uint8_t> bytes, std::string_view name) {
  const std::string size = number(bytes.size());
  if (bytes.size() < kLengthBytes) {
    return fault(name, "the file ends at byte " + size +
                           ", inside the 8 bytes that say how long the header is");
  }
  const uint64_t length = ByteReader(bytes).u64();
  if (length > kSafetensorsMaxHeader) {
    return fault(name, "the header's length at byte 0 is " + number(length) + ", more than " +
                           number(kSafetensorsMaxHeader));
  }
  if (length > bytes.size() - kLengthBytes) {
    return fault(name, "the header would end at byte " + number(kLengthBytes + length) +
                           ", but the file ends at byte " + size);
  }
  const auto text = bytes.subspan(kLengthBytes, static_cast<size_t>(length));
  return std::string_view(reinterpret_cast<const char*>(text.data()), text.size());
}

// Says what is wrong with the byte range of `entry`, or nothing. Its data should begin at
// `position`, where the data of `before` end (null: `entry` is the first).
std::string range_fault(const TensorEntry& entry, const TensorEntry* before, uint64_t position,
                        uint64_t data_bytes) {
  if (entry.end < entry.begin) return "end before they begin";
  if (entry.end > data_bytes) return "end beyond the " + number(data_bytes) + " bytes of data";
  if (entry.begin < position) {
    return "begin inside tensor " + quoted(before->name) + ", which ends at " + number(position);
  }
  if (entry.begin > position) return "leave the bytes from " + number(position) + " to no tensor";
  const auto bytes = bytes_of(entry.shape, facts(entry.type).bytes);
  if (bytes == entry.end - entry.begin) return {};
  return "span " + number(entry.end - entry.begin) + " bytes, but the shape takes " +
         (bytes ? number(*bytes) : "2^64 or more");
}

// Sorts the tensors by their bytes. They must then follow one another without a gap from the first
// byte of the data to the last.
Result<void> check_layout(std::vector<TensorEntry>& tensors, uint64_t data_begin, uint64_t file_end,
                          std::string_view name) {
  const auto order = [](const TensorEntry& entry) {
    return std::tuple(entry.begin, entry.end, entry.offsets_at);  // empty ones stay in header order
  };
  std::sort(tensors.begin(), tensors.end(),
            [&](const auto& a, const auto& b) { return order(a) < order(b); });
  const uint64_t data_bytes = file_end - data_begin;
  uint64_t position = 0;
  const TensorEntry* before = nullptr;
  for (const TensorEntry& entry : tensors) {
    const std::string what = range_fault(entry, before, position, data_bytes);
    if (!what.empty()) {
      return fault(name, "tensor " + quoted(entry.name) + ": the data_offsets [" +
                             number(entry.begin) + "," + number(entry.end) + "] at byte " +
                             number(entry.offsets_at) + " " + what);
    }
    position = entry.end;
    before = &entry;
  }
  if (position == data_bytes) return {};
  return fault(name, "the file ends at byte " + number(file_end) + ", but the bytes from " +
                         number(data_begin + position) + " belong to no tensor");
}

float read_bool(ByteReader& reader, const std::string& tensor) {
  const size_t at = reader.position();
  const uint8_t value = reader.u8();
  if (value > 1) {
    reader.fail("tensor " + quoted(tensor) + ": byte " + number(at) + " is " + number(value) +
                ", where a BOOL is 0 or 1");
  }
  return value;
}

void read_values(ByteReader& reader, const TensorEntry& entry, std::span<float> values) {
  const auto each = [&](auto next) {
    for (float& value : values) value = next();
  };
  switch (entry.type) {
    case FileType::boolean:
      return each([&] { return read_bool(reader, entry.name); });
    case FileType::u8:
      return each([&] { return static_cast<float>(reader.u8()); });
    case FileType::i32:
      return each([&] { return static_cast<float>(static_cast<int32_t>(reader.u32())); });
    case FileType::i64:
      return each([&] { return static_cast<float>(static_cast<int64_t>(reader.u64())); });
    case FileType::f16:
      return each([&] { return float_from_half(reader.u16()); });
    case FileType::bf16:
      return each([&] { return float_from_bfloat16(reader.u16()); });
    case FileType::f32:
      return reader.f32s(values);
    case FileType::f64:
      return each([&] { return float_from_double(reader.u64()); });
  }
}

}  // namespace

const FileTensor* TensorFile::find(std::string_view name) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const FileTensor& tensor) { return tensor.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

const std::string* TensorFile::find_metadata(std::string_view key) const {
  const auto found = std::find_if(metadata.begin(), metadata.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  return found == metadata.end() ? nullptr : &found->second;
}

std::vector<uint8_t> write_safetensors(const TensorFile& file) {
  const std::string header = write_header(file);
  size_t size = kLengthBytes + header.size();
  for (const FileTensor& tensor : file.tensors) {
    assert(tensor.name != kMetadataName);
    assert(bytes_of(tensor.shape, 1) == tensor.values.size());
    size += tensor.values.size() * sizeof(float);
  }
  std::vector<uint8_t> out;
  out.reserve(size);
  ByteWriter writer(out);
  writer.u64(header.size());
  writer.bytes({reinterpret_cast<const uint8_t*>(header.data()), header.size()});
  for (const FileTensor& tensor : file.tensors) writer.f32s(tensor.values);
  return out;
}

Result<TensorFile> read_safetensors(std::span<const uint8_t> bytes, std::string_view name) {
  const auto text = header_text(bytes, name);
  if (!text) return text.error();
  auto header = read_safetensors_header(*text, kLengthBytes, name);
  if (!header) return header.error();
  const size_t data_begin = kLengthBytes + text->size();
  const auto good = check_layout(header->tensors, data_begin, bytes.size(), name);
  if (!good) return good.error();

  TensorFile file;
  file.metadata = std::move(header->metadata);
  file.tensors.reserve(header->tensors.size());
  ByteReader reader(bytes, name);
  reader.bytes(data_begin);
  for (TensorEntry& entry : header->tensors) {
    const uint64_t count = (entry.end - entry.begin) / facts(entry.type).bytes;
    std::vector<float> values(static_cast<size_t>(count));
    read_values(reader, entry, values);
    file.tensors.push_back({std::move(entry.name), std::move(entry.shape), std::move(values)});
  }
  if (const auto read = reader.status(); !read) return read.error();
  return file;
}

}  // namespace downhill
