#include "autograd/var.hpp"

#include <limits>

#include "autograd/tape.hpp"

namespace downhill {

bool Var::valid() const { return tape_ != nullptr && tape_->find(*this) != nullptr; }

Shape Var::shape() const {
  const Node* node = tape_ == nullptr ? nullptr : tape_->find(*this);
  return node == nullptr ? Shape{} : node->value.shape;
}

Tensor Var::value() const {
  Node* node = tape_ == nullptr ? nullptr : tape_->find(*this);
  if (node == nullptr) return {};
  tape_->write_value(*node);
  return node->value;
}

PixelValues* Var::pixels() const {
  const Node* node = tape_ == nullptr ? nullptr : tape_->find(*this);
  return node == nullptr ? nullptr : node->pixels;
}

float Var::item() const {
  const Tensor tensor = value();
  return tensor.size() == 1 ? tensor.item() : std::numeric_limits<float>::quiet_NaN();
}

bool Var::requires_grad() const {
  const Node* node = tape_ == nullptr ? nullptr : tape_->find(*this);
  return node != nullptr && node->requires_grad;
}

Tensor Var::grad() const {
  Node* node = tape_ == nullptr ? nullptr : tape_->find(*this);
  if (node == nullptr) return {};
  if (node->parameter != nullptr && !node->parameter->has_grad) return {};
  tape_->write_gradient(*node);
  return node->grad == nullptr ? Tensor{} : Tensor{node->grad, node->value.shape};
}

void Var::zero_grad() const {
  Node* node = tape_ == nullptr ? nullptr : tape_->find(*this);
  if (node == nullptr || !node->is_leaf()) return;
  if (node->parameter != nullptr) node->parameter->zero_grad();
  node->grad = nullptr;
}

void Var::backward(bool retain_graph) const {
  if (tape_ != nullptr) tape_->backward(*this, retain_graph);
}

Var Var::detach() const { return valid() ? tape_->constant(value()) : *this; }

float* Var::grad_target() const { return valid() ? tape_->grad_target(id_) : nullptr; }
kernels::GradTarget Var::overwritable_grad_target() const {
  return valid() ? tape_->overwritable_grad_target(id_) : nullptr;
}
bool Var::write_rectified(float* y) const { return valid() && tape_->write_rectified(id_, y); }
bool Var::hand_on(const float* dy, const float* y) const {
  return valid() && tape_->hand_on(id_, dy, y);
}

}  // namespace downhill
