#include "expression/run.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/query_text.hpp"
#include "base/text.hpp"
#include "expression/evaluate.hpp"

namespace downhill {
namespace {

constexpr uint32_t kCurvePoints = 121;
constexpr float kNudges[] = {1, 0.1f, 0.01f, 0.001f, 0.0001f};

bool is_leaf(const ExpressionTerm& term) {
  return term.op == ExpressionOp::number || term.op == ExpressionOp::input;
}

void copy_into(std::vector<float>& to, const Tensor& from) {
  const std::span<const float> numbers = from.span();
  to.assign(numbers.begin(), numbers.end());
}

}  // namespace

Result<void> ExpressionRun::read(std::string_view text) {
  if (Result<void> taken = take(text); !taken) return taken;
  if (input_) find_range(expression_.terms[*input_].values[0]);
  position_ = forward_steps();
  record();
  find_curve();
  show();
  return {};
}

// What follows from the text alone. A refused one changes nothing but what is said of it.
Result<void> ExpressionRun::take(std::string_view text) {
  TextPlace wrong;
  Result<Expression> read = parse_expression(text, &wrong);
  if (!read) {
    view_.refused = text.substr(0, kMaxExpressionText);
    view_.error = without_tag(read.error().message);
    const auto size = static_cast<uint32_t>(view_.refused.size());
    view_.error_at = std::min(wrong.at, size);
    view_.error_size = std::min(wrong.size, size - view_.error_at);
    return read.error();
  }
  view_ = ExpressionView{};
  tape_.clear();  // it has views of the numbers
  scratch_.clear();
  expression_ = std::move(*read);
  passes_ = 0;
  find_order();
  return {};
}

void ExpressionRun::find_order() {
  const std::vector<ExpressionTerm>& terms = expression_.terms;
  order_.clear();
  uint32_t inputs = 0;
  for (uint32_t i = 0; i < terms.size(); ++i) {
    if (!is_leaf(terms[i])) order_.push_back(i);
    if (terms[i].op != ExpressionOp::input) continue;
    ++inputs;
    input_ = i;
  }
  if (inputs != 1 || terms[*input_].vector || terms[expression_.output].vector) input_.reset();
  std::vector<bool> reached(terms.size());
  reached[expression_.output] = true;
  way_back_.clear();
  for (uint32_t i = static_cast<uint32_t>(terms.size()); i-- > 0;) {
    if (!reached[i]) continue;
    for (uint32_t k = 0; k < terms[i].input_count; ++k) reached[terms[i].inputs[k]] = true;
    if (!is_leaf(terms[i])) way_back_.push_back(i);
  }
}

Result<void> ExpressionRun::set_value(std::string_view name, float value) {
  const std::vector<ExpressionTerm>& terms = expression_.terms;
  const auto term = std::ranges::find_if(terms, [&](const ExpressionTerm& t) {
    return t.op == ExpressionOp::input && t.name == name;
  });
  const std::string where = "[expression_value] ";
  if (term == terms.end()) return Error{where + quoted(name) + " is no input of the expression"};
  if (term->vector) return Error{where + quoted(name) + " is a vector: write the line anew"};
  if (!std::isfinite(value)) return Error{where + "the value must be a finite number"};
  std::string text = expression_.text;
  text.replace(term->place.at, term->place.size, print(value));
  const bool complete = position_ == all_steps();
  const float low = low_, high = high_;
  if (Result<void> taken = take(text); !taken) return taken;
  // The picture stays where it is while a point is dragged in it.
  if (input_ && !(value >= low && value <= high)) find_range(value);
  position_ = complete ? all_steps() : forward_steps();
  record();
  find_curve();
  show();
  return {};
}

Result<void> ExpressionRun::differentiable() const {
  const ExpressionTerm& last = expression_.terms[expression_.output];
  if (last.size == 1) return {};
  return Error{"[expression] " + (last.name.empty() ? "the result" : quoted(last.name)) + " is " +
               print(uint64_t{last.size}) +
               " numbers, and a gradient is of one: end with sum or mean"};
}

Result<void> ExpressionRun::step(uint32_t count) {
  if (position_ == all_steps()) {
    return Error{
        "[expression_step] the way back is over: zero_grad clears the gradients, "
        "expression_back goes back"};
  }
  const Result<void> possible = differentiable();
  if (position_ == forward_steps() && !possible) return possible;
  const uint32_t end = possible ? all_steps() : forward_steps();
  position_ += std::min(count, end - position_);
  record();
  show();
  return {};
}

Result<void> ExpressionRun::back(uint32_t count) {
  if (position_ == 0) return Error{"[expression_back] this is the beginning"};
  while (count-- > 0 && position_ > 0) {
    --position_;
    if (position_ > forward_steps() || passes_ == 0) continue;
    --passes_;  // the moment before a pass is the moment after the one before it
    position_ = all_steps();
  }
  record();
  show();
  return {};
}

Result<void> ExpressionRun::backward() {
  if (Result<void> possible = differentiable(); !possible) return possible;
  if (position_ == all_steps() && passes_ + 1 == kMaxPasses) {
    return Error{"[expression_backward] the gradients of " + print(uint64_t{kMaxPasses}) +
                 " passes add up already"};
  }
  if (position_ == all_steps()) ++passes_;
  position_ = all_steps();
  record();
  show();
  return {};
}

void ExpressionRun::zero_grad() {
  passes_ = 0;
  position_ = std::min(position_, forward_steps());
  record();
  show();
}

// Records the tape anew, up to here.
void ExpressionRun::record() {
  tape_.clear();
  const std::vector<ExpressionTerm>& terms = expression_.terms;
  vars_.assign(terms.size(), Var{});
  arrivals_.assign(terms.size(), Arrival{});
  active_.reset();
  uint32_t computed = 0;
  for (uint32_t i = 0; i < terms.size(); ++i) {
    const bool leaf = is_leaf(terms[i]);
    if (!leaf && computed == position_) continue;
    std::array<Var, 2> inputs;
    for (uint32_t k = 0; k < terms[i].input_count; ++k) inputs[k] = vars_[terms[i].inputs[k]];
    vars_[i] = record_term(tape_, terms[i], std::span(inputs).first(terms[i].input_count));
    if (leaf) continue;
    ++computed;
    active_ = i;
  }
  if (!going_back()) return;
  for (uint32_t pass = 0; pass < passes_; ++pass) vars_[expression_.output].backward(true);
  for (uint32_t i = 0; i < terms.size(); ++i) {
    if (terms[i].op == ExpressionOp::input) copy_into(arrivals_[i].sum, vars_[i].grad());
  }
  vars_[expression_.output].backward(true);
}

void ExpressionRun::show() {
  view_.text = expression_.text;
  view_.output = expression_.output;
  view_.position = position_;
  view_.forward = forward_steps();
  view_.last = all_steps();
  view_.backward = going_back();
  view_.passes = going_back() ? passes_ + 1 : 0;
  view_.nodes.clear();
  for (uint32_t i = 0; i < expression_.terms.size(); ++i) {
    const ExpressionTerm& term = expression_.terms[i];
    ExpressionNode& node = view_.nodes.emplace_back();
    node.name = term.name;
    node.op = op_text(term);
    node.vector = term.vector;
    node.requires_grad = term.op != ExpressionOp::number;
    copy_into(node.value, vars_[i].value());
    for (uint32_t k = 0; k < term.input_count; ++k) node.inputs.push_back({.node = term.inputs[k]});
  }
  if (going_back()) show_gradients();
  view_.active = active_;
}

void ExpressionRun::show_gradients() {
  active_ = expression_.output;
  for (const uint32_t i : way_back_) {
    for (const ExpressionLink& link : view_.nodes[i].inputs) ++arrivals_[link.node].open;
  }
  for (const uint32_t i : std::span(way_back_).first(position_ - forward_steps() - 1)) {
    show_way(i);
    active_ = i;
  }
  for (uint32_t i = 0; i < view_.nodes.size(); ++i) view_.nodes[i].gradient = gradient_of(i);
}

// The way through one node, whose own gradient has come by all of its ways.
void ExpressionRun::show_way(uint32_t index) {
  const ExpressionTerm& term = expression_.terms[index];
  std::vector<Tensor> inputs;
  for (uint32_t k = 0; k < term.input_count; ++k) inputs.push_back(vars_[term.inputs[k]].value());
  LocalGradients found = local_gradients(term, inputs, vars_[index].grad().span());
  for (uint32_t k = 0; k < term.input_count; ++k) {
    ExpressionLink& link = view_.nodes[index].inputs[k];
    if (!view_.nodes[link.node].requires_grad) continue;
    link.local = std::move(found.derivatives[k]);
    link.product = std::move(found.products[k]);
    Arrival& arrival = arrivals_[link.node];
    ++arrival.came;
    --arrival.open;
    arrival.sum.resize(link.product.size(), 0.0f);
    for (size_t i = 0; i < link.product.size(); ++i) arrival.sum[i] += link.product[i];
  }
}

std::vector<float> ExpressionRun::gradient_of(uint32_t index) const {
  const Arrival& arrival = arrivals_[index];
  const bool complete = index == expression_.output || (arrival.came > 0 && arrival.open == 0);
  if (!complete) return arrival.sum;
  const std::span<const float> gradient = vars_[index].grad().span();
  return {gradient.begin(), gradient.end()};
}

// --- The curve

void ExpressionRun::find_range(float x) {
  const float half = std::max(2.0f, 1.5f * std::abs(x));
  const float limit = std::numeric_limits<float>::max() / 4;
  low_ = std::max(x - half, -limit);
  high_ = std::min(x + half, limit);
}

float ExpressionRun::output_at(float x) {
  scratch_.clear();
  const NoGrad no_grad(scratch_);
  return record_expression(scratch_, expression_, *input_, x)[expression_.output].item();
}

void ExpressionRun::find_curve() {
  view_.curve.reset();
  if (!input_) return;
  const ExpressionTerm& term = expression_.terms[*input_];
  ExpressionCurve& curve = view_.curve.emplace();
  curve.input = term.name;
  curve.output = expression_.terms[expression_.output].name;
  curve.x = term.values[0];
  curve.y = output_at(curve.x);
  for (uint32_t i = 0; i < kCurvePoints; ++i) {
    const float share = static_cast<float>(i) / (kCurvePoints - 1);
    curve.xs.push_back(low_ + share * (high_ - low_));
    curve.ys.push_back(output_at(curve.xs.back()));
  }
  for (const float nudge : kNudges) {
    const float there = curve.x + nudge;
    curve.nudges.push_back(nudge);
    curve.nudged.push_back(output_at(there));
    curve.slopes.push_back((curve.nudged.back() - curve.y) / (there - curve.x));
  }
  scratch_.clear();
  const std::vector<Var> vars = record_expression(scratch_, expression_);
  vars[expression_.output].backward();
  curve.slope = vars[*input_].grad().item();
}

}  // namespace downhill
