// Ops with the ReLU that follows them fused in: to the bit what the op and then relu() give, in
// less memory.
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "autograd/ops.hpp"
#include "kernels/reductions/reduce.hpp"
#include "support/byte_images.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

using Numbers = std::vector<float>;

Numbers numbers(Tensor tensor) { return {tensor.span().begin(), tensor.span().end()}; }
bool same(Tensor a, Tensor b) {
  return a.size() == b.size() && test::first_difference(numbers(a), numbers(b)) == -1;
}

enum class Op {
  batch_norm,
  batch_norm_outside_training,
  conv2d,
  conv2d_without_bias,
  conv2d_of_bytes,
  linear,
  linear_without_bias,
  linear_of_bytes,
  linear_of_normalized_bytes,
  linear_of_bytes_to_one,
};
constexpr Op kAll[] = {Op::batch_norm,
                       Op::batch_norm_outside_training,
                       Op::conv2d,
                       Op::conv2d_without_bias,
                       Op::conv2d_of_bytes,
                       Op::linear,
                       Op::linear_without_bias,
                       Op::linear_of_bytes,
                       Op::linear_of_normalized_bytes,
                       Op::linear_of_bytes_to_one};

const test::ByteImages& bytes(bool normalized = false) {
  static const test::ByteImages plain(3, 8 * 8, 0.0f), shifted(3, 8 * 8, -0.4242f);
  return normalized ? shifted : plain;
}

// relu of one of the ops, fused or as an op of its own, and a loss that weighs every element of it.
struct Rectified {
  Arena arena;
  Tape tape{arena};
  std::vector<Var> inputs;  // those that require a gradient
  Var y, weights;

  Rectified(Op op, bool fused) : fused_(fused) {
    y = of(op);
    if (!fused) y = relu(y);
    weights = variable(y.shape(), 4);
    inputs.push_back(weights);
  }
  Var loss() const { return sum(y * weights); }
  Var variable(const Shape& shape, uint64_t seed) {
    return tape.variable(shape, test::normals(Rng(seed), shape.size()));
  }

 private:
  Var of(Op op) {
    switch (op) {
      case Op::batch_norm:
      case Op::batch_norm_outside_training:
        return norm(op == Op::batch_norm);
      case Op::conv2d:
      case Op::conv2d_without_bias:
      case Op::conv2d_of_bytes:
        return conv(op == Op::conv2d_of_bytes, op != Op::conv2d_without_bias);
      case Op::linear:
      case Op::linear_without_bias:
        return dense(variable({5, 64}, 1), 13, op == Op::linear);
      case Op::linear_of_bytes:
      case Op::linear_of_normalized_bytes:
        return dense(pixels(op == Op::linear_of_normalized_bytes), 13, true);
      case Op::linear_of_bytes_to_one:
        return dense(pixels(false), 1, true);
    }
    return {};
  }
  Var pixels(bool normalized) { return tape.pixels(bytes(normalized).pixels, {3, 64}); }
  Var norm(bool training) {
    static float mean[5] = {1, 0, -1, 0.5f, 0.1f}, variance[5] = {1, 2, 0.5f, 1, 3};
    inputs = {variable({3, 4, 2, 5}, 1), variable({5}, 2), variable({5}, 3)};
    return batch_norm(inputs[0], inputs[1], inputs[2],
                      {.running_mean = mean,
                       .running_var = variance,
                       .training = training,
                       .update_statistics = false,
                       .relu = fused_});
  }
  Var dense(Var x, uint32_t out, bool bias) {
    inputs = {variable({64, out}, 2)};
    if (bias) inputs.push_back(variable({out}, 3));
    if (x.requires_grad()) inputs.push_back(x);
    const LinearOptions options{.relu = fused_};
    return bias ? linear(x, inputs[0], inputs[1], options) : linear(x, inputs[0], options);
  }
  // The images of bytes have rows of windows that are short (conv_rows.hpp), the others tiles.
  Var conv(bool of_bytes, bool bias) {
    const Var x = of_bytes ? reshape(pixels(false), {3, 8, 8, 1}) : variable({3, 6, 5, 2}, 1);
    const Shape w{3, 3, x.shape()[3], of_bytes ? 8u : 5u};
    inputs = {variable(w, 2)};
    if (bias) inputs.push_back(variable({w[3]}, 3));
    if (!of_bytes) inputs.push_back(x);
    const Conv2dOptions options{.padding = 1, .relu = fused_};
    return bias ? conv2d(x, inputs[0], inputs[1], options) : conv2d(x, inputs[0], options);
  }

  bool fused_;
};

void check_equal(const Rectified& fused, const Rectified& apart) {
  CHECK(same(fused.y.value(), apart.y.value()));
  CHECK(same(fused.y.grad(), apart.y.grad()));
  REQUIRE(fused.inputs.size() == apart.inputs.size());
  for (size_t i = 0; i < fused.inputs.size(); ++i) {
    CAPTURE(i);
    CHECK(fused.inputs[i].grad());
    CHECK(same(fused.inputs[i].grad(), apart.inputs[i].grad()));
  }
}

}  // namespace

TEST_CASE("an op with a fused ReLU has the value and the gradients of the two apart") {
  for (const Op op : kAll) {
    CAPTURE(static_cast<int>(op));
    Rectified fused(op, true), apart(op, false);
    for (const Rectified* r : {&fused, &apart}) r->loss().backward();
    check_equal(fused, apart);
    CHECK(std::ranges::count(fused.y.value().span(), 0.0f) > 0);
    CHECK(fused.tape.nodes().size() == apart.tape.nodes().size() - 1);
  }
}

TEST_CASE("the result of a fused op may be read by several ops") {
  for (const Op op : kAll) {
    CAPTURE(static_cast<int>(op));
    Rectified fused(op, true), apart(op, false);
    for (const Rectified* r : {&fused, &apart}) {
      (sum(r->y * r->y) + r->loss() + mean(relu(r->y - 0.5f))).backward();
    }
    check_equal(fused, apart);
  }
}

TEST_CASE("a retained fused op can be gone through twice, another is refused") {
  for (const Op op : kAll) {
    CAPTURE(static_cast<int>(op));
    Rectified fused(op, true), apart(op, false);
    for (const Rectified* r : {&fused, &apart}) {
      const Var loss = r->loss();
      loss.backward(true);
      loss.backward();
      CHECK(r->tape.ok());
    }
    check_equal(fused, apart);
    fused.loss().backward();
    CHECK(fused.tape.error().find("a second time through ") != std::string::npos);
  }
}

TEST_CASE("a closed unit gives the gradient 0, whatever comes from above") {
  for (const Op op : kAll) {
    CAPTURE(static_cast<int>(op));
    for (const float bad :
         {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
      Rectified fused(op, true), apart(op, false), quiet(op, true);
      for (Rectified* r : {&fused, &apart, &quiet}) {
        Numbers upstream = numbers(r->weights.value());
        for (size_t i = 0; i < upstream.size(); ++i) {
          if (r->y.data()[i] == 0) upstream[i] = r == &quiet ? 0 : bad;
        }
        r->inputs.pop_back();  // the weights of the loss, which are replaced
        sum(r->y * r->tape.constant(Tensor{upstream.data(), r->y.shape()})).backward();
      }
      for (const Rectified* r : {&apart, &quiet}) {
        for (size_t i = 0; i < fused.inputs.size(); ++i) {
          CHECK(same(fused.inputs[i].grad(), r->inputs[i].grad()));
          CHECK(kernels::all_finite(fused.inputs[i].grad().data, fused.inputs[i].size()));
        }
      }
    }
  }
}

TEST_CASE("weights that require no gradient leave the gradients of images and bias as they are") {
  for (const Op op : {Op::conv2d, Op::linear}) {
    CAPTURE(static_cast<int>(op));
    Rectified all(op, true), frozen(op, true);
    all.loss().backward();
    const Var w = frozen.inputs[0], b = frozen.inputs[1], x = frozen.inputs[2];
    const Var y = op == Op::conv2d ? conv2d(x, w.detach(), b, {.padding = 1, .relu = true})
                                   : linear(x, w.detach(), b, {.relu = true});
    sum(y * frozen.weights).backward();
    CHECK_FALSE(w.grad());
    CHECK(same(b.grad(), all.inputs[1].grad()));
    CHECK(same(x.grad(), all.inputs[2].grad()));
  }
  // A first layer of byte images with nothing but a bias to learn.
  Rectified all(Op::linear_of_bytes, true), frozen(Op::linear_of_bytes, true);
  all.loss().backward();
  const Var x = frozen.tape.pixels(bytes().pixels, {3, 64});
  const Var y = linear(x, frozen.inputs[0].detach(), frozen.inputs[1], {.relu = true});
  sum(y * frozen.weights).backward();
  CHECK(same(frozen.inputs[1].grad(), all.inputs[1].grad()));
}

TEST_CASE("one value may be both operands of a fused op") {
  for (const bool dense : {true, false}) {
    CAPTURE(dense);
    const Shape shape = dense ? Shape{4, 4} : Shape{2, 2, 2, 2};
    const Numbers values = test::normals(Rng(1), shape.size());
    Arena arena;
    Tape tape(arena);
    const Var v = tape.variable(shape, values), w = tape.variable(shape, values);
    sum(dense ? linear(v, v, {.relu = true}) : conv2d(v, v, {.relu = true})).backward();
    sum(relu(dense ? linear(w, w) : conv2d(w, w))).backward();
    CHECK(same(v.grad(), w.grad()));
  }
}

TEST_CASE("the value is computed at once, so parameters may move in place behind the last pass") {
  const Shape shape{64, 13};
  Numbers value = test::normals(Rng(7), shape.size()), gradient(shape.size(), 0.0f);
  Parameter w{.name = "w", .value = {value.data(), shape}, .grad = {gradient.data(), shape}};
  Arena arena;
  Tape tape(arena);
  const Var x = tape.pixels(bytes().pixels, {3, 64});
  const Var y = linear(x, tape.parameter(w), {.relu = true});
  const Numbers before = numbers(y.value());
  sum(y).backward();
  std::ranges::fill(value, -7.0f);  // as a finder does
  CHECK(numbers(y.value()) == before);
}

TEST_CASE("a fused op takes less memory than the two apart, and least where nothing is learned") {
  for (const Op op : kAll) {
    CAPTURE(static_cast<int>(op));
    const auto used = [op](bool fused) {
      Rectified r(op, fused);
      r.loss().backward();
      return r.arena.used();
    };
    CHECK(used(true) < used(false));
  }
  const auto used = [](bool recording) {
    Arena arena;
    Tape tape(arena);
    tape.set_recording(recording);
    const Var x = tape.variable({8, 64}, test::normals(Rng(1), 512));
    linear(x, tape.variable({64, 32}, test::normals(Rng(2), 2048)), {.relu = true});
    return arena.used();
  };
  CHECK(used(false) + 8 * 32 * sizeof(float) <= used(true));
}

TEST_CASE("a fused ReLU keeps NaN, so a broken number is not hidden") {
  Arena arena;
  Tape tape(arena);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Var x = tape.variable({1, 2}, Numbers{nan, 1}), w = tape.variable({2, 3}, Numbers(6, 1));
  CHECK(std::ranges::all_of(linear(x, w, {.relu = true}).value().span(),
                            [](float v) { return v != v; }));
  const Var image = reshape(x, {1, 1, 2, 1}), kernel = tape.variable({1, 1, 1, 1}, Numbers{1});
  const Var y = conv2d(image, kernel, {.relu = true});
  CHECK(y.data()[0] != y.data()[0]);
  CHECK(y.data()[1] == 1.0f);
}
