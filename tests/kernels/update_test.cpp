#include "kernels/optimizers/update.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/reductions/reduce.hpp"
#include "kernels/reference/update.hpp"
#include "support/random.hpp"

using namespace downhill;
using kernels::Descent;
using kernels::Weights;

namespace {

Weights in_place(float* w) { return {w, w}; }

// A kernel called with both moments, whether it uses them or not.
struct Kernel {
  std::string name;
  void (*fast)(Weights w, float* m, float* v, const float* dw, const Descent&, size_t, float*);
  void (*slow)(Weights w, float* m, float* v, const float* dw, const Descent&, size_t, float*);
};

#define ADAPTED(kernel, ...)                                                           \
  [](Weights w, [[maybe_unused]] float* m, [[maybe_unused]] float* v, const float* dw, \
     const Descent& d, size_t count, float* moved) { kernel(__VA_ARGS__, dw, d, count, moved); }
#define KERNEL(name, ...) \
  { #name, ADAPTED(kernels::name, __VA_ARGS__), ADAPTED(kernels::reference::name, __VA_ARGS__) }

const Kernel kKernels[] = {
    KERNEL(descend_sgd, w),        KERNEL(descend_momentum, w, m), KERNEL(descend_nesterov, w, m),
    KERNEL(descend_rmsprop, w, v), KERNEL(descend_adam, w, m, v),
};

const Descent kPlain{.lr = 0.1f, .beta1 = 0.9f, .beta2 = 0.99f, .eps = 1e-5f};
const Descent kDecayed{.lr = 0.03f,
                       .scale = 0.37f,
                       .l2 = 0.01f,
                       .beta1 = 0.95f,
                       .beta2 = 0.999f,
                       .eps = 1e-8f,
                       .unbias2 = 3.3f,
                       .keep = 0.999f};

// Weights, moments after a few steps, and gradients with some zeros and very small numbers.
struct State {
  std::vector<float> w, m, v, dw, moved = std::vector<float>(16, 0.0f);

  State(uint64_t seed, size_t count)
      : w(test::normals(Rng(seed).split("w"), count)),
        m(test::normals(Rng(seed).split("m"), count)),
        v(test::normals(Rng(seed).split("v"), count)),
        dw(test::normals(Rng(seed).split("dw"), count)) {
    for (float& x : v) x *= x;
    Rng rng = Rng(seed).split("small");
    for (size_t i = 0; i < count; ++i) {
      if (rng.below(4) == 0) dw[i] = 0.0f;
      if (rng.below(8) == 0) dw[i] *= 1e-25f;
      if (rng.below(8) == 0) m[i] *= 1e-30f;
      if (rng.below(8) == 0) v[i] *= 1e-30f;
    }
  }
};

}  // namespace

TEST_CASE("each optimizer's step equals the plain loop bit for bit") {
  for (const Kernel& kernel : kKernels) {
    CAPTURE(kernel.name);
    for (const Descent& d : {kPlain, kDecayed}) {
      for (size_t count : {0u, 16u, 32u, 48u, 272u, 1008u}) {
        State fast(count, count), slow(count, count);
        for (int step = 0; step < 5; ++step) {
          kernel.fast(in_place(fast.w.data()), fast.m.data(), fast.v.data(), fast.dw.data(), d,
                      count, fast.moved.data());
          kernel.slow(in_place(slow.w.data()), slow.m.data(), slow.v.data(), slow.dw.data(), d,
                      count, slow.moved.data());
        }
        CHECK(kernels::all_finite(fast.w.data(), count));
        CHECK(test::first_difference(fast.w, slow.w) == -1);
        CHECK(test::first_difference(fast.m, slow.m) == -1);
        CHECK(test::first_difference(fast.v, slow.v) == -1);
        CHECK(test::first_difference(fast.moved, slow.moved) == -1);
      }
    }
  }
}

TEST_CASE("the new weights can be written elsewhere, and the old ones stay") {
  for (const Kernel& kernel : kKernels) {
    CAPTURE(kernel.name);
    State here(3, 48), there(3, 48);
    const std::vector<float> before = there.w;
    std::vector<float> after(48, -77.0f);
    kernel.fast(in_place(here.w.data()), here.m.data(), here.v.data(), here.dw.data(), kDecayed, 48,
                here.moved.data());
    kernel.fast({after.data(), there.w.data()}, there.m.data(), there.v.data(), there.dw.data(),
                kDecayed, 48, there.moved.data());
    CHECK(test::first_difference(after, here.w) == -1);
    CHECK(test::first_difference(there.w, before) == -1);
    CHECK(test::first_difference(there.moved, here.moved) == -1);
  }
}

TEST_CASE("the distance moved is the norm of the change, however many calls made it") {
  for (const Kernel& kernel : kKernels) {
    CAPTURE(kernel.name);
    State state(1, 160);
    const std::vector<float> before = state.w;
    for (size_t at : {0u, 48u, 64u}) {
      const size_t count = at == 0 ? 48 : at == 48 ? 16 : 96;
      kernel.fast(in_place(state.w.data() + at), state.m.data() + at, state.v.data() + at,
                  state.dw.data() + at, kDecayed, count, state.moved.data());
    }
    std::vector<float> change(160);
    for (size_t i = 0; i < 160; ++i) change[i] = state.w[i] - before[i];
    CHECK(std::sqrt(kernels::sum(state.moved.data(), 16)) == kernels::norm(change.data(), 160));
    CHECK(kernels::norm(change.data(), 160) > 0.0f);
  }
}

TEST_CASE("the step of SGD is w -= lr·dw to the bit, and padding stays zero with every optimizer") {
  State state(2, 64);
  std::vector<float> w = state.w;
  for (size_t i = 0; i < 64; ++i) {
    const float change = 0.1f * state.dw[i];  // rounded before it is subtracted: no FMA
    w[i] -= change;
  }
  kernels::descend_sgd(in_place(state.w.data()), state.dw.data(), kPlain, 64, state.moved.data());
  CHECK(test::first_difference(w, state.w) == -1);
  for (const Kernel& kernel : kKernels) {
    CAPTURE(kernel.name);
    std::vector<float> zeros(64, 0.0f);
    float* const z = zeros.data();
    kernel.fast(in_place(z), z + 16, z + 32, z + 48, kDecayed, 16, state.moved.data());
    CHECK(test::first_difference(zeros, std::vector<float>(64, 0.0f)) == -1);
  }
}

TEST_CASE("moments that decay become zero, not subnormal; NaN and infinity stay") {
  for (const Kernel& kernel : kKernels) {
    CAPTURE(kernel.name);
    std::vector<float> w(16, 1.0f), m(16, 1.0f), v(16, 1.0f), dw(16, 0.0f), moved(16, 0.0f);
    size_t subnormal = 0;
    for (int step = 0; step < 12000; ++step) {
      kernel.fast(in_place(w.data()), m.data(), v.data(), dw.data(), kPlain, 16, moved.data());
      subnormal += std::fpclassify(m[3]) == FP_SUBNORMAL || std::fpclassify(v[3]) == FP_SUBNORMAL;
    }
    CHECK(subnormal == 0);
    CHECK((m[3] == 0.0f || m[3] == 1.0f));  // 1: a moment that this optimizer does not use
    CHECK((v[3] == 0.0f || v[3] == 1.0f));
    w[5] = std::numeric_limits<float>::infinity();
    dw[6] = std::numeric_limits<float>::quiet_NaN();
    kernel.fast(in_place(w.data()), m.data(), v.data(), dw.data(), kPlain, 16, moved.data());
    CHECK(std::isinf(w[5]));
    CHECK(std::isnan(w[6]));
    CHECK(std::isfinite(w[7]));
  }
}
