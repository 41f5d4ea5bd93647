// The tape (Wengert list): every operation is written down as it is done, so the order of creation
// is already a topological order and the gradient is one walk back over it, without recursion,
// sorting or sharing. All memory comes from one arena. The tape knows no operation; operations know
// the tape through its doors, record() and its kin, whose bodies are in record.hpp.
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
#include "kernels/sparse_images/pixels.hpp"

namespace downhill {

class Tape {
 public:
  // Takes its memory from `arena`, from its mark at this moment on; clear() rewinds there. Nobody
  // else may hold memory of the arena that was allocated later. Must not move while Vars point to
  // it.
  explicit Tape(Arena& arena);
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // Leaves. A constant and a parameter are views of the caller's memory, which must live as long as
  // the step; a variable is copied into the arena and wants a gradient.
  Var constant(Tensor value);
  Var constant(float value);  // copied
  // The values of bytes, count·size of them as the shape says, which must live as long as the step,
  // with their map and their nonzero pixels.
  Var pixels(const kernels::Pixels& pixels, const Shape& shape);
  Var variable(float value);
  Var variable(std::initializer_list<float> values);         // shape [n]
  Var variable(Shape shape, std::span<const float> values);  // sizes must agree
  Var parameter(Parameter& parameter);  // refused if its grad has another shape

  // The door for most operations. Checks the inputs, makes room for the result, runs
  // `forward(float* y)`, and keeps `pull(const float* y, const float* dy)` for the way back: it
  // adds to Var::grad_target() of each input. Both are lambdas; pull's captures are copied into the arena
  // as bytes. A pull that takes `kernels::UpstreamGrad dy` can read what a ReLU hands on.
  template <class Forward, class Pull>
  Var record(const char* op, Shape shape, std::initializer_list<Var> inputs, Forward forward,
             Pull pull);

  // As record(), for a result that most often only a ReLU reads: `forward()` runs now, and
  // `write(float* y, bool rectified)`, which gives y or relu(y), when somebody asks. It is kept as
  // pull is, and may read nothing that can change before clear(), as parameters do; of the input x
  // nobody expects that. Its pull is given no y. Who reads y behind a ReLU has it made once more.
  template <class Forward, class Write, class Pull>
  Var record_late(const char* op, Shape shape, std::initializer_list<Var> inputs, Forward forward,
                  Write write, Pull pull);

  // As record(), for a result that a ReLU most often follows, and whose parameters are too many to
  // be kept: `write(float* y, float* relu)` gives y, and relu(y) unless that is null. It runs when
  // the ReLU is recorded, or when somebody asks, and no later than the next result is there.
  template <class Write, class Pull>
  Var record_soon(const char* op, Shape shape, std::initializer_list<Var> inputs, Write write,
                  Pull pull);

  // As record(), for a result that is its input under another shape of the same size.
  template <class Pull>
  Var record_view(const char* op, const Shape& shape, Var input, Pull pull);

  // The tape of an operation's inputs if all are valid values of one tape, otherwise null, and the
  // reason is in the tape of the first input that has one.
  static Tape* of(const char* op, std::initializer_list<Var> inputs);
  // Keeps the sentence "[op] what" if it is the first, and gives the invalid Var to return.
  Var fail(std::string_view op, const std::string& what);

  // Memory for what an operation keeps for its way back; gone with clear().
  std::span<float> scratch(size_t count) { return arena_.floats(count); }
  template <class T>
  T* scratch_of(size_t count);  // values unspecified

  // d loss / d everything that wants it. The loss must be one number that
  // something which wants a gradient leads to. A second call through the
  // same results is refused, as in PyTorch, unless the first one had retain_graph.
  void backward(Var loss, bool retain_graph = false);

  // Forgets the step and the error, keeps the memory. All Vars become invalid.
  void clear();

  bool ok() const { return error_.empty(); }
  const std::string& error() const { return error_; }  // the first sentence, or empty

  // Operations recorded while this is false give constants (NoGrad below).
  bool recording() const { return recording_; }
  void set_recording(bool recording) { recording_ = recording; }

  // Everything that was still to be written is.
  std::span<const Node> nodes() const;
  // The first line whose value is not finite, or null: where a run that broke began to break.
  const Node* first_not_finite() const;
  // Times every operation with the caller's clock (monotonic nanoseconds); null, the default, times
  // nothing.
  void set_clock(uint64_t (*now_ns)()) { now_ns_ = now_ns; }

 private:
  friend class Var;

  Var push(const Node& node);
  void write_due();
  Var leaf(const char* op, Tensor value, bool requires_grad);
  Node* find(const Var& var);
  void write_value(Node& node) const;
  bool write_rectified(uint32_t id, float* y);
  bool hand_on(uint32_t id, const float* dy, const float* relu);
  void write_gradient(Node& node) const;
  bool open(Node& node, const char* op, std::initializer_list<Var> inputs);
  Var refused() { return {this, Var::kNone, generation_}; }
  float* grad_target(uint32_t id);
  kernels::GradTarget overwritable_grad_target(uint32_t id);
  void walk_back(uint32_t last, bool retain_graph);
  uint64_t now() const { return now_ns_ == nullptr ? 0 : now_ns_(); }
  template <class F>
  uint64_t time(F f) const;
  void write_late(Node& node, float* y, float* relu) const;
  template <class F>
  const F* keep(const F& f);
  template <class Write, class Pull>
  Var push_unwritten(Node& node, const Write& write, const Pull& pull);
  template <class Pull>
  void keep_pull(Node& node, const Pull& pull);

  Arena& arena_;
  Arena::Mark start_;
  Node* nodes_ = nullptr;  // in the arena; moved to a larger place when full
  uint32_t count_ = 0;
  uint32_t capacity_ = 0;
  uint32_t due_ = Var::kNone;  // a result that is to be written soon, if it is not yet
  uint32_t generation_ = 1;
  uint32_t backwards_ = 0;  // how many were run since clear()
  bool recording_ = true;
  uint64_t (*now_ns_)() = nullptr;
  mutable uint64_t late_ns_ = 0;  // spent in write_late() so far
  std::string error_;
};

// While it lives, operations record no way back, like torch.no_grad().
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

template <class T>
T* Tape::scratch_of(size_t count) {
  static_assert(std::is_nothrow_default_constructible_v<T> && std::is_trivially_destructible_v<T>);
  return new (arena_.bytes(count * sizeof(T))) T[count];
}

// Nanoseconds of f(), but what is written late meanwhile counts for the operation it belongs to.
template <class F>
uint64_t Tape::time(F f) const {
  const uint64_t start = now(), late = late_ns_;
  f();
  return now() - start - (late_ns_ - late);
}

}  // namespace downhill
