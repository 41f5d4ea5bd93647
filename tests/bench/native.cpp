// The benchmark's engine as a process:
//
//   downhill_throughput DATA_FOLDER [COMMAND…]
//
// answers each command of commands.hpp with a line of JSON. Without arguments the commands come
// from standard input. DATA_FOLDER holds the four inflated IDX files, and its digits/ those of all
// ten digits. Fails if the last command failed.
#include <iostream>
#include <string>

#include "commands.hpp"
#include "support/file_bytes.hpp"

namespace {

using downhill::bench::Bench;

void read_files(Bench& bench, const std::string& folder) {
  const char* const names[] = {"train-images.idx3-ubyte", "train-labels.idx1-ubyte",
                               "valid-images.idx3-ubyte", "valid-labels.idx1-ubyte"};
  for (int i = 0; i < Bench::kFiles; ++i) {
    bench.file(i) =
        downhill::test::bytes_if_there(folder + (i < 4 ? "/" : "/digits/") + names[i % 4]);
  }
}

bool print_answer(Bench& bench, const std::string& command) {
  const std::string answer = downhill::bench::answer(bench, command);
  std::cout << answer << std::endl;
  return !answer.starts_with("{\"error\"");
}

}  // namespace

int main(int argc, char** argv) {
  Bench bench;
  read_files(bench, argc > 1 ? argv[1] : ".");
  bool good = true;
  for (int i = 2; i < argc; ++i) good = print_answer(bench, argv[i]);
  if (argc > 2) return good ? 0 : 1;
  for (std::string line; std::getline(std::cin, line);) good = print_answer(bench, line);
  return good ? 0 : 1;
}
