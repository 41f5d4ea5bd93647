// Files that the user of the desktop app saves and opens.
#include "platform/native/user_files.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <numeric>

namespace downhill::platform {
namespace {

// A folder that is deleted when the test ends.
struct Folder {
  std::filesystem::path path;
  Folder() : path(std::filesystem::temp_directory_path() / "downhill-user-files") {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

}  // namespace

TEST_CASE("a file that was saved is opened with the same bytes and its name") {
  const Folder folder;
  std::vector<uint8_t> bytes(100000);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  const auto where = write_user_file(folder.path.string(), "run.safetensors", bytes);
  REQUIRE(where.ok());
  const std::string path = (folder.path / "run.safetensors").string();
  CHECK(*where == "Saved as " + path + ".");
  const OpenedFile opened = read_user_file(path);
  CHECK(opened.error.empty());
  CHECK(opened.name == "run.safetensors");
  CHECK(opened.bytes == bytes);

  // It is replaced, not appended to.
  REQUIRE(
      write_user_file(folder.path.string(), "run.safetensors", std::vector<uint8_t>{1, 2}).ok());
  CHECK(read_user_file(path).bytes == std::vector<uint8_t>{1, 2});
}

TEST_CASE("a folder, a missing file and a file that is too large are refused by name") {
  const Folder folder;
  const std::string there = folder.path.string();
  CHECK(read_user_file(there).error == "[load] " + there + " is no file");
  CHECK(read_user_file(there + "/none").error == "[load] " + there + "/none is no file");
  const std::string large = there + "/large";
  std::fclose(std::fopen(large.c_str(), "wb"));
  std::filesystem::resize_file(large,
                               kMaxOpenedBytes + 1);  // sparse: it takes no space on the disk
  const OpenedFile refused = read_user_file(large);
  CHECK(refused.error == "[load] large is larger than 64 MB");
  CHECK(refused.bytes.empty());
  std::filesystem::resize_file(large, kMaxOpenedBytes);
  CHECK(read_user_file(large).bytes.size() == kMaxOpenedBytes);
  CHECK(write_user_file(there + "/nowhere", "x", {}).error().message ==
        "[save] " + there + "/nowhere/x cannot be written");
}

}  // namespace downhill::platform
