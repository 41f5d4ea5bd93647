#include "kernels/norm/normalize.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/reference/rows.hpp"
#include "support/random.hpp"

using namespace downhill;
using namespace downhill::kernels;

namespace {

using Numbers = std::vector<float>;

// Shapes with whole vectors, with tails and with both, in both directions; then shapes with several
// blocks of rows, the last one with a tail, and with several strips of columns.
std::vector<Rows> shapes() {
  std::vector<Rows> all;
  for (size_t count : {1u, 2u, 3u, 15u, 16u, 17u, 50u}) {
    for (size_t width : {1u, 3u, 4u, 5u, 8u, 16u, 17u, 33u}) all.push_back({count, width});
  }
  all.insert(all.end(), {{513, 8}, {2085, 1}, {150, 35}, {67, 70}});
  return all;
}

void check_equal(const Numbers& ours, const Numbers& theirs, Rows rows) {
  CHECK_MESSAGE(test::first_difference(ours, theirs) == -1, rows.count, " x ", rows.width);
}

// The arguments of all kernels here.
struct Given {
  Rows rows;
  Numbers x, dy, before, gamma, beta;

  explicit Given(Rows r)
      : rows(r),
        x(test::normals(Rng(1), r.size())),
        dy(test::normals(Rng(2), r.size())),
        before(test::normals(Rng(3), r.size())),
        gamma(test::normals(Rng(4), r.width)),
        beta(test::normals(Rng(5), r.width)) {}
};

}  // namespace

TEST_CASE("statistics of columns and of rows equal the plain loops bit for bit") {
  for (const Rows rows : shapes()) {
    const Given in(rows);
    Numbers mean(rows.width), variance(rows.width), want_mean(rows.width), want(rows.width);
    column_statistics(mean.data(), variance.data(), in.x.data(), rows);
    reference::column_statistics(want_mean.data(), want.data(), in.x.data(), rows);
    check_equal(mean, want_mean, rows);
    check_equal(variance, want, rows);
    Numbers m(rows.count), v(rows.count), want_m(rows.count), want_v(rows.count);
    row_statistics(m.data(), v.data(), in.x.data(), rows);
    reference::row_statistics(want_m.data(), want_v.data(), in.x.data(), rows);
    check_equal(m, want_m, rows);
    check_equal(v, want_v, rows);
  }
}

TEST_CASE("batch norm equals the plain loops bit for bit, both ways") {
  for (const Rows rows : shapes()) {
    Given in(rows);
    Numbers mean(rows.width), scale(rows.width), y(rows.size()), want_y(rows.size());
    column_statistics(mean.data(), scale.data(), in.x.data(), rows);
    inverse_deviation(scale.data(), scale.data(), 1e-5f, rows.width);
    const float *x = in.x.data(), *m = mean.data(), *s = scale.data(), *dy = in.dy.data();
    const float *gamma = in.gamma.data(), *beta = in.beta.data();
    batch_norm_forward(y.data(), x, m, s, gamma, beta, rows);
    reference::batch_norm_forward(want_y.data(), x, m, s, gamma, beta, rows);
    check_equal(y, want_y, rows);

    Numbers along(rows.width), total(rows.width), want_along(rows.width), want_total(rows.width);
    batch_norm_sums(along.data(), total.data(), x, m, s, gamma, beta, dy, rows);
    reference::batch_norm_sums(want_along.data(), want_total.data(), x, m, s, dy, rows);
    check_equal(along, want_along, rows);
    check_equal(total, want_total, rows);

    Numbers dx = in.before, want = in.before;
    batch_norm_backward(dx.data(), x, m, s, gamma, beta, along.data(), total.data(), dy, rows);
    reference::batch_norm_backward(want.data(), x, m, s, gamma, along.data(), total.data(), dy,
                                   rows);
    check_equal(dx, want, rows);
    Numbers overwrite = in.before, want_overwrite(rows.size(), 0.0f);
    batch_norm_backward({overwrite.data(), true}, x, m, s, gamma, beta, along.data(), total.data(),
                        dy, rows);
    reference::batch_norm_backward(want_overwrite.data(), x, m, s, gamma, along.data(),
                                   total.data(), dy, rows);
    check_equal(overwrite, want_overwrite, rows);
    scale_columns_backward(dx.data(), s, gamma, dy, rows);
    reference::scale_columns_backward(want.data(), s, gamma, dy, rows);
    check_equal(dx, want, rows);
  }
}

TEST_CASE("batch norm with a fused ReLU equals batch norm followed by ReLU") {
  const float infinity = std::numeric_limits<float>::infinity(), nan = infinity - infinity;
  for (const Rows rows : shapes()) {
    Given in(rows);
    // Numbers for which choosing and a factor of 0 or 1 differ: a closed unit gives 0 for all.
    const float odd[] = {-0.0f, 0.0f, infinity, -infinity, nan, 1e-40f};
    for (size_t i = 0; i < rows.size(); i += 7) in.dy[i] = odd[i % 6];
    if (rows.count > 20) in.x[3 * rows.width] = nan;
    Numbers mean(rows.width, 0.25f), scale = test::normals(Rng(7), rows.width);
    const float *x = in.x.data(), *m = mean.data(), *s = scale.data();
    Numbers y(rows.size()), relu(rows.size()), want(rows.size());
    reference::batch_norm_forward(y.data(), x, m, s, in.gamma.data(), in.beta.data(), rows);
    for (size_t i = 0; i < y.size(); ++i) want[i] = y[i] < 0 ? 0.0f : y[i];
    batch_norm_forward(relu.data(), x, m, s, in.gamma.data(), in.beta.data(), rows, true);
    check_equal(relu, want, rows);

    Numbers want_dy(rows.size()), dx = in.before, want_dx = in.before;
    for (size_t i = 0; i < y.size(); ++i) want_dy[i] = y[i] <= 0 ? 0.0f : in.dy[i];
    Numbers along(rows.width), total(rows.width), want_along(rows.width), want_total(rows.width);
    const float *gamma = in.gamma.data(), *beta = in.beta.data(), *dy = in.dy.data();
    batch_norm_sums(along.data(), total.data(), x, m, s, gamma, beta, dy, rows, true);
    reference::batch_norm_sums(want_along.data(), want_total.data(), x, m, s, want_dy.data(), rows);
    check_equal(along, want_along, rows);
    check_equal(total, want_total, rows);
    // Those sums are NaN now; other sums show the gradient of each number.
    const Numbers a = test::normals(Rng(8), rows.width), t(rows.width, 0.0f);
    for (const bool overwrite : {false, true}) {
      if (overwrite) want_dx.assign(rows.size(), 0.0f);
      batch_norm_backward({dx.data(), overwrite}, x, m, s, gamma, beta, a.data(), t.data(), dy,
                          rows, true);
      reference::batch_norm_backward(want_dx.data(), x, m, s, gamma, a.data(), t.data(),
                                     want_dy.data(), rows);
      check_equal(dx, want_dx, rows);
    }
  }
}

TEST_CASE("layer norm equals the plain loops bit for bit, both ways") {
  for (const Rows rows : shapes()) {
    const Given in(rows);
    Numbers mean(rows.count), scale(rows.count), y(rows.size()), want_y(rows.size());
    row_statistics(mean.data(), scale.data(), in.x.data(), rows);
    inverse_deviation(scale.data(), scale.data(), 1e-5f, rows.count);
    const float *x = in.x.data(), *m = mean.data(), *s = scale.data(), *dy = in.dy.data();
    const float *gamma = in.gamma.data(), *beta = in.beta.data();
    layer_norm_forward(y.data(), x, m, s, gamma, beta, rows);
    reference::layer_norm_forward(want_y.data(), x, m, s, gamma, beta, rows);
    check_equal(y, want_y, rows);

    Numbers along = in.gamma, total = in.beta, want_along = in.gamma, want_total = in.beta;
    layer_norm_sums(along.data(), nullptr, x, m, s, dy, rows);
    layer_norm_sums(nullptr, total.data(), x, m, s, dy, rows);
    reference::layer_norm_sums(want_along.data(), want_total.data(), x, m, s, dy, rows);
    check_equal(along, want_along, rows);
    check_equal(total, want_total, rows);

    Numbers dx = in.before, want = in.before;
    layer_norm_backward(dx.data(), x, m, s, gamma, dy, rows);
    reference::layer_norm_backward(want.data(), x, m, s, gamma, dy, rows);
    check_equal(dx, want, rows);
  }
}

TEST_CASE("a small variance on a large mean is not lost") {
  // 4096 + {-1, 0, 1}: a float that holds the square of the mean has no bits left for deviations.
  const float x[] = {4095, 4096, 4097, 4095, 4096, 4097};
  float mean, variance;
  column_statistics(&mean, &variance, x, {6, 1});
  CHECK(mean == 4096.0f);
  CHECK(static_cast<double>(variance) == doctest::Approx(2 / 3.0));
  row_statistics(&mean, &variance, x, {1, 6});
  CHECK(mean == 4096.0f);
  CHECK(static_cast<double>(variance) == doctest::Approx(2 / 3.0));
}

TEST_CASE("running statistics move a tenth of the way, the variance by its unbiased estimate") {
  float running[5] = {0, 1, 2, 3, 4};
  const float now[5] = {10, 10, 10, 10, 10};
  update_running(running, now, 0.1f, 1.25f, 5);
  for (int i = 0; i < 5; ++i) {
    CHECK(static_cast<double>(running[i]) == doctest::Approx(0.9 * i + 0.1 * 12.5));
  }
}
