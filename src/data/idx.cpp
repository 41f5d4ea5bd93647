#include "data/idx.hpp"

#include <cassert>
#include <string>

#include "base/text.hpp"

namespace downhill {
namespace {

uint32_t big_endian(std::span<const uint8_t> bytes, size_t at) {
  return uint32_t{bytes[at]} << 24 | uint32_t{bytes[at + 1]} << 16 | uint32_t{bytes[at + 2]} << 8 |
         uint32_t{bytes[at + 3]};
}

void put_big_endian(std::vector<uint8_t>& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(value >> shift));
}

std::string number(uint64_t value) { return print(value); }

// "1 image", "2 images".
std::string counted(uint32_t count, const std::string& singular) {
  return number(count) + " " + singular + (count == 1 ? "" : "s");
}

std::string hex(uint32_t value, int digits) {
  std::string text = "0x";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    text += "0123456789abcdef"[value >> shift & 15];
  }
  return text;
}

Error fault(std::string_view name, const std::string& what) {
  return Error{"[" + std::string(name) + "] " + what};
}

// Names the kind of file that the magic number belongs to, for readers who mixed up two files.
std::string mix_up(uint32_t magic) {
  if (magic == kIdxImagesMagic) return " (this is a file of images)";
  if (magic == kIdxLabelsMagic) return " (this is a file of labels)";
  return "";
}

Result<void> check_header(std::span<const uint8_t> bytes, std::string_view name, uint32_t magic,
                          size_t header, const std::string& kind) {
  if (bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b) {
    return fault(name, "the file is still packed with gzip (0x1f8b at byte 0)");
  }
  if (bytes.size() < header) {
    return fault(name, "the file ends at byte " + number(bytes.size()) + ", inside the header of " +
                           number(header) + " bytes that a file of " + kind + " begins with");
  }
  const uint32_t found = big_endian(bytes, 0);
  if (found != magic) {
    return fault(name, "magic number " + hex(found, 8) + " at byte 0" + mix_up(found) + ", where " +
                           hex(magic, 8) + " (" + kind + ") was expected");
  }
  if (big_endian(bytes, 4) == 0) return fault(name, "the number of " + kind + " at byte 4 is 0");
  return {};
}

// `body` fits 64 bits: the sides are at most kIdxMaxSide and the count has 32 bits.
Result<void> check_length(std::span<const uint8_t> bytes, std::string_view name, size_t header,
                          uint64_t body, const std::string& content) {
  const uint64_t end = header + body;
  if (bytes.size() != end) {
    return fault(name, "the file ends at byte " + number(bytes.size()) + ", but " + content +
                           " would end at byte " + number(end));
  }
  return {};
}

Result<void> check_side(uint32_t side, std::string_view name, const std::string& what, size_t at) {
  if (side >= 1 && side <= kIdxMaxSide) return {};
  return fault(name, "the number of " + what + " at byte " + number(at) + " is " + number(side) +
                         ", not 1 to " + number(kIdxMaxSide));
}

}  // namespace

Result<IdxImages> read_idx_images(std::span<const uint8_t> bytes, std::string_view name) {
  if (auto good = check_header(bytes, name, kIdxImagesMagic, kIdxImagesHeader, "images"); !good) {
    return good.error();
  }
  IdxImages images;
  images.count = big_endian(bytes, 4);
  images.rows = big_endian(bytes, 8);
  images.cols = big_endian(bytes, 12);
  if (auto good = check_side(images.rows, name, "rows", 8); !good) return good.error();
  if (auto good = check_side(images.cols, name, "columns", 12); !good) return good.error();
  const uint64_t body = uint64_t{images.count} * images.rows * images.cols;
  const std::string content =
      counted(images.count, "image") + " of " + number(images.rows) + "x" + number(images.cols);
  if (auto good = check_length(bytes, name, kIdxImagesHeader, body, content); !good) {
    return good.error();
  }
  images.pixels = bytes.subspan(kIdxImagesHeader);
  return images;
}

Result<IdxLabels> read_idx_labels(std::span<const uint8_t> bytes, std::string_view name) {
  if (auto good = check_header(bytes, name, kIdxLabelsMagic, kIdxLabelsHeader, "labels"); !good) {
    return good.error();
  }
  IdxLabels labels;
  labels.count = big_endian(bytes, 4);
  const std::string content = counted(labels.count, "label");
  if (auto good = check_length(bytes, name, kIdxLabelsHeader, labels.count, content); !good) {
    return good.error();
  }
  labels.values = bytes.subspan(kIdxLabelsHeader);
  return labels;
}

std::vector<uint8_t> write_idx(const IdxImages& images) {
  assert(images.pixels.size() == uint64_t{images.count} * images.rows * images.cols);
  std::vector<uint8_t> out;
  out.reserve(kIdxImagesHeader + images.pixels.size());
  for (uint32_t word : {kIdxImagesMagic, images.count, images.rows, images.cols}) {
    put_big_endian(out, word);
  }
  out.insert(out.end(), images.pixels.begin(), images.pixels.end());
  return out;
}

std::vector<uint8_t> write_idx(const IdxLabels& labels) {
  assert(labels.values.size() == labels.count);
  std::vector<uint8_t> out;
  out.reserve(kIdxLabelsHeader + labels.values.size());
  put_big_endian(out, kIdxLabelsMagic);
  put_big_endian(out, labels.count);
  out.insert(out.end(), labels.values.begin(), labels.values.end());
  return out;
}

}  // namespace downhill
