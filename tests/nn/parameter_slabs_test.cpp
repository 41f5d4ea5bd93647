#include "nn/parameter_slabs.hpp"

#include <doctest/doctest.h>

#include <algorithm>

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

  TEST_CASE("a model without buffers has an empty slab of them") {
    ParameterSlabs slabs;
    slabs.add("layer1.weight", {3, 2});
    slabs.allocate();
    CHECK(slabs.buffers().empty());
    slabs.reset_buffers();
  }
}
