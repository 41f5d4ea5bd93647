#include "platform/native/user_files.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>

namespace downhill::platform {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

}  // namespace

Result<std::string> write_user_file(const std::string& folder, const std::string& name,
                                    std::span<const uint8_t> bytes) {
  const std::string path = (std::filesystem::path(folder) / name).string();
  OpenFile file(std::fopen(path.c_str(), "wb"));
  if (!file) return Error{"[save] " + path + " cannot be written"};
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
  if (std::fclose(file.release()) != 0 || !written) {
    return Error{"[save] " + path + " is not complete: is the disk full?"};
  }
  return "Saved as " + path + ".";
}

OpenedFile read_user_file(const std::string& path) {
  OpenedFile opened;
  opened.name = std::filesystem::path(path).filename().string();
  std::error_code trouble;
  if (!std::filesystem::is_regular_file(path, trouble)) {
    opened.error = "[load] " + path + " is no file";
    return opened;
  }
  const uintmax_t size = std::filesystem::file_size(path, trouble);
  if (size > kMaxOpenedBytes && !trouble) {
    opened.error = "[load] " + opened.name + " is larger than 64 MB";
    return opened;
  }
  const OpenFile file(std::fopen(path.c_str(), "rb"));
  if (file && !trouble) opened.bytes.resize(static_cast<size_t>(size));
  if (!file || trouble ||
      std::fread(opened.bytes.data(), 1, opened.bytes.size(), file.get()) != opened.bytes.size()) {
    opened.bytes.clear();
    opened.error = "[load] " + path + " cannot be read";
  }
  return opened;
}

}  // namespace downhill::platform
