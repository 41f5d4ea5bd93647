#include "base/text.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/rng.hpp"
#include "support/random.hpp"

using namespace downhill;

namespace {

float parsed(std::string_view text) {
  const auto result = parse_float(text);
  REQUIRE_MESSAGE(result.ok(), text);
  return *result;
}

}  // namespace

TEST_CASE("a number is rounded to a few significant digits") {
  CHECK(print_rounded(0.00123456f, 3) == "0.00123");
  CHECK(print_rounded(2.5347e25f, 3) == "2.53e25");
  CHECK(print_rounded(2.5f, 3) == "2.5");
  CHECK(print_rounded(2.5347e-10f, 3) == "2.53e-10");
  CHECK(print_rounded(1e-5f, 3) == "1e-5");
  CHECK(print_rounded(-12345.0f, 3) == "-1.23e4");
  CHECK(print_rounded(std::numeric_limits<float>::infinity(), 3) == "inf");
  CHECK(print_rounded(-std::numeric_limits<float>::quiet_NaN(), 3) == "nan");
}

TEST_CASE("whole numbers consist of digits, and have limits") {
  CHECK(*parse_u32("0") == 0);
  CHECK(*parse_u32("007") == 7);
  CHECK(*parse_u32("4294967295") == 4294967295u);
  CHECK(*parse_u64("18446744073709551615") == ~uint64_t{0});
  for (const char* bad :
       {"", " 1", "1 ", "+1", "-1", "1.0", "0x1", "1e3", "4294967296", "99999999999"}) {
    CHECK_FALSE(parse_u32(bad).ok());
  }
  CHECK_FALSE(parse_u64("18446744073709551616").ok());
  CHECK(parse_u32("12a").error().message == "[text] \"12a\" is not a whole number");
  CHECK(parse_u32("4294967296").error().message ==
        "[text] \"4294967296\" is not at most 4294967295");
}

TEST_CASE("floats are read in every usual notation and refused in others") {
  CHECK(parsed("1") == 1.0f);
  CHECK(parsed("-12.5") == -12.5f);
  CHECK(parsed(".5") == 0.5f);
  CHECK(parsed("5.") == 5.0f);
  CHECK(parsed("1e-5") == 1e-5f);
  CHECK(parsed("1E+2") == 100.0f);
  CHECK(parsed("0001.2500e01") == 12.5f);
  CHECK(test::bits(parsed("-0")) == test::bits(-0.0f));
  CHECK(parsed("inf") == std::numeric_limits<float>::infinity());
  CHECK(parsed("-inf") == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(parsed("nan")));
  for (const char* bad : {"", "-", ".", "e5", "1e", "1e+", "1.2.3", "1,5", " 1", "1 ", "+1",
                          "0x1p3", "1f", "infinity", "--1", "1e5.0"}) {
    CHECK_FALSE_MESSAGE(parse_float(bad).ok(), bad);
  }
}

TEST_CASE("floats at the ends of the range are rounded, flushed or refused") {
  CHECK(parsed("3.4028235e38") == std::numeric_limits<float>::max());
  // Half an ulp above the largest float is the first value that is too large.
  CHECK(parsed("340282356779733661637539395458142568447") == std::numeric_limits<float>::max());
  CHECK_FALSE(parse_float("340282356779733661637539395458142568448").ok());
  CHECK_FALSE(parse_float("1e39").ok());
  CHECK_FALSE(parse_float("1e99999999999999999999").ok());
  const float smallest = std::numeric_limits<float>::denorm_min();
  CHECK(parsed("1e-45") == smallest);
  // 2^-150 exactly is a tie and goes to zero, which is even; anything more goes up.
  const std::string tie =
      "7."
      "00649232162408535461864791644958065640130970938257885878534141944895541342930300743319094181"
      "060791015625e-46";
  CHECK(parsed(tie) == 0.0f);
  CHECK(parsed(tie.substr(0, tie.size() - 4) + "00000000000000000000000000000000000001e-46") ==
        smallest);
  CHECK(parsed("1e-46") == 0.0f);
  CHECK(parsed("0." + std::string(400, '0') + "1") == 0.0f);
  CHECK(parsed("1" + std::string(30, '0') + "e-30") == 1.0f);
  CHECK(parsed(std::string(300, '0') + "2") == 2.0f);
}

TEST_CASE("halfway cases go to even, and a digit far away breaks the tie") {
  CHECK(parsed("16777217") == 16777216.0f);  // 2^24 + 1
  CHECK(parsed("16777219") == 16777220.0f);
  CHECK(parsed("16777217." + std::string(200, '0') + "1") == 16777218.0f);
  CHECK(parsed("16777216.99999999999999999999999999999999") == 16777216.0f);
  // Rounding to double first would give the wrong float here: 1 + 2^-24 + 2^-54.
  CHECK(parsed("1.000000059604644830901776231257827021181583404541015625") == 1.00000012f);
}

TEST_CASE("every float survives printing and parsing, in decimal and in hexadecimal") {
  Rng rng(11);
  for (int i = 0; i < 20'000; ++i) {
    const float value = std::bit_cast<float>(rng.bits());
    REQUIRE(test::same_bits(parsed(print(value)), value));
    const auto hex = parse_hex_float(print_hex(value));
    REQUIRE(hex.ok());
    REQUIRE(test::same_bits(*hex, value));
  }
}

TEST_CASE("decimal texts of any length are read as strtof reads them") {
  Rng rng(12);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const uint32_t digits = 1 + rng.below(30);
    const uint32_t point = rng.below(digits + 1);
    for (uint32_t d = 0; d < digits; ++d) {
      if (d == point) text += '.';
      text += static_cast<char>('0' + rng.below(10));
    }
    text += "e" + std::to_string(static_cast<int>(rng.below(70)) - 45);
    const float expected = std::strtof(text.c_str(), nullptr);
    const auto result = parse_float(text);
    if (std::isinf(expected)) {
      REQUIRE_FALSE_MESSAGE(result.ok(), text);
    } else {
      REQUIRE_MESSAGE((result.ok() && test::same_bits(*result, expected)), text);
    }
  }
}

TEST_CASE("numbers are printed short") {
  CHECK(print(0.1f) == "0.1");
  CHECK(print(1.0f) == "1");
  CHECK(print(-2.5f) == "-2.5");
  CHECK(print(1e-5f) == "1e-05");
  CHECK(print(3.4028235e38f) == "3.4028235e+38");
  CHECK(print(std::numeric_limits<float>::quiet_NaN()) == "nan");
  CHECK(print(-std::numeric_limits<float>::infinity()) == "-inf");
  CHECK(print(uint64_t{18446744073709551615u}) == "18446744073709551615");
}

TEST_CASE("numbers are printed with a fixed number of digits") {
  CHECK(print_fixed(0.98765f, 3) == "0.988");
  CHECK(print_fixed(1.0f, 0) == "1");
  CHECK(print_fixed(-0.5f, 2) == "-0.50");
  CHECK(print_fixed(2.5f, 0) == "2");  // a tie, to even
  CHECK(print_fixed(std::numeric_limits<float>::quiet_NaN(), 2) == "nan");
  CHECK(print_fixed(-std::numeric_limits<float>::max(), 9).size() == 50);
}

TEST_CASE("hexadecimal floats look as in C") {
  CHECK(print_hex(1.0f) == "0x1p+0");
  CHECK(print_hex(-3.0f) == "-0x1.8p+1");
  CHECK(print_hex(0.1f) == "0x1.99999ap-4");
  CHECK(print_hex(0.0f) == "0x0p+0");
  CHECK(print_hex(-0.0f) == "-0x0p+0");
  CHECK(print_hex(std::numeric_limits<float>::denorm_min()) == "0x1p-149");
  CHECK(print_hex(std::numeric_limits<float>::max()) == "0x1.fffffep+127");
  CHECK(print_hex(std::numeric_limits<float>::quiet_NaN()) == "nan");
}

TEST_CASE("hexadecimal floats that are malformed, or no floats, are refused") {
  CHECK(*parse_hex_float("0x18p-3") == 3.0f);
  CHECK(*parse_hex_float("0x1.fffffep+127") == std::numeric_limits<float>::max());
  CHECK(test::bits(*parse_hex_float("-0x0p+0")) == test::bits(-0.0f));
  for (const char* bad :
       {"", "0x", "0xp1", "0x1", "1p3", "0x1p", "0x1.2.3p0", "0x1g", "0x1p1.5", "0x1.000001p+0",
        "0x1p+128", "0x1p-150", "0x11111111111111111p0", "0x1p+99999999999", "0x1.8p1 "}) {
    CHECK_FALSE_MESSAGE(parse_hex_float(bad).ok(), bad);
  }
}

TEST_CASE("splitting gives the texts between separators, empty ones too") {
  using Pieces = std::vector<std::string_view>;
  CHECK(split("a,,b", ',') == Pieces{"a", "", "b"});
  CHECK(split("", ',') == Pieces{""});
  CHECK(split(",", ',') == Pieces{"", ""});
  CHECK(split("abc", ',') == Pieces{"abc"});
}

TEST_CASE("a JSON string is quoted, and only what must be escaped is") {
  CHECK(json_text("") == "\"\"");
  CHECK(json_text("a/ü→🗻") == "\"a/ü→🗻\"");
  CHECK(json_text("\"\\\b\f\n\r\t") == R"("\"\\\b\f\n\r\t")");
  CHECK(json_text(std::string_view("\0\x1f\x7f", 3)) == R"("\u0000\u001f\u007f")");
}
