// Golden files are what their generators say, wherever PyTorch is there to be asked.
#ifndef __EMSCRIPTEN__  // which has no processes

#include <doctest/doctest.h>

#include <cstdio>
#include <string>

#include "support/torch_golden.hpp"

using namespace downhill;

namespace {

// What a command prints, and whether it ended well.
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

}  // namespace

TEST_CASE("the generators of golden files still write them") {
  for (const char* python : {"/usr/bin/python3", "python3"}) {
    if (!output_of(std::string(python) + " -c 'import torch' 2>/dev/null").ok) continue;
    for (const std::string name : {"optimizers", "lr_sweep", "numerics"}) {
      CAPTURE(name);
      const Output now = output_of(std::string(python) + " " +
                                   test::torch_golden_path("generate_" + name + ".py"));
      CHECK(now.ok);
      const auto stored = test::read_file(test::torch_golden_path(name + ".txt"));
      CHECK((now.text == std::string(stored.begin(), stored.end())));
    }
    return;
  }
  MESSAGE("not checked: there is no PyTorch here");
}

#endif
