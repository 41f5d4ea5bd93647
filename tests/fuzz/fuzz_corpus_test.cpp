// Every input that ever was interesting to a fuzzer, given to its target again as an ordinary test.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "fuzz/checkpoint_target.hpp"
#include "fuzz/command_target.hpp"
#include "fuzz/idx_target.hpp"
#include "fuzz/message_target.hpp"
#include "fuzz/network_target.hpp"
#include "fuzz/safetensors_target.hpp"
#include "fuzz/spec_target.hpp"
#include "fuzz/target.hpp"
#include "support/files.hpp"
#include "support/random_values.hpp"
#include "test_paths.hpp"

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
    {"network", fuzz::network},
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

// Bytes that a codec writes, to begin a corpus with; small, and each of another kind.
struct Seed {
  std::string path;  // in the corpus
  std::vector<uint8_t> bytes;
};

std::vector<Seed> seeds() {
  std::vector<Seed> all;
  const auto message = [&](const std::string& name, const auto& value) {
    encode_message(value, all.emplace_back(Seed{"message/" + name, {}}).bytes);
  };
  message("answer", Answer{7, ""});
  message("answer_refused", Answer{8, "[lr] '500' is outside 0.00001…100"});
  message("failed", Failed{"[data] train-images has magic 0x00000802"});
  message("file", File{"downhill.safetensors", {0, 1, 255}});
  constexpr const char* kParts[] = {"curves",   "weights",    "gradients",       "batch",
                                    "baseline", "probe",      "digest",          "evaluation",
                                    "examples", "inspection", "sample_gradient", "statistics",
                                    "findings", "changes"};
  Rng rng(11);
  for (uint32_t part = 0; part < std::size(kParts); ++part) {
    Snapshot snapshot = test::random_snapshot(rng, 1u << part);
    snapshot.baseline.ideals.clear();  // of ten digits it would be the largest file of all
    message(std::string("snapshot_") + kParts[part], snapshot);
  }
  message("snapshot_bare", Snapshot{});
  for (int i = 0; i < 4; ++i) {
    encode_command(test::random_command(rng),
                   all.emplace_back(Seed{"command/binary_" + std::to_string(i), {}}).bytes);
  }
  return all;
}

}  // namespace

// After a change of the protocol: DOWNHILL_WRITE_GOLDEN=1 build/…/downhill_core_tests -sf='*fuzz*'
TEST_CASE("the corpora begin with what the codecs write today") {
  const bool write = std::getenv("DOWNHILL_WRITE_GOLDEN") != nullptr;
  for (const Seed& seed : seeds()) {
    const std::string path = kCorpus + "/" + seed.path;
    if (std::FILE* file = write ? std::fopen(path.c_str(), "wb") : nullptr) {
      std::fwrite(seed.bytes.data(), 1, seed.bytes.size(), file);
      std::fclose(file);
    }
    CHECK_MESSAGE(test::read_file(path) == seed.bytes, seed.path);
  }
}

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
