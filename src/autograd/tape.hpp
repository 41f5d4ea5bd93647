// The tape (Wengert list): every op appends a node as it runs, so the order of creation is already
// a topological order, and the gradient is one walk back over the nodes, without recursion or
// sorting. All memory comes from one arena. The tape knows no op; ops enter it through record().
#pragma once

#include <cstdint>
#include <initializer_list>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "autograd/node.hpp"
#include "autograd/tensor.hpp"
#include "autograd/var.hpp"
#include "base/arena.hpp"
#include "kernels/scratch.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill {

// What an op's backward needs besides dy. As in PyTorch, only a pass through an op that saved values
// releases something, so only such a pass cannot be repeated.
enum class Saved : uint8_t { values, nothing };

class Tape {
 public:
  // Takes memory from `arena` and rewinds it in clear() to where it stands now; nothing else may
  // hold memory that was allocated from it later. The tape must not move while Vars point to it.
  explicit Tape(Arena& arena) : arena_(arena), start_(arena.mark()) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // Leaves. Constants and parameters are views of the caller's memory, which must stay alive and
  // unchanged until the last backward pass. Variables are copied and require a gradient.
  Var constant(Tensor value);
  Var constant(float value);  // copied
  // Byte images as a constant; their count·size must be the size of `shape`.
  Var pixels(const kernels::Pixels& pixels, const Shape& shape);
  Var variable(float value);
  Var variable(std::initializer_list<float> values);         // shape [n]
  Var variable(Shape shape, std::span<const float> values);  // sizes must agree
  Var parameter(Parameter& parameter);  // refused if its grad has another shape

  // Appends an op. Runs `forward(float* y)`, which writes the result, and keeps
  // `backward(const float* y, const float* dy)`, which adds to Var::grad_target() of each input.
  // The captures of `backward` are copied into the arena as bytes. Refused if the shape does not
  // fit(). Saved::nothing: `backward` reads neither y nor values of the inputs.
  template <class Forward, class Backward>
  Var record(const char* op, const Shape& shape, std::initializer_list<Var> inputs,
             const Forward& forward, const Backward& backward, Saved saved = Saved::values);
  // Appends an op whose result is its input under another shape of the same size. It saves nothing.
  template <class Backward>
  Var record_view(const char* op, const Shape& shape, Var input, const Backward& backward);

  // The tape of an op's inputs if all are valid and on one tape; otherwise null, and the reason is
  // the error of the first input's tape.
  static Tape* of(const char* op, std::initializer_list<Var> inputs);
  // Keeps the message "[op] what" if it is the first, and returns the invalid Var for the op to
  // return.
  Var fail(std::string_view op, const std::string& what);
  // Fails because a tensor of this shape would not fit().
  Var fail_too_large(std::string_view op, const Shape& shape);

  // Memory that an op keeps for its backward; values unspecified, gone with clear().
  std::span<float> scratch(size_t count) { return arena_.floats(count); }
  kernels::Scratch scratch();
  // Whether an op of these inputs will run backward: what it keeps only for that may be left out
  // otherwise.
  bool will_run_backward(std::initializer_list<Var> inputs) const;

  // Computes d loss / d everything that requires a gradient. The loss must be one number that
  // depends on something that does. A second pass through an op that saved values is refused, as in
  // PyTorch, unless the first one had retain_graph.
  void backward(Var loss, bool retain_graph = false);
  // Forgets the nodes and the error, and keeps the memory. All Vars become invalid.
  void clear();

  bool ok() const { return error_.empty(); }
  const std::string& error() const { return error_; }  // the first message, or empty
  // Ops recorded while this is false give constants (NoGrad below).
  bool recording() const { return recording_; }
  void set_recording(bool recording) { recording_ = recording; }

  std::span<const Node> nodes() const { return {nodes_, count_}; }
  // Times every op with the caller's clock (monotonic nanoseconds); null, the default: not at all.
  void set_clock(uint64_t (*now_ns)()) { now_ns_ = now_ns; }

 private:
  friend class Var;

  Node* find(const Var& var) const;
  void write_floats(Node& node);
  bool open(Node& node, const char* op, const Shape& shape, std::initializer_list<Var> inputs);
  template <class Backward>
  Var close(Node& node, const Backward& backward);
  Var push(const Node& node);
  Var refused() { return {this, Var::kNone, generation_}; }
  kernels::GradTarget grad_target(uint32_t id);
  uint64_t now() const { return now_ns_ == nullptr ? 0 : now_ns_(); }

  Arena& arena_;
  Arena::Mark start_;
  Node* nodes_ = nullptr;  // in the arena; moved when full
  uint32_t count_ = 0;
  uint32_t capacity_ = 0;
  uint32_t generation_ = 1;
  uint32_t passes_ = 0;  // backward passes since clear()
  bool recording_ = true;
  uint64_t (*now_ns_)() = nullptr;
  std::string error_;
};

// While it lives, the tape records no backward, like torch.no_grad().
class NoGrad {
 public:
  explicit NoGrad(Tape& tape) : tape_(tape), before_(tape.recording()) {
    tape.set_recording(false);
  }
  ~NoGrad() { tape_.set_recording(before_); }
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  Tape& tape_;
  bool before_;
};

template <class Forward, class Backward>
Var Tape::record(const char* op, const Shape& shape, std::initializer_list<Var> inputs,
                 const Forward& forward, const Backward& backward, Saved saved) {
  Node node;
  if (!open(node, op, shape, inputs)) return refused();
  node.saved = saved == Saved::values;
  node.value = {arena_.floats(shape.size()).data(), shape};
  const uint64_t start = now();
  forward(node.value.data);
  node.forward_ns = now() - start;
  return close(node, backward);
}

template <class Backward>
Var Tape::record_view(const char* op, const Shape& shape, Var input, const Backward& backward) {
  Node node;
  if (!open(node, op, shape, {input})) return refused();
  node.saved = false;
  const Node& viewed = nodes_[input.id_];
  node.pixels = viewed.pixels;
  node.value = {viewed.value.data, shape};
  return close(node, backward);
}

template <class Backward>
Var Tape::close(Node& node, const Backward& backward) {
  static_assert(
      std::is_trivially_copyable_v<Backward> && std::is_trivially_destructible_v<Backward>,
      "a backward lambda lives in the arena as bytes: capture Vars, pointers and numbers by value");
  if (node.requires_grad) {
    node.captures = new (arena_.bytes(sizeof(Backward))) Backward(backward);
    node.backward = [](const void* captures, const float* y, const float* dy) {
      (*static_cast<const Backward*>(captures))(y, dy);
    };
  }
  return push(node);
}

}  // namespace downhill
