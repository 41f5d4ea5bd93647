#include "nn/optimizers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "kernels/reductions/reduce.hpp"
#include "support/advice.hpp"
#include "support/alloc_guard.hpp"
#include "support/random.hpp"
#include "support/torch_golden.hpp"

using namespace downhill;

namespace {

// The problem of tests/golden/torch/generate_optimizers.py: see there.
class Problem {
 public:
  Problem() {
    for (uint32_t size : {20u, 5u, 3u}) {
      Parameter& parameter = slabs.add("parameter" + std::to_string(size), {size});
      parameter.decays = size == 20;
    }
    slabs.allocate();
    size_t i = 0;
    for (Parameter& parameter : slabs.all()) {
      for (float& w : parameter.value.span()) {
        w = (static_cast<float>(5 * i % 11) - 5.0f) / 4.0f;
        a_.push_back(0.5f + static_cast<float>(i % 8) / 4.0f);
        t_.push_back((static_cast<float>(7 * i % 13) - 2.0f) / 8.0f);
        ++i;
      }
    }
  }

  // All weights, without the pads.
  std::vector<float> weights() const {
    std::vector<float> all;
    for (const Parameter& parameter : slabs.all()) {
      all.insert(all.end(), parameter.value.span().begin(), parameter.value.span().end());
    }
    return all;
  }

  void backward() {
    std::vector<float> d = weights();
    for (size_t i = 0; i < d.size(); ++i) d[i] -= t_[i];
    size_t i = 0;
    for (Parameter& parameter : slabs.all()) {
      for (float& dw : parameter.grad.span()) {
        const float before = i > 0 ? c(i - 1) * d[i - 1] : 0.0f;
        const float after = i + 1 < d.size() ? c(i) * d[i + 1] : 0.0f;
        dw = a_[i] * d[i] + (before + after);
        ++i;
      }
      parameter.has_grad = true;
    }
  }

  size_t pads_in_use() const {
    return std::ranges::count_if(slabs.values(), [](float w) { return w != 0.0f; }) -
           std::ranges::count_if(weights(), [](float w) { return w != 0.0f; });
  }

  ParameterSlabs slabs;

 private:
  static float c(size_t i) { return static_cast<float>(1 + (i + 1) % 3) / 16.0f; }

  std::vector<float> a_, t_;
};

// A line "case" of the golden file.
struct Case {
  std::string label, kind;
  OptimizerSettings settings;
  StepSettings step;
  bool varying = false, frozen = false;
};

Case parse_case(std::istringstream& words) {
  Case c;
  words >> c.label >> c.kind >> c.settings.beta2 >> c.settings.eps >> c.step.lr >>
      c.step.momentum >> c.step.weight_decay >> c.step.clip >> c.varying >> c.frozen;
  REQUIRE_FALSE(words.fail());
  const OptimizerRow* row = kOptimizers.find(c.kind);
  REQUIRE_MESSAGE(row != nullptr, c.kind);
  c.settings.kind = row->kind;
  return c;
}

StepSettings rates(const Case& c, int step) {
  StepSettings settings = c.step;
  if (c.varying) {
    settings.lr = c.step.lr * (1.0f - static_cast<float>(step) / 128.0f);
    settings.momentum = 0.9375f - static_cast<float>(step % 8) / 64.0f;
  }
  return settings;
}

// The weights after each of 100 steps, and how far each step went.
struct Trajectory {
  std::vector<std::vector<float>> weights;
  std::vector<float> norms;
  size_t clipped = 0;
};

// A step to the new slab, and before every other one the same step in place, taken back.
StepReport take_step(Problem& problem, Optimizer& optimizer, const StepSettings& settings,
                     int step) {
  const std::vector<float> before(problem.slabs.values().begin(), problem.slabs.values().end());
  std::vector<float> after;
  if (step % 2 == 0) {
    const std::vector<float> state(optimizer.state().begin(), optimizer.state().end());
    const uint64_t steps = optimizer.steps();
    optimizer.step(problem.slabs, settings);
    after.assign(problem.slabs.values().begin(), problem.slabs.values().end());
    std::ranges::copy(before, problem.slabs.values().begin());
    optimizer.restore(state, steps);
  }
  const StepReport report = optimizer.step_to_new_slab(problem.slabs, settings);
  if (step % 2 == 0) CHECK(std::ranges::equal(problem.slabs.values(), after));
  CHECK(std::ranges::equal(problem.slabs.values_before(), before));
  return report;
}

void one_step(const Case& c, Problem& problem, Optimizer& optimizer, int step,
              Trajectory& trajectory) {
  problem.backward();
  Parameter& last = problem.slabs.all()[2];
  last.requires_grad = !(c.frozen && step >= 20 && step < 40);
  if (!last.requires_grad) last.zero_grad();
  const StepReport report = take_step(problem, optimizer, rates(c, step), step);
  trajectory.weights.push_back(problem.weights());
  trajectory.norms.push_back(report.update_norm);
  trajectory.clipped += report.clipped;
}

Trajectory run(const Case& c) {
  Problem problem;
  Optimizer optimizer;
  optimizer.begin(c.settings, problem.slabs);
  Trajectory trajectory;
  for (int step = 0; step < 100; ++step) one_step(c, problem, optimizer, step, trajectory);
  CHECK(problem.pads_in_use() == 0);
  CHECK(optimizer.steps() == 100);
  return trajectory;
}

// Weight decay, clipping, changing rates and a frozen parameter at once.
Case everything(OptimizerKind kind) {
  Case c;
  c.kind = kOptimizers[kind].words.word;
  c.settings.kind = kind;
  c.step = {.lr = 0.03125f, .weight_decay = 0.01f, .clip = 0.5f};
  c.varying = c.frozen = true;
  return c;
}

std::vector<float> copy(std::span<const float> values) { return {values.begin(), values.end()}; }

}  // namespace

TEST_SUITE("optimizers") {
  // The largest difference found was 1e-6, in weights of about 1.
  TEST_CASE("every optimizer follows PyTorch for 100 steps, to 3e-6") {
    INFO(test::torch_advice("optimizers"));
    std::set<std::string> kinds;
    Case now;
    Trajectory ours;
    test::read_torch_golden(
        "optimizers.txt", [&](const std::string& word, std::istringstream& words) {
          if (word == "case") {
            now = parse_case(words);
            ours = run(now);
            kinds.insert(now.kind);
            CHECK((ours.clipped > 0) == (now.step.clip > 0));
          }
          CAPTURE(now.label);
          if (word == "norms") {
            const std::vector<float> want = test::numbers_of(words);
            REQUIRE(want.size() == 100);
            for (size_t i = 0; i < 100; ++i) {
              CHECK(std::abs(ours.norms[i] - want[i]) <= 3e-6f * (want[i] + 0.1f));
            }
          } else if (word == "weights") {
            size_t steps = 0;
            words >> steps;
            CAPTURE(steps);
            const std::vector<float> want = test::numbers_of(words);
            REQUIRE(want.size() == 28);
            for (size_t i = 0; i < 28; ++i) {
              CHECK(std::abs(ours.weights[steps - 1][i] - want[i]) <= 3e-6f);
            }
          }
        });
    for (const OptimizerRow& row : kOptimizers) {
      const std::string name(row.words.word);
      CHECK_MESSAGE(kinds.contains(name), "no case of the optimizer ", name);
    }
  }

  TEST_CASE("AdamW with everything has the same bits on every machine") {
    const Trajectory ours = run(everything(OptimizerKind::adamw));
    CHECK(fnv1a(std::span<const float>(ours.weights.back())) == 0x525b3e31e47f6120u);
    CHECK(fnv1a(std::span<const float>(ours.norms)) == 0x2c98a2195c64a98cu);
  }

  TEST_CASE("a step leaves gradients alone, allocates nothing, and says how far it went") {
    for (const OptimizerRow& row : kOptimizers) {
      const Case c = everything(row.kind);
      CAPTURE(c.kind);
      Problem problem;
      Optimizer optimizer;
      optimizer.begin(c.settings, problem.slabs);
      for (int step = 0; step < 3; ++step) {
        problem.backward();
        const std::vector<float> before = copy(problem.slabs.values());
        const std::vector<float> gradients = copy(problem.slabs.grads());
        StepReport report;
        CHECK(test::allocations_of([&] {
                report = optimizer.step_to_new_slab(problem.slabs, rates(c, step));
              }) == 0);
        CHECK(report.clipped);
        CHECK(copy(problem.slabs.grads()) == gradients);
        std::vector<float> change = copy(problem.slabs.values());
        for (size_t i = 0; i < change.size(); ++i) change[i] -= before[i];
        CHECK(report.update_norm == kernels::norm(change.data(), change.size()));
      }
    }
  }

  TEST_CASE("a state that is restored goes on with the same bits") {
    for (const OptimizerRow& row : kOptimizers) {
      const Case c = everything(row.kind);
      CAPTURE(c.kind);
      const Trajectory whole = run(c);

      Problem problem;
      Optimizer first, second;
      first.begin(c.settings, problem.slabs);
      Trajectory parts;
      for (int step = 0; step < 50; ++step) one_step(c, problem, first, step, parts);
      second.begin(c.settings, problem.slabs);
      second.restore(first.state(), first.steps());
      for (int step = 50; step < 100; ++step) one_step(c, problem, second, step, parts);
      CHECK(parts.weights == whole.weights);
      CHECK(parts.norms == whole.norms);
      CHECK(second.steps() == 100);

      second.begin(c.settings, problem.slabs);
      CHECK(second.steps() == 0);
      CHECK(std::ranges::count(second.state(), 0.0f) == std::ssize(second.state()));
    }
  }

  TEST_CASE("what is frozen or has no gradient keeps its weights and what is remembered of it") {
    for (const OptimizerRow& row : kOptimizers) {
      const Case c = everything(row.kind);
      CAPTURE(c.kind);
      for (bool frozen : {true, false}) {
        Problem problem;
        Optimizer optimizer;
        optimizer.begin(c.settings, problem.slabs);
        Trajectory parts;
        for (int step = 0; step < 3; ++step) one_step(c, problem, optimizer, step, parts);

        problem.backward();
        Parameter& middle = problem.slabs.all()[1];
        if (frozen) middle.requires_grad = false;  // although a gradient is still there
        if (!frozen) middle.zero_grad();
        const std::vector<float> weights = copy(middle.value.span());
        const std::vector<float> others = copy(problem.slabs.all()[2].value.span());
        const std::vector<float> state = copy(optimizer.state());
        optimizer.step(problem.slabs, rates(c, 3));
        CHECK(copy(middle.value.span()) == weights);
        CHECK(copy(problem.slabs.all()[2].value.span()) != others);
        // 20 numbers fill 32 places, so the five of `middle` begin at 32 and end before 48.
        const size_t values = problem.slabs.values().size();
        for (size_t mean = 0; (mean + 1) * values <= state.size(); ++mean) {
          const auto now = optimizer.state().subspan(mean * values + 32, 5);
          CHECK(test::first_difference(now, std::span(state).subspan(mean * values + 32, 5)) == -1);
        }
      }
    }
  }

  TEST_CASE("plain SGD is w -= lr·dw to the bit, and remembers nothing") {
    Problem problem;
    problem.backward();
    std::vector<float> want = copy(problem.slabs.values());
    for (size_t i = 0; i < want.size(); ++i) {
      const float change = 0.1f * problem.slabs.grads()[i];  // rounded before it is subtracted
      want[i] -= change;
    }
    Optimizer optimizer;
    optimizer.begin({}, problem.slabs);
    CHECK_FALSE(optimizer.step_to_new_slab(problem.slabs, {.lr = 0.1f}).clipped);
    CHECK(test::first_difference(problem.slabs.values(), want) == -1);
    CHECK(optimizer.state().empty());
  }

  TEST_CASE("clipping scales the gradient to its norm; one that is not finite scales nothing") {
    for (float bad : {0.0f, std::numeric_limits<float>::quiet_NaN()}) {
      Problem problem;
      problem.backward();
      for (Parameter& parameter : problem.slabs.all()) parameter.decays = false;
      if (bad != 0.0f) problem.slabs.grads()[3] = bad;
      const std::vector<float> before = problem.weights();
      Optimizer optimizer;
      optimizer.begin({}, problem.slabs);
      const StepReport report =
          optimizer.step_to_new_slab(problem.slabs, {.lr = 0.5f, .clip = 0.25f});
      CHECK(report.clipped == (bad == 0.0f));
      if (bad == 0.0f) CHECK(std::abs(report.update_norm - 0.125f) < 1e-6f);
      CHECK(std::isnan(problem.slabs.values()[3]) == (bad != 0.0f));
      CHECK(std::isfinite(problem.slabs.values()[4]));
      CHECK(problem.slabs.values()[20] == 0.0f);  // a pad
    }
  }

  TEST_CASE("clipping works, and the update has a norm, where squares leave float's range") {
    for (float size : {1e-25f, 1e25f, 3e38f}) {
      CAPTURE(size);
      Problem problem;
      problem.backward();
      for (Parameter& parameter : problem.slabs.all()) {
        parameter.decays = false;
        std::ranges::fill(parameter.value.span(), 0.0f);
        std::ranges::fill(parameter.grad.span(), size);
      }
      Optimizer optimizer;
      optimizer.begin({}, problem.slabs);
      const bool clipped = size > 1;
      // 28 gradients of one size, so a norm of sqrt(28) of it.
      const StepReport report =
          optimizer.step_to_new_slab(problem.slabs, {.lr = 0.5f, .clip = 0.25f});
      CHECK(report.clipped == clipped);
      CHECK(report.update_norm ==
            doctest::Approx(clipped ? 0.125 : 0.5 * std::sqrt(28.0) * static_cast<double>(size))
                .epsilon(1e-5));
    }
  }

  TEST_CASE("an update beyond float's range has a finite norm, one to infinity has none") {
    Problem problem;
    problem.backward();
    std::ranges::fill(problem.slabs.all()[0].grad.span(), 1e30f);
    Optimizer optimizer;
    optimizer.begin({}, problem.slabs);
    CHECK(optimizer.step_to_new_slab(problem.slabs, {.lr = 1.0f}).update_norm ==
          doctest::Approx(std::sqrt(20.0) * 1e30).epsilon(1e-5));
    CHECK_FALSE(
        std::isfinite(optimizer.step_to_new_slab(problem.slabs, {.lr = 1e30f}).update_norm));
    // A weight that is infinite already shows in every step.
    problem.slabs.zero_grad();
    for (Parameter& parameter : problem.slabs.all()) parameter.has_grad = true;
    CHECK_FALSE(std::isfinite(optimizer.step_to_new_slab(problem.slabs, {.lr = 0.1f}).update_norm));
  }
}
