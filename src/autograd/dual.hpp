// Forward mode: a value together with its derivative in one direction, as in PyTorch's
// torch.autograd.forward_ad. Both are on the tape, so backward goes through the derivative too: the
// gradient of a loss's tangent in the direction v is the Hessian times v, exact up to rounding.
//
// Each function is an op of ops.hpp on Duals: the same value, and as its tangent the sum of every
// operand's tangent times the derivative with respect to it. At a kink both belong to the piece
// whose gradient the op takes, so second derivatives are PyTorch's double backward. Errors are
// those of the ops.
#pragma once

#include "autograd/ops.hpp"

namespace downhill {

struct Dual {
  Var primal;
  Var tangent;  // of the same shape; on no tape: 0

  Dual() = default;
  explicit Dual(Var value) : primal(value) {}  // a constant
  Dual(Var value, Var derivative) : primal(value), tangent(derivative) {}

  Tape* tape() const { return primal.tape(); }
  Shape shape() const { return primal.shape(); }
  bool valid() const { return primal.valid(); }
  bool moves() const { return tangent.tape() != nullptr; }
};

Dual operator+(Dual a, Dual b);
Dual reshape(Dual x, Shape shape);
Dual flatten(Dual x);

// Precondition: !options.relu, and w and b both have a tangent, or neither has.
Dual linear(Dual x, Dual w, Dual b, LinearOptions options = {});
Dual linear(Dual x, Dual w, LinearOptions options = {});
Dual conv2d(Dual x, Dual w, Dual b, Conv2dOptions options = {});
Dual conv2d(Dual x, Dual w, Conv2dOptions options = {});
Dual max_pool2d(Dual x, Pool2dOptions options);
Dual avg_pool2d(Dual x, Pool2dOptions options);
Dual dropout(Dual x, float p, Rng rng);

// With the statistics of the batch. Precondition: options.training && !options.relu.
Dual batch_norm(Dual x, Dual gamma, Dual beta, const BatchNorm& options);
Dual layer_norm(Dual x, Dual gamma, Dual beta, float eps = 1e-5f);

Dual relu(Dual x);
Dual leaky_relu(Dual x, float slope = 0.01f);
Dual gelu(Dual x);
Dual sigmoid(Dual x);
Dual tanh(Dual x);

// The tangents of losses; the targets are constants.
Var mnist_loss_tangent(Dual x, Var target);
Var bce_with_logits_tangent(Dual x, Var target);
Var mse_tangent(Dual prediction, Var target);
Var l1_loss_tangent(Dual prediction, Var target);
Var softmax_cross_entropy_tangent(Dual logits, Var target);

}  // namespace downhill
