#include "autograd/tape.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "kernels/reductions/reduce.hpp"

namespace downhill {

Tape::Tape(Arena& arena) : arena_(arena), start_(arena.mark()) {}

void Tape::clear() {
  arena_.rewind(start_);
  nodes_ = nullptr;
  count_ = 0;
  due_ = Var::kNone;
  ++generation_;
  backwards_ = 0;
  error_.clear();
}

Node* Tape::find(const Var& var) {
  const bool here = var.tape_ == this && var.generation_ == generation_ && var.id_ < count_;
  return here ? nodes_ + var.id_ : nullptr;
}

std::span<const Node> Tape::nodes() const {
  for (uint32_t id = 0; id < count_; ++id) {
    const uint64_t of_step = nodes_[id].forward_ns;
    if (nodes_[id].write != nullptr) write_value(nodes_[id]);
    nodes_[id].forward_ns = of_step;  // whoever looks takes time, not the step
    write_gradient(nodes_[id]);
  }
  return {nodes_, count_};
}

const Node* Tape::first_not_finite() const {
  const std::span<const Node> all = nodes();
  const auto broken = std::ranges::find_if(
      all, [](const Node& n) { return !kernels::all_finite(n.value.data, n.value.size()); });
  return broken == all.end() ? nullptr : &*broken;
}

// --- Recording
// -----------------------------------------------------------------------------------------------

Var Tape::push(const Node& node) {
  write_due();
  constexpr uint32_t kFirstCapacity = 64;
  if (nodes_ == nullptr || count_ == capacity_) {
    // After clear() the capacity is still that of the largest step so far, so a steady step moves
    // nothing.
    if (nodes_ != nullptr || capacity_ == 0) capacity_ = std::max(kFirstCapacity, 2 * capacity_);
    // Only the first count_ of them are nodes: to clear all took 2 % of a step of a linear model.
    Node* larger = static_cast<Node*>(arena_.bytes(capacity_ * sizeof(Node)));
    std::uninitialized_copy_n(nodes_, count_, larger);
    nodes_ = larger;
  }
  new (nodes_ + count_) Node(node);
  return {this, count_++, generation_};
}

Var Tape::leaf(const char* op, Tensor value, bool requires_grad) {
  Node node;
  node.op = op;
  node.value = value;
  node.requires_grad = requires_grad;
  return push(node);
}

Var Tape::constant(Tensor value) { return leaf("constant", value, false); }

Var Tape::pixels(const kernels::Pixels& pixels, const Shape& shape) {
  assert(size_t{pixels.count} * pixels.size == shape.size());
  const Var var = leaf("constant", {nullptr, shape}, false);
  nodes_[var.id_].pixels = new (arena_.bytes(sizeof(PixelValues))) PixelValues{pixels};
  return var;
}

// The value as floats that stand in memory, if they do not yet.
void Tape::write_value(Node& node) const {
  if (node.value.data != nullptr) return;
  const auto room = [&] { return arena_.floats(node.value.shape.size()).data(); };
  if (PixelValues* const values = node.pixels) {
    if (values->floats == nullptr) {
      values->floats = room();
      kernels::pixels_to_floats(values->floats, values->pixels);
    }
    node.value.data = values->floats;
  } else if (node.write != nullptr) {
    node.value.data = room();
    write_late(node, node.value.data, nullptr);
  }
}

void Tape::write_late(Node& node, float* y, float* relu) const {
  const uint64_t took = time([&] { node.write(node.write_captures, y, relu); });
  node.forward_ns += took;
  late_ns_ += took;
}

bool Tape::write_rectified(uint32_t id, float* y) {
  Node& node = nodes_[id];
  if (node.write == nullptr || node.value.data != nullptr) return false;
  // What is written soon is written together with its ReLU; what is late, only when asked for.
  if (id == due_) node.value.data = arena_.floats(node.value.shape.size()).data();
  write_late(node, node.value.data, y);
  return true;
}

// Whoever came next has read it by now, or never will.
void Tape::write_due() {
  if (due_ != Var::kNone) write_value(nodes_[due_]);
  due_ = Var::kNone;
}

Var Tape::constant(float value) {
  float* data = arena_.floats(1).data();
  *data = value;
  return leaf("constant", {data, Shape{}}, false);
}

Var Tape::variable(float value) { return variable(Shape{}, std::span(&value, 1)); }

Var Tape::variable(std::initializer_list<float> values) {
  return variable(Shape{static_cast<uint32_t>(values.size())}, {values.begin(), values.size()});
}

Var Tape::variable(Shape shape, std::span<const float> values) {
  if (values.size() != shape.size()) {
    return fail("variable",
                std::to_string(values.size()) + " values cannot have the shape " + print(shape));
  }
  float* data = arena_.floats(values.size()).data();
  std::ranges::copy(values, data);
  return leaf("variable", {data, shape}, true);
}

Var Tape::parameter(Parameter& parameter) {
  if (parameter.requires_grad && parameter.grad.shape != parameter.value.shape) {
    return fail("parameter", parameter.name + " is " + print(parameter.value.shape) +
                                 ", the place of its gradient " + print(parameter.grad.shape));
  }
  const Var var = leaf("parameter", parameter.value, parameter.requires_grad);
  nodes_[var.id_].parameter = &parameter;
  nodes_[var.id_].grad = parameter.grad.data;
  return var;
}

bool Tape::open(Node& node, const char* op, std::initializer_list<Var> inputs) {
  assert(inputs.size() > 0 && inputs.size() <= Node::kMaxInputs);
  if (of(op, inputs) != this) return false;
  node.op = op;
  for (const Var& input : inputs) {
    node.inputs[node.input_count++] = input.id_;
    node.requires_grad = node.requires_grad || nodes_[input.id_].requires_grad;
  }
  node.requires_grad = node.requires_grad && recording_;
  return true;
}

// --- Errors
// --------------------------------------------------------------------------------------------------

Var Tape::fail(std::string_view op, const std::string& what) {
  if (error_.empty()) error_ = "[" + std::string(op) + "] " + what;
  return refused();
}

Tape* Tape::of(const char* op, std::initializer_list<Var> inputs) {
  Tape* tape = nullptr;
  for (const Var& input : inputs) {
    if (tape == nullptr) tape = input.tape_;
  }
  if (tape == nullptr)
    return nullptr;  // values of no tape: nowhere to write, and they are invalid already
  for (const Var& input : inputs) {
    if (tape->find(input) != nullptr) continue;
    if (input.tape_ == nullptr) {
      tape->fail(op, "an operand was never given a value");
    } else if (input.tape_ != tape) {
      tape->fail(op, "the operands belong to different tapes");
    } else if (input.generation_ != tape->generation_) {
      tape->fail(op, "an operand is of an earlier step: the tape was cleared since");
    } else {
      assert(!tape->ok());  // the result of a refused operation: its sentence is there
    }
    return nullptr;
  }
  return tape;
}

// --- The way back
// --------------------------------------------------------------------------------------------

// Gradients of leaves add up over calls and so are cleared only when they are made, and those of
// parameters when they are stale; those of results are cleared by the first touch in every call.
float* Tape::grad_target(uint32_t id) {
  const kernels::GradTarget target = overwritable_grad_target(id);
  if (target.overwrite) std::fill_n(target.data, nodes_[id].value.shape.size(), 0.0f);
  return target.data;
}

kernels::GradTarget Tape::overwritable_grad_target(uint32_t id) {
  Node& node = nodes_[id];
  if (!node.requires_grad) return nullptr;
  const bool first = node.reached != backwards_;
  node.reached = backwards_;
  if (node.parameter != nullptr) {
    node.parameter->has_grad = true;
    node.grad = node.parameter->grad.data;
    return {node.grad, std::exchange(node.parameter->stale, false)};
  }
  const bool made = node.grad == nullptr;
  if (made) node.grad = arena_.floats(node.value.shape.size()).data();
  if (first) node.handed = {};
  write_gradient(node);
  return {node.grad, made || (first && !node.is_leaf())};
}

// A gradient of a leaf adds up over calls, and is asked for at any time: nothing waits there.
bool Tape::hand_on(uint32_t id, const float* dy, const float* relu) {
  Node& node = nodes_[id];
  if (!node.takes_handed || node.reached == backwards_) return false;
  node.reached = backwards_;
  if (node.grad == nullptr) node.grad = arena_.floats(node.value.shape.size()).data();
  node.handed = {node.grad, dy, relu};
  return true;
}

void Tape::write_gradient(Node& node) const {
  if (node.handed.handed == nullptr) return;
  node.handed.write(node.value.shape.size());
  node.handed = {};
}

void Tape::backward(Var loss, bool retain_graph) {
  if (of("backward", {loss}) != this) return;
  const Node& node = nodes_[loss.id_];
  if (node.value.shape.size() != 1) {
    fail("backward", "the loss must be one number, but " + std::string(node.op) +
                         " has the shape " + print(node.value.shape) + ": sum or mean it first");
    return;
  }
  if (!node.requires_grad) {
    fail("backward", "nothing the loss depends on requires a gradient");
    return;
  }
  write_due();
  // What was handed on is what the gradients below are made of.
  for (uint32_t i = 0; backwards_ > 0 && i < count_; ++i) write_gradient(nodes_[i]);
  ++backwards_;
  *grad_target(loss.id_) += 1.0f;
  walk_back(loss.id_, retain_graph);
}

void Tape::walk_back(uint32_t last, bool retain_graph) {
  for (uint32_t id = last + 1; id-- > 0;) {
    Node& node = nodes_[id];
    if (node.reached != backwards_ || node.is_leaf()) continue;
    if (node.consumed) {
      fail("backward", "a second time through " + std::string(node.op) +
                           ": what it had kept for its gradient is given up after the first. "
                           "Record the forward again, or "
                           "keep it with retain_graph");
      return;
    }
    const uint64_t start = now();
    const bool handed = node.handed.handed != nullptr;
    node.pull(node.captures, node.value.data,
              handed ? node.handed : kernels::UpstreamGrad{.dy = node.grad});
    nodes_[id].backward_ns += now() - start;
    nodes_[id].consumed = !retain_graph;
  }
}

}  // namespace downhill
