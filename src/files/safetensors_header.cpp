#include "files/safetensors_header.hpp"

#include <algorithm>

#include "base/query_text.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

// The length in bytes of the code point that `text` begins with; 0 if that is not UTF-8 (RFC 3629:
// shortest form, no surrogates, nothing above U+10FFFF).
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0u; };
  const uint32_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xc0 || lead >= 0xf8) return 0;
  const size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  uint32_t code = lead & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code < kLeast[length - 2] || code > 0x10ffff || surrogate ? 0 : length;
}

void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xe0 | code >> 12);
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
    }
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

std::string hex_byte(char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto byte = static_cast<uint8_t>(c);
  return {'0', 'x', kHex[byte >> 4], kHex[byte & 15]};
}

std::string at_byte(size_t at) { return " at byte " + print(uint64_t{at}); }

// The subset of JSON (RFC 8259) that the header uses: objects, arrays, strings and integers.
// Reading stops at the first fault, which is kept.
class JsonReader {
 public:
  JsonReader(std::string_view text, size_t first_byte) : text_(text), first_byte_(first_byte) {}

  bool ok() const { return fault_.empty(); }
  const std::string& fault() const { return fault_; }
  void fail(const std::string& what) {
    if (ok()) fault_ = (tensor_ ? "tensor " + quoted(*tensor_) + ": " : "") + what;
  }
  // The tensor that later faults will name, or null. It must outlive the reader.
  void set_tensor(const std::string* tensor) { tensor_ = tensor; }

  // Skips white space. Returns the byte of the file where the next token starts.
  size_t next() {
    position_ = std::min(text_.find_first_not_of(" \t\r\n", position_), text_.size());
    return first_byte_ + position_;
  }

  bool take(char c) {
    next();
    if (!ok() || position_ == text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) unexpected({'"', c, '"'});
  }

  void end() {
    next();
    if (position_ != text_.size()) unexpected("the end of the header");
  }

  // Calls member(key, byte of the key), which reads the value.
  template <class Member>
  void object(Member member) {
    expect('{');
    if (take('}')) return;
    do {
      const size_t at = next();
      std::string key = string();
      expect(':');
      if (ok()) member(std::move(key), at);
    } while (take(','));
    if (!take('}')) unexpected("\",\" or \"}\"");
  }

  // Calls number(value, byte of the value).
  template <class Number>
  void numbers(Number number) {
    expect('[');
    if (take(']')) return;
    do {
      const size_t at = next();
      const uint64_t value = whole_number();
      if (ok()) number(value, at);
    } while (take(','));
    if (!take(']')) unexpected("\",\" or \"]\"");
  }

  std::string string();

 private:
  uint64_t whole_number();
  void escape(std::string& out);
  uint32_t hex4();
  void unexpected(const std::string& wanted);
  size_t here() const { return first_byte_ + position_; }
  bool done() const { return position_ == text_.size(); }

  std::string_view text_;
  size_t first_byte_;
  size_t position_ = 0;
  const std::string* tensor_ = nullptr;
  std::string fault_;
};

void JsonReader::unexpected(const std::string& wanted) {
  std::string found = "the header ends";
  if (!done()) {
    const char c = text_[position_];
    found = "there is " + (c > ' ' && c < 0x7f ? "'" + std::string(1, c) + "'" : hex_byte(c));
  }
  fail(wanted + " was expected" + at_byte(here()) + ", where " + found);
}

std::string JsonReader::string() {
  const size_t start = next();
  std::string out;
  if (!take('"')) unexpected("a text in quotes");
  while (ok()) {
    if (done()) {
      fail("the text" + at_byte(start) + " does not end within the header");
    } else if (text_[position_] == '"') {
      ++position_;
      return out;
    } else if (text_[position_] == '\\') {
      escape(out);
    } else if (static_cast<uint8_t>(text_[position_]) < ' ') {
      fail("the text" + at_byte(start) + " has the control character " +
           hex_byte(text_[position_]) + at_byte(here()));
    } else if (const size_t length = utf8_length(text_.substr(position_)); length > 0) {
      out += text_.substr(position_, length);
      position_ += length;
    } else {
      fail("the text" + at_byte(start) + " is not UTF-8" + at_byte(here()) + " (" +
           hex_byte(text_[position_]) + ")");
    }
  }
  return {};
}

void JsonReader::escape(std::string& out) {
  const size_t start = here();
  constexpr std::string_view kLetters = "\"\\/bfnrtu";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  ++position_;
  const size_t which = done() ? kLetters.npos : kLetters.find(text_[position_]);
  if (which == kLetters.npos) return fail("no escape of JSON" + at_byte(start));
  ++position_;
  if (which < kMeant.size()) {
    out += kMeant[which];
    return;
  }
  uint32_t code = hex4();
  if (code >= 0xd800 && code < 0xdc00 && text_.substr(position_, 2) == "\\u") {
    position_ += 2;
    const uint32_t low = hex4();
    // Anything but a low surrogate leaves `code` as it is, and it is refused below.
    if (low >= 0xdc00 && low < 0xe000) code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  if (code >= 0xd800 && code < 0xe000) fail("half a surrogate pair" + at_byte(start));
  if (ok()) append_utf8(out, code);
}

uint32_t JsonReader::hex4() {
  uint32_t code = 0;
  for (int i = 0; i < 4; ++i, ++position_) {
    const char c = done() ? ' ' : text_[position_];
    uint32_t digit = 16;
    if (c >= '0' && c <= '9') digit = static_cast<uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<uint32_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') digit = static_cast<uint32_t>(c - 'A' + 10);
    if (digit == 16) {
      unexpected("a hexadecimal digit");
      return 0;
    }
    code = code << 4 | digit;
  }
  return code;
}

uint64_t JsonReader::whole_number() {
  const size_t start = next();
  const size_t end = std::min(text_.find_first_not_of("0123456789", position_), text_.size());
  const std::string_view digits = text_.substr(position_, end - position_);
  if (digits.empty()) {
    unexpected("a whole number");
    return 0;
  }
  position_ = end;
  if (digits.size() > 1 && digits[0] == '0') fail("the number" + at_byte(start) + " begins with 0");
  uint64_t value = 0;
  for (const char c : digits) {
    const uint64_t digit = static_cast<uint64_t>(c - '0');
    if (value > (UINT64_MAX - digit) / 10) {
      fail("the number" + at_byte(start) + " is larger than " + print(uint64_t{UINT64_MAX}));
      return 0;
    }
    value = 10 * value + digit;
  }
  return value;
}

FileType read_type(JsonReader& json) {
  const size_t at = json.next();
  const std::string name = json.string();
  std::string known;
  for (size_t i = 0; i < kFileTypes.size(); ++i) {
    if (kFileTypes[i].name == name) return static_cast<FileType>(i);
    known += (i == 0 ? "" : ", ") + std::string(kFileTypes[i].name);
  }
  json.fail("the dtype " + quoted(name) + at_byte(at) + " is none of " + known);
  return FileType::f32;
}

std::vector<uint32_t> read_shape(JsonReader& json) {
  std::vector<uint32_t> shape;
  json.numbers([&](uint64_t size, size_t at) {
    if (size > UINT32_MAX) json.fail("the size" + at_byte(at) + " is larger than 4294967295");
    shape.push_back(static_cast<uint32_t>(size));
  });
  return shape;
}

void read_offsets(JsonReader& json, TensorEntry& entry) {
  entry.offsets_at = json.next();
  size_t count = 0;
  json.numbers([&](uint64_t value, size_t) { (count++ == 0 ? entry.begin : entry.end) = value; });
  if (json.ok() && count != 2) {
    json.fail("the data_offsets" + at_byte(entry.offsets_at) + " are " + print(uint64_t{count}) +
              (count == 1 ? " number, not 2" : " numbers, not 2"));
  }
}

TensorEntry read_entry(JsonReader& json, std::string name) {
  TensorEntry entry;
  entry.name = std::move(name);
  json.set_tensor(&entry.name);
  const size_t start = json.next();
  bool has_type = false, has_shape = false, has_offsets = false;
  const auto first = [](bool& seen) { return !std::exchange(seen, true); };
  json.object([&](const std::string& field, size_t at) {
    if (field == "dtype" && first(has_type)) {
      entry.type = read_type(json);
    } else if (field == "shape" && first(has_shape)) {
      entry.shape = read_shape(json);
    } else if (field == "data_offsets" && first(has_offsets)) {
      read_offsets(json, entry);
    } else {
      json.fail(quoted(field) + at_byte(at) +
                ", where dtype, shape and data_offsets come once each and nothing else");
    }
  });
  const char* missing = !has_type ? "dtype" : !has_shape ? "shape" : "data_offsets";
  if (!has_type || !has_shape || !has_offsets) {
    json.fail("its object" + at_byte(start) + " has no " + missing);
  }
  json.set_tensor(nullptr);
  return entry;
}

struct Key {
  std::string_view text;
  size_t at;
  auto operator<=>(const Key&) const = default;
};

void refuse_repeated(JsonReader& json, std::vector<Key> keys, const std::string& kind) {
  std::sort(keys.begin(), keys.end());
  const auto same = [](const Key& a, const Key& b) { return a.text == b.text; };
  const auto twice = std::adjacent_find(keys.begin(), keys.end(), same);
  if (twice == keys.end()) return;
  json.fail(kind + quoted(twice->text) + " comes twice," + at_byte(twice->at) + " and again" +
            at_byte(twice[1].at));
}

}  // namespace

Result<SafetensorsHeader> read_safetensors_header(std::string_view text, size_t first_byte,
                                                  std::string_view file) {
  SafetensorsHeader header;
  std::vector<size_t> tensors_at, metadata_at;
  bool has_metadata = false;
  JsonReader json(text, first_byte);
  if (!text.starts_with('{')) json.fail("the header does not begin with '{'" + at_byte(first_byte));
  json.object([&](std::string key, size_t at) {
    if (key != kMetadataName) {
      header.tensors.push_back(read_entry(json, std::move(key)));
      return tensors_at.push_back(at);
    }
    if (std::exchange(has_metadata, true)) json.fail("__metadata__ comes again" + at_byte(at));
    json.object([&](std::string name, size_t name_at) {
      header.metadata.emplace_back(std::move(name), json.string());
      metadata_at.push_back(name_at);
    });
  });
  json.end();
  std::vector<Key> keys;
  for (size_t i = 0; i < tensors_at.size(); ++i)
    keys.push_back({header.tensors[i].name, tensors_at[i]});
  refuse_repeated(json, keys, "the tensor ");
  keys.clear();
  for (size_t i = 0; i < metadata_at.size(); ++i) {
    keys.push_back({header.metadata[i].first, metadata_at[i]});
  }
  refuse_repeated(json, keys, "the key of the metadata ");
  if (!json.ok()) return Error{"[" + std::string(file) + "] " + json.fault()};
  return header;
}

}  // namespace downhill
