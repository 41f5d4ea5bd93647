// Compares the graph of every line of golden/torch/expressions.txt with PyTorch: values and
// gradients of all names. PyTorch computes in double precision; ours are floats, and may differ by
// 1e-5 of the largest number, or of 1.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "expression/run.hpp"
#include "support/advice.hpp"
#include "support/torch_golden.hpp"

using namespace downhill;

namespace {

struct Named {
  std::string name;
  std::vector<float> value, gradient;
};
struct Line {
  std::string text;
  std::vector<Named> names = {};
  std::vector<float> result = {};
};

// "3 1 2 3": their number, then the numbers.
std::vector<float> take_numbers(const std::vector<float>& all, size_t& at) {
  REQUIRE(at < all.size());
  const auto count = static_cast<size_t>(all[at++]);
  REQUIRE(at + count <= all.size());
  at += count;
  return {all.begin() + static_cast<std::ptrdiff_t>(at - count),
          all.begin() + static_cast<std::ptrdiff_t>(at)};
}

std::vector<Line> golden_lines() {
  std::vector<Line> lines;
  test::read_torch_golden(
      "expressions.txt", [&](const std::string& word, std::istringstream& words) {
        if (word == "line") {
          std::string text;
          std::getline(words >> std::ws, text);
          if (const size_t at = text.find("\\n"); at != std::string::npos)
            text.replace(at, 2, "\n");
          lines.push_back({.text = text});
          return;
        }
        std::string name;
        if (word == "name") words >> name;
        const std::vector<float> numbers = test::numbers_of(words);
        size_t at = 0;
        std::vector<float> value = take_numbers(numbers, at);
        if (word == "result") {
          lines.back().result = value;
        } else {
          lines.back().names.push_back({name, value, take_numbers(numbers, at)});
        }
      });
  return lines;
}

void check_close(const std::vector<float>& ours, const std::vector<float>& theirs) {
  REQUIRE(ours.size() == theirs.size());
  float largest = 1;
  for (const float number : theirs) largest = std::max(largest, std::abs(number));
  for (size_t i = 0; i < ours.size(); ++i) {
    CAPTURE(i);
    CHECK_MESSAGE(std::abs(ours[i] - theirs[i]) <= 1e-5f * largest, ours[i], " where PyTorch has ",
                  theirs[i]);
  }
}

const ExpressionNode* find(const ExpressionView& view, const std::string& name) {
  const auto node = std::ranges::find(view.nodes, name, &ExpressionNode::name);
  return node == view.nodes.end() ? nullptr : &*node;
}

void check_names(const Line& line, const ExpressionView& view) {
  for (const Named& named : line.names) {
    CAPTURE(named.name);
    const ExpressionNode* node = find(view, named.name);
    if (node == nullptr) node = find(view, "x");  // of which it is another name
    REQUIRE(node != nullptr);
    check_close(node->value, named.value);
    check_close(node->gradient, named.gradient);
  }
}

}  // namespace

TEST_CASE("the graph of every line has PyTorch's values and gradients") {
  INFO(test::torch_advice("expressions"));
  const std::vector<Line> lines = golden_lines();
  CHECK(lines.size() >= 60);
  for (const Line& line : lines) {
    CAPTURE(line.text);
    ExpressionRun run;
    const Result<void> read = run.read(line.text);
    REQUIRE_MESSAGE(read.ok(), (read ? "" : read.error().message));
    check_close(run.view().nodes[run.view().output].value, line.result);
    REQUIRE(run.backward().ok());
    check_names(line, run.view());
  }
}

TEST_CASE("node by node the way back ends with the same gradients, to the bit") {
  for (const Line& line : golden_lines()) {
    CAPTURE(line.text);
    ExpressionRun whole, steps;
    REQUIRE(whole.read(line.text).ok());
    REQUIRE(whole.backward().ok());
    REQUIRE(steps.read(line.text).ok());
    REQUIRE((steps.view().position == 0 || steps.back(1000).ok()));
    CHECK(steps.view().position == 0);
    while (steps.view().position < steps.view().last) REQUIRE(steps.step(1).ok());
    ExpressionView stepped = steps.view(), at_once = whole.view();
    stepped.curve.reset();  // it may hold NaN
    at_once.curve.reset();
    CHECK(stepped == at_once);
  }
}

TEST_CASE("the products of the chain rule add up to the gradient of every node") {
  for (const Line& line : golden_lines()) {
    CAPTURE(line.text);
    ExpressionRun run;
    REQUIRE(run.read(line.text).ok());
    REQUIRE(run.backward().ok());
    const ExpressionView& view = run.view();
    for (uint32_t i = 0; i < view.nodes.size(); ++i) {
      if (!view.nodes[i].requires_grad || i == view.output) continue;
      std::vector<float> sum(view.nodes[i].gradient.size(), 0.0f);
      for (const ExpressionNode& node : view.nodes) {
        for (const ExpressionLink& link : node.inputs) {
          if (link.node != i || link.product.empty()) continue;
          REQUIRE(link.product.size() == sum.size());
          for (size_t k = 0; k < sum.size(); ++k) sum[k] += link.product[k];
        }
      }
      check_close(sum, view.nodes[i].gradient);
    }
  }
}

TEST_CASE("the golden lines use every operation") {
  std::set<std::string> ops;
  for (const Line& line : golden_lines()) {
    ExpressionRun run;
    REQUIRE(run.read(line.text).ok());
    for (const ExpressionNode& node : run.view().nodes) ops.insert(node.op.substr(0, 2));
  }
  for (const char* op : {"+", "-", "*", "/", "**", "re", "ta", "si", "ex", "lo", "su", "me"}) {
    CHECK_MESSAGE(ops.contains(op), op);
  }
}
