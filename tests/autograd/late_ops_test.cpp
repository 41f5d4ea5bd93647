// Results that are written late: a ReLU behind them reads them at once and hands its gradient on,
// and nobody sees a difference.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "autograd/ops.hpp"
#include "support/byte_images.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

using Numbers = std::vector<float>;

Numbers numbers(Tensor tensor) { return {tensor.span().begin(), tensor.span().end()}; }
bool same(Tensor a, Tensor b) {
  return a.size() == b.size() && test::first_difference(numbers(a), numbers(b)) == -1;
}

enum class Late { batch_norm, conv2d, conv2d_of_bytes, linear, linear_of_bytes };
constexpr Late kAll[] = {Late::batch_norm, Late::conv2d, Late::conv2d_of_bytes, Late::linear,
                         Late::linear_of_bytes};

const test::ByteImages& bytes() {
  static const test::ByteImages images(3, 8 * 8, 0.0f);
  return images;
}

// One of these operations, whose parameters are variables, and a loss behind a ReLU that weighs
// every number of it.
struct Rectified {
  Arena arena;
  Tape tape{arena};
  std::vector<Var> inputs;  // those that want a gradient
  Var y, weights;

  explicit Rectified(Late late) {
    if (late == Late::batch_norm) y = norm();
    if (late == Late::conv2d || late == Late::conv2d_of_bytes)
      y = conv(late == Late::conv2d_of_bytes);
    if (late == Late::linear || late == Late::linear_of_bytes)
      y = dense(late == Late::linear_of_bytes);
    weights = variable(y.shape(), 4);
    inputs.push_back(weights);
  }
  Var loss(Var of) const { return sum(relu(of) * weights); }
  Var variable(const Shape& shape, uint64_t seed) {
    return tape.variable(shape, test::normals(Rng(seed), shape.size()));
  }

 private:
  Var norm() {
    inputs = {variable({3, 4, 2, 5}, 1), variable({5}, 2), variable({5}, 3)};
    return batch_norm(inputs[0], inputs[1], inputs[2], {});
  }
  Var dense(bool of_bytes) {
    const Var x = of_bytes ? tape.pixels(bytes().pixels, {3, 64}) : variable({5, 64}, 1);
    const Var w = variable({64, 13}, 2), b = variable({13}, 3);
    inputs = {w, b};
    if (!of_bytes) inputs.push_back(x);
    return linear(x, w, b);
  }
  // The images as bytes have rows of windows that are short (conv_rows.hpp), the others tiles.
  Var conv(bool of_bytes) {
    const Var x = of_bytes ? reshape(tape.pixels(bytes().pixels, {3, 64}), {3, 8, 8, 1})
                           : variable({3, 6, 5, 2}, 1);
    const Var w = variable({3, 3, x.shape()[3], of_bytes ? 8u : 5u}, 2);
    const Var b = variable({w.shape()[3]}, 3);
    inputs = {w, b};
    if (!of_bytes) inputs.push_back(x);
    return conv2d(x, w, b, {.padding = 1});
  }
};

}  // namespace

TEST_CASE("what a ReLU reads at once, and hands on, is the same for whoever asks") {
  for (const Late late : kAll) {
    CAPTURE(static_cast<int>(late));
    Rectified asked(late), not_asked(late);
    CHECK(asked.y.value());  // so that the ReLU reads what is written
    for (const Rectified* r : {&asked, &not_asked}) r->loss(r->y).backward();
    CHECK(same(asked.y.value(), not_asked.y.value()));
    CHECK(std::ranges::any_of(not_asked.y.value().span(), [](float v) { return v < 0; }));
    CHECK(same(asked.y.grad(), not_asked.y.grad()));
    for (size_t i = 0; i < asked.inputs.size(); ++i) {
      CHECK(same(asked.inputs[i].grad(), not_asked.inputs[i].grad()));
    }
    // A leaf is handed nothing: its ReLU adds to its gradient.
    Arena arena;
    Tape apart(arena);
    const Var leaf = apart.variable(not_asked.y.shape(), not_asked.y.value().span());
    sum(relu(leaf) * apart.constant(not_asked.weights.value())).backward();
    CHECK(same(leaf.grad(), not_asked.y.grad()));
  }
}

TEST_CASE("who adds to a gradient that a ReLU has handed on finds it written") {
  for (const Late late : kAll) {
    CAPTURE(static_cast<int>(late));
    Rectified r(late), apart(late);
    const Var leaf = apart.tape.variable(apart.y.shape(), apart.y.value().span());
    // The way back comes to the last use first: the other one is behind it once, and once before
    // it.
    for (const bool relu_last : {true, false}) {
      const auto both = [=](const Rectified& of, Var v) {
        const Var first = relu_last ? sum(v * v) : of.loss(v);
        const Var second = relu_last ? of.loss(v) : sum(v * v);
        return first + second;
      };
      both(r, r.y).backward(true);
      leaf.zero_grad();
      both(apart, leaf).backward();
      CHECK(same(r.y.grad(), leaf.grad()));
    }
    // Two ReLUs: the second to come adds.
    (r.loss(r.y) + r.loss(r.y)).backward(true);
    leaf.zero_grad();
    (apart.loss(leaf) + apart.loss(leaf)).backward();
    CHECK(same(r.y.grad(), leaf.grad()));
  }
}

TEST_CASE("a refused way back leaves the gradient that it came with") {
  for (const Late late : kAll) {
    CAPTURE(static_cast<int>(late));
    Rectified r(late), apart(late);
    const Var once = r.loss(r.y), again = r.loss(r.y);
    once.backward();
    CHECK(r.tape.ok());
    again.backward();
    CHECK(r.tape.error().find("a second time through ") != std::string::npos);
    const Var leaf = apart.tape.variable(apart.y.shape(), apart.y.value().span());
    apart.loss(leaf).backward();
    CHECK(same(r.y.grad(), leaf.grad()));
  }
}

TEST_CASE("weights that want no gradient leave that of the images, and of the bias, as it is") {
  Rectified all(Late::conv2d), frozen(Late::conv2d);
  all.loss(all.y).backward();
  const Var w = frozen.inputs[0], b = frozen.inputs[1], x = frozen.inputs[2];
  frozen.loss(conv2d(x, w.detach(), b, {.padding = 1})).backward();
  CHECK_FALSE(w.grad());
  CHECK(same(b.grad(), all.inputs[1].grad()));
  CHECK(same(x.grad(), all.inputs[2].grad()));
}

TEST_CASE("a result that nobody has asked for is that of its own parameters, and is seen") {
  for (const bool norm : {true, false}) {
    CAPTURE(norm);
    Rectified r(norm ? Late::batch_norm : Late::conv2d);
    const Var x = norm ? r.inputs[0] : r.inputs[2];
    const Shape shape = norm ? Shape{5} : Shape{3, 3, 2, 5};
    Numbers value = test::normals(Rng(7), shape.size()), gradient(shape.size(), 0.0f);
    Parameter moved{
        .name = "moved", .value = {value.data(), shape}, .grad = {gradient.data(), shape}};
    const Var bias = r.variable({5}, 8);
    const auto result = [&] {
      const Var parameter = r.tape.parameter(moved);
      return norm ? batch_norm(x, parameter, bias, {}) : conv2d(x, parameter, bias);
    };
    const Var y = result(), before = result();
    CHECK(before.value());
    sum(relu(y)).backward();
    std::ranges::fill(value, -7.0f);  // a step
    CHECK(same(y.value(), before.value()));
    for (const Node& node : r.tape.nodes()) CHECK(node.value.data != nullptr);
  }
}

TEST_CASE(
    "a dense result is written before the next one is there, whatever becomes of its weights") {
  for (const bool of_bytes : {false, true}) {
    CAPTURE(of_bytes);
    Arena arena;
    Tape tape(arena);
    const Shape shape{64, 13};
    Numbers value = test::normals(Rng(7), shape.size()), gradient(shape.size(), 0.0f);
    Parameter moved{
        .name = "moved", .value = {value.data(), shape}, .grad = {gradient.data(), shape}};
    const Var x = of_bytes ? tape.pixels(bytes().pixels, {3, 64})
                           : tape.variable({3, 64}, test::normals(Rng(8), 3 * 64));
    const Var bias = tape.variable({13}, test::normals(Rng(9), 13)), w = tape.parameter(moved);
    const Var asked = linear(x, w, bias);
    CHECK(asked.value());
    const Var before_relu = linear(x, w, bias);
    const Var positive = relu(before_relu);
    const Var before_other = linear(x, w, bias);
    bias* bias;
    std::ranges::fill(value, -7.0f);  // as a finder does
    CHECK(same(before_relu.value(), asked.value()));
    CHECK(same(before_other.value(), asked.value()));
    Numbers rectified = numbers(asked.value());
    for (float& number : rectified) number = std::max(number, 0.0f);
    CHECK(numbers(positive.value()) == rectified);
    const Var last = linear(x, w, bias);
    for (const Node& node : tape.nodes()) CHECK((node.value.data != nullptr || node.pixels));
    CHECK_FALSE(same(last.value(), asked.value()));
    linear(x, w, bias);
    tape.clear();  // nobody will ask any more
    CHECK(tape.variable(1.0f).value().item() == 1.0f);
  }
}

TEST_CASE("numbers that are not finite are so in what stands before a ReLU first") {
  for (const bool norm : {true, false}) {
    Rectified r(norm ? Late::batch_norm : Late::conv2d);
    const Var wide = norm ? batch_norm(r.inputs[0] * 1e38f, r.inputs[1], r.inputs[2], {})
                          : conv2d(r.inputs[2] * 1e38f, r.inputs[0] * 1e38f, r.inputs[1]);
    relu(wide);
    REQUIRE(r.tape.first_not_finite() != nullptr);
    CHECK(std::string(r.tape.first_not_finite()->op) == (norm ? "batch_norm" : "conv2d"));
  }
}

namespace {
uint64_t g_calls = 0;
uint64_t ticks() { return ++g_calls * 1000; }
}  // namespace

TEST_CASE("what is written late counts for its own operation, and not when somebody looks") {
  Arena arena;
  Tape tape(arena);
  tape.set_clock(ticks);
  const Var x = tape.variable({1, 2, 2, 1}, Numbers{1, 2, 3, 4});
  relu(conv2d(x, tape.variable({1, 1, 1, 1}, Numbers{2}), tape.variable({0.5f})));
  const auto ns = [&](size_t place) { return tape.nodes()[place].forward_ns; };
  // The ReLU's three ticks are one of its own and two around the convolution's; the convolution's
  // first one is that of keeping its weights.
  CHECK(ns(3) == 2000);
  CHECK(ns(4) == 2000);
  CHECK(ns(3) == 2000);  // looked at, and so written, twice
}
