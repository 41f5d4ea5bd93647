// The IDX format of MNIST, read in place: a view of bytes owned by the caller, validated to the
// last byte. A big-endian header (magic number, then one 32-bit size per dimension) is followed by
// one byte per pixel or label. Must not know where the bytes come from, nor what the labels mean.
//
// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", file format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace downhill {

inline constexpr uint32_t kIdxImagesMagic = 0x00000803;  // 08: unsigned bytes, 03: three dimensions
inline constexpr uint32_t kIdxLabelsMagic = 0x00000801;
inline constexpr size_t kIdxImagesHeader = 16;  // bytes: magic, images, rows, columns
inline constexpr size_t kIdxLabelsHeader = 8;   // bytes: magic, labels
inline constexpr uint32_t kIdxMaxSide = 4096;   // pixels; a larger side means a damaged header

struct IdxImages {
  uint32_t count = 0, rows = 0, cols = 0;
  std::span<const uint8_t> pixels;  // [count, rows, cols], 0 paper ... 255 ink
};

struct IdxLabels {
  uint32_t count = 0;
  std::span<const uint8_t> values;  // [count]
};

// `name` opens the error message, which names the byte at fault: "[train-images] ...". The result
// points into `bytes`. Refused: a wrong magic number, a file still packed with gzip, no images, a
// side outside 1..kIdxMaxSide, a file shorter or longer than its header says.
Result<IdxImages> read_idx_images(std::span<const uint8_t> bytes, std::string_view name);
Result<IdxLabels> read_idx_labels(std::span<const uint8_t> bytes, std::string_view name);

// Writes the same format. Precondition: the spans have the sizes that the counts say.
std::vector<uint8_t> write_idx(const IdxImages& images);
std::vector<uint8_t> write_idx(const IdxLabels& labels);

}  // namespace downhill
