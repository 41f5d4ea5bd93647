#include "kernels/conv/conv.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "kernels/dense/matmul.hpp"
#include "support/conv_data.hpp"

using namespace downhill;
using kernels::Conv2dDims;
using test::print;
using test::run_fast;
using test::run_reference;
using Data = test::ConvData;
namespace reference = downhill::kernels::reference;

namespace {

bool fits(const Conv2dDims& d) {
  return d.kh <= d.h + 2 * d.padding && d.kw <= d.w + 2 * d.padding;
}

// All pairs of channel counts at the edges of vectors and panels, each with random windows; then
// shapes that need several groups and panels.
std::vector<Conv2dDims> shapes() {
  constexpr uint32_t kChannels[] = {1, 3, 4, 5, 8, 17};
  std::vector<Conv2dDims> dims;
  Rng rng(41);
  const auto between = [&rng](uint32_t low, uint32_t high) {
    return low + rng.below(high - low + 1);
  };
  for (uint32_t in : kChannels) {
    for (uint32_t out : kChannels) {
      for (int times = 0; times < 12;) {
        const Conv2dDims d{.n = between(1, 5),
                           .h = between(1, 9),
                           .w = between(1, 9),
                           .in = in,
                           .kh = between(1, 5),
                           .kw = between(1, 5),
                           .out = out,
                           .stride = between(1, 3),
                           .padding = between(0, 3)};
        if (!fits(d)) continue;
        dims.push_back(d);
        ++times;
      }
    }
  }
  dims.insert(dims.end(),
              {{1, 1, 1, 2, 5, 5, 3, 1, 2},     // the image is smaller than the window
               {2, 2, 1, 1, 1, 1, 1, 2, 3},     // windows of nothing but padding
               {3, 28, 28, 1, 3, 3, 8, 2, 1},   // the first layer of the article's network
               {3, 28, 28, 1, 5, 5, 12, 1, 2},  // short rows, of eight columns and four
               {2, 14, 14, 8, 5, 5, 16, 1, 2},  // the second layer of LeNet
               {300, 2, 2, 4, 3, 3, 12, 2, 1},  // more small images than a group
               {1, 28, 28, 4, 7, 7, 4, 1, 3},   // too many taps for a list
               {2, 8, 9, 33, 3, 3, 9, 1, 1},    // 297 rows of W, more than a panel
               {5, 7, 6, 130, 2, 3, 2, 1, 1},   // a patch larger than a block
               {0, 4, 4, 2, 3, 3, 4, 1, 0}});   // no image
  return dims;
}

}  // namespace

TEST_CASE("an overwritten gradient of x is the one added to zeros") {
  for (const Conv2dDims& d : shapes()) {
    Data t(d);
    std::vector<float> want(t.dx.size(), 0.0f);
    reference::conv2d_backward_input(want.data(), t.dy.data(), t.w.data(), d);
    kernels::conv2d_backward_input({t.dx.data(), true}, t.dy.data(), t.w.data(), t.scratch(), d);
    CHECK_MESSAGE(test::first_difference(t.dx, want) == -1, print(d));
  }
}

TEST_CASE("the fast convolution equals the plain loops bit for bit") {
  for (const Conv2dDims& d : shapes()) {
    INFO(print(d));
    Data fast(d), slow(d);
    run_fast(fast, d, fast.b.data());
    run_reference(slow, d, slow.b.data());
    CHECK(test::first_difference(fast.y, slow.y) == -1);
    CHECK(test::first_difference(fast.dw, slow.dw) == -1);
    CHECK(test::first_difference(fast.db, slow.db) == -1);
    CHECK(test::first_difference(fast.dx, slow.dx) == -1);
  }
}

TEST_CASE("a convolution with a fused ReLU is its ReLU, and masks the upstream gradient") {
  for (const Conv2dDims& d : shapes()) {
    INFO(print(d));
    Data fast(d), slow(d);
    kernels::conv2d_forward(fast.y.data(), fast.x.data(), fast.w.data(), fast.b.data(),
                            fast.scratch(), d, true);
    reference::conv2d_forward(slow.y.data(), slow.x.data(), slow.w.data(), slow.b.data(), d);
    for (size_t i = 0; i < slow.y.size(); ++i) {
      slow.y[i] = std::max(slow.y[i], 0.0f);
      if (slow.y[i] == 0.0f) slow.dy[i] = 0.0f;
    }
    CHECK(test::first_difference(fast.y, slow.y) == -1);
    std::vector<float> dz(fast.dy.size(), -33.0f);
    const kernels::UpstreamGrad upstream{fast.dy.data(), fast.y.data(), dz.data()};
    for (const bool write_dz : {false, true}) {
      kernels::conv2d_backward_parameters(fast.dw.data(), fast.db.data(), fast.x.data(), upstream,
                                          write_dz, fast.scratch(), d);
      reference::conv2d_backward_weight(slow.dw.data(), slow.x.data(), slow.dy.data(), d);
      reference::conv2d_backward_bias(slow.db.data(), slow.dy.data(), d);
      CHECK(test::first_difference(fast.dw, slow.dw) == -1);
      CHECK(test::first_difference(fast.db, slow.db) == -1);
    }
    CHECK(dz == slow.dy);  // a zero of either sign
  }
}

TEST_CASE("either or both of a convolution's parameter gradients can be left out") {
  for (const Conv2dDims& d :
       {Conv2dDims{3, 6, 5, 2, 3, 3, 5, 1, 1}, Conv2dDims{3, 6, 5, 4, 3, 3, 8, 1, 1}}) {
    Data both(d), one(d);
    run_fast(both, d, nullptr);
    const auto run = [&](float* dw, float* db) {
      kernels::conv2d_backward_parameters(dw, db, one.x.data(), {one.dy.data()}, true,
                                          one.scratch(), d);
    };
    run(one.dw.data(), nullptr);
    run(nullptr, one.db.data());
    CHECK(test::first_difference(one.dw, both.dw) == -1);
    CHECK(test::first_difference(one.db, both.db) == -1);
    // Neither: dz is written all the same.
    std::vector<float> dz(one.dy.size(), -33.0f);
    const std::vector<float> ones(dz.size(), 1.0f);
    kernels::conv2d_backward_parameters(nullptr, nullptr, one.x.data(),
                                        {one.dy.data(), ones.data(), dz.data()}, true,
                                        one.scratch(), d);
    CHECK(dz == one.dy);
  }
}

TEST_CASE("without a bias the sum of a convolution starts from zero") {
  for (uint32_t out : {1u, 2u, 11u}) {
    const Conv2dDims d{2, 5, 6, 3, 3, 2, out, 2, 1};
    Data fast(d), slow(d);
    run_fast(fast, d, nullptr);
    run_reference(slow, d, nullptr);
    CHECK(test::first_difference(fast.y, slow.y) == -1);
  }
}

TEST_CASE("a batch of images in two parts gives the gradients of the whole batch, to the bit") {
  for (uint32_t out : {1u, 12u}) {
    const Conv2dDims whole{5, 13, 11, 4, 3, 3, out, 1, 1};
    Conv2dDims first = whole, second = whole;
    first.n = 2, second.n = 3;
    Data a(whole), b(whole);
    run_fast(a, whole, a.b.data());
    float *y = b.y.data(), *dx = b.dx.data();
    const kernels::Conv2dScratch s = b.scratch();
    const float *x = b.x.data(), *w = b.w.data(), *bias = b.b.data();
    float* dy = b.dy.data();
    for (const Conv2dDims& d : {first, second}) {
      kernels::conv2d_forward(y, x, w, bias, s, d);
      kernels::conv2d_backward_parameters(b.dw.data(), b.db.data(), x, {dy}, true, s, d);
      kernels::conv2d_backward_input(dx, dy, w, s, d);
      const size_t pixels = size_t{d.n} * d.h * d.w * d.in;
      x += pixels, dx += pixels, y += d.pixels() * out, dy += d.pixels() * out;
    }
    CHECK(test::first_difference(a.y, b.y) == -1);
    CHECK(test::first_difference(a.dw, b.dw) == -1);
    CHECK(test::first_difference(a.db, b.db) == -1);
    CHECK(test::first_difference(a.dx, b.dx) == -1);
  }
}

TEST_CASE("a 1×1 convolution is the dense product of the channels") {
  const Conv2dDims d{3, 4, 5, 7, 1, 1, 6, 1, 0};
  Data conv(d), dense(d);
  run_fast(conv, d, conv.b.data());
  kernels::matmul_forward(dense.y.data(), dense.x.data(), dense.w.data(), dense.b.data(),
                          {60, 7, 6});
  CHECK(test::first_difference(conv.y, dense.y) == -1);
}

TEST_CASE("the convolution writes nothing outside its results and its scratch") {
  for (const Conv2dDims& d :
       {Conv2dDims{3, 9, 7, 5, 3, 3, 7, 2, 2}, Conv2dDims{3, 9, 7, 4, 3, 3, 8, 2, 2},
        Conv2dDims{3, 9, 7, 8, 3, 3, 8, 1, 2}, Conv2dDims{3, 9, 7, 8, 3, 3, 8, 1, 0}}) {
    Data t(d);
    if (kernels::conv2d_may_be_sparse(d)) {  // as many as count as few, at the end of each image
      const size_t size = size_t{d.oh()} * d.ow() * d.out, few = 4 * kernels::conv2d_few(d, 1);
      for (size_t i = 0; i < t.dy.size(); ++i) t.dy[i] = i % size < size - few ? 0.0f : 1.0f;
    }
    constexpr size_t kGuard = 16;
    const auto guarded = [](size_t size) { return std::vector<float>(size + 2 * kGuard, -5.0f); };
    auto y = guarded(t.y.size()), dw = guarded(t.dw.size()), dx = guarded(t.dx.size()),
         db = guarded(t.db.size()), floats = guarded(t.floats.size());
    std::vector<uint32_t> numbers(t.numbers.size() + 2 * kGuard, 5u);
    const kernels::Conv2dScratch scratch{&floats[kGuard], &numbers[kGuard]};
    kernels::conv2d_forward(&y[kGuard], t.x.data(), t.w.data(), nullptr, scratch, d);
    kernels::conv2d_backward_parameters(&dw[kGuard], &db[kGuard], t.x.data(), {t.dy.data()}, true,
                                        scratch, d);
    kernels::conv2d_backward_input(&dx[kGuard], t.dy.data(), t.w.data(), scratch, d);
    for (const auto* memory : {&y, &dw, &db, &dx, &floats}) {
      for (size_t i = 0; i < kGuard; ++i) {
        CHECK((*memory)[i] == -5.0f);
        CHECK((*memory)[memory->size() - 1 - i] == -5.0f);
      }
    }
    for (size_t i = 0; i < kGuard; ++i) {
      CHECK(numbers[i] == 5u);
      CHECK(numbers[numbers.size() - 1 - i] == 5u);
    }
  }
}
