// Compares every operation with PyTorch's on the cases of golden/torch/ops.txt: values, gradients
// of every input, and the running statistics of batch_norm. PyTorch computes in double precision;
// ours are floats, and may differ by 1e-5 of the largest number of the tensor.
#include <doctest/doctest.h>

#ifndef __EMSCRIPTEN__
#include <sys/wait.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <set>

#include "autograd/ops.hpp"
#include "support/advice.hpp"
#include "support/golden_text.hpp"
#include "support/torch_golden_ops.hpp"
#include "test_paths.hpp"

using namespace downhill;
using test::GoldenCase;
using test::GoldenTensor;

namespace {

constexpr double kTolerance = 1e-5;

// The arguments of one case, for a call of our operation.
struct Call {
  const GoldenCase& golden;
  const std::vector<Var>& in;
  std::vector<GoldenTensor>& buffers;

  float number(const char* name, float otherwise) const { return golden.option(name, otherwise); }
  uint32_t count(const char* name) const { return static_cast<uint32_t>(number(name, 0)); }
};
using Operation = std::function<Var(const Call&)>;

Operation of_one(Var (*f)(Var)) {
  return [f](const Call& c) { return f(c.in.at(0)); };
}
Operation of_two(Var (*f)(Var, Var)) {
  return [f](const Call& c) { return f(c.in.at(0), c.in.at(1)); };
}
Operation of_three(Var (*f)(Var, Var, Var)) {
  return [f](const Call& c) { return f(c.in.at(0), c.in.at(1), c.in.at(2)); };
}
Operation reduction(Var (*all)(Var), Var (*along)(Var, uint32_t)) {
  return [=](const Call& c) {
    return c.golden.options.contains("axis") ? along(c.in.at(0), c.count("axis")) : all(c.in.at(0));
  };
}
Operation pool(Var (*f)(Var, Pool2dOptions)) {
  return [f](const Call& c) {
    return f(
        c.in.at(0),
        {.kernel = c.count("kernel"), .stride = c.count("stride"), .padding = c.count("padding")});
  };
}

Var convolve(const Call& c) {
  const Conv2dOptions options{.stride = c.count("stride"), .padding = c.count("padding")};
  if (c.in.size() == 2) return conv2d(c.in[0], c.in[1], options);
  return conv2d(c.in.at(0), c.in.at(1), c.in.at(2), options);
}

Var normalize_batch(const Call& c) {
  return batch_norm(c.in.at(0), c.in.at(1), c.in.at(2),
                    {.running_mean = c.buffers.at(0).values.data(),
                     .running_var = c.buffers.at(1).values.data(),
                     .momentum = c.number("momentum", 0.1f),
                     .eps = c.number("eps", 1e-5f),
                     .training = c.count("training") == 1});
}

const std::map<std::string, Operation, std::less<>>& operations() {
  static const std::map<std::string, Operation, std::less<>> table = {
      {"abs", of_one(abs)},
      {"add", of_two(add)},
      {"avg_pool2d", pool(avg_pool2d)},
      {"batch_norm", normalize_batch},
      {"bce_with_logits", of_two(bce_with_logits)},
      {"conv2d", convolve},
      {"div", of_two(div)},
      {"dropout",
       [](const Call& c) { return dropout(c.in.at(0), c.number("p", 0), Rng(c.count("seed"))); }},
      {"exp", of_one(exp)},
      {"flatten", of_one(flatten)},
      {"gelu", of_one(gelu)},
      {"l1_loss", of_two(l1_loss)},
      {"layer_norm", [](const Call& c) { return layer_norm(c.in.at(0), c.in.at(1), c.in.at(2)); }},
      {"leaky_relu", [](const Call& c) { return leaky_relu(c.in.at(0), c.number("slope", 0)); }},
      {"linear", of_three(linear)},
      {"log", of_one(log)},
      {"log_softmax", of_one(log_softmax)},
      {"matmul", of_two(matmul)},
      {"max_pool2d", pool(max_pool2d)},
      {"mean", reduction(mean, mean)},
      {"mnist_loss", of_two(mnist_loss)},
      {"mnist_loss_of_probabilities", of_two(mnist_loss_of_probabilities)},
      {"mse", of_two(mse)},
      {"mul", of_two(mul)},
      {"neg", of_one(neg)},
      {"pow",
       [](const Call& c) { return pow(c.in.at(0), static_cast<int>(c.number("exponent", 0))); }},
      {"relu", of_one(relu)},
      {"reshape", [](const Call& c) { return reshape(c.in.at(0), c.golden.output.shape); }},
      {"sigmoid", of_one(sigmoid)},
      {"softmax", of_one(softmax)},
      {"softmax_cross_entropy", of_two(softmax_cross_entropy)},
      {"square", of_one(square)},
      {"sub", of_two(sub)},
      {"sum", reduction(sum, sum)},
      {"tanh", of_one(tanh)},
      {"transpose", of_one(transpose)},
      {"where", of_three(where)},
  };
  return table;
}

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
  const auto operation = operations().find(golden.op);
  REQUIRE_MESSAGE(operation != operations().end(),
                  "operations() in tests/golden/torch_ops_test.cpp has no row for ", golden.op);
  Arena arena;
  Tape tape(arena);
  std::vector<Var> inputs;
  for (const test::GoldenInput& input : golden.inputs) {
    const Var leaf = tape.variable(input.tensor.shape, input.tensor.values);
    inputs.push_back(input.differentiable ? leaf : leaf.detach());
  }
  std::vector<GoldenTensor> buffers = golden.buffers;
  const Var y = operation->second({golden, inputs, buffers});
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

TEST_CASE("every operation has PyTorch's values and PyTorch's gradients") {
  INFO(test::torch_advice("ops"));
  const std::vector<GoldenCase> cases = test::parse_golden(golden_text());
  for (size_t i = 0; i < cases.size(); ++i) check(cases[i], i + 1);
}

TEST_CASE("every file of autograd/ops has a case that PyTorch answers") {
  INFO(test::torch_advice("ops"));
  std::set<std::string> asked;
  for (const GoldenCase& golden : test::parse_golden(golden_text())) asked.insert(golden.op);
  size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(DOWNHILL_SOURCE_DIR "/src/autograd/ops")) {
    if (entry.path().extension() != ".cpp") continue;
    ++files;
    const std::string op = entry.path().stem().string();
    CHECK_MESSAGE(asked.contains(op), "src/autograd/ops/", op, ".cpp has no case in ops.txt");
  }
  CHECK(files > 0);
  for (const auto& entry : operations()) {
    CHECK_MESSAGE(asked.contains(entry.first), entry.first, " has no case in ops.txt");
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
