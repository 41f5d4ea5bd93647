#include "nn/parameter_slabs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "autograd/ops.hpp"
#include "autograd/tape.hpp"

using namespace downhill;

TEST_SUITE("parameter slabs") {
  TEST_CASE("buffers have a slab of their own and begin with their initial values") {
    ParameterSlabs slabs;
    const Parameter& weight = slabs.add("layer1.weight", {3, 2});
    Tensor& mean = slabs.add_buffer("norm1.running_mean", {5}, 0);
    Tensor& variance = slabs.add_buffer("norm1.running_var", {5}, 1);
    CHECK_FALSE(variance);
    slabs.allocate();
    REQUIRE(slabs.buffers().size() == 32);
    CHECK(mean.data == slabs.buffers().data());
    CHECK(variance.data == slabs.buffers().data() + 16);
    CHECK(std::ranges::count(slabs.buffers(), 1.0f) == 5);  // the pads are 0
    CHECK(std::ranges::count(variance.span(), 1.0f) == 5);
    CHECK(std::ranges::count(weight.value.span(), 0.0f) == 6);
    CHECK(slabs.count() == 6);  // buffers are not learned
    CHECK(slabs.values().size() == 16);

    REQUIRE(slabs.all_buffers().size() == 2);
    CHECK(slabs.all_buffers()[1].name == "norm1.running_var");
    CHECK(slabs.all_buffers()[1].value.shape == Shape{5});

    std::ranges::fill(mean.span(), 7.0f);
    std::ranges::fill(variance.span(), 8.0f);
    std::ranges::fill(weight.value.span(), 9.0f);
    slabs.reset_buffers();
    CHECK(std::ranges::count(mean.span(), 0.0f) == 5);
    CHECK(std::ranges::count(variance.span(), 1.0f) == 5);
    CHECK(std::ranges::count(weight.value.span(), 9.0f) == 6);
  }

  TEST_CASE("the values and those of before change places, and parameters go with them") {
    ParameterSlabs slabs;
    const Parameter& weight = slabs.add("layer1.weight", {3, 2});
    const Parameter& bias = slabs.add("layer1.bias", {2});
    slabs.allocate();
    std::ranges::fill(slabs.values(), 1.0f);
    std::ranges::fill(slabs.values_before(), 2.0f);
    slabs.exchange_values();
    CHECK(weight.value.data == slabs.values().data());
    CHECK(bias.value.data == slabs.values().data() + 16);
    CHECK(std::ranges::count(slabs.values(), 2.0f) == 32);
    CHECK(std::ranges::count(slabs.values_before(), 1.0f) == 32);
    slabs.exchange_values();
    CHECK(bias.value.data == slabs.values().data() + 16);
    CHECK(bias.value.span()[0] == 1.0f);
  }

  TEST_CASE("gradients are replaced, also one that no op adds to") {
    ParameterSlabs slabs;
    Parameter& reached = slabs.add("reached", {3});
    Parameter& other = slabs.add("other", {2});
    Parameter& frozen = slabs.add("frozen", {2});
    slabs.allocate();
    frozen.requires_grad = false;
    std::ranges::copy(std::array{1.0f, 2.0f, 3.0f}, reached.value.data);
    Arena arena;
    Tape tape(arena);
    for (int times = 0; times < 2; ++times) {
      for (Parameter& parameter : slabs.all()) {
        std::ranges::fill(parameter.grad.span(), 7.0f);
        parameter.has_grad = true;
      }
      tape.clear();
      const Var x = tape.parameter(reached);
      const Var y = tape.parameter(frozen);
      const Var loss = sum(x * x) + sum(y);
      slabs.replace_grads([&] { loss.backward(); });
      CHECK(reached.has_grad);
      CHECK(reached.grad.span()[2] == 6.0f);
      for (const Parameter* none : {&other, &frozen}) {
        CHECK_FALSE(none->has_grad);
        CHECK(std::ranges::count(none->grad.span(), 0.0f) == 2);
      }
      for (const Parameter& parameter : slabs.all()) CHECK_FALSE(parameter.stale);
    }
  }

  TEST_CASE("a model without buffers has an empty slab of them") {
    ParameterSlabs slabs;
    slabs.add("layer1.weight", {3, 2});
    slabs.allocate();
    CHECK(slabs.buffers().empty());
    slabs.reset_buffers();
  }
}
