// The parser: recursive descent, of bounded depth.
#include <cmath>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "expression/builder.hpp"

namespace downhill {
namespace {

constexpr uint32_t kMaxDepth = 24;

class ExpressionReader {
 public:
  explicit ExpressionReader(std::string_view text) : in_(text) {}

  Result<Expression> read(TextPlace* wrong) {
    const size_t size = in_.text().size();
    if (size > kMaxExpressionText) {
      in_.fail(kMaxExpressionText, size,
               "the line is longer than " + print(uint64_t{kMaxExpressionText}) + " characters");
    }
    bool any = false;
    while (in_.ok()) {
      in_.skip_spaces();
      if (in_.at_end()) break;
      if (in_.part_ends()) {
        in_.go(in_.at() + 1);
        continue;
      }
      read_part();
      any = true;
    }
    if (!any) in_.fail(0, 0, "the line is empty: write something like x = 3; y = x**2");
    const auto& terms = built_.terms();
    if (in_.ok() && terms[built_.output()].op == ExpressionOp::number) {
      in_.fail(last_part_, size,
               "it has numbers alone, and none with a name to take the gradient by, as in x = 3");
    }
    if (in_.ok()) return Expression{std::string(in_.text()), terms, built_.output()};
    if (wrong != nullptr) *wrong = in_.wrong();
    return Error{"[expression] " + in_.error()};
  }

 private:
  // name = sum, or sum alone.
  void read_part() {
    const size_t begin = last_part_ = in_.at();
    std::string_view name = in_.word();
    in_.skip_spaces();
    if (name.empty() || !in_.next_is('=')) {
      name = {};
      in_.go(begin);
    } else {
      check_new_name(name, begin);
      in_.go(in_.at() + 1);
    }
    in_.skip_spaces();
    if (!in_.ok()) return;
    Operand value = read_sum();
    const size_t end = in_.end();
    in_.skip_spaces();
    if (in_.ok() && !in_.part_ends()) fail_left_over();
    if (in_.ok()) built_.end_part(name, std::move(value), end);
  }

  void check_new_name(std::string_view name, size_t begin) {
    if (function_named(name) != ExpressionOp::number) {
      in_.fail(begin, name.size(), "it is the name of a function");
    } else if (built_.find_name(name)) {
      in_.fail(begin, name.size(), "it has a value already: choose another name");
    } else if (name.size() > kMaxExpressionName) {
      in_.fail(begin, name.size(),
               "a name has at most " + print(uint64_t{kMaxExpressionName}) + " letters");
    }
  }

  void fail_left_over() {
    if (in_.next_is('=')) return in_.fail_here("left of it there must be one new name");
    if (in_.next_is(')') || in_.next_is(']')) return in_.fail_here("there is nothing to close");
    if (in_.next_is('^')) return in_.fail_here("a power is written with **");
    in_.fail_here("an operation, such as *, or a semicolon is missing before it");
  }

  // --- By rank, the loosest first

  Operand read_sum() {
    Operand left = read_product();
    for (in_.skip_spaces(); in_.ok() && (in_.next_is('+') || in_.next_is('-')); in_.skip_spaces()) {
      const ExpressionOp op = in_.next_is('+') ? ExpressionOp::add : ExpressionOp::sub;
      left = read_right(op, std::move(left), &ExpressionReader::read_product);
    }
    return left;
  }

  Operand read_product() {
    Operand left = read_signed();
    for (in_.skip_spaces(); in_.ok() && (in_.next_is('*') || in_.next_is('/')); in_.skip_spaces()) {
      const ExpressionOp op = in_.next_is('*') ? ExpressionOp::mul : ExpressionOp::div;
      left = read_right(op, std::move(left), &ExpressionReader::read_signed);
    }
    return left;
  }

  Operand read_right(ExpressionOp op, Operand left, Operand (ExpressionReader::*side)()) {
    const size_t sign = in_.at();
    in_.go(sign + 1);
    Operand right = (this->*side)();
    return built_.join(op, std::move(left), std::move(right), place_of(sign, 1));
  }

  // Every way deeper leads through here.
  Operand read_signed() {
    in_.skip_spaces();
    const size_t begin = in_.at();
    if (depth_ == kMaxDepth) in_.fail_here("it is nested too deeply");
    if (!in_.ok()) return {};
    ++depth_;
    Operand value;
    if (in_.next_is('-') || in_.next_is('+')) {
      const bool minus = in_.next_is('-');
      in_.go(begin + 1);
      value = read_signed();
      if (minus)
        value = built_.apply({.op = ExpressionOp::neg}, std::move(value), place_of(begin, 1));
      value.from = static_cast<uint32_t>(begin);
    } else {
      value = read_power();
    }
    --depth_;
    return value;
  }

  // As in Python, -x**2 is -(x**2), and x**2**3 is x**(2**3).
  Operand read_power() {
    Operand base = read_postfix();
    if (!in_.ok() || !in_.skip("**")) return base;
    in_.skip_spaces();
    const size_t begin = in_.at();
    const Operand exponent = read_signed();
    if (!in_.ok()) return {};
    const TextPlace place = place_of(begin, in_.end() - begin);
    const bool number = !exponent.node && !exponent.numbers.vector;
    const float n = number ? exponent.numbers.values[0] : 0.5f;
    if (!(std::abs(n) <= float{kMaxExponent} && std::trunc(n) == n)) {
      const std::string most = print(uint64_t{kMaxExponent});
      in_.fail(place.at, place.size,
               "the exponent must be a whole number from -" + most + " to " + most);
      return {};
    }
    return built_.apply({.op = ExpressionOp::pow, .exponent = static_cast<int>(n)}, std::move(base),
                        place);
  }

  // What is read, and the functions after it: x.relu().sum().
  Operand read_postfix() {
    Operand value = read_primary();
    while (in_.ok() && in_.next_is('.')) {
      const size_t begin = in_.at() + 1;
      in_.go(begin);
      const std::string_view name = in_.word();
      const ExpressionOp op = known_function(name, begin);
      if (in_.ok() && !in_.skip("("))
        in_.fail_here("a parenthesis is missing, as in x." + std::string(name) + "()");
      if (in_.ok() && !in_.skip(")")) in_.fail_here("nothing belongs between these parentheses");
      value = built_.apply({.op = op}, std::move(value), place_of(begin, name.size()));
    }
    return value;
  }

  Operand read_primary() {
    in_.skip_spaces();
    const size_t begin = in_.at();
    if (in_.part_ends()) {
      in_.fail(begin, 0, "a number or a name is missing");
      return {};
    }
    if (in_.next_is('(')) return read_inside(begin);
    if (in_.next_is('[')) return read_vector();
    if (in_.digit() || (in_.next_is('.') && in_.digit(1))) return read_number();
    const std::string_view name = in_.word();
    if (!name.empty()) return read_name(name, begin);
    in_.fail_here(in_.next_is('^') ? "a power is written with **"
                                   : "a number or a name is missing before it");
    return {};
  }

  // In parentheses, of which the first is next.
  Operand read_inside(size_t begin) {
    const size_t open = in_.at();
    in_.go(open + 1);
    Operand inside = read_sum();
    if (!in_.skip(")")) in_.fail(open, 1, "this parenthesis is not closed");
    inside.from = static_cast<uint32_t>(begin);
    return inside;
  }

  Operand read_name(std::string_view name, size_t begin) {
    if (const auto node = built_.find_name(name))
      return {.node = node, .from = static_cast<uint32_t>(begin)};
    const bool function = function_named(name) != ExpressionOp::number;
    in_.skip_spaces();
    if (!in_.next_is('(')) {
      in_.fail(begin, name.size(),
               function ? "a function needs parentheses, as in " + std::string(name) + "(x)"
                        : "it has no value: give it one first, as in x = 3");
      return {};
    }
    const ExpressionOp op = known_function(name, begin);
    if (!in_.ok()) return {};
    Operand inside = read_inside(begin);
    return built_.apply({.op = op}, std::move(inside), place_of(begin, name.size()));
  }

  ExpressionOp known_function(std::string_view name, size_t begin) {
    const ExpressionOp op = function_named(name);
    if (op == ExpressionOp::number) {
      in_.fail(begin, name.size(), "there is no such function; there are " + function_names());
    }
    return op;
  }

  Operand read_number() {
    const size_t begin = in_.at();
    const std::optional<float> value = parse_any_size(in_.number_word());
    if (!value || !std::isfinite(*value)) {
      in_.fail(begin, in_.at() - begin, "the number is too large");
      return {};
    }
    return ExpressionBuilder::numbers({*value}, false, begin);
  }

  Operand read_vector() {
    const size_t begin = in_.at();
    std::vector<float> values;
    do {
      in_.go(in_.at() + (values.empty() ? 1 : 0));
      in_.skip_spaces();
      const size_t from = in_.at();
      const Operand element = read_sum();
      if (!in_.ok()) return {};
      if (element.node || element.numbers.vector) {
        in_.fail(from, in_.end() - from, "a vector is made of numbers alone");
      } else if (values.size() == kMaxExpressionVector) {
        in_.fail(from, in_.end() - from,
                 "a vector has at most " + print(uint64_t{kMaxExpressionVector}) + " numbers");
      } else {
        values.push_back(element.numbers.values[0]);
      }
    } while (in_.ok() && in_.skip(","));
    if (!in_.skip("]")) in_.fail(begin, 1, "this bracket is not closed");
    return ExpressionBuilder::numbers(std::move(values), true, begin);
  }

  ExpressionScanner in_;
  ExpressionBuilder built_{in_};
  uint32_t depth_ = 0;
  size_t last_part_ = 0;
};

}  // namespace

Result<Expression> parse_expression(std::string_view text, TextPlace* wrong) {
  return ExpressionReader(text).read(wrong);
}

}  // namespace downhill
