#include "ui/label.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "ui/chart.hpp"
#include "ui/nice_scale.hpp"

namespace downhill::ui {
namespace {

std::string text(const Label& label) { return std::string(label.view()); }

}  // namespace

TEST_CASE("Numbers are written as people read them") {
  CHECK(text(number(0.43333f)) == "0.4333");
  CHECK(text(number(12.345f)) == "12.35");
  CHECK(text(number(-0.5f)) == "−0.5000");
  CHECK(text(number(0)) == "0");
  CHECK(text(number(6.59e-5f)) == "6.59e−5");
  CHECK(text(number(9.999e9f)) == "1.00e10");
  CHECK(text(number(std::numeric_limits<float>::infinity())) == "∞");
  CHECK(text(number(std::nanf(""))) == "–");
  CHECK(text(signed_number(0.25f)) == "+0.2500");
  CHECK(text(count(23551)) == "23,551");
  CHECK(text(count(999)) == "999");
  CHECK(text(count(1234567)) == "1,234,567");
  CHECK(text(percent(0.95143f, 2)) == "95.14 %");
  CHECK(text(duration(75)) == "1 min 15 s");
}

TEST_CASE("A learning rate is written as short as possible") {
  CHECK(text(rate(0.1f)) == "0.1");
  CHECK(text(rate(1)) == "1");
  CHECK(text(rate(100)) == "100");
  CHECK(text(rate(0.001f)) == "0.001");
  CHECK(text(rate(0.00316f)) == "0.00316");
  CHECK(text(rate(0.000316f)) == "3.16e-4");
  CHECK(text(rate(2.5e-5f)) == "2.5e-5");
  CHECK(text(rate(0.0009996f)) == "0.001");
  CHECK(text(rate(0.00009996f)) == "1e-4");
  CHECK(text(rate(1e-5f)) == "1e-5");
  CHECK(text(rate(1e-9f)) == "1e-9");
  CHECK(text(rate(0.0316f)) == "0.0316");
  CHECK(text(rate(3.16f)) == "3.16");
  CHECK(text(rate(1e15f)) == "1e15");
}

TEST_CASE("A label that is too long is cut off and stays terminated") {
  BasicLabel<8> label("123456789");
  CHECK(std::string(label.c_str()) == "1234567");
  label.format("%d", 5);
  CHECK(std::string(label.c_str()) == "1234567");
}

TEST_CASE("Round numbers are round and never too small") {
  CHECK(nice_ceil(0.3f) == doctest::Approx(0.5));
  CHECK(nice_ceil(1) == doctest::Approx(1));
  CHECK(nice_ceil(1.1f) == doctest::Approx(2));
  CHECK(nice_ceil(51) == doctest::Approx(100));
  CHECK(nice_ceil(0) == 1);
  std::vector<double> ticks;
  nice_ticks(0, 1, 5, false, ticks);
  REQUIRE(ticks.size() == 6);
  CHECK(ticks[1] == doctest::Approx(0.2));
  nice_ticks(0.001, 10, 5, true, ticks);
  REQUIRE(ticks.size() == 5);
  CHECK(ticks.front() == doctest::Approx(0.001));
}

TEST_CASE("A scale of colours is at most half as large again as what it has to cover") {
  for (float value = 1e-6f; value < 1e6f; value *= 1.0137f) {
    const float scale = color_ceil(value);
    CHECK(scale >= value * 0.9998f);
    CHECK(scale <= value * 1.5001f);
  }
  CHECK(color_ceil(0.21f) == doctest::Approx(0.3));
  CHECK(color_ceil(0.9f) == doctest::Approx(1));
  CHECK(color_ceil(0) == 1);
}

TEST_CASE("A scale grows at once, shrinks late in a fast run and stays while it is held") {
  HeatScale scale;
  scale.update(0.3f, true);
  CHECK(scale.value() == doctest::Approx(0.3));
  scale.update(0.6f, true);
  CHECK(scale.value() == doctest::Approx(0.6));
  scale.update(0.45f, true);  // 0.5 would do, but only just
  CHECK(scale.value() == doctest::Approx(0.6));
  scale.update(0.3f, true);
  CHECK(scale.value() == doctest::Approx(0.3));
  scale.hold(true);
  scale.update(7, true);
  CHECK(scale.value() == doctest::Approx(0.3));
  CHECK(scale.clipped());
}

TEST_CASE("At rest a scale is that of the values, whatever was shown before") {
  HeatScale scale;
  scale.update(0.6f, true);
  scale.update(0.45f, true);
  scale.update(0.45f, false);
  CHECK(scale.value() == doctest::Approx(0.5));
}

TEST_CASE("A few outliers do not stretch a scale, and the scale says that they are beyond it") {
  std::vector<float> values(1000, 0.1f);
  values[7] = -0.15f;
  CHECK(magnitudes_of(values).covered == 0.15f);  // not twice as large: covered
  CHECK(magnitudes_of(values).beyond == 0);
  values[8] = -4;
  values[9] = std::numeric_limits<float>::infinity();
  const Magnitudes m = magnitudes_of(values);
  CHECK(m.largest == 4);
  CHECK(m.covered >= 0.1f);
  CHECK(m.covered < 0.2f);
  CHECK(m.beyond >= 1);
  HeatScale scale;
  scale.update(m, false);
  CHECK(scale.value() <= doctest::Approx(0.2));
  CHECK(scale.clipped());
  for (size_t i = 0; i < 5; ++i) values[10 + i] = 4;  // one in 200 is no outlier
  scale.update(magnitudes_of(values), false);
  CHECK(scale.value() == doctest::Approx(4));
  CHECK_FALSE(scale.clipped());
  CHECK(magnitudes_of({}).covered == 0);
}

TEST_CASE("The tick at 0 prints 0, also where sums of steps come out slightly below") {
  for (const double zero : {-1e-17, -0.0, 0.0}) {
    CHECK(text(tick_text(zero, {0, 1, false, true, "accuracy"}, 0.5)) == "0 %");
    CHECK(text(tick_text(zero, {0, 1, false, false, "loss"}, 0.5))[0] == '0');
  }
  CHECK(text(tick_text(-0.5, {-1, 1, false, true, "accuracy"}, 0.5)) == "-50 %");
}

}  // namespace downhill::ui
