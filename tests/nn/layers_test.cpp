#include "nn/layers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "autograd/ops.hpp"
#include "autograd/tape.hpp"

using namespace downhill;

namespace {
std::vector<float> copy(std::span<const float> values) { return {values.begin(), values.end()}; }
}  // namespace

TEST_SUITE("layers") {
  TEST_CASE("parameter counts are those of the book") {
    CHECK(Mlp({784, 1}).slabs().count() == 785);
    CHECK(Mlp({784, 30, 1}).slabs().count() == 23581);
    CHECK(Mlp({784, 128, 64, 1}).slabs().count() == 784 * 128 + 128 + 128 * 64 + 64 + 64 + 1);
  }

  TEST_CASE("parameters are named and shaped like their layers") {
    const Mlp model({784, 30, 1});
    const auto& all = model.slabs().all();
    REQUIRE(all.size() == 4);
    CHECK(all[0].name == "layer1.weight");
    CHECK(all[0].value.shape == Shape{784, 30});
    CHECK(all[1].name == "layer1.bias");
    CHECK(all[3].name == "layer2.bias");
    CHECK(all[3].value.shape == Shape{1});
  }

  TEST_CASE("forward is the formula, with a ReLU between the layers and none at the end") {
    Mlp model({2, 2, 1});
    auto& all = model.slabs().all();
    std::ranges::copy(std::vector<float>{1, -1, 2, 3}, all[0].value.data);  // W1: [2, 2]
    std::ranges::copy(std::vector<float>{0.5f, -10}, all[1].value.data);
    std::ranges::copy(std::vector<float>{-4, 7}, all[2].value.data);  // W2: [2, 1]
    all[3].value.data[0] = 0.25f;
    Arena arena;
    Tape tape(arena);
    const Var x = tape.variable(Shape{1, 2}, std::vector<float>{1, 2});
    const Var y = model.forward(x);
    REQUIRE(y.valid());
    // Hidden: relu(1·1 + 2·2 + 0.5) = 5.5, relu(-1·1 + 3·2 - 10) = 0; output: -4·5.5 + 0.25.
    CHECK(y.item() == -21.75f);
  }

  TEST_CASE("adding a layer leaves the first values of the others as they were") {
    Mlp small({20, 8, 1}), large({20, 8, 5, 1});
    small.initialize(InitKind::pytorch, 7);
    large.initialize(InitKind::pytorch, 7);
    CHECK(copy(small.linears()[0]->weight().value.span()) ==
          copy(large.linears()[0]->weight().value.span()));
  }

  TEST_CASE("initialize gives each seed its own values and forgets gradients") {
    Mlp model({20, 8, 1});
    model.initialize(InitKind::normal, 1);
    const auto first = copy(model.slabs().values());
    model.slabs().grads()[0] = 3;
    model.slabs().all()[0].has_grad = true;
    model.initialize(InitKind::normal, 2);
    CHECK(copy(model.slabs().values()) != first);
    CHECK(model.slabs().grads()[0] == 0.0f);
    CHECK_FALSE(model.slabs().all()[0].has_grad);
    model.initialize(InitKind::normal, 1);
    CHECK(copy(model.slabs().values()) == first);
  }

  TEST_CASE("the pads between parameters stay zero through training steps") {
    Mlp model({5, 3, 1});
    model.initialize(InitKind::normal, 1);
    size_t nonzero = 0;
    for (float v : model.slabs().values()) nonzero += v != 0.0f ? 1 : 0;
    CHECK(nonzero == model.slabs().count());
    CHECK(model.slabs().values().size() % 16 == 0);
    CHECK(model.slabs().grads().size() == model.slabs().values().size());
  }
}
