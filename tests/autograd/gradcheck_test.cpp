// Every operation against finite differences, on shapes that hit whole vectors, tails and both.
#include "support/gradcheck.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <set>

#include "autograd/record.hpp"
#include "test_paths.hpp"

using namespace downhill;
using test::GradCase;
using test::GradChecker;
using test::GradInput;

namespace {

constexpr uint32_t kEdges[] = {1, 3, 4, 5, 8, 17};

float positive(Rng& rng) { return rng.uniform(0.3f, 3.0f); }
float away_from_zero(Rng& rng) {
  const float size = rng.uniform(0.5f, 2.0f);
  return rng.below(2) == 0 ? -size : size;
}
float label(Rng& rng) { return static_cast<float>(rng.below(2)); }
float probability(Rng& rng) { return rng.uniform(0.1f, 0.9f); }

using Draw = float (*)(Rng&);
using Cases = std::vector<GradCase>;

void add_unary(Cases& cases, const char* op, Var (*f)(Var), Draw draw = GradInput{}.draw,
               std::vector<float> kinks = {}) {
  for (uint32_t n : kEdges) {
    for (Shape shape : {Shape{n}, Shape{3, n}}) {
      cases.push_back(
          {op, {{shape, draw, kinks}}, [f](Tape&, const auto& in) { return f(in[0]); }});
    }
  }
}

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

void add_binary(Cases& cases, const char* op, Var (*f)(Var, Var), Draw draw_b = GradInput{}.draw) {
  for (const auto& [a, b] : broadcast_pairs()) {
    cases.push_back(
        {op, {{a}, {b, draw_b}}, [f](Tape&, const auto& in) { return f(in[0], in[1]); }});
  }
  // One value as both operands.
  cases.push_back({op, {{{5}, draw_b}}, [f](Tape&, const auto& in) { return f(in[0], in[0]); }});
}

void add_loss(Cases& cases, const char* op, Var (*f)(Var, Var), Draw draw, bool target_too) {
  for (uint32_t n : kEdges) {
    for (Shape shape : {Shape{n}, Shape{n, 1}}) {
      GradInput target{shape, label};
      target.differentiable = target_too;
      cases.push_back(
          {op, {{shape, draw}, target}, [f](Tape&, const auto& in) { return f(in[0], in[1]); }});
    }
  }
}

void add_axis(Cases& cases) {
  for (const Shape& shape : {Shape{5}, {3, 4}, {1, 17}, {2, 5, 3}, {2, 3, 4, 5}}) {
    for (uint32_t axis = 0; axis < shape.rank(); ++axis) {
      cases.push_back({"sum", {{shape}}, [=](Tape&, const auto& in) { return sum(in[0], axis); }});
      cases.push_back(
          {"mean", {{shape}}, [=](Tape&, const auto& in) { return mean(in[0], axis); }});
    }
  }
}

void add_classes(Cases& cases) {
  for (uint32_t n : {1u, 3u, 17u}) {
    for (uint32_t classes : kEdges) {
      // The right classes are no input: they are made from the numbers of the rows.
      cases.push_back({"softmax_cross_entropy", {{{n, classes}}}, [=](Tape& tape, const auto& in) {
                         std::vector<float> right(n);
                         for (uint32_t i = 0; i < n; ++i)
                           right[i] = static_cast<float>(i * i % classes);
                         const Var target = tape.variable(Shape{n}, right).detach();
                         return softmax_cross_entropy(in[0], target);
                       }});
    }
  }
}

void add_norms(Cases& cases) {
  const auto batch = [](bool training) {
    return [=](Tape&, const auto& in) {
      // Of eval: statistics that are not the batch's. A large eps keeps the slopes of small batches
      // gentle enough for differences.
      const size_t channels = in[1].size();
      std::vector<float> mean(channels, 0.25f), variance(channels, 1.5f);
      const BatchNorm options{.running_mean = mean.data(),
                              .running_var = variance.data(),
                              .eps = 0.25f,
                              .training = training,
                              .update_statistics = false};
      return batch_norm(in[0], in[1], in[2], options);
    };
  };
  for (uint32_t c : kEdges) {
    for (const Shape& x : {Shape{5, c}, Shape{17, c}, Shape{2, 3, 2, c}}) {
      cases.push_back({"batch_norm", {{x}, {{c}}, {{c}}}, batch(true)});
      cases.push_back({"batch_norm", {{x}, {{c}}, {{c}}}, batch(false)});
    }
    for (const Shape& x : {Shape{c}, Shape{3, c}, Shape{2, 3, 2, c}}) {
      cases.push_back({"layer_norm", {{x}, {{c}}, {{c}}}, [](Tape&, const auto& in) {
                         return layer_norm(in[0], in[1], in[2], 0.25f);
                       }});
    }
  }
}

void add_products(Cases& cases) {
  for (uint32_t n : kEdges) {
    for (uint32_t in : kEdges) {
      for (uint32_t out : kEdges) {
        cases.push_back({"linear", {{{n, in}}, {{in, out}}, {{out}}}, [](Tape&, const auto& v) {
                           return linear(v[0], v[1], v[2]);
                         }});
        cases.push_back({"matmul", {{{n, in}}, {{in, out}}}, [](Tape&, const auto& v) {
                           return matmul(v[0], v[1]);
                         }});
      }
    }
  }
}

// Every number of channels beside a vector's edge; strides that leave pixels out, windows that
// overlap, padding on all sides, kernels and images that are not square.
void add_windows(Cases& cases) {
  for (uint32_t channels : kEdges) {
    for (const auto& [kh, kw, stride, padding] :
         std::vector<std::array<uint32_t, 4>>{{3, 3, 2, 1}, {1, 2, 1, 0}, {2, 4, 3, 2}}) {
      const Conv2dOptions options{.stride = stride, .padding = padding};
      const Shape x{2, 3, 4, 2}, w{kh, kw, 2, channels};
      cases.push_back({"conv2d", {{x}, {w}, {{channels}}}, [=](Tape&, const auto& v) {
                         return conv2d(v[0], v[1], v[2], options);
                       }});
    }
    cases.push_back({"conv2d",
                     {{{1, 2, 3, channels}}, {{2, 2, channels, 3}}},
                     [](Tape&, const auto& v) { return conv2d(v[0], v[1], {.padding = 1}); }});
    for (const Pool2dOptions& options :
         {Pool2dOptions{2}, Pool2dOptions{3, 2, 1}, Pool2dOptions{2, 1, 1}}) {
      GradInput distinct{{2, 3, 4, channels}};
      distinct.distinct = true;
      cases.push_back({"max_pool2d", {distinct}, [=](Tape&, const auto& v) {
                         return max_pool2d(v[0], options);
                       }});
      cases.push_back({"avg_pool2d", {{{2, 3, 4, channels}}}, [=](Tape&, const auto& v) {
                         return avg_pool2d(v[0], options);
                       }});
    }
  }
}

// Images with planes to sort, planes of one pixel, one plane; every number of channels beside a
// vector's edge.
void add_flatten(Cases& cases) {
  add_unary(cases, "flatten", [](Var x) {
    return flatten(reshape(x, Shape{1, static_cast<uint32_t>(x.size()), 1}));
  });
  const auto add = [&](const Shape& x) {
    cases.push_back({"flatten", {{x}}, [](Tape&, const auto& v) { return flatten(v[0]); }});
  };
  for (uint32_t channels : kEdges) {
    add({2, 3, 2, channels});
    add({3, 1, 1, channels});
    add({1, 1, 5, channels});
  }
  add({2, 4, 3, 1});
}

Cases all_cases() {
  Cases cases;
  add_unary(cases, "neg", neg);
  add_unary(cases, "square", square);
  add_unary(cases, "exp", exp);
  add_unary(cases, "log", log, positive);
  add_unary(cases, "abs", abs, GradInput{}.draw, {0.0f});
  add_unary(cases, "relu", relu, GradInput{}.draw, {0.0f});
  add_unary(cases, "sigmoid", sigmoid);
  add_unary(cases, "tanh", tanh);
  add_unary(cases, "leaky_relu", [](Var x) { return leaky_relu(x, 0.25f); }, GradInput{}.draw,
            {0.0f});
  add_unary(cases, "gelu", gelu);
  add_unary(cases, "softmax", softmax);
  add_unary(cases, "log_softmax", log_softmax);
  add_unary(cases, "dropout", [](Var x) { return dropout(x, 0.4f, Rng(3)); });
  add_flatten(cases);
  add_unary(cases, "transpose", [](Var x) {
    return transpose(x.shape().rank() == 2 ? x : reshape(x, {1, x.shape()[0]}));
  });
  add_unary(cases, "sum", [](Var x) { return sum(x); });
  add_unary(cases, "mean", [](Var x) { return mean(x); });
  add_axis(cases);
  add_classes(cases);
  add_norms(cases);
  add_unary(cases, "pow", [](Var x) { return pow(x, 3); });
  add_unary(
      cases, "pow", [](Var x) { return pow(x, -2); }, away_from_zero);
  add_unary(cases, "pow", [](Var x) { return pow(x, 0); });
  add_unary(cases, "pow", [](Var x) { return pow(x, 1); });
  add_unary(cases, "reshape", [](Var x) {
    return reshape(x, Shape{1, static_cast<uint32_t>(x.size()), 1});
  });
  add_binary(cases, "add", add);
  add_binary(cases, "sub", sub);
  add_binary(cases, "mul", mul);
  add_binary(cases, "div", div, away_from_zero);
  for (const auto& [a, b] : broadcast_pairs()) {
    for (const Shape& condition : {*broadcast(a, b), b}) {
      GradInput chosen{condition, label};
      chosen.differentiable = false;
      cases.push_back({"where", {chosen, {a}, {b}}, [](Tape&, const auto& in) {
                         return where(in[0], in[1], in[2]);
                       }});
    }
  }
  add_products(cases);
  add_windows(cases);
  add_loss(cases, "mnist_loss", mnist_loss, GradInput{}.draw, false);
  add_loss(cases, "mnist_loss", mnist_loss_of_probabilities, probability, false);
  add_loss(cases, "bce_with_logits", bce_with_logits, GradInput{}.draw, true);
  add_loss(cases, "mse", mse, GradInput{}.draw, true);
  add_loss(
      cases, "l1_loss", l1_loss, [](Rng& rng) { return rng.uniform(2.0f, 3.0f); }, true);
  add_loss(
      cases, "l1_loss", l1_loss, [](Rng& rng) { return rng.uniform(0.2f, 0.8f); }, true);
  return cases;
}

}  // namespace

TEST_CASE("every operation has the gradient that finite differences find") {
  for (const GradCase& grad_case : all_cases()) {
    for (const std::string& problem : GradChecker(grad_case).problems()) FAIL_CHECK(problem);
  }
}

TEST_CASE("every file of autograd/ops has a case in the gradient check") {
  std::set<std::string> files, cases;
  for (const auto& entry :
       std::filesystem::directory_iterator(DOWNHILL_SOURCE_DIR "/src/autograd/ops")) {
    if (entry.path().extension() == ".cpp") files.insert(entry.path().stem().string());
  }
  for (const GradCase& grad_case : all_cases()) cases.insert(grad_case.op);
  REQUIRE(!files.empty());
  for (const std::string& file : files) {
    CHECK_MESSAGE(cases.contains(file), "src/autograd/ops/", file,
                  ".cpp has no case: add one to all_cases() in tests/autograd/gradcheck_test.cpp");
  }
  for (const std::string& op : cases) {
    CHECK_MESSAGE(files.contains(op), "the cases of ", op, " have no src/autograd/ops/", op,
                  ".cpp: name them after the file of their operation");
  }
}

TEST_CASE("the checker notices a gradient that is wrong") {
  // An operation whose way back is five per cent off, one that forgets an element,
  // and one that writes where it should add.
  const auto wrong = [](float factor, size_t reached, bool adds = true) {
    return GradCase{"wrong", {{Shape{3}}}, [=](Tape& tape, const auto& in) {
                      const Var x = in[0];
                      return tape.record(
                          "wrong", x.shape(), {x},
                          [=](float* y) {
                            for (size_t i = 0; i < 3; ++i) y[i] = 2 * x.data()[i];
                          },
                          [=](const float*, const float* dy) {
                            float* dx = x.grad_target();
                            for (size_t i = 0; i < reached; ++i) {
                              dx[i] = (adds ? dx[i] : 0.0f) + factor * dy[i];
                            }
                          });
                    }};
  };
  const GradCase right = wrong(2.0f, 3), steep = wrong(2.1f, 3), short_of_one = wrong(2.0f, 2),
                 writing = wrong(2.0f, 3, false);
  CHECK(GradChecker(right).problems().empty());
  CHECK(GradChecker(steep).problems().size() == 3);
  CHECK(GradChecker(short_of_one).problems().size() == 1);
  CHECK(GradChecker(writing).problems().size() == 3);
}

TEST_CASE("slopes at kinks are PyTorch's: zero") {
  Arena arena;
  Tape tape(arena);
  const Var x = tape.variable({0.0f, -0.0f, 1.0f, -1.0f});
  sum(relu(x)).backward();
  CHECK(x.grad().data[0] == 0.0f);
  CHECK(x.grad().data[1] == 0.0f);
  CHECK(x.grad().data[2] == 1.0f);
  CHECK(x.grad().data[3] == 0.0f);
  x.zero_grad();
  sum(abs(x)).backward();
  CHECK(x.grad().data[0] == 0.0f);
  CHECK(x.grad().data[1] == 0.0f);
  CHECK(x.grad().data[2] == 1.0f);
  CHECK(x.grad().data[3] == -1.0f);
  x.zero_grad();
  sum(leaky_relu(x)).backward();
  CHECK(x.grad().data[0] == 0.01f);  // PyTorch's too: only what is above 0 passes as it is
  CHECK(x.grad().data[2] == 1.0f);
  x.zero_grad();
  l1_loss(x, x.detach()).backward();
  for (float slope : x.grad().span()) CHECK(slope == 0.0f);
}
