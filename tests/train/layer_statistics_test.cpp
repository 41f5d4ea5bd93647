#include "train/layer_statistics.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "support/random.hpp"
#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"

using namespace downhill;

namespace {

const std::vector<LayerStatistics>& look(LayerStatisticsProbe& probe) {
  while (probe.advance()) {
  }
  return probe.result();
}

uint32_t counted(const Spread& spread) {
  return std::accumulate(spread.counts.begin(), spread.counts.end(), 0u);
}

}  // namespace

TEST_SUITE("layer statistics") {
  TEST_CASE("a spread has mean, deviation, extremes, zeros and counts") {
    const std::vector<float> numbers = {0, 0, 1, 2, 32, 16, 31.5f, -0.0f};
    const Spread spread = spread_of(numbers);
    CHECK(spread.mean == 82.5f / 8);
    CHECK(spread.deviation == doctest::Approx(13.3532241).epsilon(1e-7));  // statistics.pstdev
    CHECK(spread.least == 0);
    CHECK(spread.greatest == 32);
    CHECK(spread.zeros == 3.0f / 8);
    CHECK(spread.not_finite == 0);
    CHECK(spread.counts[0] == 3);
    CHECK(spread.counts[1] == 1);
    CHECK(spread.counts[2] == 1);
    CHECK(spread.counts[16] == 1);
    CHECK(spread.counts[31] == 2);
    CHECK(counted(spread) == 8);
  }

  TEST_CASE("numbers that are not finite are counted apart, and equal numbers share a bin") {
    const float infinity = std::numeric_limits<float>::infinity();
    const Spread mixed = spread_of(std::vector<float>{NAN, 3, infinity, 3});
    CHECK(mixed.not_finite == 0.5f);
    CHECK(mixed.mean == 3);
    CHECK(mixed.deviation == 0);
    CHECK(mixed.counts[0] == 2);
    CHECK(counted(mixed) == 2);
    CHECK(spread_of(std::vector<float>{NAN, -infinity}).not_finite == 1);
    CHECK(spread_of({}) == Spread{});
    const float huge = std::numeric_limits<float>::max();
    const Spread wide = spread_of(std::vector<float>{-huge, huge});
    CHECK(wide.mean == 0);
    CHECK(wide.deviation == huge);
    CHECK(wide.counts[0] == 1);
    CHECK(wide.counts[31] == 1);
  }

  TEST_CASE("the lines are those of the training pass, in the order of the table") {
    test::SmallRun run("model=conv&loss=crossentropy&freeze=1");
    run.phases(5 * 3 + 3);  // with the gradient of the fourth batch on the run's own tape
    LayerStatisticsProbe probe(run.trainer);
    const auto& lines = look(probe);
    const auto& table = run.trainer.model().table();
    REQUIRE(lines.size() == table.size());
    CHECK(probe.step() == 3);
    CHECK_FALSE(probe.advance());
    size_t line = 0;
    for (const Node& node : run.trainer.tape()) {
      if (node.is_leaf() || line == lines.size()) continue;
      CAPTURE(line);
      // The run has a layer and the ReLU behind it in one op, the probe sees both.
      const bool fused = line + 1 < lines.size() && std::string(node.op) != "relu" &&
                         table[line + 1].what == LayerKind::activation;
      if (fused) {
        const Spread before = lines[line].outputs, after = lines[line + 1].outputs;
        CHECK(before.least < 0);
        CHECK(before.zeros < after.zeros);
        CHECK(before.greatest == after.greatest);
        CHECK(lines[line].gradients.zeros >= lines[line + 1].gradients.zeros);
        CHECK(lines[line].line == line);
        ++line;
      }
      CHECK(lines[line].line == line);
      CHECK(lines[line].outputs == spread_of(node.value.span()));
      // Frozen layers have no gradient on the run's tape.
      if (node.grad != nullptr) {
        CHECK(lines[line].gradients == spread_of({node.grad, node.value.size()}));
      }
      CHECK(lines[line].gradients.greatest > 0);
      CHECK(counted(lines[line].outputs) == table[line].output.size() * run.trainer.batch().size);
      ++line;
    }
    CHECK(line == lines.size());
    CHECK(lines[2].outputs.zeros > 0.1f);  // a ReLU
    CHECK(lines[2].outputs.least == 0);
  }

  TEST_CASE("a layer of units that are all dead shows as zeros, with no gradient before it") {
    test::SmallRun run("model=mlp:8&loss=bce");
    ParameterSlabs& slabs = run.trainer.model().slabs();
    for (float& bias : slabs.all()[1].value.span()) bias = -1000;
    LayerStatisticsProbe probe(run.trainer);
    const auto& lines = look(probe);
    REQUIRE(lines.size() == 4);  // flatten, linear, relu, linear
    CHECK(lines[1].outputs.greatest < 0);
    CHECK(lines[2].outputs.zeros == 1);
    CHECK(lines[1].gradients.zeros == 1);
    CHECK(lines[3].gradients.zeros < 1);
  }

  TEST_CASE("the statistics leave the run untouched") {
    test::for_every_kind([](test::SmallRun& run, const auto& untouched) {
      LayerStatisticsProbe probe(run.trainer);
      while (probe.advance()) CHECK(untouched());
      CHECK(probe.result().size() == run.trainer.model().table().size());
    });
  }
}
