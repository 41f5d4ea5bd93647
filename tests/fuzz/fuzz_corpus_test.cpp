// Every input that ever was interesting to a fuzzer, given to its target again as an ordinary test.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "fuzz/checkpoint_target.hpp"
#include "fuzz/command_target.hpp"
#include "fuzz/idx_target.hpp"
#include "fuzz/message_target.hpp"
#include "fuzz/safetensors_target.hpp"
#include "fuzz/spec_target.hpp"
#include "fuzz/target.hpp"
#include "support/files.hpp"

namespace downhill {
namespace {

struct Parser {
  const char* name;  // corpus/<name>/
  fuzz::Target target;
};

constexpr Parser kParsers[] = {
    {"idx", fuzz::idx},
    {"spec", fuzz::spec},
    {"command", fuzz::command},
    {"message", fuzz::message},
    {"safetensors", fuzz::safetensors},
    {"checkpoint", fuzz::checkpoint},
};

const std::string kCorpus = std::string(DOWNHILL_SOURCE_DIR) + "/tests/fuzz/corpus";

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    names.push_back(entry.path().filename().string());
  }
  CHECK_MESSAGE(!error, folder, ": ", error.message());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("no parser fails on an input of its corpus, cut short or not") {
  for (const Parser& parser : kParsers) {
    const std::string folder = kCorpus + "/" + parser.name;
    const auto names = names_in(folder);
    CHECK_MESSAGE(!names.empty(), "no corpus in ", folder);
    for (const std::string& name : names) {
      const auto bytes = test::read_file(folder + "/" + name);
      CHECK_MESSAGE(parser.target(bytes), parser.name, "/", name);
      const std::vector<uint8_t> half(bytes.begin(), bytes.begin() + bytes.size() / 2);
      CHECK_MESSAGE(parser.target(half), "half of ", parser.name, "/", name);
    }
  }
}

TEST_CASE("every corpus belongs to a parser") {
  for (const std::string& name : names_in(kCorpus)) {
    const bool known = std::any_of(std::begin(kParsers), std::end(kParsers),
                                   [&](const Parser& parser) { return parser.name == name; });
    CHECK_MESSAGE(known, "tests/fuzz/corpus/", name, " has no parser");
  }
}

}  // namespace downhill
