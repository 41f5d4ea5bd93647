#include "expression/run.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace downhill {
namespace {

using Numbers = std::vector<float>;

ExpressionRun& read(ExpressionRun& run, const std::string& line) {
  const Result<void> done = run.read(line);
  REQUIRE_MESSAGE(done.ok(), (done ? "" : done.error().message));
  return run;
}

}  // namespace

TEST_CASE("x = 8; y = x*x has the gradient 16, and twice backward 32") {
  ExpressionRun run;
  read(run, "x = 8; y = x*x");
  CHECK(run.view().nodes[1].value == Numbers{64});
  CHECK(run.view().nodes[0].gradient.empty());
  REQUIRE(run.backward().ok());
  CHECK(run.view().nodes[0].gradient == Numbers{16});
  REQUIRE(run.backward().ok());
  CHECK(run.view().nodes[0].gradient == Numbers{32});
  CHECK(run.view().nodes[1].gradient == Numbers{1});
  CHECK(run.view().passes == 2);
  run.zero_grad();
  CHECK(run.view().nodes[0].gradient.empty());
  CHECK(run.view().nodes[1].value == Numbers{64});
  REQUIRE(run.backward().ok());
  CHECK(run.view().nodes[0].gradient == Numbers{16});
}

TEST_CASE("x = [3, 4, 10]; y = sum(x**2) is 125 with the gradient 6, 8, 20") {
  ExpressionRun run;
  read(run, "x = [3, 4, 10]; y = sum(x**2)");
  CHECK(run.view().nodes.back().value == Numbers{125});
  REQUIRE(run.backward().ok());
  CHECK(run.view().nodes[0].gradient == Numbers{6, 8, 20});
  CHECK(run.view().nodes[1].inputs[0].local == Numbers{6, 8, 20});
  CHECK(run.view().nodes[2].inputs[0].local == Numbers{1, 1, 1});
  CHECK(run.view().nodes[2].inputs[0].product == Numbers{1, 1, 1});
  CHECK_FALSE(run.view().curve);
}

TEST_CASE("each step forward computes one node, and each step back takes it away") {
  ExpressionRun run;
  read(run, "x = 3; a = x + 1; y = a*x");
  CHECK(run.view().position == 2);
  CHECK(run.view().last == 5);
  REQUIRE(run.back(1).ok());
  CHECK(run.view().nodes[3].value.empty());
  CHECK(run.view().active == 2);
  REQUIRE(run.back(5).ok());
  CHECK(run.view().position == 0);
  CHECK(run.view().nodes[0].value == Numbers{3});
  CHECK(run.view().nodes[2].value.empty());
  CHECK_FALSE(run.view().active);
  CHECK(run.back(1).error().message == "[expression_back] this is the beginning");
  REQUIRE(run.step(1).ok());
  CHECK(run.view().nodes[2].value == Numbers{4});
  CHECK_FALSE(run.view().backward);
}

TEST_CASE("on the way back each step writes local derivatives and their products") {
  ExpressionRun run;
  read(run, "x = 3; a = x + 1; y = a*x");
  const auto& nodes = run.view().nodes;  // x, 1, a, y
  REQUIRE(run.step(1).ok());             // the output's own gradient
  CHECK(run.view().backward);
  CHECK(run.view().active == 3);
  CHECK(nodes[3].gradient == Numbers{1});
  CHECK(nodes[3].inputs[0].local.empty());
  REQUIRE(run.step(1).ok());
  CHECK(nodes[3].inputs[0].local == Numbers{3});  // dy/da
  CHECK(nodes[3].inputs[1].local == Numbers{4});  // dy/dx on this way
  CHECK(nodes[3].inputs[1].product == Numbers{4});
  CHECK(nodes[2].gradient == Numbers{3});
  CHECK(nodes[0].gradient == Numbers{4});  // of one of its two ways
  REQUIRE(run.step(1).ok());
  CHECK(run.view().active == 2);
  CHECK(nodes[2].inputs[0].product == Numbers{3});
  CHECK(nodes[2].inputs[1].product.empty());  // to the number 1
  CHECK(nodes[0].gradient == Numbers{7});
  CHECK_FALSE(run.step(1).ok());
  REQUIRE(run.back(1).ok());
  CHECK(nodes[0].gradient == Numbers{4});
}

TEST_CASE("a second pass can be gone back through, into the first") {
  ExpressionRun run;
  read(run, "x = 8; y = x*x");
  REQUIRE(run.backward().ok());
  REQUIRE(run.backward().ok());
  REQUIRE(run.back(1).ok());
  CHECK(run.view().passes == 2);
  CHECK(run.view().nodes[0].gradient == Numbers{16});
  REQUIRE(run.back(1).ok());
  CHECK(run.view().passes == 1);
  CHECK(run.view().nodes[0].gradient == Numbers{16});
  REQUIRE(run.back(2).ok());
  CHECK(run.view().passes == 0);
  CHECK(run.view().position == run.view().forward);
  for (uint32_t i = 0; i < ExpressionRun::kMaxPasses; ++i) REQUIRE(run.backward().ok());
  CHECK(run.view().nodes[0].gradient == Numbers{1600});
  CHECK_FALSE(run.backward().ok());
}

TEST_CASE("what the last part does not need gets no gradient") {
  ExpressionRun run;
  read(run, "x = 2; unused = x*5; y = x + 1");
  REQUIRE(run.backward().ok());
  CHECK(run.view().last == 4);
  CHECK(run.view().nodes[2].gradient.empty());
  CHECK(run.view().nodes[0].gradient == Numbers{1});
}

TEST_CASE("a vector as the result has values, and no gradient") {
  ExpressionRun run;
  read(run, "x = [1, 2]; y = x*3");
  CHECK(run.view().nodes.back().value == Numbers{3, 6});
  const Result<void> done = run.backward();
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().message ==
        "[expression] 'y' is 2 numbers, and a gradient is of one: end with sum or mean");
  CHECK_FALSE(run.step(1).ok());
  REQUIRE(run.back(1).ok());
  CHECK(run.step(1).ok());
}

TEST_CASE("the slope of the tangent is the gradient on the tape") {
  for (const char* line : {"x = 3; y = x**2", "x = 0.5; tanh(exp(x) - 1/x)", "x = -2; y = relu(x)",
                           "x = 1; a = x*x; y = sum([1, 2, 3]*a)"}) {
    CAPTURE(line);
    ExpressionRun run;
    read(run, line);
    REQUIRE(run.view().curve);
    REQUIRE(run.backward().ok());
    CHECK(run.view().curve->slope == run.view().nodes[0].gradient[0]);
    CHECK(run.view().curve->y == run.view().nodes[run.view().output].value[0]);
  }
}

TEST_CASE("rise over run comes nearer to the gradient while the nudge shrinks") {
  ExpressionRun run;
  read(run, "x = 3; y = x**2");
  const ExpressionCurve& curve = *run.view().curve;
  CHECK(curve.slope == 6.0f);
  CHECK(curve.slopes[0] == 7.0f);  // (16 - 9)/1
  CHECK(curve.nudged[0] == 16.0f);
  for (size_t i = 1; i < 4; ++i) {
    CHECK(std::abs(curve.slopes[i] - 6) < std::abs(curve.slopes[i - 1] - 6));
  }
  CHECK(curve.xs.front() < 0.0f);
  CHECK(curve.xs.back() > 6.0f);
  CHECK(curve.xs.size() == curve.ys.size());
}

TEST_CASE("another value moves the point, the text and the gradients, and not the picture") {
  ExpressionRun run;
  read(run, "x = 3; y = x**2");
  const std::vector<float> xs = run.view().curve->xs;
  REQUIRE(run.set_value("x", 2.5f).ok());
  CHECK(run.view().text == "x = 2.5; y = x**2");
  CHECK(run.view().nodes[1].value == Numbers{6.25f});
  CHECK(run.view().nodes[0].gradient.empty());
  REQUIRE(run.backward().ok());
  REQUIRE(run.backward().ok());
  REQUIRE(run.set_value("x", -1).ok());
  CHECK(run.view().text == "x = -1; y = x**2");
  CHECK(run.view().nodes[0].gradient == Numbers{-2});
  CHECK(run.view().passes == 1);
  CHECK(run.view().curve->xs == xs);
  REQUIRE(run.set_value("x", 100).ok());
  CHECK(run.view().curve->xs.back() > 100.0f);
  CHECK(run.set_value("z", 1).error().message ==
        "[expression_value] 'z' is no input of the expression");
  CHECK_FALSE(run.set_value("y", 1).ok());
  CHECK_FALSE(run.set_value("x", INFINITY).ok());
}

TEST_CASE("a line that is refused is kept beside the one on the tape") {
  ExpressionRun run;
  CHECK_FALSE(run.read("y = ").ok());
  CHECK(run.empty());
  read(run, "x = 3; y = x**2");
  CHECK(run.view().refused.empty());
  REQUIRE(run.backward().ok());
  CHECK_FALSE(run.read("x = 3; y = x^2").ok());
  CHECK(run.view().text == "x = 3; y = x**2");
  CHECK(run.view().nodes[0].gradient == Numbers{6});
  CHECK(run.view().refused == "x = 3; y = x^2");
  CHECK(run.view().error == "character 13, '^': a power is written with **");
  CHECK(run.view().error_at == 12);
  CHECK(run.view().error_size == 1);
}

}  // namespace downhill
