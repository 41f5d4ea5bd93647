#include "platform/native/data_files.hpp"

#include <zlib.h>

#include <array>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

namespace downhill::platform {
namespace {

// Larger than any data set of 28 x 28 images that this program reads.
constexpr size_t kMaxFileBytes = size_t{1} << 28;

struct CloseGzip {
  void operator()(gzFile_s* file) const { gzclose(file); }
};

Result<std::vector<uint8_t>> read_gzip(const std::string& path) {
  const std::unique_ptr<gzFile_s, CloseGzip> file(gzopen(path.c_str(), "rb"));
  if (!file) return Error{"[data] " + path + " cannot be opened"};
  std::vector<uint8_t> bytes;
  std::array<uint8_t, 1 << 16> piece;
  for (;;) {
    const int got = gzread(file.get(), piece.data(), static_cast<unsigned>(piece.size()));
    int status = Z_OK;
    if (got < 0 || (gzerror(file.get(), &status), status != Z_OK)) {
      return Error{"[data] " + path + " is damaged: it does not inflate"};
    }
    if (got == 0) return bytes;
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + got);
    if (bytes.size() > kMaxFileBytes) return Error{"[data] " + path + " is larger than 256 MiB"};
  }
}

}  // namespace

Result<DataBytes> read_data_files(const std::string& folder) {
  DataBytes data;
  const std::pair<const char*, std::vector<uint8_t>*> files[] = {
      {"train-images.idx3-ubyte.gz", &data.train_images},
      {"train-labels.idx1-ubyte.gz", &data.train_labels},
      {"valid-images.idx3-ubyte.gz", &data.valid_images},
      {"valid-labels.idx1-ubyte.gz", &data.valid_labels},
  };
  for (const auto& [name, bytes] : files) {
    Result<std::vector<uint8_t>> read = read_gzip(folder + "/" + name);
    if (!read) return read.error();
    *bytes = std::move(*read);
  }
  return data;
}

Result<DataBytes> read_digit_files(const std::string& folder) {
  const std::string built_with = DOWNHILL_DIGITS_DIR;
  std::string tried;
  for (const std::string& place : {folder + "/digits", built_with}) {
    if (place.empty()) continue;
    std::error_code none;
    if (std::filesystem::is_directory(place, none)) return read_data_files(place);
    tried += (tried.empty() ? "" : ", nor in ") + place;
  }
  return Error{"[digits] all ten digits are not in " + tried + ": assets/mnist/make.sh makes them"};
}

}  // namespace downhill::platform
