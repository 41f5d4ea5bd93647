#include "nn/layers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/model.hpp"

using namespace downhill;

TEST_SUITE("layers") {
  TEST_CASE("a place in memory is found index by index, in torch's order") {
    for (const bool channels_last : {true, false}) {
      const WeightLayout layout{
          .units = 5, .planes = 3, .rows = 2, .columns = 4, .channels_last = channels_last};
      CHECK(layout.fan_in() == 24);
      CHECK(layout.size() == 120);
      uint32_t torch = 0;
      std::vector<bool> taken(layout.size());
      for (uint32_t unit = 0; unit < 5; ++unit) {
        for (uint32_t plane = 0; plane < 3; ++plane) {
          for (uint32_t row = 0; row < 2; ++row) {
            for (uint32_t column = 0; column < 4; ++column) {
              // Memory: [rows, columns, planes, units], or [planes, rows, columns, units].
              const uint32_t place = channels_last ? ((row * 4 + column) * 3 + plane) * 5 + unit
                                                   : ((plane * 2 + row) * 4 + column) * 5 + unit;
              CHECK(layout.place(torch++) == place);
              taken[place] = true;
            }
          }
        }
      }
      CHECK(taken == std::vector<bool>(layout.size(), true));
    }
    const WeightLayout norm{.units = 7};
    for (uint32_t channel = 0; channel < 7; ++channel) CHECK(norm.place(channel) == channel);
  }

  TEST_CASE("a linear layer behind flatten sees planes, rows and columns; one behind that a list") {
    const auto model =
        Model::build(*parse_network("conv4k3s2,flatten,relu,bn,linear5,linear"), {28, 28, 1}, 10);
    REQUIRE(model.ok());
    const auto& weighted = (*model)->weighted();
    REQUIRE(weighted.size() == 4);
    CHECK(weighted[0]->layout() ==
          WeightLayout{.units = 4, .planes = 1, .rows = 3, .columns = 3, .channels_last = true});
    CHECK(weighted[1]->layout() == WeightLayout{.units = 676});
    CHECK(weighted[2]->layout() ==
          WeightLayout{.units = 5, .planes = 4, .rows = 13, .columns = 13});
    CHECK(weighted[3]->layout() == WeightLayout{.units = 10, .planes = 1, .rows = 1, .columns = 5});
    const auto direct = Model::build(*parse_network("flatten,linear"), {28, 28, 1}, 1);
    CHECK((*direct)->weighted()[0]->layout() ==
          WeightLayout{.units = 1, .planes = 1, .rows = 28, .columns = 28});
  }

  TEST_CASE("first values follow the fan-in and the fan-out of the window") {
    const auto model =
        Model::build(*parse_network("conv8k3,conv16k5,flatten,linear"), {28, 28, 1}, 10);
    REQUIRE(model.ok());
    const auto largest = [&](size_t layer) {
      float most = 0;
      for (const float w : (*model)->weighted()[layer]->weight().value.span()) {
        most = std::max(most, std::abs(w));
      }
      return most;
    };
    (*model)->initialize(InitKind::pytorch, 1);
    const auto bound = [](float in) { return 1 / std::sqrt(in); };
    CHECK(largest(0) <= bound(9));
    CHECK(largest(0) > 0.9f * bound(9));
    CHECK(largest(1) <= bound(8 * 25));
    CHECK(largest(1) > 0.99f * bound(8 * 25));
    CHECK(largest(2) <= bound(22 * 22 * 16));
    (*model)->initialize(InitKind::glorot, 1);
    const auto glorot = [](float in, float out) { return std::sqrt(6 / (in + out)); };
    CHECK(largest(1) <= glorot(8 * 25, 16 * 25));
    CHECK(largest(1) > 0.99f * glorot(8 * 25, 16 * 25));
    CHECK(largest(2) <= glorot(22 * 22 * 16, 10));
    CHECK(largest(2) > 0.99f * glorot(22 * 22 * 16, 10));
  }

  TEST_CASE("a norm begins with gamma 1 and beta 0, whatever the initial weights are") {
    const auto model =
        Model::build(*parse_network("conv3k3,bn,ln,flatten,linear"), {28, 28, 1}, 10);
    for (const InitRow& init : kInits) {
      (*model)->initialize(init.kind, 1);
      for (const size_t norm : {size_t{1}, size_t{2}}) {
        const WeightedLayer& layer = *(*model)->weighted()[norm];
        for (const float gamma : layer.weight().value.span()) CHECK(gamma == 1.0f);
        for (const float beta : layer.bias()->value.span()) CHECK(beta == 0.0f);
      }
    }
  }

  TEST_CASE("weights decay, biases and norms do not") {
    const auto model =
        Model::build(*parse_network("conv3k3,bn,flatten,ln,linear"), {28, 28, 1}, 10);
    for (const Parameter& parameter : (*model)->slabs().all()) {
      CAPTURE(parameter.name);
      CHECK(parameter.decays ==
            (parameter.name == "layer1.weight" || parameter.name == "layer2.weight"));
    }
  }
}
