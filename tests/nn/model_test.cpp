#include "nn/model.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "autograd/ops.hpp"
#include "autograd/tape.hpp"
#include "base/rng.hpp"

using namespace downhill;

namespace {

using Floats = std::vector<float>;

std::unique_ptr<Model> made(std::string_view text, const Shape& input, uint32_t outputs) {
  const auto network = parse_network(text);
  REQUIRE_MESSAGE(network.ok(), text);
  auto model = Model::build(*network, input, outputs);
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? "" : model.error().message));
  return std::move(*model);
}

Floats copy(std::span<const float> values) { return {values.begin(), values.end()}; }

void fill(Model& model, const std::vector<Floats>& parameters) {
  auto& all = model.slabs().all();
  REQUIRE(all.size() == parameters.size());
  for (size_t i = 0; i < all.size(); ++i) {
    REQUIRE(all[i].value.size() == parameters[i].size());
    std::ranges::copy(parameters[i], all[i].value.data);
  }
}

// What the model makes of a batch of `n` images.
Floats forward(const Model& model, const Floats& images, const Pass& pass = {}) {
  Arena arena;
  Tape tape(arena);
  const Shape& of = model.input();
  const auto n = static_cast<uint32_t>(images.size() / of.size());
  const Var y = model.forward(tape.variable({n, of[0], of[1], of[2]}, images), pass);
  REQUIRE_MESSAGE(y.valid(), tape.error());
  return copy(y.value().span());
}

Floats random(uint64_t seed, size_t count) {
  Rng rng(seed);
  Floats values(count);
  for (float& value : values) value = rng.normal();
  return values;
}

// A small image and its outputs, no parameters.
Floats bent(std::string_view text, const Floats& images) {
  return forward(*made(std::string(text) + ",flatten", {1, 2, 1}, 2), images);
}

constexpr const char* kSmall =
    "conv4k3s2p1,bn,act,res(conv4k3p1b0,bn,act),maxpool2,flatten,"
    "linear6,dropout0.5,relu,linear";

}  // namespace

TEST_SUITE("model") {
  TEST_CASE("linear layers: y = x·W + b, also without b") {
    const auto model = made("flatten,linear2,relu,linear1b0", {1, 1, 2}, 1);
    // Hidden: relu(1·1 + 2·2 + 0.5) = 5.5, relu(-1·1 + 3·2 - 10) = 0.
    fill(*model, {{1, -1, 2, 3}, {0.5f, -10}, {-4, 7}});
    CHECK(forward(*model, {1, 2}) == Floats{-22});
    CHECK(forward(*model, {1, 2, 0, 4}) == Floats{-22, -4 * 8.5f + 7 * 2});
  }

  TEST_CASE("convolutions slide with stride and padding; weights are [k, k, c, out]") {
    const auto model = made("conv2k2,flatten", {2, 2, 1}, 2);
    fill(*model, {{1, 10, 2, 20, 3, 30, 4, 40}, {0.5f, -1}});
    CHECK(forward(*model, {1, -1, 2, 0}) == Floats{1 - 2 + 6 + 0.5f, 50 - 1});
    const auto padded = made("conv1k2s2p1b0,flatten", {2, 2, 1}, 4);
    fill(*padded, {{1, 2, 3, 4}});
    // Each corner of the image meets the opposite corner of the kernel.
    CHECK(forward(*padded, {5, 6, 7, 8}) == Floats{20, 18, 14, 8});
    const auto deep = made("conv1k1b0,flatten", {1, 2, 3}, 2);
    fill(*deep, {{1, 10, 100}});
    CHECK(forward(*deep, {1, 2, 3, 4, 5, 6}) == Floats{321, 654});
  }

  TEST_CASE("pools: the largest, the mean") {
    CHECK(forward(*made("maxpool2,flatten", {2, 2, 1}, 1), {1, -1, 2, 0}) == Floats{2});
    CHECK(forward(*made("avgpool2,flatten", {2, 2, 1}, 1), {1, -1, 2, 0}) == Floats{0.5f});
    CHECK(forward(*made("maxpool2s1,flatten", {2, 3, 1}, 2), {1, 5, 2, 0, 3, 9}) == Floats{5, 9});
  }

  TEST_CASE("activations are those that are named") {
    CHECK(bent("relu", {2, -2}) == Floats{2, 0});
    CHECK(bent("leakyrelu", {2, -2}) == Floats{2, -0.02f});
    CHECK(bent("sigmoid", {0, 100}) == Floats{0.5f, 1});
    CHECK(bent("tanh", {0, 100}) == Floats{0, 1});
    CHECK(bent("gelu", {1, 0})[0] == doctest::Approx(0.841345).epsilon(1e-5));
    CHECK(bent("dropout0.9", {2, -2}) == Floats{2, -2});  // not in training
  }

  TEST_CASE("flatten gives the order of torch: planes, rows, columns") {
    CHECK(forward(*made("flatten", {1, 2, 3}, 6), {1, 2, 3, 4, 5, 6}) == Floats{1, 4, 2, 5, 3, 6});
    CHECK(forward(*made("flatten", {2, 2, 2}, 8), {0, 1, 2, 3, 4, 5, 6, 7}) ==
          Floats{0, 2, 4, 6, 1, 3, 5, 7});
  }

  TEST_CASE("layer norm: over the channels of each place") {
    const auto model = made("ln,flatten", {1, 2, 2}, 4);
    fill(*model, {{1, 10}, {0, 1}});
    const Floats y = forward(*model, {1, 3, -5, 5});
    CHECK(y[0] == doctest::Approx(-1).epsilon(1e-4));
    CHECK(y[1] == doctest::Approx(-1).epsilon(1e-4));
    CHECK(y[2] == doctest::Approx(11).epsilon(1e-4));
    CHECK(y[3] == doctest::Approx(11).epsilon(1e-4));
  }

  TEST_CASE("batch norm: of the batch in training, of the running statistics outside") {
    const auto model = made("bn,flatten", {1, 2, 1}, 2);
    model->initialize(InitKind::pytorch, 1);
    fill(*model, {{2}, {1}});
    const Floats batch = {1, 3, 5, 7};  // mean 4, variance 5, unbiased 20/3
    const auto& buffers = model->slabs().all_buffers();
    REQUIRE(buffers.size() == 2);
    CHECK(buffers[0].name == "norm1.running_mean");
    CHECK(buffers[1].name == "norm1.running_var");
    CHECK(buffers[0].value.data[0] == 0.0f);
    CHECK(buffers[1].value.data[0] == 1.0f);
    CHECK(forward(*model, batch)[0] == doctest::Approx(3));  // 2·(1 - 0)/1 + 1
    const auto trained = [&](bool update) {
      return forward(*model, batch, {.training = true, .update_statistics = update});
    };
    CHECK(trained(false)[0] == doctest::Approx(1 - 2 * 3 / std::sqrt(5.0)));
    CHECK(buffers[0].value.data[0] == 0.0f);
    CHECK(buffers[1].value.data[0] == 1.0f);
    const Floats first = trained(true);
    CHECK(first[0] == doctest::Approx(1 - 2 * 3 / std::sqrt(5.0)));
    CHECK(buffers[0].value.data[0] == doctest::Approx(0.4));
    CHECK(buffers[1].value.data[0] == doctest::Approx(0.9 + 0.1 * 20 / 3));
    CHECK(forward(*model, batch)[0] ==
          doctest::Approx(1 + 2 * (1 - 0.4) / std::sqrt(0.9 + 2.0 / 3)));
    // Outside training nothing moves, whatever the pass says.
    const Floats before = copy(model->slabs().buffers());
    forward(*model, batch, {.training = false, .update_statistics = true});
    CHECK(copy(model->slabs().buffers()) == before);
    model->initialize(InitKind::pytorch, 1);
    CHECK(buffers[0].value.data[0] == 0.0f);
    CHECK(buffers[1].value.data[0] == 1.0f);
  }

  TEST_CASE("a residual block adds what it was given") {
    const auto model = made("res(relu),flatten", {1, 2, 1}, 2);
    CHECK(forward(*model, {3, -2}) == Floats{6, -2});
    const auto nested = made("res(relu,res(relu)),flatten", {1, 2, 1}, 2);
    CHECK(forward(*nested, {3, -2}) == Floats{9, -2});
  }

  TEST_CASE("dropout drops in training alone, and equal passes drop the same") {
    const auto model = made("flatten,dropout0.5,relu,dropout0.25", {10, 10, 1}, 100);
    const Floats ones(100, 1.0f);
    CHECK(forward(*model, ones) == ones);
    const auto dropped = [&](uint64_t seed) {
      return forward(*model, ones, {.training = true, .dropout = Rng(seed)});
    };
    const Floats once = dropped(1);
    CHECK(once == dropped(1));
    CHECK(once != dropped(2));
    for (const float y : once) CHECK((y == 0.0f || std::abs(y - 2 / 0.75f) < 1e-5f));
    // The two layers have masks of their own: with one mask the second would drop nothing more.
    const auto zeros = std::ranges::count(once, 0.0f);
    CHECK(zeros > 45);
    CHECK(zeros < 80);
    const auto alone = made("flatten,dropout0.5,relu", {10, 10, 1}, 100);
    const Floats first = forward(*alone, ones, {.training = true, .dropout = Rng(1)});
    CHECK(std::ranges::count(first, 0.0f) < zeros);
    for (size_t i = 0; i < 100; ++i) {
      if (first[i] == 0.0f) CHECK(once[i] == 0.0f);
    }
  }

  TEST_CASE("every layer's output is given out in the order of the table") {
    const auto model = made(kSmall, {8, 8, 1}, 3);
    model->initialize(InitKind::pytorch, 1);
    Arena arena;
    Tape tape(arena);
    std::vector<Var> outputs;
    const Var images = tape.variable({2, 8, 8, 1}, random(1, 128));
    const Var y = model->forward(images, {.training = true, .outputs = &outputs});
    REQUIRE(outputs.size() == model->table().size());
    CHECK(outputs.size() == 13);
    size_t features = 64;
    for (size_t line = 0; line < outputs.size(); ++line) {
      CAPTURE(model->table()[line].path);
      Shape expected{2};
      const Shape& of = model->table()[line].output;
      for (uint32_t axis = 0; axis < of.rank(); ++axis) expected.append(of[axis]);
      CHECK(outputs[line].shape() == expected);
      features += of.size();
    }
    CHECK(outputs.back().id() == y.id());
    CHECK(model->features_per_image() == features);
    // A block has its line after its layers: its input plus the output of the last of them.
    REQUIRE(model->table()[6].what == LayerKind::residual);
    for (size_t i = 0; i < outputs[6].size(); ++i) {
      CHECK(outputs[6].data()[i] == outputs[2].data()[i] + outputs[5].data()[i]);
    }
  }

  TEST_CASE("parameters and buffers are named and shaped like their layers, in their order") {
    const auto model = made(kSmall, {8, 8, 1}, 3);
    std::string names;
    for (const Parameter& parameter : model->slabs().all()) {
      names += parameter.name + " " + print(parameter.value.shape) + "\n";
    }
    CHECK(names ==
          "layer1.weight [3, 3, 1, 4]\nlayer1.bias [4]\nnorm1.weight [4]\nnorm1.bias [4]\n"
          "layer2.weight [3, 3, 4, 4]\nnorm2.weight [4]\nnorm2.bias [4]\n"
          "layer3.weight [16, 6]\nlayer3.bias [6]\nlayer4.weight [6, 3]\nlayer4.bias [3]\n");
    std::string layers;
    for (const WeightedLayer* layer : model->weighted()) {
      layers += layer->name() + (layer->bias() == nullptr ? " without bias\n" : "\n");
    }
    CHECK(layers == "layer1\nnorm1\nlayer2 without bias\nnorm2\nlayer3\nlayer4\n");
    CHECK(model->slabs().all_buffers().size() == 4);
    uint32_t of_table = 0;
    for (const LayerSummary& line : model->table()) of_table += line.parameters;
    CHECK(model->slabs().count() == of_table);
  }

  TEST_CASE("the first so many layers of weights learn no more, with the norms behind them") {
    const auto model = made(kSmall, {8, 8, 1}, 3);
    const auto frozen = [&](uint32_t count) {
      model->freeze(count);
      std::string names;
      for (const WeightedLayer* layer : model->weighted()) {
        if (layer->frozen()) names += layer->name() + " ";
      }
      return names;
    };
    CHECK(frozen(0).empty());
    CHECK(frozen(1) == "layer1 norm1 ");
    CHECK(frozen(2) == "layer1 norm1 layer2 norm2 ");
    CHECK(frozen(99) == "layer1 norm1 layer2 norm2 layer3 layer4 ");
    CHECK(frozen(0).empty());
    // A norm before the first layer of weights is never frozen.
    const auto first = made("bn,conv2k3,flatten,linear", {8, 8, 1}, 3);
    first->freeze(1);
    CHECK_FALSE(first->weighted()[0]->frozen());
    CHECK(first->weighted()[1]->frozen());
  }

  TEST_CASE("a frozen layer gets no gradient, those before and behind it do") {
    const auto model = made("flatten,linear4,relu,linear4,relu,linear", {2, 2, 1}, 1);
    model->initialize(InitKind::normal, 1);
    model->freeze(1);
    Arena arena;
    Tape tape(arena);
    sum(model->forward(tape.variable({3, 2, 2, 1}, random(5, 12)), {.training = true})).backward();
    const auto& all = model->slabs().all();
    CHECK_FALSE(all[0].has_grad);
    CHECK_FALSE(all[1].has_grad);
    for (size_t i = 2; i < all.size(); ++i) CHECK(all[i].has_grad);
    CHECK(std::ranges::count(all[0].grad.span(), 0.0f) == 16);
  }

  TEST_CASE("first values depend on the seed and the layer's name, not on the layers around it") {
    const auto small = made("flatten,linear8,relu,linear", {5, 4, 1}, 1);
    const auto large = made("flatten,bn,linear8,relu,dropout0.5,linear5,relu,linear", {5, 4, 1}, 1);
    small->initialize(InitKind::pytorch, 7);
    large->initialize(InitKind::pytorch, 7);
    CHECK(copy(small->weighted()[0]->weight().value.span()) ==
          copy(large->weighted()[1]->weight().value.span()));
    const auto block = made("flatten,res(linear20),linear", {5, 4, 1}, 1);
    const auto plain = made("flatten,linear20,linear", {5, 4, 1}, 1);
    block->initialize(InitKind::normal, 3);
    plain->initialize(InitKind::normal, 3);
    CHECK(copy(block->slabs().values()) == copy(plain->slabs().values()));
  }

  TEST_CASE("initialize gives each seed its own values and forgets gradients") {
    const auto model = made("flatten,linear8,relu,linear", {5, 4, 1}, 1);
    model->initialize(InitKind::normal, 1);
    const Floats first = copy(model->slabs().values());
    model->slabs().grads()[0] = 3;
    model->slabs().all()[0].has_grad = true;
    model->initialize(InitKind::normal, 2);
    CHECK(copy(model->slabs().values()) != first);
    CHECK(model->slabs().grads()[0] == 0.0f);
    CHECK_FALSE(model->slabs().all()[0].has_grad);
    model->initialize(InitKind::normal, 1);
    CHECK(copy(model->slabs().values()) == first);
  }

  TEST_CASE("the pads between parameters stay zero when they are initialized") {
    const auto model = made("flatten,linear3,relu,linear", {5, 1, 1}, 1);
    model->initialize(InitKind::normal, 1);
    size_t nonzero = 0;
    for (const float v : model->slabs().values()) nonzero += v != 0.0f ? 1 : 0;
    CHECK(nonzero == model->slabs().count());
    CHECK(model->slabs().values().size() % 16 == 0);
    CHECK(model->slabs().grads().size() == model->slabs().values().size());
  }

  TEST_CASE("a model whose shapes do not fit is refused with the sentence of the table") {
    const auto wrong = Model::build(*parse_network("linear"), {28, 28, 1}, 10);
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().message ==
          "[model] layer 1, Linear: it gets images of 28 × 28 × 1: flatten them first");
  }
}

TEST_CASE("a layer and the ReLU behind it are one op, unless a pass looks between them") {
  const auto model = made(
      "conv4k3p1,relu,res(conv4k3p1b0,bn,relu,relu,conv4k3p1),relu,flatten,linear5,relu,linear,"
      "relu",
      {6, 6, 1}, 3);
  model->initialize(InitKind::pytorch, 1);
  const auto ops_of = [&](const Pass& pass, Floats& gradients) {
    Arena arena;
    Tape tape(arena);
    const Var y = model->forward(tape.variable({2, 6, 6, 1}, random(1, 72)), pass);
    REQUIRE(y.valid());
    model->slabs().zero_grad();
    sum(y * y).backward();
    gradients = copy(model->slabs().grads());
    // The value and the gradient before and after each ReLU that is an op of its own.
    size_t below = 0;
    for (size_t i = 1; pass.outputs != nullptr && i < pass.outputs->size(); ++i) {
      if (model->table()[i].what != LayerKind::activation) continue;
      const Var z = (*pass.outputs)[i - 1], positive = (*pass.outputs)[i];
      CAPTURE(i);
      for (size_t k = 0; k < z.size(); ++k) {
        CHECK(positive.data()[k] == std::max(z.data()[k], 0.0f));
        below += z.data()[k] < 0 ? 1 : 0;
        CHECK(z.grad().data[k] == (z.data()[k] > 0 ? positive.grad().data[k] : 0.0f));
      }
    }
    CHECK((below > 100) == (pass.outputs != nullptr));
    std::string ops;
    for (const Node& node : tape.nodes()) {
      if (!node.is_leaf()) ops += std::string(node.op) + " ";
    }
    return ops;
  };
  Floats fused, apart;
  std::vector<Var> outputs;
  CHECK(ops_of({.training = true}, fused) ==
        "conv2d+relu conv2d batch_norm+relu relu conv2d add relu flatten linear+relu "
        "linear+relu mul sum ");
  CHECK(ops_of({.training = true, .outputs = &outputs}, apart) ==
        "conv2d relu conv2d batch_norm relu relu conv2d add relu flatten linear relu linear relu "
        "mul sum ");
  CHECK(fused == apart);
}
