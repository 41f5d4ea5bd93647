// A line such as "x = 3; y = x**2" as a plain value: the list of its nodes, in the order in which
// they are computed. This is what the parser gives, and what the tape records. Knows no tape.
//
// Text: parts separated by semicolons or line breaks, each `name = …` or, without a name, only what
// is computed. Numbers, vectors [3, 4, 10], names that have a value already, + - * /, ** with a
// whole exponent, parentheses, and functions, written relu(x) or x.relu(). What has numbers alone is
// computed at once: with a name it is an input, which gets a gradient; without one it is a constant.
// The last part is what the gradient is taken of.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace downhill {

enum class ExpressionOp : uint8_t {
  number,
  input,
  add,
  sub,
  mul,
  div,
  pow,
  neg,
  relu,
  tanh,
  sigmoid,
  exp,
  log,
  sum,
  mean,
};

inline constexpr size_t kMaxExpressionText = 200;  // bytes
inline constexpr size_t kMaxExpressionNodes = 64;
inline constexpr size_t kMaxExpressionVector = 8;
inline constexpr size_t kMaxExpressionName = 12;
inline constexpr int kMaxExponent = 16;

// Some of the text: `size` bytes from `at` on.
struct TextPlace {
  uint32_t at = 0, size = 0;
  bool operator==(const TextPlace&) const = default;
};

struct ExpressionTerm {
  ExpressionOp op = ExpressionOp::number;
  std::string name = {};  // that the line gives it, or empty
  std::array<uint32_t, 2> inputs{};
  uint32_t input_count = 0;        // indices of earlier nodes
  int exponent = 0;                // of pow
  uint32_t size = 1;               // how many numbers
  bool vector = false;             // of shape [size]; otherwise a scalar
  std::vector<float> values = {};  // of number and input
  TextPlace place = {};            // of an input: its value in the text
};

struct Expression {
  std::string text;
  std::vector<ExpressionTerm> terms;
  uint32_t output = 0;
};

// Refused, with the character where it is wrong, which `wrong` also receives.
Result<Expression> parse_expression(std::string_view text, TextPlace* wrong = nullptr);

// How the text writes the operation: "+", "**2", "relu"; empty for numbers and inputs.
std::string op_text(const ExpressionTerm& term);

// The operation that a function's name stands for, or number; all names.
ExpressionOp function_named(std::string_view name);
std::string function_names();

}  // namespace downhill
