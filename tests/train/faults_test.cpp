// The faults that can be switched on: what each does to the bits, what is said about it, and that
// going back, files, probes and the finder stay right with it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/small_run.hpp"
#include "train/curvature.hpp"
#include "train/lr_finder.hpp"
#include "train/probe.hpp"
#include "train/valley.hpp"

using namespace downhill;
using test::SmallRun;

namespace {

// All images in one batch and in the same order, so that the gradient changes with the weights only.
const std::string kWhole = "batch=120&shuffle=false";

std::vector<float> copy_of(std::span<const float> slab) { return {slab.begin(), slab.end()}; }
std::vector<float> grads_of(const SmallRun& run) {
  return copy_of(run.trainer.model().slabs().grads());
}
void to_gradient(SmallRun& run) {
  while (run.trainer.advance() != Phase::gradient) continue;
}
bool starts_with(const std::string& text, std::string_view words) {
  return text.starts_with(words);
}

}  // namespace

TEST_SUITE("faults") {
  TEST_CASE("without zeroing the gradient of weights that rest is g, 2g, 3g, to the bit") {
    for (const std::string model : {"model=linear", "model=mlp:8", "model=mlp:8,6"}) {
      CAPTURE(model);
      // A step that no weight feels.
      SmallRun run(kWhole + "&lr=0.00001&clip=1e-9&fault=nozero&" + model);
      const std::vector<float> weights = run.values();
      to_gradient(run);
      const std::vector<float> g = grads_of(run);
      CHECK(std::ranges::any_of(g, [](float x) { return x != 0; }));
      for (const float n : {2.0f, 3.0f}) {
        to_gradient(run);
        CHECK(run.values() == weights);
        const std::vector<float> now = grads_of(run);
        bool same = true;
        for (size_t i = 0; i < g.size(); ++i) same = same && now[i] == n * g[i];
        CHECK(same);
      }
    }
  }

  TEST_CASE("without zeroing each gradient is the one before plus that of the batch, to the bit") {
    for (const std::string kind : test::kManyKinds) {
      CAPTURE(kind);
      SmallRun run(kind.find("fault=") == std::string::npos ? kind + "&fault=nozero" : kind);
      std::vector<float> before(run.slab(), 0.0f), own(run.slab());
      for (uint32_t step = 0; step < 11; ++step) {
        to_gradient(run);
        run.trainer.probe().gradient(own);
        const std::vector<float> now = grads_of(run);
        bool same = true;
        for (size_t i = 0; i < now.size(); ++i) same = same && now[i] == before[i] + own[i];
        CHECK(same);
        before = now;
      }
      // The step reads the sum: phase 5 and the norm on the page are of it.
      double squares = 0;
      for (const float x : before) squares += static_cast<double>(x) * static_cast<double>(x);
      CHECK(static_cast<double>(run.trainer.gradient_norm()) ==
            doctest::Approx(std::sqrt(squares)));
    }
  }

  TEST_CASE("uphill is the same step with the sign turned") {
    for (const std::string optimizer : {"sgd", "momentum", "nesterov", "rmsprop", "adam"}) {
      CAPTURE(optimizer);
      SmallRun down("clip=0.3&lr=0.5&optimizer=" + optimizer);
      SmallRun up("clip=0.3&lr=0.5&fault=uphill&optimizer=" + optimizer);
      down.phases(4);
      up.phases(4);
      REQUIRE(grads_of(down) == grads_of(up));
      std::vector<float> a(down.slab()), b(up.slab());
      down.trainer.change(a);
      up.trainer.change(b);
      for (size_t i = 0; i < a.size(); ++i) {
        REQUIRE(static_cast<double>(a[i]) ==
                doctest::Approx(static_cast<double>(-b[i])).epsilon(1e-3).scale(1e-3));
      }
      down.batches(20);
      up.batches(20);
      CHECK(down.trainer.train_loss() < up.trainer.train_loss());
    }
  }

  TEST_CASE(
      "accuracy as the loss is the share of mistakes; its gradient is 0 and nothing is learned") {
    for (const std::string kind :
         {"model=mlp:8&loss=bce", "model=mlp:8&loss=crossentropy", "model=conv&loss=mse"}) {
      CAPTURE(kind);
      SmallRun run(kind + "&fault=accuracy");
      const std::vector<float> weights = run.values();
      for (uint32_t batch = 0; batch < 9; ++batch) {
        to_gradient(run);
        CHECK(run.trainer.train_loss() ==
              doctest::Approx(1.0 - static_cast<double>(run.trainer.batch_accuracy())));
        CHECK(run.trainer.gradient_norm() == 0.0f);
      }
      CHECK(run.values() == weights);
      const EpochPoint& tested = run.trainer.recorder().epochs().back();
      CHECK(tested.epoch == 1);
      CHECK(static_cast<double>(tested.valid_loss) ==
            doctest::Approx(1.0 - static_cast<double>(tested.valid_accuracy)));
      PowerIteration sharpness(run.trainer);
      while (sharpness.advance()) continue;
      CHECK(sharpness.result().eigenvalue == 0.0f);
    }
  }

  TEST_CASE("without activations and without biases the network lacks just these") {
    const auto table = [](const std::string& edits) {
      return layer_table(test::edited({}, edits));
    };
    CHECK(table("model=mlp:8,6").size() == 6);
    const auto straight = table("model=mlp:8,6&fault=nobend");
    REQUIRE(straight.size() == 4);
    for (const LayerSummary& line : straight) CHECK(line.what != LayerKind::activation);
    for (const LayerSummary& line : table("model=resconv&fault=nobend")) {
      CHECK(line.what != LayerKind::activation);
    }
    const auto bare = table("model=mlp:8,6&fault=nobias");
    REQUIRE(bare.size() == 6);
    CHECK(bare[1].parameters == 784 * 8);
    CHECK(bare[3].parameters == 8 * 6);
    CHECK(bare[5].parameters == 6);
    for (const LayerSummary& line : table("model=resconv&digits=0123456789&fault=nobias")) {
      if (line.what == LayerKind::conv) CHECK(line.parameters % 9 == 0);
    }
  }

  TEST_CASE("the valley, the finder and a nudge see what the next step does") {
    for (const std::string fault : {"none", "nozero", "uphill"}) {
      CAPTURE(fault);
      SmallRun run(kWhole + "&lr=0.2&loss=mse&model=linear&fault=" + fault);
      run.batches(3);
      for (const bool with_gradient : {false, true}) {
        CAPTURE(with_gradient);
        if (with_gradient) run.phases(3);
        const Valley valley = measure_valley(run.trainer);
        SmallRun next(kWhole + "&lr=0.2&loss=mse&model=linear&fault=" + fault);
        next.batches(4);
        const double after = static_cast<double>(next.trainer.probe().loss());
        CHECK(static_cast<double>(loss_after(valley, 0.2f)) ==
              doctest::Approx(after).epsilon(1e-3));
      }
      // A gradient of its own beside the one that has been added up.
      std::vector<float> scratch(run.slab());
      const Nudge n =
          nudge(run.trainer, run.trainer.model().slabs().values().data() + 400, scratch);
      CHECK(static_cast<double>(n.slope) ==
            doctest::Approx(static_cast<double>(n.gradient)).epsilon(0.02).scale(1e-3));
    }
    const auto sweep = [](const std::string& fault) {
      SmallRun run("lr=0.1&fault=" + fault);
      LrFinder finder(run.trainer);
      while (finder.advance()) continue;
      return finder.result();
    };
    const LrSweep usual = sweep("none"), up = sweep("uphill"), kept = sweep("nozero");
    CHECK(usual.fell);
    CHECK_FALSE(up.fell);
    CHECK(usual.losses.front() == kept.losses.front());
    CHECK(usual.losses.back() != kept.losses.back());
  }

  TEST_CASE("the diagnosis names a fault once it shows, and not before") {
    const auto health = [](SmallRun& run) { return run.trainer.trouble().health; };
    SmallRun kept(kWhole + "&model=linear&loss=mse&lr=0.001&fault=nozero");
    kept.batches(2);
    CHECK(health(kept) == Health::fine);
    kept.batches(1);
    CHECK(health(kept) == Health::faulty);
    CHECK(
        starts_with(kept.trainer.trouble().diagnosis, "The gradient was not zeroed, so it grows"));
    SmallRun up(kWhole + "&lr=0.1&fault=uphill");
    up.batches(3);
    CHECK(starts_with(up.trainer.trouble().diagnosis, "The loss rises: each step follows"));
    SmallRun counted("fault=accuracy");
    counted.batches(3);
    CHECK(starts_with(counted.trainer.trouble().diagnosis, "Every gradient is 0"));
    SmallRun straight("model=mlp:8,6&fault=nobend");
    straight.batches(1);
    CHECK(starts_with(straight.trainer.trouble().diagnosis, "Nothing bends between the 3 layers"));
    SmallRun bare("fault=nobias");
    bare.batches(1);
    CHECK(starts_with(bare.trainer.trouble().diagnosis, "Without a bias"));
    // Where a fault has no such effect, nothing is said.
    for (const std::string edits :
         {"model=linear&fault=nobend", "model=lenet&fault=nobend", "model=conv&fault=nobias",
          "activation=sigmoid&fault=nobias", "fault=none"}) {
      CAPTURE(edits);
      SmallRun run(edits);
      run.batches(8);
      CHECK(health(run) == Health::fine);
    }
  }

  TEST_CASE("divergence takes the place of a sign, and names the fault as its cause") {
    SmallRun kept(kWhole + "&model=linear&loss=mse&lr=0.02&epochs=200&fault=nozero");
    while (kept.trainer.trouble().health != Health::diverged && !kept.trainer.finished()) {
      kept.batches(1);
    }
    CHECK(kept.trainer.trouble().health == Health::diverged);
    CHECK(kept.trainer.trouble().diagnosis.find("the gradient was not zeroed") !=
          std::string::npos);
    SmallRun up(kWhole + "&model=linear&loss=mse&lr=0.05&epochs=200&fault=uphill");
    while (up.trainer.trouble().health != Health::diverged && !up.trainer.finished()) {
      up.batches(1);
    }
    CHECK(up.trainer.trouble().diagnosis.find("goes up the slope") != std::string::npos);
  }
}
