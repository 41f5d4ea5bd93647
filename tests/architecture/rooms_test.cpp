// Checks the real sources against the rules of the house.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "architecture/house_rules.hpp"
#include "test_paths.hpp"

namespace downhill::architecture {
namespace {

namespace fs = std::filesystem;

const fs::path kProject = DOWNHILL_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool is_source(const fs::path& path) {
  return path.extension() == ".hpp" || path.extension() == ".cpp";
}

bool is_code(const fs::path& path) {
  const Words endings = {".cpp", ".hpp", ".mjs", ".js", ".py"};
  return contains(endings, path.extension().string());
}

std::vector<fs::path> files_under(const fs::path& folder, bool (*wanted)(const fs::path&)) {
  std::vector<fs::path> out;
  for (auto entry = fs::recursive_directory_iterator(folder);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->path().filename() == "node_modules") entry.disable_recursion_pending();
    if (entry->is_regular_file() && wanted(entry->path())) out.push_back(entry->path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string name_of(const fs::path& path) {
  return path.lexically_relative(kProject).generic_string();
}

Arrows arrows_of_the_house() {
  Words complaints;
  return read_arrows(read(kProject / "src/CMakeLists.txt"), complaints);
}

void check_none(const Words& sentences) {
  for (const std::string& sentence : sentences) FAIL_CHECK(sentence);
}

TEST_CASE("Arrows between the rooms point down") {
  Words complaints;
  const Arrows arrows = read_arrows(read(kProject / "src/CMakeLists.txt"), complaints);
  check_none(complaints);
  check_none(forbidden_arrows(arrows));
  CHECK(arrows.size() >= 8);
}

TEST_CASE("Every source keeps to the rules of its room") {
  const Arrows arrows = arrows_of_the_house();
  int rooms_sources = 0;
  for (const fs::path& path : files_under(kProject / "src", is_source)) {
    const std::string name = name_of(path);
    if (name.starts_with("src/main/") || name.starts_with("src/cmake/")) continue;
    check_none(violations(name, read(path), arrows));
    ++rooms_sources;
  }
  CHECK(rooms_sources > 20);
}

// Golden files, corpora and tables are texts and bytes of other endings, so they may be long.
TEST_CASE("No file and no function is longer than the house allows") {
  size_t files = 0;
  for (const char* folder : {"src", "tests", "web", "assets"}) {
    for (const fs::path& path : files_under(kProject / folder, is_code)) {
      check_none(size_violations(name_of(path), read(path)));
      ++files;
    }
  }
  CHECK(files > 500);
}

TEST_CASE("Every folder of src is a declared room") {
  const Arrows arrows = arrows_of_the_house();
  for (const auto& entry : fs::directory_iterator(kProject / "src")) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() || name == "main" || name == "cmake") continue;
    CHECK_MESSAGE(arrows.contains(name), "src/", name,
                  " is not a room: declare it in src/CMakeLists.txt, or move its files to a room");
  }
}

TEST_CASE("No build file asks for flags that change the numbers") {
  std::vector<fs::path> files = files_under(kProject / "src", [](const fs::path& path) {
    return path.extension() == ".cmake" || path.filename() == "CMakeLists.txt";
  });
  for (const char* name :
       {"CMakeLists.txt", "CMakePresets.json", "web/CMakeLists.txt", "tests/CMakeLists.txt"}) {
    files.push_back(kProject / name);
  }
  for (const fs::path& path : files) {
    CAPTURE(path.string());
    CHECK(fs::exists(path));
    check_none(flag_violations(name_of(path), read(path)));
  }
}

}  // namespace
}  // namespace downhill::architecture
