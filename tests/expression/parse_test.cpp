#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "expression/expression.hpp"

namespace downhill {
namespace {

// The nodes as text: "3:x 0**2:y", a node's inputs by number, then its operation and its name.
std::string nodes_of(const std::string& line) {
  const Result<Expression> read = parse_expression(line);
  if (!read) return read.error().message;
  std::string all;
  for (const ExpressionTerm& term : read->terms) {
    std::string text;
    for (const float value : term.values) text += (text.empty() ? "" : ",") + std::to_string(value);
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    for (uint32_t k = 0; k < term.input_count; ++k) {
      text += (k == 0 ? "" : ",") + std::to_string(term.inputs[k]);
    }
    text += op_text(term) + (term.name.empty() ? "" : ":" + term.name);
    all += (all.empty() ? "" : " ") + text;
  }
  return all;
}

struct Refusal {
  std::string text;
  uint32_t at, size;
  std::string message;
};

}  // namespace

TEST_CASE("a line becomes the nodes that a gradient passes through") {
  CHECK(nodes_of("x = 3; y = x**2") == "3:x 0**2:y");
  CHECK(nodes_of("x=8;y=x*x") == "8:x 0,0*:y");
  CHECK(nodes_of(" x = 2 ;; y = (x + 1) * -x ; ") == "2:x 1 0,1+ 0- 2,3*:y");
  CHECK(nodes_of("x = 2\ny = relu(x)\n") == "2:x 0relu:y");
  CHECK(nodes_of("x = -2; x.tanh().exp()") == "-2:x 0tanh 1exp");
}

TEST_CASE("operations bind as in Python") {
  CHECK(nodes_of("x = 2; y = -x**2") == "2:x 0**2 1-:y");
  CHECK(nodes_of("x = 2; y = x**2**3") == "2:x 0**8:y");
  CHECK(nodes_of("x = 2; y = x**-1") == "2:x 0**-1:y");
  CHECK(nodes_of("x = 2; y = x - x - x") == "2:x 0,0- 1,0-:y");
  CHECK(nodes_of("x = 2; y = x / x * x") == "2:x 0,0/ 1,0*:y");
  CHECK(nodes_of("x = 2; y = x + x * x") == "2:x 0,0* 0,1+:y");
}

TEST_CASE("numbers alone are computed at once, and with a name they are an input") {
  CHECK(nodes_of("k = 2*3 + 1; y = k * (1/4)") == "7:k 0.25 0,1*:y");
  CHECK(nodes_of("k = -3**2; y = k") == "-9:k");
  const Result<Expression> read = parse_expression("x = [1, 2*2, -3]; y = sum(x)");
  REQUIRE(read.ok());
  CHECK(read->terms[0].values == std::vector<float>{1, 4, -3});
  CHECK(read->terms[0].vector);
  CHECK_FALSE(read->terms[1].vector);
}

TEST_CASE("the place of an input's value is where another number can be written") {
  const std::string line = "a = 1; x =  -2.5 ; y = a*x";
  const Result<Expression> read = parse_expression(line);
  REQUIRE(read.ok());
  const TextPlace place = read->terms[1].place;
  CHECK(line.substr(place.at, place.size) == "-2.5");
}

TEST_CASE("an error says what is wrong and where") {
  const std::vector<Refusal> refusals = {
      {"", 0, 0, "character 1: the line is empty: write something like x = 3; y = x**2"},
      {"y = x*2", 4, 1, "character 5, 'x': it has no value: give it one first, as in x = 3"},
      {"x = 3; y = x^2", 12, 1, "character 13, '^': a power is written with **"},
      {"x = 3; y = 2x", 12, 1,
       "character 13, 'x': an operation, such as *, or a semicolon is missing before it"},
      {"x = 3; y = (x + 1", 11, 1, "character 12, '(': this parenthesis is not closed"},
      {"x = 3; y = x + 1)", 16, 1, "character 17, ')': there is nothing to close"},
      {"x = [1, 2; y = x", 4, 1, "character 5, '[': this bracket is not closed"},
      {"x = 3; y = x +", 14, 0, "character 15: a number or a name is missing"},
      {"x = 3; y = * x", 11, 1, "character 12, '*': a number or a name is missing before it"},
      {"x = 3; x = 4", 7, 1, "character 8, 'x': it has a value already: choose another name"},
      {"sum = 3", 0, 3, "character 1, 'sum': it is the name of a function"},
      {"x = 3; y = relu x", 11, 4,
       "character 12, 'relu': a function needs parentheses, as in relu(x)"},
      {"x = 3; y = sin(x)", 11, 3,
       "character 12, 'sin': there is no such function; there are relu, tanh, sigmoid, exp, log, "
       "sum, mean"},
      {"x = 3; y = x**0.5", 14, 3,
       "character 15, '0.5': the exponent must be a whole number from -16 to 16"},
      {"x = 3; y = 2**x", 14, 1,
       "character 15, 'x': the exponent must be a whole number from -16 to 16"},
      {"x = [1, 2]; y = x*[1, 2, 3]", 17, 1,
       "character 18, '*': a vector of 2 numbers and one of 3 do not fit together"},
      {"x = 3; y = [x, 2]", 12, 1, "character 13, 'x': a vector is made of numbers alone"},
      {"x = [1, 2, 3, 4, 5, 6, 7, 8, 9]", 29, 1,
       "character 30, '9': a vector has at most 8 numbers"},
      {"x = 1e99", 4, 4, "character 5, '1e99': the number is too large"},
      {"x = 3; 4*5", 7, 3,
       "character 8, '4*5': it has numbers alone, and none with a name to take the gradient by, as "
       "in x = 3"},
      {"x + 1 = 3", 0, 1, "character 1, 'x': it has no value: give it one first, as in x = 3"},
      {"a_long_name_ = 1; a_long_name_x = 2", 18, 13,
       "character 19, 'a_long_name_x': a name has at most 12 letters"},
  };
  for (const Refusal& refusal : refusals) {
    CAPTURE(refusal.text);
    TextPlace wrong;
    const Result<Expression> read = parse_expression(refusal.text, &wrong);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().message == "[expression] " + refusal.message);
    CHECK(wrong.at == refusal.at);
    CHECK(wrong.size == refusal.size);
  }
}

TEST_CASE("characters are counted, not bytes") {
  TextPlace wrong;
  const Result<Expression> read = parse_expression("x = 3; y = x\u00b2 \u2212 1", &wrong);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().message ==
        "[expression] character 13: an operation, such as *, or a semicolon is missing "
        "before it");
  CHECK(wrong.size == 2);
}

TEST_CASE("what is too long, too deep or too large is refused") {
  const auto message = [](const std::string& text) {
    const Result<Expression> read = parse_expression(text);
    return read ? std::string() : read.error().message;
  };
  CHECK(message("x = 1; y = x" + std::string(188, ' ')).empty());
  CHECK(message("x = 1; y = x" + std::string(189, ' ')) ==
        "[expression] character 201, ' ': the line is longer than 200 characters");
  CHECK(message("x = 1; y = " + std::string(20, '(') + "x" + std::string(20, ')')).empty());
  CHECK(message("x = 1; y = " + std::string(30, '(') + "x" + std::string(30, ')')) ==
        "[expression] character 36, '(': it is nested too deeply");
  std::string sum = "x=1;y=x";
  for (int i = 0; i < 62; ++i) sum += "+x";
  CHECK(message(sum).empty());
  CHECK(message(sum + "+x+x") ==
        "[expression] character 134, '+': more than 64 nodes are too many to draw");
}

}  // namespace downhill
