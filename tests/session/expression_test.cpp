// The commands of the expression, as the engine carries them out: beside a run, and without one.
#include <doctest/doctest.h>

#include "session/session.hpp"
#include "support/session_bench.hpp"

namespace downhill {
namespace {

using test::Bench;
using Numbers = std::vector<float>;

const std::string kSquare = "expression?text=x%20%3D%208%3B%20y%20%3D%20x%2Ax";

const ExpressionView& shown(Bench& bench) {
  const Snapshot& snapshot = bench.look(kPartExpression);
  REQUIRE(snapshot.expression);
  return *snapshot.expression;
}

std::string refusal(Bench& bench, const std::string& text) {
  bench.tell(text, 7);
  const std::vector<Answer> answers = bench.answers();
  REQUIRE(answers.size() == 1);
  return answers[0].error;
}

}  // namespace

TEST_CASE("an expression is computed before there are any data") {
  Bench bench("model=linear", false);
  CHECK_FALSE(bench.look(kPartExpression).expression);
  CHECK(refusal(bench, kSquare).empty());
  CHECK(refusal(bench, "expression_backward").empty());
  CHECK(shown(bench).nodes[0].gradient == Numbers{16});
  CHECK(bench.look(kPartExpression | kPartWeights).parts == kPartExpression);
}

TEST_CASE("the commands of the expression step, undo, add up, clear and move") {
  Bench bench;
  bench.tell(kSquare);
  CHECK(shown(bench).position == 1);
  CHECK(shown(bench).last == 3);
  bench.tell("expression_step?count=2");
  CHECK(shown(bench).nodes[0].gradient == Numbers{16});
  bench.tell("expression_back");
  CHECK(shown(bench).nodes[0].gradient.empty());
  bench.tell("expression_backward");
  bench.tell("expression_backward");
  CHECK(shown(bench).nodes[0].gradient == Numbers{32});
  bench.tell("zero_grad");
  CHECK(shown(bench).nodes[0].gradient.empty());
  bench.tell("expression_value?name=x&value=-0.5");
  CHECK(shown(bench).text == "x = -0.5; y = x*x");
  CHECK(shown(bench).nodes[1].value == Numbers{0.25f});
}

TEST_CASE("a refused line is answered with its sentence and stays beside the present one") {
  Bench bench;
  CHECK(refusal(bench, "expression_step") ==
        "[expression_step] there is no expression yet: send one with expression");
  CHECK(refusal(bench, "expression?text=y").starts_with("[expression] character 1, 'y': "));
  CHECK(refusal(bench, "zero_grad").starts_with("[zero_grad] "));
  bench.tell(kSquare);
  CHECK(refusal(bench, "expression?text=y%20%3D%20x^2") ==
        "[expression] character 5, 'x': it has no value: give it one first, as in x = 3");
  CHECK(shown(bench).text == "x = 8; y = x*x");
  CHECK(shown(bench).refused == "y = x^2");
  CHECK(bench.status().error.empty());
}

TEST_CASE("the run does not notice an expression") {
  Bench alone, beside;
  for (Bench* bench : {&alone, &beside}) bench->tell("step?unit=batch&count=3");
  beside.tell(kSquare);
  beside.tell("expression_backward");
  CHECK(beside.status().running);  // the steps go on
  for (Bench* bench : {&alone, &beside}) {
    bench->work();
    bench->tell("find_lr");
    bench->session.work(test::ticking, 0);
  }
  beside.tell("expression_value?name=x&value=2");
  CHECK(beside.status().busy_with == "find_lr");
  for (Bench* bench : {&alone, &beside}) {
    bench->work();
    bench->tell("step?unit=epoch");
    bench->work();
  }
  CHECK(alone.digest() == beside.digest());
  CHECK(alone.look(kPartCurves).curves.steps.size() ==
        beside.look(kPartCurves).curves.steps.size());
}

TEST_CASE("state() shows the expression with its nodes, ways and curve") {
  Bench bench;
  CHECK(state_json(bench.look(kPartExpression), 0, "").find("\"expression\":null") !=
        std::string::npos);
  bench.tell(kSquare);
  bench.tell("expression_backward");
  const std::string json = state_json(bench.look(kPartExpression), 0, "");
  for (const char* part :
       {R"("expression":{"text":"x = 8; y = x*x","refused":null,"error":null)",
        R"({"name":"x","op":null,"vector":false,"requiresGrad":true,"value":[8],"gradient":[16],)"
        R"("inputs":[]})",
        R"("inputs":[{"node":0,"local":[8],"product":[8]},{"node":0,"local":[8],"product":[8]}])",
        R"("output":1,"position":3,"forward":1,"last":3,"passes":1,"active":1,"backward":true)",
        R"("curve":{"input":"x","output":"y","x":8,"y":64,"slope":16,"nudges":[1,0.1,)"}) {
    CHECK_MESSAGE(json.find(part) != std::string::npos, std::string(part), " in ", json);
  }
}

}  // namespace downhill
