// The cases of norms, dropout, convolution and pools, see op_cases.hpp.
#include <array>

#include "autograd/op_cases.hpp"

namespace downhill::test {
namespace {

Cases batch_norms() {
  const auto norm = [](bool training) {
    return [=](Tape&, const auto& in) {
      // Outside training: statistics that are not the batch's. A large eps keeps the derivatives of
      // small batches gentle enough for differences.
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
  Cases cases;
  for (const uint32_t c : kEdges) {
    for (const Shape& x : {Shape{5, c}, Shape{17, c}, Shape{2, 3, 2, c}}) {
      cases.push_back({"", {{x}, {{c}}, {{c}}}, norm(true)});
      cases.push_back({"", {{x}, {{c}}, {{c}}}, norm(false)});
    }
  }
  return cases;
}

Cases layer_norms() {
  Cases cases;
  for (const uint32_t c : kEdges) {
    for (const Shape& x : {Shape{c}, Shape{3, c}, Shape{2, 3, 2, c}}) {
      cases.push_back({"", {{x}, {{c}}, {{c}}}, [](Tape&, const auto& in) {
                         return layer_norm(in[0], in[1], in[2], 0.25f);
                       }});
    }
  }
  return cases;
}

// Every number of channels beside a vector's edge; strides that leave pixels out, windows that
// overlap, padding on all sides, kernels and images that are not square.
Cases convolutions() {
  Cases cases;
  for (const uint32_t channels : kEdges) {
    for (const auto& [kh, kw, stride, padding] :
         std::vector<std::array<uint32_t, 4>>{{3, 3, 2, 1}, {1, 2, 1, 0}, {2, 4, 3, 2}}) {
      const Conv2dOptions options{.stride = stride, .padding = padding};
      const Shape x{2, 3, 4, 2}, w{kh, kw, 2, channels};
      cases.push_back({"", {{x}, {w}, {{channels}}}, [=](Tape&, const auto& v) {
                         return conv2d(v[0], v[1], v[2], options);
                       }});
    }
    cases.push_back({"", {{{1, 2, 3, channels}}, {{2, 2, channels, 3}}}, [](Tape&, const auto& v) {
                       return conv2d(v[0], v[1], {.padding = 1});
                     }});
  }
  return cases;
}

using Pool = Var (*)(Var, Pool2dOptions);
Cases pools(Pool f, bool distinct) {
  Cases cases;
  for (const uint32_t channels : kEdges) {
    for (const Pool2dOptions& options :
         {Pool2dOptions{2}, Pool2dOptions{3, 2, 1}, Pool2dOptions{2, 1, 1}}) {
      GradInput x{{2, 3, 4, channels}};
      x.distinct = distinct;
      cases.push_back(one(x, [=](Var v) { return f(v, options); }));
    }
  }
  return cases;
}

std::function<Var(const OpCall&)> pool(Pool f) {
  return [f](const OpCall& c) {
    return f(
        c.in.at(0),
        {.kernel = c.count("kernel"), .stride = c.count("stride"), .padding = c.count("padding")});
  };
}

Var convolve(const OpCall& c) {
  const Conv2dOptions options{.stride = c.count("stride"), .padding = c.count("padding")};
  if (c.in.size() == 2) return conv2d(c.in[0], c.in[1], options);
  return conv2d(c.in.at(0), c.in.at(1), c.in.at(2), options);
}

Var normalize_batch(const OpCall& c) {
  return batch_norm(c.in.at(0), c.in.at(1), c.in.at(2),
                    {.running_mean = c.buffers.at(0).values.data(),
                     .running_var = c.buffers.at(1).values.data(),
                     .momentum = c.number("momentum", 0.1f),
                     .eps = c.number("eps", 1e-5f),
                     .training = c.count("training") == 1});
}

// What PyTorch is asked.
constexpr const char* kAskBatchNorm = R"py(
for shape in [(3, 1), (5, 3), (17, 4), (2, 3, 2, 5), (3, 1, 1, 9)]:
    c = shape[-1]
    inputs = [(shape, "any"), ((c,), "any"), ((c,), "any")]
    running = [[0.25 * i - 1 for i in range(c)], [0.5 + 0.25 * i for i in range(c)]]
    for training in [1, 0]:
        def function(x, gamma, beta, mean, var):
            return channels_last(F.batch_norm(channels_second(x), mean, var, gamma, beta,
                                              bool(training), 0.1, 1e-5))
        case("batch_norm", function, inputs, {"training": training}, running)
case("batch_norm", lambda x, g, b, m, v: F.batch_norm(x, m, v, g, b, True, 0.5, 0.125),
     [((4, 2), "any"), ((2,), "any"), ((2,), "any")],
     {"training": 1, "momentum": 0.5, "eps": 0.125}, [[1.0, 2.0], [3.0, 4.0]])
)py";

constexpr const char* kAskLayerNorm = R"py(
for shape in [(4,), (3, 5), (2, 17), (2, 3, 2, 4)]:
    c = shape[-1]
    case("layer_norm", lambda x, g, b: F.layer_norm(x, (c,), g, b, 1e-5),
         [(shape, "any"), ((c,), "any"), ((c,), "any")])
)py";

constexpr const char* kAskDropout = R"py(
# The mask is our generator's; PyTorch's own could not be told which to use.
for shape, p, seed in [((9,), 0.5, 1), ((3, 17), 0.25, 2), ((2, 3, 2, 5), 0.0, 3)]:
    def function(x):
        kept = [float(u >= p) for u in uniforms(seed, x.numel())]
        return x * torch.tensor(kept, dtype=torch.float64).reshape(shape) / (1 - p)
    case("dropout", function, [(shape, "any")], {"p": p, "seed": seed})
)py";

constexpr const char* kAskConv2d = R"py(
def conv2d(x, w, b, stride, padding):
    y = F.conv2d(x.permute(0, 3, 1, 2), w.permute(3, 2, 0, 1).contiguous(), b, stride, padding)
    return y.permute(0, 2, 3, 1)

for n, h, w, c_in, c_out, kernel, stride, padding in [
        (1, 1, 1, 1, 1, 1, 1, 0), (2, 5, 4, 3, 2, 3, 1, 1), (1, 7, 6, 2, 5, 3, 2, 1),
        (2, 4, 4, 1, 8, 3, 2, 1), (1, 6, 6, 4, 1, 5, 1, 0), (1, 5, 5, 1, 3, 5, 2, 2),
        (2, 3, 5, 5, 4, 1, 2, 0)]:
    case("conv2d", lambda x, k, b: conv2d(x, k, b, stride, padding),
         [((n, h, w, c_in), "any"), ((kernel, kernel, c_in, c_out), "any"), ((c_out,), "any")],
         {"stride": stride, "padding": padding})
case("conv2d", lambda x, k: conv2d(x, k, None, 2, 1),
     [((2, 5, 6, 3), "any"), ((3, 3, 3, 4), "any")], {"stride": 2, "padding": 1})
)py";

constexpr const char* kAskMaxPool2d = R"py(
for shape, kernel, stride, padding in [((2, 4, 6, 3), 2, 2, 0), ((1, 5, 5, 1), 3, 2, 1),
                                       ((1, 5, 4, 4), 3, 1, 0), ((2, 1, 1, 5), 1, 1, 0),
                                       ((1, 7, 7, 2), 2, 3, 1)]:
    options = {"kernel": kernel, "stride": stride, "padding": padding}
    case("max_pool2d", lambda x: F.max_pool2d(x.permute(0, 3, 1, 2), kernel, stride, padding)
         .permute(0, 2, 3, 1), [(shape, "any")], options)
    case("avg_pool2d", lambda x: F.avg_pool2d(x.permute(0, 3, 1, 2), kernel, stride, padding)
         .permute(0, 2, 3, 1), [(shape, "any")], options)
)py";

}  // namespace

std::vector<OpCases> layer_op_cases() {
  return {
      {"batch_norm", kAskBatchNorm, normalize_batch, batch_norms()},
      {"layer_norm", kAskLayerNorm,
       [](const OpCall& c) { return layer_norm(c.in.at(0), c.in.at(1), c.in.at(2)); },
       layer_norms()},
      {"dropout", kAskDropout,
       [](const OpCall& c) { return dropout(c.in.at(0), c.number("p"), Rng(c.count("seed"))); },
       unary([](Var x) { return dropout(x, 0.4f, Rng(3)); })},
      {"conv2d", kAskConv2d, convolve, convolutions()},
      {"max_pool2d", kAskMaxPool2d, pool(max_pool2d), pools(max_pool2d, true)},
      {"avg_pool2d", nullptr, pool(avg_pool2d), pools(avg_pool2d, false)},
  };
}

}  // namespace downhill::test
