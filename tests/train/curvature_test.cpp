#include "train/curvature.hpp"

#include <doctest/doctest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <string>
#include <vector>

#include "support/random.hpp"
#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"

using namespace downhill;

namespace {

Eigen::VectorXd in_double(std::span<const float> values) {
  return Eigen::Map<const Eigen::VectorXf>(values.data(), static_cast<Eigen::Index>(values.size()))
      .cast<double>();
}

const Sharpness& iterate(PowerIteration& iteration) {
  while (iteration.advance()) {
  }
  return iteration.result();
}

// [n, slab]: the current images, and a 1 for the bias, in the order of the linear model's slab.
Eigen::MatrixXd design(const Trainer& trainer) {
  const Batch& batch = trainer.batch();
  const std::vector<float> images = batch.images();
  const ParameterSlabs& slabs = trainer.model().slabs();
  const auto bias = slabs.all()[1].value.data - slabs.values().data();
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(batch.size, static_cast<long>(slabs.values().size()));
  for (uint32_t i = 0; i < batch.size; ++i) {
    for (uint32_t k = 0; k < batch.pixels; ++k)
      x(i, k) = static_cast<double>(images[i * batch.pixels + k]);
    x(i, bias) = 1;
  }
  return x;
}

// The Hessian of the linear model with mse is 2/n·XᵀX. XXᵀ has the same nonzero eigenvalues and is
// smaller.
double exact_sharpness(const Trainer& trainer) {
  const Eigen::MatrixXd x = design(trainer);
  const Eigen::MatrixXd small = 2.0 / trainer.batch().size * x * x.transpose();
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(small, Eigen::EigenvaluesOnly)
      .eigenvalues()
      .maxCoeff();
}

}  // namespace

TEST_SUITE("curvature") {
  TEST_CASE("the product is that of the exact Hessian of linear regression") {
    test::SmallRun run("model=linear&loss=mse&lr=0.01");
    run.phases(12);
    const Eigen::MatrixXd x = design(run.trainer);
    HessianProduct hessian(run.trainer);
    std::vector<float> product(run.slab());
    for (const float scale : {1e-3f, 1.0f, 100.0f}) {  // the length of v makes no difference
      std::vector<float> v = test::normals(Rng(3), run.slab());
      for (float& number : v) number *= scale;
      hessian.apply(v, product);
      const Eigen::VectorXd exact =
          2.0 / run.trainer.batch().size * x.transpose() * (x * in_double(v));
      const double error = (in_double(product) - exact).norm() / exact.norm();
      CHECK(error < 2e-4);
    }
    const std::vector<float> none(run.slab());
    hessian.apply(none, product);
    CHECK(in_double(product).norm() == 0);
  }

  TEST_CASE("the largest eigenvalue is that of the exact Hessian of linear regression") {
    for (const std::string batch : {"batch=16", "batch=120"}) {
      test::SmallRun run(std::string("model=linear&loss=mse&") + batch);
      PowerIteration iteration(run.trainer);
      const Sharpness& found = iterate(iteration);
      CHECK(found.converged);
      CHECK(found.residual <= PowerIteration::kTolerance);
      CHECK(found.eigenvalue == doctest::Approx(exact_sharpness(run.trainer)).epsilon(2e-4));
      CHECK(in_double(iteration.direction()).norm() == doctest::Approx(1).epsilon(1e-5));
    }
  }

  TEST_CASE("the limit of an optimizer separates the rates that converge from those that do not") {
    for (const std::string optimizer :
         {"sgd", "momentum&momentum=0.9", "momentum&momentum=0.3", "nesterov&momentum=0.6"}) {
      for (const bool below : {true, false}) {
        test::SmallRun run("model=linear&loss=mse&batch=120&epochs=400&optimizer=" + optimizer);
        PowerIteration iteration(run.trainer);
        ExperimentSpec spec = run.trainer.spec();
        spec.lr = stable_lr(spec.optimizer, spec.momentum, iterate(iteration).eigenvalue) *
                  (below ? 0.97f : 1.03f);
        run.trainer.apply_live(spec);
        run.phases(2);
        const float first = run.trainer.train_loss();
        run.phases(5 * 300);
        CAPTURE(optimizer);
        CAPTURE(spec.lr);
        if (below) {
          CHECK(run.trainer.train_loss() < 0.2f * first);
        } else {
          CHECK(run.trainer.train_loss() > 100.0f * first);
        }
      }
    }
  }

  TEST_CASE("an optimizer that divides by each weight's gradient size has no limit") {
    CHECK(stable_lr(OptimizerKind::sgd, 0.9f, 4) == 0.5f);
    for (const OptimizerRow& row : kOptimizers) {
      CAPTURE(row.words.word);
      CHECK((stable_lr(row.kind, 0.9f, 4) > 0) == row.squares.empty());
      CHECK(row.limit.empty() == !row.squares.empty());
      CHECK(stable_lr(row.kind, 0.9f, -4) == 0);
    }
  }

  // The oracle: every column of a small net's Hessian from two gradients, and Eigen's solver.
  TEST_CASE("the largest eigenvalue is that of the whole Hessian of a small net") {
    test::SmallRun run("model=net:avgpool7,flatten,linear4,tanh,linear&loss=crossentropy");
    run.phases(5 * 6);
    ParameterSlabs& slabs = run.trainer.model().slabs();
    const auto size = static_cast<Eigen::Index>(run.slab());
    Eigen::MatrixXd hessian = Eigen::MatrixXd::Zero(size, size);
    std::vector<float> up(run.slab()), down(run.slab());
    for (const Parameter& parameter : slabs.all()) {
      for (float& w : parameter.value.span()) {
        const float here = w, h = 0x1p-6f;
        w = here + h;
        run.trainer.probe().gradient(up);
        w = here - h;
        run.trainer.probe().gradient(down);
        w = here;
        hessian.col(&w - slabs.values().data()) =
            (in_double(up) - in_double(down)) / static_cast<double>(2 * h);
      }
    }
    const Eigen::VectorXd all =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>((hessian + hessian.transpose()) / 2)
            .eigenvalues();
    const double largest = -all(0) > all(size - 1) ? all(0) : all(size - 1);
    PowerIteration iteration(run.trainer);
    const Sharpness& found = iterate(iteration);
    CHECK(found.converged);
    CHECK(found.eigenvalue == doctest::Approx(largest).epsilon(1e-3));
  }

  TEST_CASE("rows and columns of frozen parameters are zero") {
    test::SmallRun run("model=mlp:8&loss=crossentropy&freeze=1");
    run.phases(7);
    PowerIteration iteration(run.trainer);
    const Sharpness& found = iterate(iteration);
    CHECK(found.eigenvalue > 0);
    const ParameterSlabs& slabs = run.trainer.model().slabs();
    const auto learning = static_cast<size_t>(slabs.all()[2].value.data - slabs.values().data());
    for (size_t i = 0; i < run.slab(); ++i) {
      if (i < learning) REQUIRE(iteration.direction()[i] == 0);
    }
    CHECK(in_double(iteration.direction().subspan(learning)).norm() == doctest::Approx(1));

    test::SmallRun all("model=mlp:8&freeze=2");
    PowerIteration nothing(all.trainer);
    CHECK(iterate(nothing).eigenvalue == 0);
    CHECK(nothing.result().converged);
  }

  TEST_CASE("numbers that are not finite end the iteration") {
    test::SmallRun run("model=linear&loss=mse");
    run.trainer.model().slabs().values()[400] = INFINITY;
    PowerIteration iteration(run.trainer);
    CHECK_FALSE(iterate(iteration).converged);
    CHECK(iteration.result().estimates.size() == 1);
  }

  TEST_CASE("iterations leave the run untouched, and two that take turns find the same") {
    test::for_every_kind([](test::SmallRun& run, const auto& untouched) {
      PowerIteration a(run.trainer), b(run.trainer);
      CHECK(untouched());
      for (int i = 0; i < 3; ++i) {
        a.advance();
        CHECK(untouched());
        b.advance();
      }
      CHECK(a.result() == b.result());
      CHECK(a.result().step == run.trainer.steps_done());
    });
  }
}
