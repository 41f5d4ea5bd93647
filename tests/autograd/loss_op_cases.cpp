// The cases of the losses and of softmax, see op_cases.hpp.
#include "autograd/op_cases.hpp"

namespace downhill::test {
namespace {

float probability(Rng& rng) { return rng.uniform(0.1f, 0.9f); }
float above_labels(Rng& rng) { return rng.uniform(2.0f, 3.0f); }
float between_labels(Rng& rng) { return rng.uniform(0.2f, 0.8f); }

enum class Target { constant, differentiable };

Cases loss(Two f, Draw draw, Target of_target) {
  Cases cases;
  for (const uint32_t n : kEdges) {
    for (const Shape& shape : {Shape{n}, Shape{n, 1}}) {
      GradInput target{shape, label};
      target.differentiable = of_target == Target::differentiable;
      cases.push_back(
          {"", {{shape, draw}, target}, [f](Tape&, const auto& in) { return f(in[0], in[1]); }});
    }
  }
  return cases;
}

Cases classes() {
  Cases cases;
  for (const uint32_t n : {1u, 3u, 17u}) {
    for (const uint32_t count : kEdges) {
      // The right classes are no input: they are made from the numbers of the rows.
      cases.push_back({"", {{{n, count}}}, [=](Tape& tape, const auto& in) {
                         std::vector<float> right(n);
                         for (uint32_t i = 0; i < n; ++i)
                           right[i] = static_cast<float>(i * i % count);
                         const Var target = tape.variable(Shape{n}, right).detach();
                         return softmax_cross_entropy(in[0], target);
                       }});
    }
  }
  return cases;
}

// What PyTorch is asked.
constexpr const char* kAskMnistLoss = R"py(
def of_probabilities(p, t):  # fastai's book, chapter 4; PyTorch has no loss of that name
    return torch.where(t == 1, 1 - p, p).mean()

for shape in [(1,), (6,), (17, 1)]:
    of_bits = lambda draw: [(shape, draw), (shape, "bit")]
    case("mnist_loss", lambda x, t: of_probabilities(torch.sigmoid(x), t), of_bits("any"))
    case("mnist_loss_of_probabilities", of_probabilities, of_bits("probability"))
    case("bce_with_logits", F.binary_cross_entropy_with_logits, of_bits("any"))
    case("bce_with_logits", F.binary_cross_entropy_with_logits, [(shape, "any"), (shape, "any")])
    case("mse", F.mse_loss, [(shape, "any"), (shape, "any")])
    case("l1_loss", F.l1_loss, [(shape, "any"), (shape, "any")])
)py";

constexpr const char* kAskSoftmaxCrossEntropy = R"py(
for n, classes in [(1, 1), (1, 10), (3, 4), (17, 10), (5, 35)]:
    right = [(i * i + 2) % classes for i in range(n)]
    case("softmax_cross_entropy", lambda x, t: F.cross_entropy(x, t.long()),
         [((n, classes), "any"), ((n,), right)])
)py";

}  // namespace

std::vector<OpCases> loss_op_cases() {
  return {
      {"mnist_loss", kAskMnistLoss, of(mnist_loss), loss(mnist_loss, normal, Target::constant)},
      {"mnist_loss_of_probabilities", nullptr, of(mnist_loss_of_probabilities),
       loss(mnist_loss_of_probabilities, probability, Target::constant)},
      {"bce_with_logits", nullptr, of(bce_with_logits),
       loss(bce_with_logits, normal, Target::differentiable)},
      {"mse", nullptr, of(mse), loss(mse, normal, Target::differentiable)},
      {"l1_loss", nullptr, of(l1_loss),
       loss(l1_loss, above_labels, Target::differentiable) +
           loss(l1_loss, between_labels, Target::differentiable)},
      {"softmax_cross_entropy", kAskSoftmaxCrossEntropy, of(softmax_cross_entropy), classes()},
      {"softmax", R"py(unary("softmax", lambda x: F.softmax(x, -1)))py", of(softmax),
       unary(softmax)},
      {"log_softmax", R"py(unary("log_softmax", lambda x: F.log_softmax(x, -1)))py",
       of(log_softmax), unary(log_softmax)},
  };
}

}  // namespace downhill::test
