// Golden files are what their generators write, checked wherever PyTorch is installed.
#ifndef __EMSCRIPTEN__  // which has no processes

#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "support/advice.hpp"
#include "support/golden_text.hpp"
#include "support/torch_golden.hpp"

using namespace downhill;

namespace {

// What a command prints, and whether it succeeded.
struct Output {
  std::string text;
  bool ok = false;
};

Output output_of(const std::string& command) {
  Output output;
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    output.text.append(buffer, n);
  }
  output.ok = pclose(pipe) == 0;
  return output;
}

// A Python that has PyTorch. Without one: an empty text, and a message.
std::string python_with_torch() {
  for (const char* python : {"/usr/bin/python3", "python3"}) {
    if (output_of(std::string(python) + " -c 'import torch' 2>/dev/null").ok) return python;
  }
  MESSAGE("not checked: there is no PyTorch here");
  return "";
}

std::string stored_text(const char* name) {
  const auto bytes = test::read_file(test::torch_golden_path(name));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("the generators of golden files still write them") {
  const std::string python = python_with_torch();
  if (python.empty()) return;
  for (const std::string name : {"activations", "optimizers", "lr_sweep", "numerics", "corners",
                                 "expressions", "points"}) {
    INFO(test::torch_advice(name));
    const Output now =
        output_of(python + " " + test::torch_golden_path("generate_" + name + ".py"));
    CHECK(now.ok);
    CHECK(test::first_difference_of_lines(now.text, stored_text((name + ".txt").c_str())) == "");
  }
}

// Products take seconds, eigenvalues a minute.
TEST_CASE("the generator of the Hessians still writes their products") {
  const std::string python = python_with_torch();
  if (python.empty()) return;
  INFO(test::torch_advice("hessians"));
  const Output now =
      output_of(python + " " + test::torch_golden_path("generate_hessians.py") + " products");
  CHECK(now.ok);
  const std::string stored = stored_text("hessians.txt");
  std::string products;
  for (const std::string_view line : split(stored, '\n')) {
    if (!line.starts_with("largest"))
      products += (products.empty() ? "" : "\n") + std::string(line);
  }
  CHECK(test::first_difference_of_lines(now.text, products) == "");
}

TEST_SUITE("published trajectories") {
  TEST_CASE("the generator of the trajectories still writes their first five steps") {
    const std::string python = python_with_torch();
    if (python.empty()) return;
    INFO(test::torch_advice("trajectories"));
    const Output now =
        output_of(python + " " + test::torch_golden_path("generate_trajectories.py") + " 5");
    REQUIRE(now.ok);
    const std::string stored = stored_text("trajectories.txt");
    std::vector<std::string_view> lines;
    for (const std::string_view line : split(stored, '\n')) {
      if (!line.starts_with("valid")) lines.push_back(line);
    }
    const auto first = split(now.text, '\n');
    REQUIRE(first.size() == lines.size());
    for (size_t i = 0; i < first.size(); ++i) CHECK(lines[i].starts_with(first[i]));
  }
}

#endif
