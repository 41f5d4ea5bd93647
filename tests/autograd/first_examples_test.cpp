// The first examples of micrograd, PyTorch and fastai's book, written as there as far as C++
// allows: readers of those find their lines and their numbers again.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "autograd/ops.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

using Numbers = std::vector<float>;

Numbers numbers(Tensor tensor) { return {tensor.span().begin(), tensor.span().end()}; }
// Four decimals, as the examples print them, as far as a float has that many.
bool prints_as(float value, double printed) {
  return std::abs(static_cast<double>(value) - printed) <= 0.5e-4 + 5e-7 * std::abs(printed);
}

struct Notebook {
  Arena arena;
  Tape tape{arena};
  Var tensor(float value) { return tape.variable(value); }
  Var tensor(std::initializer_list<float> values) { return tape.variable(values); }
};

}  // namespace

// https://github.com/karpathy/micrograd, README, "Example usage".
TEST_CASE("micrograd: g is 24.7041, dg/da 138.8338, dg/db 645.5773") {
  Notebook notebook;
  const Var a = notebook.tensor(-4.0f);
  const Var b = notebook.tensor(2.0f);
  Var c = a + b;
  Var d = a * b + pow(b, 3);
  c += c + 1;
  c += 1 + c + (-a);
  d += d * 2 + relu(b + a);
  d += 3 * d + relu(b - a);
  const Var e = c - d;
  const Var f = pow(e, 2);
  Var g = f / 2.0f;
  g += 10.0f / f;
  CHECK(prints_as(g.item(), 24.7041));
  g.backward();
  CHECK(prints_as(a.grad().item(), 138.8338));
  CHECK(prints_as(b.grad().item(), 645.5773));
}

// micrograd, test/test_engine.py, whose numbers PyTorch gives.
TEST_CASE("micrograd: a value used along several paths collects the gradients of all of them") {
  Notebook notebook;
  const Var x = notebook.tensor(-4.0f);
  const Var z = 2 * x + 2 + x;
  const Var q = relu(z) + z * x;
  const Var h = relu(z * z);
  const Var y = h + q + q * x;
  y.backward();
  CHECK(y.item() == -20.0f);
  CHECK(x.grad().item() == 46.0f);
}

TEST_CASE("PyTorch: x = 8, y = x·x is 64, and x.grad 16") {
  Notebook notebook;
  const Var x = notebook.tensor(8.0f);
  const Var y = x * x;
  y.backward();
  CHECK(y.item() == 64.0f);
  CHECK(x.grad().item() == 16.0f);
}

// pytorch.org, "A gentle introduction to torch.autograd": Q = 3a³ - b².
TEST_CASE("PyTorch: Q = 3a³ - b² has the gradients 9a² and -2b") {
  Notebook notebook;
  const Var a = notebook.tensor({2.0f, 3.0f});
  const Var b = notebook.tensor({6.0f, 4.0f});
  const Var q = 3 * pow(a, 3) - pow(b, 2);
  CHECK(numbers(q.value()) == Numbers{-12, 65});
  sum(q).backward();  // there: Q.backward(gradient=[1, 1])
  CHECK(numbers(a.grad()) == Numbers{36, 81});
  CHECK(numbers(b.grad()) == Numbers{-12, -8});
}

// pytorch.org, "Automatic differentiation with torch.autograd": the simplest layer, and that
// gradients add up.
TEST_CASE("PyTorch: z = x·w + b, its loss, and a second backward") {
  Notebook notebook;
  const Var x = notebook.tape.variable({1, 5}, Numbers(5, 1.0f)).detach();
  const Var y = notebook.tape.variable({1, 3}, Numbers(3, 0.0f)).detach();
  const Var w = notebook.tape.variable({5, 3}, test::normals(Rng(1), 15));
  const Var b = notebook.tape.variable({3}, test::normals(Rng(2), 3));
  const Var z = matmul(x, w) + b;
  const Var loss = bce_with_logits(z, y);
  CHECK(z.requires_grad());
  CHECK_FALSE(z.detach().requires_grad());
  loss.backward(true);
  const Numbers dw = numbers(w.grad()), db = numbers(b.grad());
  for (size_t k = 0; k < 15; ++k) CHECK(dw[k] == db[k % 3]);  // every x is 1
  loss.backward(true);
  for (size_t j = 0; j < 3; ++j) CHECK(b.grad().data[j] == 2 * db[j]);
  b.zero_grad();
  CHECK_FALSE(b.grad());  // None
  loss.backward();
  CHECK(numbers(b.grad()) == db);
}

// fastai's book, chapter 4, "Calculating gradients".
TEST_CASE("fastai's book: f(x) = x² at 3 is 9 with the gradient 6; of three numbers 125") {
  Notebook notebook;
  const auto f = [](Var x) { return pow(x, 2); };
  const Var xt = notebook.tensor(3.0f);
  const Var yt = f(xt);
  CHECK(yt.item() == 9.0f);
  yt.backward();
  CHECK(xt.grad().item() == 6.0f);

  const auto f_of_all = [](Var x) { return sum(pow(x, 2)); };
  const Var three = notebook.tensor({3.0f, 4.0f, 10.0f});
  const Var total = f_of_all(three);
  CHECK(total.item() == 125.0f);
  total.backward();
  CHECK(numbers(three.grad()) == Numbers{6, 8, 20});
}

// The same chapter, "The MNIST loss function".
TEST_CASE(
    "fastai's book: mnist_loss of three predictions is 0.4333, and 0.2333 when one is better") {
  Notebook notebook;
  const Var trgts = notebook.tensor({1.0f, 0.0f, 1.0f}).detach();
  const Var prds = notebook.tensor({0.9f, 0.4f, 0.2f});
  const auto mnist_loss = [](Var predictions, Var targets) {
    return mean(where(targets, 1 - predictions, predictions));  // of probabilities, as in the book
  };
  CHECK(prints_as(mnist_loss(prds, trgts).item(), 0.4333));
  CHECK(prints_as(mnist_loss(notebook.tensor({0.9f, 0.4f, 0.8f}), trgts).item(), 0.2333));
  CHECK(mnist_loss(prds, trgts).item() == mnist_loss_of_probabilities(prds, trgts).item());
}

// The same chapter, "SGD and mini-batches": calc_grad once more "adds the gradients of loss to any
// gradients that are currently stored".
TEST_CASE("fastai's book: the gradients of a batch add up until they are zeroed") {
  Notebook notebook;
  Numbers w{0.5f, -1.0f}, dw(2, 0.0f);
  Parameter weights{.name = "weights", .value = {w.data(), {2, 1}}, .grad = {dw.data(), {2, 1}}};
  const auto calc_grad = [&] {
    notebook.tape.clear();
    const Var xb = notebook.tape.variable({2, 2}, Numbers{1, 2, 3, 4}).detach();
    const Var preds = matmul(xb, notebook.tape.parameter(weights));
    mean(preds).backward();
  };
  calc_grad();
  CHECK(dw == Numbers{2, 3});
  calc_grad();
  CHECK(dw == Numbers{4, 6});
  weights.zero_grad();
  calc_grad();
  CHECK(dw == Numbers{2, 3});
}
