// Gives every input of the corpora to its fuzz target again, as an ordinary test.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "fuzz/checkpoint_target.hpp"
#include "fuzz/command_target.hpp"
#include "fuzz/expression_target.hpp"
#include "fuzz/idx_target.hpp"
#include "fuzz/message_target.hpp"
#include "fuzz/network_target.hpp"
#include "fuzz/safetensors_target.hpp"
#include "fuzz/spec_target.hpp"
#include "fuzz/target.hpp"
#include "support/advice.hpp"
#include "support/files.hpp"
#include "support/random_values.hpp"
#include "support/small_run.hpp"
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
    {"expression", fuzz::expression},
};

// What to do when a parser fails on the input at `path`.
std::string parser_advice(const std::string& parser, const std::string& path) {
  return "The parser must refuse this input with an error, or read it and write it back the same, "
         "see "
         "tests/fuzz/" +
         parser + "_target.hpp. To debug it (preset fuzz, with clang):\n  build/fuzz/tests/fuzz/" +
         parser + "_fuzzer " + path;
}

const std::string kSeedAdvice =
    std::string(
        "The codecs write other bytes than the corpus has. If a choice, a field, a number, a "
        "command or a part of the snapshot is new, or the protocol was meant to change, write the "
        "seeds again and look at the difference:\n  DOWNHILL_WRITE_GOLDEN=1 ") +
    test::kCoreTests + " --source-file='*/fuzz/*'\n  git status tests/fuzz/corpus";

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

// Bytes that a codec writes, with which a corpus begins: small, and each of another kind.
struct Seed {
  std::string path;  // in the corpus
  std::vector<uint8_t> bytes;
};

// A small run, and the same with weights from which its steps cannot be computed again.
std::vector<Seed> run_seeds() {
  test::SmallRun run("model=net:avgpool7,flatten,linear&optimizer=momentum&batch=32");
  run.phases(12);
  run.trainer.apply_live(*edit_spec(run.trainer.spec(), "lr=0.2&clip=1"));
  run.phases(17);
  RunRecord record = run.trainer.record();
  std::vector<Seed> all = {{"checkpoint/small_run", fuzz::written(record)}};
  for (Checkpoint& state : record.states) state.state.numbers.front() = 1e38f;
  all.push_back({"checkpoint/small_run_overflows", fuzz::written(record)});
  record.history.live.front().live.clip = INFINITY;
  all.push_back({"checkpoint/small_run_clip", fuzz::written(record)});
  return all;
}

std::vector<Seed> seeds() {
  std::vector<Seed> all;
  const auto message = [&](const std::string& name, const auto& value) {
    encode_message(value, all.emplace_back(Seed{"message/" + name, {}}).bytes);
  };
  message("answer", Answer{7, ""});
  message("answer_refused", Answer{8, "[lr] '500' is outside 0.00001…100"});
  message("failed", Failed{"[data] train-images has magic 0x00000802"});
  message("file", File{"downhill.safetensors", {0, 1, 255}});
  Rng rng(11);
  for_each_part([&](const auto& part) {
    if (std::popcount(part.bits) > 1) return;  // the layers come with their weights
    Snapshot snapshot = test::random_snapshot(rng, part.bits);
    snapshot.baseline.ideals.clear();  // of ten digits it would be the largest file of all
    message("snapshot_" + std::string(part.name), snapshot);
  });
  message("snapshot_bare", Snapshot{});
  for (int i = 0; i < 4; ++i) {
    encode_command(test::random_command(rng),
                   all.emplace_back(Seed{"command/binary_" + std::to_string(i), {}}).bytes);
  }
  std::ranges::move(run_seeds(), std::back_inserter(all));
  return all;
}

}  // namespace

TEST_CASE("the fuzz target of checkpoints goes on with a run of its corpus") {
  const auto file = read_safetensors(run_seeds().front().bytes, "file");
  REQUIRE(file.ok());
  const auto record = read_run(*file);
  REQUIRE_MESSAGE(record.ok(), (record ? "" : record.error().message));
  CHECK(fuzz::goes_on(*record));
  RunRecord bad = *record;
  bad.states.front().state.numbers.front() = INFINITY;
  CHECK_FALSE(fuzz::in_range(bad));
}

TEST_CASE("the corpora begin with what the codecs write today") {
  const bool write = std::getenv("DOWNHILL_WRITE_GOLDEN") != nullptr;
  std::string differ;
  for (const Seed& seed : seeds()) {
    const std::string path = kCorpus + "/" + seed.path;
    if (std::FILE* file = write ? std::fopen(path.c_str(), "wb") : nullptr) {
      std::fwrite(seed.bytes.data(), 1, seed.bytes.size(), file);
      std::fclose(file);
    }
    const std::optional<std::vector<uint8_t>> stored = test::bytes_of_file(path);
    if (stored != seed.bytes) differ += " " + seed.path;
  }
  CHECK_MESSAGE(differ.empty(), "In tests/fuzz/corpus these differ:", differ, "\n", kSeedAdvice);
}

TEST_CASE("no parser fails on an input of its corpus, cut short or not") {
  for (const Parser& parser : kParsers) {
    const std::string folder = kCorpus + "/" + parser.name;
    const auto names = names_in(folder);
    CHECK_MESSAGE(!names.empty(), folder, " is empty: put a few inputs of the parser there");
    for (const std::string& name : names) {
      const auto bytes = test::read_file(folder + "/" + name);
      const std::string path = std::string("tests/fuzz/corpus/") + parser.name + "/" + name;
      CHECK_MESSAGE(parser.target(bytes), path, ": ", parser_advice(parser.name, path));
      const std::vector<uint8_t> half(bytes.begin(), bytes.begin() + bytes.size() / 2);
      CHECK_MESSAGE(parser.target(half), "the first half of ", path, ": ",
                    parser_advice(parser.name, path));
    }
  }
}

TEST_CASE("every corpus belongs to a parser") {
  for (const std::string& name : names_in(kCorpus)) {
    const bool known = std::any_of(std::begin(kParsers), std::end(kParsers),
                                   [&](const Parser& parser) { return parser.name == name; });
    CHECK_MESSAGE(known, "tests/fuzz/corpus/", name,
                  " has no parser: add its target to kParsers in tests/fuzz/fuzz_corpus_test.cpp");
  }
}

}  // namespace downhill
