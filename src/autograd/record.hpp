// How the tape writes an operation down: what its doors, which tape.hpp describes, make of the
// lambdas they are given. Whoever records includes it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <new>
#include <type_traits>

#include "autograd/node.hpp"
#include "autograd/tape.hpp"
#include "kernels/elementwise/grad_target.hpp"

namespace downhill {

template <class F>
const F* Tape::keep(const F& f) {
  static_assert(
      std::is_trivially_copyable_v<F> && std::is_trivially_destructible_v<F>,
      "a pull function lives in the arena as bytes: capture Vars, pointers and numbers by value");
  return new (arena_.bytes(sizeof(F))) F(f);
}

template <class Pull>
void Tape::keep_pull(Node& node, const Pull& pull) {
  constexpr bool kTakesHanded =
      std::is_invocable_v<const Pull&, const float*, kernels::UpstreamGrad>;
  node.captures = keep(pull);
  node.takes_handed = kTakesHanded;
  node.pull = [](const void* captures, const float* y, const kernels::UpstreamGrad& dy) {
    const Pull& f = *static_cast<const Pull*>(captures);
    if constexpr (kTakesHanded) {
      f(y, dy);
    } else {
      f(y, static_cast<const float*>(dy.dy));
    }
  };
}

// A result that `write(float* y, float* relu)` is to give.
template <class Write, class Pull>
Var Tape::push_unwritten(Node& node, const Write& write, const Pull& pull) {
  node.write_captures = keep(write);
  node.write = [](const void* captures, float* y, float* relu) {
    (*static_cast<const Write*>(captures))(y, relu);
  };
  if (node.requires_grad) keep_pull(node, pull);
  return push(node);
}

template <class Forward, class Pull>
Var Tape::record(const char* op, Shape shape, std::initializer_list<Var> inputs, Forward forward,
                 Pull pull) {
  Node node;
  if (!open(node, op, inputs)) return refused();
  node.value = {arena_.floats(shape.size()).data(), shape};
  node.forward_ns = time([&] { forward(node.value.data); });
  if (node.requires_grad) keep_pull(node, pull);
  return push(node);
}

template <class Forward, class Write, class Pull>
Var Tape::record_late(const char* op, Shape shape, std::initializer_list<Var> inputs,
                      Forward forward, Write write, Pull pull) {
  Node node;
  if (!open(node, op, inputs)) return refused();
  node.value = {nullptr, shape};
  node.forward_ns = time(forward);
  const auto either = [write](float* y, float* relu) {
    const bool rectified = relu != nullptr;
    write(rectified ? relu : y, rectified);
  };
  return push_unwritten(node, either, pull);
}

template <class Write, class Pull>
Var Tape::record_soon(const char* op, Shape shape, std::initializer_list<Var> inputs, Write write,
                      Pull pull) {
  Node node;
  if (!open(node, op, inputs)) return refused();
  node.value = {nullptr, shape};
  const Var var = push_unwritten(node, write, pull);
  due_ = var.id_;
  return var;
}

template <class Pull>
Var Tape::record_view(const char* op, const Shape& shape, Var input, Pull pull) {
  Node node;
  if (!open(node, op, {input})) return refused();
  node.pixels = nodes_[input.id_].pixels;
  if (node.pixels == nullptr) write_value(nodes_[input.id_]);
  node.value = {nodes_[input.id_].value.data, shape};
  if (node.requires_grad) keep_pull(node, pull);
  return push(node);
}

}  // namespace downhill
