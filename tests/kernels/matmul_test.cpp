#include "kernels/dense/matmul.hpp"

#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <vector>

#include "kernels/reductions/reduce.hpp"
#include "kernels/reference/dense.hpp"
#include "support/random.hpp"

using namespace downhill;
using kernels::MatmulDims;
namespace reference = downhill::kernels::reference;

namespace {

// Every extent at and beside the edges of tiles, panels and blocks, then the shapes of the named
// models.
std::vector<MatmulDims> shapes() {
  std::vector<MatmulDims> dims;
  constexpr uint32_t kEdges[] = {1, 2, 3, 4, 5, 7, 8, 9, 12, 17};
  for (uint32_t n : kEdges) {
    for (uint32_t in : kEdges) {
      for (uint32_t out : kEdges) dims.push_back({n, in, out});
    }
  }
  for (uint32_t depth : {255u, 256u, 257u, 515u}) {
    dims.insert(dims.end(),
                {{3, depth, 5}, {depth, 3, 10}, {6, 7, depth}, {depth, 33, 1}, {2, depth, 1}});
  }
  dims.insert(dims.end(),
              {{256, 784, 1}, {246, 784, 30}, {256, 30, 1}, {128, 128, 10}, {1, 784, 30}});
  return dims;
}

struct Data {
  explicit Data(MatmulDims d)
      : x(test::normals(Rng(1), size_t{d.n} * d.in)),
        w(test::normals(Rng(2), size_t{d.in} * d.out)),
        b(test::normals(Rng(3), d.out)),
        dy(test::normals(Rng(4), size_t{d.n} * d.out)),
        y(size_t{d.n} * d.out, -77.0f),
        dw(test::normals(Rng(5), size_t{d.in} * d.out)),  // not zero, because gradients are added
        db(test::normals(Rng(6), d.out)),
        dx(test::normals(Rng(7), size_t{d.n} * d.in)) {
    // Most pixels of a digit are exactly zero.
    Rng rng(8);
    for (float& value : x) value = rng.below(3) == 0 ? value : 0.0f;
  }
  std::vector<float> x, w, b, dy, y, dw, db, dx;
};

void run_fast(Data& t, MatmulDims d, const float* bias) {
  kernels::matmul_forward(t.y.data(), t.x.data(), t.w.data(), bias, d);
  std::vector<float> relu(t.y.size(), -77.0f), positive = t.y;
  kernels::matmul_forward(relu.data(), t.x.data(), t.w.data(), bias, d, true);
  for (float& value : positive) value = std::max(value, 0.0f);
  CHECK(test::first_difference(relu, positive) == -1);
  kernels::matmul_backward_weight(t.dw.data(), t.x.data(), t.dy.data(), d);
  kernels::matmul_backward_bias(t.db.data(), t.dy.data(), d);
  kernels::matmul_backward_input(t.dx.data(), t.dy.data(), t.w.data(), d);
}

void run_reference(Data& t, MatmulDims d, const float* bias) {
  reference::matmul_forward(t.y.data(), t.x.data(), t.w.data(), bias, d);
  reference::matmul_backward_weight(t.dw.data(), t.x.data(), t.dy.data(), d);
  reference::matmul_backward_bias(t.db.data(), t.dy.data(), d);
  reference::matmul_backward_input(t.dx.data(), t.dy.data(), t.w.data(), d);
}

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
Eigen::MatrixXd eigen(const std::vector<float>& values, uint32_t rows, uint32_t columns) {
  return Eigen::Map<const Matrix>(values.data(), rows, columns).cast<double>();
}
double distance(const std::vector<float>& got, const Eigen::MatrixXd& want) {
  return (eigen(got, static_cast<uint32_t>(want.rows()), static_cast<uint32_t>(want.cols())) - want)
      .cwiseAbs()
      .maxCoeff();
}

}  // namespace

TEST_CASE("the fast products equal the plain loops bit for bit") {
  for (const MatmulDims& d : shapes()) {
    INFO("n " << d.n << ", in " << d.in << ", out " << d.out);
    Data fast(d), slow(d);
    run_fast(fast, d, fast.b.data());
    run_reference(slow, d, slow.b.data());
    CHECK(test::first_difference(fast.y, slow.y) == -1);
    CHECK(test::first_difference(fast.dw, slow.dw) == -1);
    CHECK(test::first_difference(fast.db, slow.db) == -1);
    CHECK(test::first_difference(fast.dx, slow.dx) == -1);
  }
}

TEST_CASE("without a bias the sum starts from zero") {
  for (uint32_t out : {1u, 2u, 11u}) {
    const MatmulDims d{7, 300, out};
    Data fast(d), slow(d);
    run_fast(fast, d, nullptr);
    run_reference(slow, d, nullptr);
    CHECK(test::first_difference(fast.y, slow.y) == -1);
  }
  // An empty sum: the bias alone.
  Data nothing({2, 0, 3});
  kernels::matmul_forward(nothing.y.data(), nullptr, nullptr, nothing.b.data(), {2, 0, 3});
  CHECK(nothing.y[5] == nothing.b[2]);
}

TEST_CASE("the products agree with Eigen in double precision, to float's rounding") {
  // Eigen judges values here, never bits: its order of sums depends on the machine's packet size.
  // For the same reason training does not use it.
  for (const MatmulDims& d : {MatmulDims{256, 784, 30}, MatmulDims{5, 9, 7}, MatmulDims{64, 784, 1},
                              MatmulDims{33, 30, 10}}) {
    INFO("n " << d.n << ", in " << d.in << ", out " << d.out);
    Data t(d);
    const auto x = eigen(t.x, d.n, d.in), w = eigen(t.w, d.in, d.out), dy = eigen(t.dy, d.n, d.out);
    const auto b = eigen(t.b, 1, d.out), db = eigen(t.db, 1, d.out);
    const auto dw = eigen(t.dw, d.in, d.out), dx = eigen(t.dx, d.n, d.in);
    run_fast(t, d, t.b.data());
    const double tolerance = 1e-4;  // about sqrt(784) roundings of numbers near 30
    CHECK(distance(t.y, (x * w).rowwise() + b.row(0)) < tolerance);
    CHECK(distance(t.dw, dw + x.transpose() * dy) < tolerance);
    CHECK(distance(t.db, db + dy.colwise().sum()) < tolerance);
    CHECK(distance(t.dx, dx + dy * w.transpose()) < tolerance);
  }
}

TEST_CASE("a batch in two parts gives the gradients of the whole batch, to the bit") {
  for (uint32_t out : {1u, 30u}) {
    const MatmulDims whole{100, 50, out};
    Data a(whole), b(whole);
    kernels::matmul_backward_weight(a.dw.data(), a.x.data(), a.dy.data(), whole);
    kernels::matmul_backward_bias(a.db.data(), a.dy.data(), whole);
    const MatmulDims first{37, 50, out}, second{63, 50, out};
    const float *x = b.x.data() + 37 * 50, *dy = b.dy.data() + 37 * size_t{out};
    kernels::matmul_backward_weight(b.dw.data(), b.x.data(), b.dy.data(), first);
    kernels::matmul_backward_weight(b.dw.data(), x, dy, second);
    kernels::matmul_backward_bias(b.db.data(), b.dy.data(), first);
    kernels::matmul_backward_bias(b.db.data(), dy, second);
    CHECK(test::first_difference(a.dw, b.dw) == -1);
    CHECK(test::first_difference(a.db, b.db) == -1);
  }
}

TEST_CASE("inputs that are exactly zero can be skipped without changing a bit") {
  // The kernels for sparse pixels rely on this.
  const MatmulDims d{9, 200, 6};
  Data t(d);
  run_fast(t, d, t.b.data());
  for (size_t i = 0; i < d.n; ++i) {
    for (size_t j = 0; j < d.out; ++j) {
      float total = t.b[j];
      for (size_t k = 0; k < d.in; ++k) {
        const float x = t.x[i * d.in + k];
        if (x != 0.0f) total += x * t.w[k * d.out + j];
      }
      CHECK(test::same_bits(t.y[i * d.out + j], total));
    }
    float parts[16] = {};
    for (size_t k = 0; k < d.in; ++k) {
      const float x = t.x[i * d.in + k];
      if (x != 0.0f) parts[k % 16] += x * t.w[k];
    }
    float lanes[4];
    for (size_t l = 0; l < 4; ++l)
      lanes[l] = (parts[l] + parts[l + 4]) + (parts[l + 8] + parts[l + 12]);
    CHECK(test::same_bits(kernels::dot(t.x.data() + i * d.in, t.w.data(), d.in),
                          (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])));
  }
}

TEST_CASE("the products write nothing outside their results") {
  const MatmulDims d{5, 6, 7};
  Data t(d);
  // Guards on both sides of the result, wider than a tile.
  std::vector<float> guarded(35 + 32, -5.0f);
  kernels::matmul_forward(guarded.data() + 16, t.x.data(), t.w.data(), t.b.data(), d);
  for (size_t i = 0; i < 16; ++i) {
    CHECK(guarded[i] == -5.0f);
    CHECK(guarded[16 + 35 + i] == -5.0f);
  }
}
