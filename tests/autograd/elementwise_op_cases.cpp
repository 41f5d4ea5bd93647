// The cases of the elementwise ops, see op_cases.hpp.
#include "autograd/op_cases.hpp"

namespace downhill::test {
namespace {

// Pairs of shapes that meet every way of broadcasting: none, a scalar, a row, a column, both ways
// at once, missing axes, inner and outer axes of rank four.
std::vector<std::pair<Shape, Shape>> broadcast_pairs() {
  std::vector<std::pair<Shape, Shape>> pairs;
  for (uint32_t n : kEdges) {
    pairs.insert(pairs.end(), {{{n}, {n}},
                               {{n}, {}},
                               {{}, {n}},
                               {{n}, {1}},
                               {{4, n}, {n}},
                               {{n}, {4, n}},
                               {{n, 4}, {n, 1}},
                               {{n, 1}, {1, 5}},
                               {{3, n}, {1, n}}});
  }
  pairs.insert(pairs.end(), {{{}, {}},
                             {{2, 3, 4, 5}, {2, 3, 4, 5}},
                             {{2, 3, 4, 5}, {3, 1, 5}},
                             {{2, 1, 4, 1}, {1, 3, 1, 5}},
                             {{2, 3, 1, 1}, {2, 3, 4, 5}},
                             {{2, 3, 4}, {4}},
                             {{2, 1, 4}, {3, 4}}});
  return pairs;
}

Cases binary(Two f, Draw draw_b = normal) {
  Cases cases;
  for (const auto& [a, b] : broadcast_pairs()) {
    cases.push_back(
        {"", {{a}, {b, draw_b}}, [f](Tape&, const auto& in) { return f(in[0], in[1]); }});
  }
  // One value as both operands.
  cases.push_back(one({{5}, draw_b}, [f](Var x) { return f(x, x); }));
  return cases;
}

Cases choices() {
  Cases cases;
  for (const auto& [a, b] : broadcast_pairs()) {
    for (const Shape& condition : {*broadcast(a, b), b}) {
      GradInput chosen{condition, label};
      chosen.differentiable = false;
      cases.push_back({"", {chosen, {a}, {b}}, [](Tape&, const auto& in) {
                         return where(in[0], in[1], in[2]);
                       }});
    }
  }
  return cases;
}

Cases powers() {
  const auto to = [](int n) { return [n](Var x) { return pow(x, n); }; };
  return unary(to(3)) + unary(to(-2), away_from_zero) + unary(to(0)) + unary(to(1));
}

}  // namespace

std::vector<OpCases> elementwise_op_cases() {
  return {
      {"neg", R"py(unary("neg", torch.neg))py", of(neg), unary(neg)},
      {"square", R"py(unary("square", torch.square))py", of(square), unary(square)},
      {"exp", R"py(unary("exp", torch.exp))py", of(exp), unary(One(exp))},
      {"log", R"py(unary("log", torch.log, "positive"))py", of(log), unary(One(log), positive)},
      {"abs", R"py(unary("abs", torch.abs))py", of(abs), unary(One(abs), normal, {0})},
      {"relu", R"py(unary("relu", F.relu))py", of(relu), unary(relu, normal, {0})},
      {"sigmoid", R"py(unary("sigmoid", torch.sigmoid))py", of(sigmoid), unary(sigmoid)},
      {"tanh", R"py(unary("tanh", torch.tanh))py", of(tanh), unary(One(tanh))},
      {"gelu", R"py(unary("gelu", F.gelu))py", of(gelu), unary(gelu)},
      {"leaky_relu", R"py(
unary("leaky_relu", F.leaky_relu, options={"slope": 0.01})
unary("leaky_relu", lambda x: F.leaky_relu(x, 0.25), options={"slope": 0.25}, shapes=[(9,)])
)py",
       [](const OpCall& c) { return leaky_relu(c.in.at(0), c.number("slope")); },
       unary([](Var x) { return leaky_relu(x, 0.25f); }, normal, {0})},
      {"pow", R"py(
for exponent in [-2, 0, 1, 2, 3]:
    unary("pow", lambda x: torch.pow(x, exponent), "not_zero", {"exponent": exponent}, [(), (3, 5)])
)py",
       [](const OpCall& c) { return pow(c.in.at(0), static_cast<int>(c.number("exponent"))); },
       powers()},
      {"add", R"py(binary("add", torch.add))py", of(add), binary(add)},
      {"sub", R"py(binary("sub", torch.sub))py", of(sub), binary(sub)},
      {"mul", R"py(binary("mul", torch.mul))py", of(mul), binary(mul)},
      {"div", R"py(binary("div", torch.div, "not_zero"))py", of(Two(div)),
       binary(div, away_from_zero)},
      {"where", R"py(
for c, a, b in [((6,), (6,), (6,)), ((3, 5), (5,), (3, 1)), ((4, 1), (), (3, 1, 5))]:
    case("where", lambda c, a, b: torch.where(c != 0, a, b), [(c, "bit"), (a, "any"), (b, "any")])
)py",
       of(where), choices()},
  };
}

}  // namespace downhill::test
