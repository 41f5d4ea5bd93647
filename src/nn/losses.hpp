// What a loss is to the rest of the program: a function on the tape, each image's own part of it,
// and how an output is read as an answer. One table; a new loss is one row of it, its name in
// choices.hpp, and its op.
#pragma once

#include <span>
#include <string_view>

#include "autograd/var.hpp"
#include "nn/choices.hpp"

namespace downhill {

struct Loss {
  // Mean over the batch. output, target: [n]; target 1 is a "3", 0 a "7".
  Var (*of)(Var output, Var target);
  // One image's own part; the mean of the parts is the loss (in another order of summation).
  float (*item)(float output, float target);
  // How much an output says "3": above 0.5 the answer is a 3. sigmoid(output) for mnist and bce;
  // mse reads the output itself, without a sigmoid, as a linear regression on 0 and 1 does.
  float (*score)(float output);
};

const Loss& loss_table(LossKind kind);

// How many outputs give the right answer: score > 0.5 exactly where target is 1.
uint32_t count_correct(const Loss& loss, std::span<const float> outputs,
                       std::span<const float> targets);

}  // namespace downhill
