// The cases of reductions, of ops that change a shape and of products, see op_cases.hpp.
#include "autograd/op_cases.hpp"

namespace downhill::test {
namespace {

std::function<Var(const OpCall&)> reduction(One all, Var (*along)(Var, uint32_t)) {
  return [=](const OpCall& c) {
    return c.golden.options.contains("axis") ? along(c.in.at(0), c.count("axis")) : all(c.in.at(0));
  };
}

Cases reductions(One all, Var (*along)(Var, uint32_t)) {
  Cases cases = unary(all);
  for (const Shape& shape : {Shape{5}, {3, 4}, {1, 17}, {2, 5, 3}, {2, 3, 4, 5}}) {
    for (uint32_t axis = 0; axis < shape.rank(); ++axis) {
      cases.push_back(one({shape}, [=](Var x) { return along(x, axis); }));
    }
  }
  return cases;
}

// Images with planes to sort, planes of one pixel, one plane; every number of channels beside a
// vector's edge.
Cases flattened() {
  Cases cases = unary([](Var x) {
    return flatten(reshape(x, Shape{1, static_cast<uint32_t>(x.size()), 1}));
  });
  for (const uint32_t channels : kEdges) {
    for (const Shape& x : {Shape{2, 3, 2, channels}, {3, 1, 1, channels}, {1, 1, 5, channels}}) {
      cases.push_back(one({x}, flatten));
    }
  }
  cases.push_back(one({{2, 4, 3, 1}}, flatten));
  return cases;
}

Cases products(bool with_bias) {
  Cases cases;
  for (const uint32_t n : kEdges) {
    for (const uint32_t in : kEdges) {
      for (const uint32_t out : kEdges) {
        std::vector<GradInput> inputs = {{{n, in}}, {{in, out}}};
        if (with_bias) inputs.push_back({{out}});
        cases.push_back({"", inputs, [](Tape&, const auto& v) {
                           return v.size() == 2 ? matmul(v[0], v[1]) : linear(v[0], v[1], v[2]);
                         }});
      }
    }
  }
  return cases;
}

// What PyTorch is asked.
constexpr const char* kAskSum = R"py(
for shape in SHAPES:
    case("sum", torch.sum, [(shape, "any")])
    case("mean", torch.mean, [(shape, "any")])
    for axis in range(len(shape)):
        case("sum", lambda x: torch.sum(x, axis), [(shape, "any")], {"axis": axis})
        case("mean", lambda x: torch.mean(x, axis), [(shape, "any")], {"axis": axis})
)py";

constexpr const char* kAskReshape = R"py(
case("reshape", lambda x: x.reshape(3, 2, 2), [((4, 3), "any")],
     {"extent0": 3, "extent1": 2, "extent2": 2})
)py";

constexpr const char* kAskFlatten = R"py(
for shape in [(3, 5), (2, 3), (2, 2, 3, 2)]:
    # Images are flattened as PyTorch has them: planes, rows, columns.
    case("flatten", lambda x: torch.flatten(x if x.dim() < 4 else x.permute(0, 3, 1, 2), 1),
         [(shape, "any")])
)py";

constexpr const char* kAskTranspose = R"py(
for shape in [(1, 1), (3, 5), (4, 1)]:
    case("transpose", torch.t, [(shape, "any")])
)py";

constexpr const char* kAskMatmul = R"py(
for n, k, m in [(1, 1, 1), (3, 4, 2), (2, 17, 1), (5, 3, 9), (4, 20, 5)]:
    case("matmul", torch.matmul, [((n, k), "any"), ((k, m), "any")])
    case("linear", lambda x, w, b: F.linear(x, w.t(), b),
         [((n, k), "any"), ((k, m), "any"), ((m,), "any")])
)py";

}  // namespace

std::vector<OpCases> shape_op_cases() {
  return {
      {"sum", kAskSum, reduction(sum, sum), reductions(sum, sum)},
      {"mean", nullptr, reduction(mean, mean), reductions(mean, mean)},
      {"reshape", kAskReshape,
       [](const OpCall& c) { return reshape(c.in.at(0), c.golden.output.shape); }, unary([](Var x) {
         return reshape(x, Shape{1, static_cast<uint32_t>(x.size()), 1});
       })},
      {"flatten", kAskFlatten, of(flatten), flattened()},
      {"transpose", kAskTranspose, of(transpose), unary([](Var x) {
         return transpose(x.shape().rank() == 2 ? x : reshape(x, {1, x.shape()[0]}));
       })},
      {"matmul", kAskMatmul, of(matmul), products(false)},
      {"linear", nullptr,
       [](const OpCall& c) { return linear(c.in.at(0), c.in.at(1), c.in.at(2)); }, products(true)},
  };
}

}  // namespace downhill::test
