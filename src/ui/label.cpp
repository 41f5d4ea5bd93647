#include "ui/label.hpp"

#include <algorithm>
#include <cmath>

namespace downhill::ui {
namespace {

// printf takes doubles.
double wide(float value) { return static_cast<double>(value); }

// digits·10^exponent with 1 <= digits < 10, also after rounding to two decimals.
struct Power {
  double digits;
  int exponent;
};
Power power_of(double magnitude) {
  int exponent = static_cast<int>(std::floor(std::log10(magnitude)));
  double digits = magnitude / std::pow(10.0, exponent);
  if (digits >= 9.995) digits /= 10, exponent += 1;
  return {digits, exponent};
}

// "6.59e−5": an exponent with a real minus sign and no leading zeros.
Label scientific(double magnitude) {
  const auto [digits, exponent] = power_of(magnitude);
  return Label()
      .format("%.2f", digits)
      .add(exponent < 0 ? "e−" : "e")
      .format("%d", std::abs(exponent));
}

Label plain(double magnitude) {
  Label text;
  if (magnitude == 0) return text.add("0");
  if (magnitude >= 99999.5) return scientific(magnitude);
  if (magnitude >= 999.5) return text.format("%.0f", magnitude);
  if (magnitude >= 99.95) return text.format("%.1f", magnitude);
  if (magnitude >= 9.995) return text.format("%.2f", magnitude);
  if (magnitude >= 0.09995) return text.format("%.4f", magnitude);
  if (magnitude >= 0.0009995) return text.format("%.5f", magnitude);
  return scientific(magnitude);
}

}  // namespace

Label number(float value) {
  if (std::isnan(value)) return "–";
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  Label text = value < 0 ? Label("−") : Label();
  return text.add(plain(std::abs(wide(value))));
}

Label count(uint64_t value) {
  char digits[24];
  const int size =
      std::snprintf(digits, sizeof digits, "%llu", static_cast<unsigned long long>(value));
  Label text;
  for (int i = 0; i < size; ++i) {
    if (i > 0 && (size - i) % 3 == 0) text.add(",");
    text.add(std::string_view(digits + i, 1));
  }
  return text;
}

Label percent(float fraction, int decimals) {
  if (!std::isfinite(fraction)) return "–";
  return Label().format("%.*f %%", decimals, wide(fraction) * 100);
}

Label signed_number(float value) {
  if (std::isnan(value)) return "–";
  if (std::isinf(value)) return value > 0 ? "+∞" : "−∞";
  if (value == 0) return "0";
  return Label(value < 0 ? "−" : "+").add(plain(std::abs(wide(value))));
}

Label rate(float value) {
  const double v = wide(value);
  if (!(v > 0) || !std::isfinite(v)) return "–";
  // Three significant digits without trailing zeros. Links use this text too, so the minus of an
  // exponent is a hyphen.
  const auto [leading, exponent] = power_of(v);
  const bool as_power = v >= 1e6 || exponent < -3;
  const int decimals = as_power ? 2 : std::max(0, 2 - exponent);
  char digits[32];
  int size = std::snprintf(digits, sizeof digits, "%.*f", decimals, as_power ? leading : v);
  if (decimals > 0) {
    while (size > 1 && digits[size - 1] == '0') --size;
    if (digits[size - 1] == '.') --size;
  }
  Label text(std::string_view(digits, static_cast<size_t>(size)));
  return as_power ? text.format("e%d", exponent) : text;
}

Label duration(double seconds) {
  if (seconds < 60) return Label().format("%.1f s", seconds);
  const int whole = static_cast<int>(seconds);
  return Label().format("%d min %d s", whole / 60, whole % 60);
}

}  // namespace downhill::ui
