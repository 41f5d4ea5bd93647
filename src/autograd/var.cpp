#include "autograd/var.hpp"

#include <limits>

#include "autograd/tape.hpp"

namespace downhill {

bool Var::valid() const { return tape_ != nullptr && tape_->find(*this) != nullptr; }

const Node& Var::node() const {
  static const Node kEmpty;
  return valid() ? *tape_->find(*this) : kEmpty;
}

Tensor Var::value() const {
  if (pixels() != nullptr) tape_->write_floats(*tape_->find(*this));
  return node().value;
}

float Var::item() const {
  const Tensor tensor = value();
  return tensor.size() == 1 ? tensor.item() : std::numeric_limits<float>::quiet_NaN();
}

Tensor Var::grad() const {
  const Node& n = node();
  const bool forgotten = n.parameter != nullptr && !n.parameter->has_grad;
  return n.grad == nullptr || forgotten ? Tensor{} : Tensor{n.grad, n.value.shape};
}

void Var::zero_grad() const {
  Node* n = tape_ == nullptr ? nullptr : tape_->find(*this);
  if (n == nullptr || !n->is_leaf()) return;
  if (n->parameter != nullptr) n->parameter->zero_grad();
  n->grad = nullptr;
}

void Var::backward(bool retain_graph) const {
  if (tape_ != nullptr) tape_->backward(*this, retain_graph);
}

Var Var::detach() const { return valid() ? tape_->constant(value()) : *this; }

float* Var::grad_target() const { return overwritable_grad_target().begin(shape().size()); }

kernels::GradTarget Var::overwritable_grad_target() const {
  return valid() ? tape_->grad_target(id_) : nullptr;
}

}  // namespace downhill
