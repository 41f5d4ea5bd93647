#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <vector>

#include "kernels/conv/conv.hpp"
#include "support/conv_data.hpp"

using namespace downhill;
using kernels::Conv2dDims;
using test::print;
using test::run_fast;
using Data = test::ConvData;

namespace {

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

// y and the three gradients by another method: one matrix product per tap.
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

  // The pixel of x under this tap of each output pixel; -1 in the padding.
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

TEST_CASE("the convolution agrees with Eigen in double precision, to float's rounding") {
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
