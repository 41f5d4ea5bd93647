#include "kernels/conv/conv.hpp"

#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/dense/matmul.hpp"
#include "kernels/reference/conv.hpp"
#include "support/random.hpp"

using namespace downhill;
using kernels::Conv2dDims;
namespace reference = downhill::kernels::reference;

namespace {

std::string print(const Conv2dDims& d) {
  std::string text;
  for (uint32_t number : {d.n, d.h, d.w, d.in, d.kh, d.kw, d.out, d.stride, d.padding}) {
    text += " " + std::to_string(number);
  }
  return "n h w in kh kw out stride padding:" + text;
}

bool fits(const Conv2dDims& d) {
  return d.kh <= d.h + 2 * d.padding && d.kw <= d.w + 2 * d.padding;
}

// Every number of channels beside the edges of vectors and panels, in every pair; then windows of
// every kind, drawn; then shapes that take several blocks and panels.
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
  dims.insert(dims.end(), {{1, 1, 1, 2, 5, 5, 3, 1, 2},     // the image is smaller than the kernel
                           {2, 2, 1, 1, 1, 1, 1, 2, 3},     // windows with nothing but padding
                           {3, 28, 28, 1, 3, 3, 8, 2, 1},   // the first layer of the article's net
                           {3, 28, 28, 1, 5, 5, 12, 1, 2},  // short rows, of eight columns and four
                           {2, 14, 14, 8, 5, 5, 16, 1, 2},  // a LeNet's second
                           {300, 2, 2, 4, 3, 3, 12, 2, 1},  // more small images than go together
                           {1, 28, 28, 4, 7, 7, 4, 1, 3},   // more taps than are listed
                           {2, 8, 9, 33, 3, 3, 9, 1, 1},    // 297 rows of W: more than a panel
                           {5, 7, 6, 130, 2, 3, 2, 1, 1},   // more of a patch than a block holds
                           {0, 4, 4, 2, 3, 3, 4, 1, 0}});   // no image
  return dims;
}

// Of those whose rows of windows are whole vectors, and long: one part and several, the longest
// part and the shortest, without padding, with a stride, beside images that are taken one by one.
std::vector<Conv2dDims> shapes_with_long_rows() {
  std::vector<Conv2dDims> dims = {{9, 14, 14, 8, 5, 5, 16, 1, 2}, {5, 9, 7, 4, 4, 4, 4, 2, 1},
                                  {4, 6, 6, 16, 3, 3, 8, 1, 0},   {3, 5, 4, 11, 1, 4, 12, 3, 2},
                                  {7, 3, 2, 16, 3, 3, 32, 2, 1},  {2, 5, 5, 28, 2, 3, 4, 1, 2},
                                  {30, 1, 1, 16, 1, 1, 8, 1, 0},  {1, 28, 28, 4, 7, 7, 4, 1, 3},
                                  {6, 20, 20, 2, 8, 8, 4, 1, 0},  {0, 4, 4, 8, 3, 3, 4, 1, 0}};
  for (const Conv2dDims& d : dims) REQUIRE(kernels::conv2d_may_be_sparse(d));
  return dims;
}

struct Data {
  explicit Data(const Conv2dDims& d)
      : x(test::normals(Rng(1), size_t{d.n} * d.h * d.w * d.in)),
        w(test::normals(Rng(2), size_t{d.patch()} * d.out)),
        b(test::normals(Rng(3), d.out)),
        dy(test::normals(Rng(4), d.pixels() * d.out)),
        y(d.pixels() * d.out, -77.0f),
        dw(test::normals(Rng(5), w.size())),  // not zero: gradients are added to
        db(test::normals(Rng(6), d.out)),
        dx(test::normals(Rng(7), x.size())),
        floats(kernels::conv2d_floats(d), -55.0f),
        numbers(kernels::conv2d_numbers(d), 55u) {
    // Most pixels of a digit are exactly zero.
    Rng rng(8);
    for (float& value : x) value = rng.below(3) == 0 ? value : 0.0f;
  }
  std::vector<float> x, w, b, dy, y, dw, db, dx, floats;
  std::vector<uint32_t> numbers;
  kernels::Conv2dScratch scratch() { return {floats.data(), numbers.data()}; }
};

void run_fast(Data& t, const Conv2dDims& d, const float* bias) {
  kernels::conv2d_forward(t.y.data(), t.x.data(), t.w.data(), bias, t.scratch(), d);
  kernels::conv2d_backward_parameters(t.dw.data(), t.db.data(), t.x.data(), {t.dy.data()}, true,
                                      t.scratch(), d);
  kernels::conv2d_backward_input(t.dx.data(), t.dy.data(), t.w.data(), t.scratch(), d);
}

void run_reference(Data& t, const Conv2dDims& d, const float* bias) {
  reference::conv2d_forward(t.y.data(), t.x.data(), t.w.data(), bias, d);
  reference::conv2d_backward_weight(t.dw.data(), t.x.data(), t.dy.data(), d);
  reference::conv2d_backward_bias(t.db.data(), t.dy.data(), d);
  reference::conv2d_backward_input(t.dx.data(), t.dy.data(), t.w.data(), d);
}

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
Matrix eigen(const float* values, size_t rows, size_t columns) {
  using Floats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const Floats>(values, static_cast<Eigen::Index>(rows),
                                  static_cast<Eigen::Index>(columns))
      .cast<double>();
}
double distance(const std::vector<float>& got, const Matrix& want) {
  return (eigen(got.data(), static_cast<size_t>(want.rows()), static_cast<size_t>(want.cols())) -
          want)
      .cwiseAbs()
      .maxCoeff();
}

// All four results another way: one product per tap of the kernel, of the pixels under it.
struct Oracle {
  Matrix y, dw, db, dx;

  Oracle(const Data& t, const Conv2dDims& d)
      : y(eigen(t.b.data(), 1, d.out).replicate(static_cast<Eigen::Index>(d.pixels()), 1)),
        dw(eigen(t.dw.data(), d.patch(), d.out)),
        db(eigen(t.db.data(), 1, d.out)),
        dx(eigen(t.dx.data(), size_t{d.n} * d.h * d.w, d.in)) {
    const Matrix x = eigen(t.x.data(), size_t{d.n} * d.h * d.w, d.in);
    const Matrix dy = eigen(t.dy.data(), d.pixels(), d.out);
    db += dy.colwise().sum();
    for (uint32_t tap = 0; tap < d.kh * d.kw; ++tap) {
      const Matrix w = eigen(t.w.data() + size_t{tap} * d.in * d.out, d.in, d.out);
      const std::vector<Eigen::Index> pixels = pixels_under(tap, d);
      Matrix under = Matrix::Zero(dy.rows(), d.in);
      for (Eigen::Index r = 0; r < dy.rows(); ++r) {
        const Eigen::Index pixel = pixels[static_cast<size_t>(r)];
        if (pixel < 0) continue;
        under.row(r) = x.row(pixel);
        dx.row(pixel) += dy.row(r) * w.transpose();
      }
      y += under * w;
      dw.middleRows(static_cast<Eigen::Index>(tap) * d.in, d.in) += under.transpose() * dy;
    }
  }

  // For every output pixel the one of x under this tap of the kernel, -1 outside.
  static std::vector<Eigen::Index> pixels_under(uint32_t tap, const Conv2dDims& d) {
    std::vector<Eigen::Index> pixels;
    for (int image = 0; image < static_cast<int>(d.n); ++image) {
      for (uint32_t oy = 0; oy < d.oh(); ++oy) {
        for (uint32_t ox = 0; ox < d.ow(); ++ox) {
          const int y = static_cast<int>(oy * d.stride + tap / d.kw) - static_cast<int>(d.padding);
          const int x = static_cast<int>(ox * d.stride + tap % d.kw) - static_cast<int>(d.padding);
          const int h = static_cast<int>(d.h), w = static_cast<int>(d.w);
          const bool inside = y >= 0 && y < h && x >= 0 && x < w;
          pixels.push_back(inside ? (image * h + y) * w + x : -1);
        }
      }
    }
    return pixels;
  }
};

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

// The kernels take another way where dy has few numbers; after the first group of images that has
// many they go on as usual.
TEST_CASE("what is few of dy, and where, shows in no bit of finite gradients") {
  enum class Few { none, everywhere, at_first, later };
  for (const Conv2dDims& d : shapes_with_long_rows()) {
    for (const Few few : {Few::none, Few::everywhere, Few::at_first, Few::later}) {
      INFO(print(d) << ", " << static_cast<int>(few));
      Data fast(d), slow(d);
      Rng rng(9);
      for (size_t i = 0; i < fast.dy.size(); ++i) {
        const bool first = i < fast.dy.size() / 2;
        const bool thin = few == Few::everywhere || (few == Few::at_first && first) ||
                          (few == Few::later && !first);
        if (few == Few::none || (thin && rng.below(8) != 0)) {
          fast.dy[i] = rng.below(2) == 0 ? 0.0f : -0.0f;
        }
      }
      slow.dy = fast.dy;
      run_fast(fast, d, nullptr);
      run_reference(slow, d, nullptr);
      CHECK(test::first_difference(fast.dw, slow.dw) == -1);
      CHECK(test::first_difference(fast.db, slow.db) == -1);
      CHECK(test::first_difference(fast.dx, slow.dx) == -1);
      std::vector<float> overwrite(fast.dx.size(), -77.0f), zeros(fast.dx.size(), 0.0f);
      kernels::conv2d_backward_input({overwrite.data(), true}, fast.dy.data(), fast.w.data(),
                                     fast.scratch(), d);
      reference::conv2d_backward_input(zeros.data(), slow.dy.data(), slow.w.data(), d);
      CHECK(test::first_difference(overwrite, zeros) == -1);
    }
  }
}

TEST_CASE("lists of the few numbers of dy are not kept for layers in which they would be long") {
  const auto numbers = [](uint32_t out) {
    return kernels::conv2d_numbers({1, 28, 28, 16, 1, 1, out, 1, 0});
  };
  CHECK(numbers(40) < 100'000);
  CHECK(numbers(332) < 10'000);
  // A window of 28×28 pixels is not summed tap by tap: there is no group for it.
  CHECK(kernels::conv2d_floats({256, 1, 1, 4, 28, 28, 4, 1, 14}) < 60'000);
}

TEST_CASE("the gradients from a few numbers of dy keep what is not finite") {
  const Conv2dDims d{3, 6, 6, 4, 5, 5, 4, 1, 2};
  REQUIRE(kernels::conv2d_may_be_sparse(d));
  Data fast(d), slow(d);
  std::fill(fast.dy.begin(), fast.dy.end(), 0.0f);
  fast.dy[5] = std::numeric_limits<float>::quiet_NaN();
  fast.dy[200] = 3.0f;
  slow.dy = fast.dy;
  run_fast(fast, d, nullptr);
  run_reference(slow, d, nullptr);
  const auto indices_of_nan = [](const std::vector<float>& numbers) {
    std::vector<size_t> indices;
    for (size_t i = 0; i < numbers.size(); ++i) {
      if (std::isnan(numbers[i])) indices.push_back(i);
    }
    return indices;
  };
  CHECK(!indices_of_nan(fast.dw).empty());
  CHECK(indices_of_nan(fast.dw) == indices_of_nan(slow.dw));
  CHECK(indices_of_nan(fast.dx) == indices_of_nan(slow.dx));
}

TEST_CASE("a rectified convolution is its ReLU, and what that hands on is its gradient") {
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
    std::vector<float> dy(fast.dy.size(), -33.0f);
    const kernels::UpstreamGrad upstream{
        .dy = dy.data(), .handed = fast.dy.data(), .relu = fast.y.data()};
    for (const bool write_dy : {false, true}) {
      kernels::conv2d_backward_parameters(fast.dw.data(), fast.db.data(), fast.x.data(), upstream,
                                          write_dy, fast.scratch(), d);
      reference::conv2d_backward_weight(slow.dw.data(), slow.x.data(), slow.dy.data(), d);
      reference::conv2d_backward_bias(slow.db.data(), slow.dy.data(), d);
      CHECK(test::first_difference(fast.dw, slow.dw) == -1);
      CHECK(test::first_difference(fast.db, slow.db) == -1);
    }
    CHECK(dy == slow.dy);  // a zero of either sign
  }
}

TEST_CASE("of the gradients of a convolution's parameters each can be left out, and both") {
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
    // Neither: dy is written all the same.
    std::vector<float> dy(one.dy.size(), -33.0f);
    const std::vector<float> ones(dy.size(), 1.0f);
    kernels::conv2d_backward_parameters(
        nullptr, nullptr, one.x.data(),
        {.dy = dy.data(), .handed = one.dy.data(), .relu = ones.data()}, true, one.scratch(), d);
    CHECK(dy == one.dy);
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

TEST_CASE("the convolution is that of Eigen in double precision, to float's rounding") {
  for (const Conv2dDims& d :
       {Conv2dDims{3, 28, 28, 1, 3, 3, 8, 2, 1}, Conv2dDims{2, 7, 5, 16, 3, 3, 32, 2, 1},
        Conv2dDims{4, 6, 9, 3, 5, 2, 1, 1, 3}, Conv2dDims{5, 4, 4, 8, 1, 1, 5, 3, 0}}) {
    INFO(print(d));
    Data t(d);
    const Oracle oracle(t, d);
    run_fast(t, d, t.b.data());
    const double tolerance = 1e-4;  // about sqrt(588) roundings of numbers near 30
    CHECK(distance(t.y, oracle.y) < tolerance);
    CHECK(distance(t.dw, oracle.dw) < tolerance);
    CHECK(distance(t.db, oracle.db) < tolerance);
    CHECK(distance(t.dx, oracle.dx) < tolerance);
  }
}

TEST_CASE("a batch of images in two parts gives the gradients of the whole batch to the bit") {
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

TEST_CASE("a kernel of one pixel is the dense product of the channels") {
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
    if (kernels::conv2d_may_be_sparse(d)) {  // the most that are few, at the end of each image
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
