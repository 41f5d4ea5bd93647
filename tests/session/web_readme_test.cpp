// web/README.md documents what scripts may send and what state() holds. Its tables of commands and
// of state say what the schema says, row by row.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "session/command.hpp"
#include "session/race.hpp"
#include "session/snapshot.hpp"
#include "support/files.hpp"
#include "support/sample_race.hpp"
#include "test_paths.hpp"

namespace downhill {
namespace {

const std::string kPath = std::string(DOWNHILL_SOURCE_DIR) + "/web/README.md";
constexpr std::string_view kAdvice =
    "\nThis command writes the tables:\n  DOWNHILL_WRITE_GOLDEN=1 "
    "build/release/tests/downhill_core_tests --source-file='*/web_readme_test.cpp'\n";

std::string code(std::string_view name) { return "`" + std::string(name) + "`"; }

std::vector<std::string> command_rows() {
  std::vector<std::string> rows;
  for (const CommandRow& row : kCommands) {
    if (row.sender != Sender::anyone) continue;
    std::string arguments = row.kind == CommandKind::set ? "fields of the experiment" : "";
    for (const Argument* argument : row.arguments) {
      if (argument == nullptr) break;
      arguments += (arguments.empty() ? "" : "; ") + code(argument->name) +
                   (argument->required ? ": " : " (optional): ") + std::string(argument->values);
    }
    rows.push_back("| " + code(command_name(row.kind)) + " | " + arguments +
                   (arguments.empty() ? "| " : " | ") + std::string(row.doc) + " |");
  }
  return rows;
}

template <Listed Struct>
std::vector<std::string> member_rows() {
  std::vector<std::string> rows;
  for_each_documented_member<Struct>([&](const auto& member) {
    if (member.name.empty()) return;
    rows.push_back("| " + code(member.name) + " | " + std::string(member.doc) + " |");
  });
  return rows;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n')) lines.emplace_back(line);
  return lines;
}

std::string_view unindented(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

// The rows of the table behind "<!-- table: <name> -->", without its two head lines. They become
// `expected` when DOWNHILL_WRITE_GOLDEN is set.
std::vector<std::string> rows_of(std::vector<std::string>& lines, std::string_view name,
                                 const std::vector<std::string>& expected) {
  const std::string mark = "<!-- table: " + std::string(name) + " -->";
  const auto begin = std::ranges::find(
      lines, mark, [](const std::string& line) { return std::string(unindented(line)); });
  REQUIRE_MESSAGE(begin != lines.end(), kPath, " has no line ", mark);
  const std::string indent = begin->substr(0, begin->size() - mark.size());
  const auto first = begin + 3;
  const auto last = std::find_if(first, lines.end(), [](const std::string& line) {
    return !unindented(line).starts_with('|');
  });
  std::vector<std::string> rows;
  for (auto line = first; line != last; ++line) rows.emplace_back(unindented(*line));
  if (std::getenv("DOWNHILL_WRITE_GOLDEN") != nullptr) {
    auto to = lines.erase(first, last);
    for (const std::string& row : expected) to = lines.insert(to, indent + row) + 1;
    rows = expected;
  }
  return rows;
}

void check_table(std::vector<std::string>& lines, std::string_view name,
                 const std::vector<std::string>& expected) {
  const std::vector<std::string> rows = rows_of(lines, name, expected);
  for (const std::string& row : expected) {
    CHECK_MESSAGE(std::ranges::count(rows, row) == 1, "The table of ", name,
                  " in web/README.md lacks this row:\n", row, kAdvice);
  }
  for (const std::string& row : rows) {
    CHECK_MESSAGE(std::ranges::count(expected, row) == 1, "The table of ", name,
                  " in web/README.md has a row that src/session/schema does not know:\n", row,
                  kAdvice);
  }
}

// The names of the outer object.
std::set<std::string> keys_of(std::string_view json) {
  std::set<std::string> keys;
  int depth = 0;
  for (size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '{' || json[i] == '[') ++depth;
    if (json[i] == '}' || json[i] == ']') --depth;
    if (json[i] != '"') continue;
    const size_t end = json.find('"', i + 1);
    if (depth == 1 && json[end + 1] == ':') keys.emplace(json.substr(i + 1, end - i - 1));
    i = end;
  }
  return keys;
}

}  // namespace

TEST_CASE("the page's documentation has the commands and the state that there are") {
  const std::vector<uint8_t> bytes = test::read_file(kPath);
  const std::string text(bytes.begin(), bytes.end());
  std::vector<std::string> lines = lines_of(text);
  check_table(lines, "commands", command_rows());
  check_table(lines, "state", member_rows<Status>());
  check_table(lines, "lanes", member_rows<RaceLane>());
  check_table(lines, "lrSweep", member_rows<LrSweep>());
  check_table(lines, "sharpness", member_rows<Sharpness>());
  check_table(lines, "lossLine", member_rows<LossLine>());
  check_table(lines, "expression", member_rows<ExpressionView>());
  check_table(lines, "nodes", member_rows<ExpressionNode>());
  check_table(lines, "inputs", member_rows<ExpressionLink>());
  check_table(lines, "curve", member_rows<ExpressionCurve>());
  check_table(lines, "drawing", member_rows<DrawingVerdict>());
  check_table(lines, "tape", member_rows<TapeView>());
  check_table(lines, "rows", member_rows<TapeRow>());
  check_table(lines, "product", member_rows<TapeProduct>());
  std::string now;
  for (const std::string& line : lines) now += (now.empty() ? "" : "\n") + line;
  if (std::getenv("DOWNHILL_WRITE_GOLDEN") == nullptr || now == text) return;
  std::FILE* file = std::fopen(kPath.c_str(), "wb");
  REQUIRE(file != nullptr);
  std::fwrite(now.data(), 1, now.size(), file);
  std::fclose(file);
}

TEST_CASE("every name of state() has a row in the page's documentation") {
  const std::vector<uint8_t> bytes = test::read_file(kPath);
  const std::string text(bytes.begin(), bytes.end());
  for (const std::string& key : keys_of(state_json(Snapshot{}, 0, ""))) {
    CHECK_MESSAGE(text.find("  | " + code(key) + " |") != std::string::npos,
                  "web/README.md has no row for state().", key);
  }
  const size_t race = text.rfind("  | `race` |");  // the first one is the command
  REQUIRE(race != std::string::npos);
  const std::string row = text.substr(race, text.find('\n', race + 1) - race);
  for (const std::string& key : keys_of(race_json(test::sample_race(test::RaceSample::done)))) {
    CHECK_MESSAGE(row.find(code(key)) != std::string::npos,
                  "The row of `race` in web/README.md does not say what state().race.", key, " is");
  }
}

}  // namespace downhill
