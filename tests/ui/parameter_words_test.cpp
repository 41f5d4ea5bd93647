// A weight's place in words.
#include "ui/parameter_words.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/sample_snapshot_conv.hpp"

namespace downhill::test {
namespace {

std::string words(const Snapshot& s, uint32_t index) {
  return std::string(ui::parameter_words(s, index).view());
}

}  // namespace

TEST_CASE("Words name filter, plane and place, channels of norms, and biases") {
  const Snapshot s = sample_snapshot_conv(SampleState::running);
  const Parameters& p = s.parameters;
  REQUIRE(p.layers[0].name == "layer1");  // 8 filters of 1 plane, then a norm, then 16 of 8
  CHECK(words(s, 0) == "filter 1 (row 0, column 0) of layer1");
  CHECK(words(s, 9 + 5) == "filter 2 (row 1, column 2) of layer1");
  CHECK(words(s, p.layers[0].bias_offset + 7) == "bias of filter 8 of layer1");
  CHECK(words(s, p.layers[1].weight_offset + 2) == "gamma of channel 3 of norm1");
  CHECK(words(s, p.layers[1].bias_offset) == "beta of channel 1 of norm1");
  // Filter 3, plane 2, row 1, column 0: two filters of 72, one plane of 9, one row of 3.
  CHECK(words(s, p.layers[2].weight_offset + 2 * 72 + 9 + 3) ==
        "filter 3, plane 2 (row 1, column 0) of layer2");
  CHECK(words(s, static_cast<uint32_t>(p.values.size())) == "no such weight");
}

TEST_CASE("Words of an MLP name units, pixels and inputs") {
  const Snapshot s = sample_snapshot(SampleState::running);
  const Parameters& p = s.parameters;
  CHECK(words(s, 3 * 784 + 28 * 7 + 12) == "unit 4, pixel (12, 7) of layer1");
  CHECK(words(s, p.layers[1].weight_offset + 4) == "unit 1, input 5 of layer2");
  // In a model of one layer the layer needs no name.
  const Snapshot single = sample_snapshot(SampleState::running, {});
  CHECK(words(single, 29) == "unit 1, pixel (1, 1)");
}

TEST_CASE("A layer without biases has none, wherever its offset points") {
  Snapshot s = sample_snapshot_conv(SampleState::running);
  Parameters& p = s.parameters;
  p.layers[0].has_bias = false;
  p.layers[0].bias_offset = 0;
  CHECK(words(s, 0) == "filter 1 (row 0, column 0) of layer1");
  CHECK(words(s, 72) == "no such weight");
}

TEST_CASE("A layer's kind and shape in words") {
  Parameters p = sample_snapshot_conv(SampleState::running).parameters;
  CHECK(ui::layer_words(p.layers[2]).view() == "conv 3 × 3, 8 planes → 16 filters");
  CHECK(ui::layer_words(p.layers[1]).view() == "batch norm of 8 channels");
  p.layers[0].frozen = true;
  CHECK(ui::layer_words(p.layers[0]).view() == "conv 3 × 3, 1 plane → 8 filters, frozen");
}

}  // namespace downhill::test
