#include "kernels/reductions/softmax.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/reference/rows.hpp"
#include "support/random.hpp"

using namespace downhill;
using namespace downhill::kernels;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Shapes with whole vectors, with tails and with both; one class; no row.
std::vector<Rows> shapes() {
  std::vector<Rows> all;
  for (size_t count : {0u, 1u, 3u, 17u, 40u}) {
    for (size_t width : {1u, 2u, 3u, 4u, 5u, 10u, 16u, 17u, 35u}) all.push_back({count, width});
  }
  return all;
}

std::vector<float> classes(Rng rng, Rows rows) {
  std::vector<float> t(rows.count);
  for (float& c : t) c = static_cast<float>(rng.below(static_cast<uint32_t>(rows.width)));
  return t;
}

void check_equal(const std::vector<float>& ours, const std::vector<float>& theirs, Rows rows) {
  CHECK_MESSAGE(test::first_difference(ours, theirs) == -1, rows.count, " x ", rows.width);
}

}  // namespace

TEST_CASE("softmax and its logarithm equal the plain loops bit for bit, both ways") {
  for (const Rows rows : shapes()) {
    const auto x = test::normals(Rng(1), rows.size()), dy = test::normals(Rng(2), rows.size());
    const auto before = test::normals(Rng(3), rows.size());
    std::vector<float> ours(rows.size()), theirs(rows.size());
    auto dx = before, want = before;
    softmax_forward(ours.data(), x.data(), rows);
    reference::softmax_forward(theirs.data(), x.data(), rows);
    check_equal(ours, theirs, rows);
    softmax_backward(dx.data(), ours.data(), dy.data(), rows);
    reference::softmax_backward(want.data(), theirs.data(), dy.data(), rows);
    check_equal(dx, want, rows);

    log_softmax_forward(ours.data(), x.data(), rows);
    reference::log_softmax_forward(theirs.data(), x.data(), rows);
    check_equal(ours, theirs, rows);
    log_softmax_backward(dx.data(), ours.data(), dy.data(), rows);
    reference::log_softmax_backward(want.data(), theirs.data(), dy.data(), rows);
    check_equal(dx, want, rows);
  }
}

TEST_CASE("the cross-entropy equals the plain loops bit for bit, both ways") {
  for (const Rows rows : shapes()) {
    if (rows.count == 0) continue;
    const auto x = test::normals(Rng(4), rows.size()), before = test::normals(Rng(5), rows.size());
    const auto target = classes(Rng(6), rows);
    std::vector<float> p(rows.size()), want_p(rows.size()), terms(rows.count), want(rows.count);
    const float ours =
        softmax_cross_entropy_forward(terms.data(), p.data(), x.data(), target.data(), rows);
    const float theirs = reference::softmax_cross_entropy_forward(want.data(), want_p.data(),
                                                                  x.data(), target.data(), rows);
    CHECK(test::same_bits(ours, theirs));
    check_equal(p, want_p, rows);
    check_equal(terms, want, rows);
    auto dx = before, want_dx = before;
    softmax_cross_entropy_backward(dx.data(), p.data(), target.data(), 0.7f, rows);
    reference::softmax_cross_entropy_backward(want_dx.data(), p.data(), target.data(), 0.7f, rows);
    check_equal(dx, want_dx, rows);
  }
}

TEST_CASE("probabilities add up to one, in place too, and survive scores that overflow e^x") {
  float x[] = {1000.0f, 1000.0f, -1000.0f, 1000.0f, 0.0f, -kInfinity};
  softmax_forward(x, x, {2, 3});
  CHECK(x[0] == 0.5f);
  CHECK(x[1] == 0.5f);
  CHECK(x[2] == 0.0f);
  CHECK(x[3] == 1.0f);
  CHECK(x[4] == 0.0f);
  CHECK(x[5] == 0.0f);
}

TEST_CASE("the loss of a row is -log of its class's probability, however small that is") {
  const float x[] = {0.0f, 0.0f, 0.0f, 0.0f, 200.0f, 0.0f, 0.0f, 0.0f}, target[] = {2, 3};
  float terms[2], p[8];
  const float loss = softmax_cross_entropy_forward(terms, p, x, target, {2, 4});
  CHECK(static_cast<double>(terms[0]) == doctest::Approx(std::log(4.0)));
  CHECK(p[7] == 0.0f);
  CHECK(terms[1] == 200.0f);  // the probability itself is 0 in float
  CHECK(static_cast<double>(loss) == doctest::Approx((std::log(4.0) + 200) / 2));
}

TEST_CASE("a row with NaN or infinity becomes NaN and does not affect other rows") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (float bad : {nan, kInfinity}) {
    const float x[] = {1.0f, bad, 2.0f, 1.0f, 1.0f, 1.0f};
    float p[6], y[6];
    softmax_forward(p, x, {2, 3});
    log_softmax_forward(y, x, {2, 3});
    CHECK(std::isnan(p[1]));
    CHECK(std::isnan(y[1]));
    CHECK(static_cast<double>(p[3]) == doctest::Approx(1 / 3.0));
    CHECK(static_cast<double>(y[3]) == doctest::Approx(-std::log(3.0)));
  }
}
