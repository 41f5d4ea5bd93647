#include "autograd/tape.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace downhill {

void Tape::clear() {
  arena_.rewind(start_);
  nodes_ = nullptr;
  count_ = 0;
  ++generation_;
  passes_ = 0;
  error_.clear();
}

Node* Tape::find(const Var& var) const {
  const bool here = var.tape_ == this && var.generation_ == generation_ && var.id_ < count_;
  return here ? nodes_ + var.id_ : nullptr;
}

kernels::Scratch Tape::scratch() {
  return {&arena_,
          [](void* arena, size_t size) { return static_cast<Arena*>(arena)->bytes(size); }};
}

void Tape::write_floats(Node& node) {
  if (node.value.data != nullptr) return;
  node.value.data = arena_.floats(node.value.shape.size()).data();
  kernels::pixels_to_floats(node.value.data, *node.pixels);
}

// --- Leaves

Var Tape::constant(Tensor value) { return push({.op = "constant", .value = value}); }

Var Tape::constant(float value) {
  float* data = arena_.floats(1).data();
  *data = value;
  return constant({data, Shape{}});
}

Var Tape::pixels(const kernels::Pixels& pixels, const Shape& shape) {
  assert(size_t{pixels.count} * pixels.size == shape.size());
  const auto* copy = new (arena_.bytes(sizeof pixels)) kernels::Pixels(pixels);
  return push({.op = "constant", .value = {nullptr, shape}, .pixels = copy});
}

Var Tape::variable(float value) { return variable(Shape{}, std::span(&value, 1)); }

Var Tape::variable(std::initializer_list<float> values) {
  return variable(Shape{static_cast<uint32_t>(values.size())}, {values.begin(), values.size()});
}

Var Tape::variable(Shape shape, std::span<const float> values) {
  if (!shape.fits()) return fail_too_large("variable", shape);
  if (values.size() != shape.size()) {
    return fail("variable",
                std::to_string(values.size()) + " values cannot have the shape " + print(shape));
  }
  float* data = arena_.floats(values.size()).data();
  std::ranges::copy(values, data);
  return push({.op = "variable", .value = {data, shape}, .requires_grad = true});
}

Var Tape::parameter(Parameter& parameter) {
  if (parameter.requires_grad && parameter.grad.shape != parameter.value.shape) {
    return fail("parameter", parameter.name + " is " + print(parameter.value.shape) +
                                 ", its gradient " + print(parameter.grad.shape));
  }
  return push({.op = "parameter",
               .value = parameter.value,
               .grad = parameter.grad.data,
               .parameter = &parameter,
               .requires_grad = parameter.requires_grad});
}

// --- Ops

bool Tape::will_run_backward(std::initializer_list<Var> inputs) const {
  return recording_ && std::ranges::any_of(inputs, &Var::requires_grad);
}

bool Tape::open(Node& node, const char* op, const Shape& shape, std::initializer_list<Var> inputs) {
  assert(inputs.size() > 0 && inputs.size() <= Node::kMaxInputs);
  if (of(op, inputs) != this) return false;
  if (!shape.fits()) {
    fail_too_large(op, shape);
    return false;
  }
  node.op = op;
  for (const Var& input : inputs) node.inputs[node.input_count++] = input.id_;
  node.requires_grad = will_run_backward(inputs);
  return true;
}

Var Tape::push(const Node& node) {
  if (!node.value.shape.fits()) return fail_too_large(node.op, node.value.shape);
  constexpr uint32_t kFirstCapacity = 64;
  if (nodes_ == nullptr || count_ == capacity_) {
    // After clear() the capacity stays that of the largest step so far, so that a steady step moves
    // nothing.
    if (nodes_ != nullptr || capacity_ == 0) capacity_ = std::max(kFirstCapacity, 2 * capacity_);
    // Only the first count_ are constructed: initializing all of them took 2 % of a linear model's
    // step.
    Node* larger = static_cast<Node*>(arena_.bytes(capacity_ * sizeof(Node)));
    std::uninitialized_copy_n(nodes_, count_, larger);
    nodes_ = larger;
  }
  new (nodes_ + count_) Node(node);
  return {this, count_++, generation_};
}

Var Tape::fail(std::string_view op, const std::string& what) {
  if (error_.empty()) error_ = "[" + std::string(op) + "] " + what;
  return refused();
}

Var Tape::fail_too_large(std::string_view op, const Shape& shape) {
  return fail(op, print(shape) + " would have more than the " + std::to_string(Shape::kMaxSize) +
                      " numbers that are possible");
}

Tape* Tape::of(const char* op, std::initializer_list<Var> inputs) {
  const auto on_a_tape = std::ranges::find_if(inputs, [](const Var& v) { return v.tape_; });
  if (on_a_tape == inputs.end()) return nullptr;  // no tape to keep a message
  Tape* const tape = on_a_tape->tape_;
  for (const Var& input : inputs) {
    if (tape->find(input) != nullptr) continue;
    if (input.tape_ == nullptr) {
      tape->fail(op, "an operand was never given a value");
    } else if (input.tape_ != tape) {
      tape->fail(op, "the operands belong to different tapes");
    } else if (input.generation_ != tape->generation_) {
      tape->fail(op, "an operand is of an earlier step: the tape was cleared since");
    } else {
      assert(!tape->ok());  // the result of a refused op, which has left its message
    }
    return nullptr;
  }
  return tape;
}

// --- Backward

// The first touch in a pass starts a result's gradient anew. A leaf's gradient adds up over passes;
// it starts when it is made, and a parameter's also when it is stale.
kernels::GradTarget Tape::grad_target(uint32_t id) {
  Node& node = nodes_[id];
  if (!node.requires_grad) return nullptr;
  const bool first = std::exchange(node.reached, passes_) != passes_;
  if (Parameter* const parameter = node.parameter) {
    parameter->has_grad = true;
    node.grad = parameter->grad.data;
    return {node.grad, std::exchange(parameter->stale, false)};
  }
  const bool made = node.grad == nullptr;
  if (made) node.grad = arena_.floats(node.value.shape.size()).data();
  return {node.grad, made || (first && !node.is_leaf())};
}

void Tape::backward(Var loss, bool retain_graph) {
  if (of("backward", {loss}) != this) return;
  const Node& last = nodes_[loss.id_];
  if (last.value.shape.size() != 1) {
    fail("backward", "the loss must be one number, but " + std::string(last.op) +
                         " has the shape " + print(last.value.shape) + ": sum or mean it first");
    return;
  }
  if (!last.requires_grad) {
    fail("backward", "nothing the loss depends on requires a gradient");
    return;
  }
  ++passes_;
  *grad_target(loss.id_).begin(1) += 1.0f;
  for (uint32_t id = loss.id_ + 1; id-- > 0;) {
    Node& node = nodes_[id];
    if (node.reached != passes_ || node.is_leaf()) continue;
    if (node.consumed) {
      fail("backward", "a second time through " + std::string(node.op) +
                           ": the first pass has released what it saved. Record the forward pass "
                           "again, or keep it with retain_graph");
      return;
    }
    const uint64_t start = now();
    node.backward(node.captures, node.value.data, node.grad);
    node.backward_ns += now() - start;
    node.consumed = node.saved && !retain_graph;
  }
}

}  // namespace downhill
