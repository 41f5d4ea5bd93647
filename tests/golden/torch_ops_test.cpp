// Compares every op with PyTorch's on the cases of golden/torch/ops.txt: values, gradients
// of every input, and the running statistics of batch_norm. PyTorch computes in double precision;
// ours are floats, and may differ by 1e-5 of the largest number of the tensor.
#include <doctest/doctest.h>

#ifndef __EMSCRIPTEN__
#include <sys/wait.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "autograd/op_cases.hpp"
#include "autograd/ops.hpp"
#include "support/advice.hpp"
#include "support/golden_text.hpp"
#include "support/op_names.hpp"
#include "support/torch_golden_ops.hpp"
#include "test_paths.hpp"

using namespace downhill;
using test::GoldenCase;
using test::GoldenTensor;

namespace {

constexpr double kTolerance = 1e-5;

std::string golden_text() {
  const auto bytes = test::read_file(DOWNHILL_SOURCE_DIR "/tests/golden/torch/ops.txt");
  return {bytes.begin(), bytes.end()};
}

void compare(const std::string& what, Shape shape, std::span<const float> ours,
             const GoldenTensor& theirs) {
  INFO(what);
  REQUIRE(print(shape) == print(theirs.shape));
  REQUIRE(ours.size() == theirs.values.size());
  double largest = 0;
  for (float value : theirs.values)
    largest = std::max(largest, std::abs(static_cast<double>(value)));
  size_t worst = 0;
  double worst_difference = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    const double difference =
        std::abs(static_cast<double>(ours[i]) - static_cast<double>(theirs.values[i]));
    if (difference <= worst_difference) continue;
    worst = i;
    worst_difference = difference;
  }
  CHECK_MESSAGE(worst_difference <= kTolerance * largest, "element ", worst, " is ", ours[worst],
                ", PyTorch's is ", theirs.values[worst]);
}

void check(const GoldenCase& golden, size_t place) {
  const std::string name = "case " + std::to_string(place) + ", " + golden.op + " of " +
                           print(golden.inputs.at(0).tensor.shape) + ": ";
  INFO(name);
  const std::vector<test::OpCases> all = test::all_op_cases();
  const auto op = std::ranges::find(all, golden.op, &test::OpCases::op);
  REQUIRE_MESSAGE(op != all.end(), "no entry for ", golden.op, " in tests/autograd/*_op_cases.cpp");
  Arena arena;
  Tape tape(arena);
  std::vector<Var> inputs;
  for (const test::GoldenInput& input : golden.inputs) {
    const Var leaf = tape.variable(input.tensor.shape, input.tensor.values);
    inputs.push_back(input.differentiable ? leaf : leaf.detach());
  }
  std::vector<GoldenTensor> buffers = golden.buffers;
  const Var y = op->call({golden, inputs, buffers});
  REQUIRE_MESSAGE(tape.ok(), tape.error());
  compare(name + "output", y.shape(), y.value().span(), golden.output);
  REQUIRE(buffers.size() == golden.after.size());
  for (size_t i = 0; i < buffers.size(); ++i) {
    compare(name + "buffer", buffers[i].shape, buffers[i].values, golden.after[i]);
  }
  const Var upstream = tape.variable(golden.upstream.shape, golden.upstream.values).detach();
  sum(y * upstream).backward();
  REQUIRE_MESSAGE(tape.ok(), tape.error());
  size_t next = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!golden.inputs[i].differentiable) continue;
    const Tensor grad = inputs[i].grad();
    compare(name + "gradient of input " + std::to_string(i), grad.shape, grad.span(),
            golden.grads.at(next++));
  }
  CHECK(next == golden.grads.size());
}

}  // namespace

TEST_CASE("every op has PyTorch's values and PyTorch's gradients") {
  INFO(test::torch_advice("ops"));
  const std::vector<GoldenCase> cases = test::parse_golden(golden_text());
  for (size_t i = 0; i < cases.size(); ++i) check(cases[i], i + 1);
}

TEST_CASE("every op of autograd/ops.hpp has a case that PyTorch answers") {
  INFO(test::torch_advice("ops"));
  std::set<std::string> asked;
  for (const GoldenCase& golden : test::parse_golden(golden_text())) asked.insert(golden.op);
  for (const std::string& op : test::op_names()) {
    CHECK_MESSAGE(asked.contains(op), op,
                  " has no case in ops.txt: what PyTorch is asked stands in "
                  "its entry in tests/autograd/*_op_cases.cpp");
  }
}

#ifndef __EMSCRIPTEN__  // there are no other programs to run
TEST_CASE("torch golden files still reproduce") {
  const char* command =
      "/usr/bin/python3 " DOWNHILL_SOURCE_DIR "/tests/golden/torch/generate_ops.py 2>/dev/null";
  std::FILE* generator = popen(command, "r");
  REQUIRE(generator != nullptr);
  std::string text;
  char buffer[16384];
  for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, generator)) > 0;) text.append(buffer, n);
  const int status = pclose(generator);
  constexpr int kNoTorch = 3, kNoPython = 127;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (code == kNoTorch || code == kNoPython) {
    MESSAGE("not checked: /usr/bin/python3 has no PyTorch");
    return;
  }
  REQUIRE(code == 0);
  const std::string golden = golden_text();
  const std::string difference = test::first_difference_of_lines(text, golden);
  CHECK_MESSAGE(difference.empty(), "generate_ops.py gives another ops.txt: ", difference, "\n",
                test::torch_advice("ops"));
}
#endif
