// Every op against finite differences, on shapes that hit whole vectors, tails and both. The cases
// are those of tests/autograd/*_op_cases.cpp.
#include "support/gradcheck.hpp"

#include <doctest/doctest.h>

#include <set>

#include "autograd/op_cases.hpp"
#include "autograd/tape.hpp"
#include "support/op_names.hpp"

using namespace downhill;
using test::GradCase;
using test::GradChecker;

TEST_CASE("every op has the gradient that finite differences find") {
  for (const test::OpCases& cases : test::all_op_cases()) {
    for (const GradCase& gradient : cases.gradients) {
      for (const std::string& problem : GradChecker(gradient).problems()) FAIL_CHECK(problem);
    }
  }
}

TEST_CASE("every op of autograd/ops.hpp has a case in the gradient check") {
  std::set<std::string> with_cases;
  for (const test::OpCases& cases : test::all_op_cases()) {
    if (!cases.gradients.empty()) with_cases.insert(cases.op);
  }
  const std::set<std::string> ops = test::op_names();
  REQUIRE(ops.contains("batch_norm"));
  for (const std::string& op : ops) {
    CHECK_MESSAGE(with_cases.contains(op), op,
                  ": add its entry to one of tests/autograd/*_op_cases.cpp");
  }
  for (const std::string& op : with_cases) {
    CHECK_MESSAGE(ops.contains(op), op, " has cases but is no op of src/autograd/ops.hpp");
  }
}

TEST_CASE("the checker notices a gradient that is wrong") {
  // An op whose gradient is five per cent off, one that forgets an element, and one that writes
  // where it should add.
  const auto wrong = [](float factor, size_t reached, bool adds = true) {
    return GradCase{"wrong", {{Shape{3}}}, [=](Tape& tape, const auto& in) {
                      const Var x = in[0];
                      return tape.record(
                          "wrong", x.shape(), {x},
                          [=](float* y) {
                            for (size_t i = 0; i < 3; ++i) y[i] = 2 * x.data()[i];
                          },
                          [=](const float*, const float* dy) {
                            float* dx = x.grad_target();
                            for (size_t i = 0; i < reached; ++i) {
                              dx[i] = (adds ? dx[i] : 0.0f) + factor * dy[i];
                            }
                          });
                    }};
  };
  const GradCase right = wrong(2.0f, 3), steep = wrong(2.1f, 3), short_of_one = wrong(2.0f, 2),
                 writing = wrong(2.0f, 3, false);
  CHECK(GradChecker(right).problems().empty());
  CHECK(GradChecker(steep).problems().size() == 3);
  CHECK(GradChecker(short_of_one).problems().size() == 1);
  CHECK(GradChecker(writing).problems().size() == 3);
}

TEST_CASE("derivatives at kinks are PyTorch's: zero") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({0.0f, -0.0f, 1.0f, -1.0f});
  sum(relu(x)).backward();
  CHECK(x.grad().data[0] == 0.0f);
  CHECK(x.grad().data[1] == 0.0f);
  CHECK(x.grad().data[2] == 1.0f);
  CHECK(x.grad().data[3] == 0.0f);
  x.zero_grad();
  sum(abs(x)).backward();
  CHECK(x.grad().data[0] == 0.0f);
  CHECK(x.grad().data[1] == 0.0f);
  CHECK(x.grad().data[2] == 1.0f);
  CHECK(x.grad().data[3] == -1.0f);
  x.zero_grad();
  sum(leaky_relu(x)).backward();
  CHECK(x.grad().data[0] == 0.01f);  // as in PyTorch: the slope on the left of 0
  CHECK(x.grad().data[2] == 1.0f);
  x.zero_grad();
  l1_loss(x, x.detach()).backward();
  for (float derivative : x.grad().span()) CHECK(derivative == 0.0f);
}
