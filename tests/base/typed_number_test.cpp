#include "base/typed_number.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace downhill;

namespace {

float number(std::string_view text) {
  const Result<float> read = typed_number(text, -1000, 1000);
  REQUIRE_MESSAGE(read.ok(), text);
  return *read;
}
std::string refused(std::string_view text) {
  const Result<float> read = typed_number(text, 0.00001f, 100);
  return read ? "accepted" : read.error().message;
}
std::string count_refused(std::string_view text) {
  const Result<uint64_t> read = typed_count(text, 1, 1000);
  return read ? "accepted" : read.error().message;
}

}  // namespace

TEST_CASE("a number is read as people type it") {
  CHECK(number("0.5") == 0.5f);
  CHECK(number("0,5") == 0.5f);
  CHECK(number(",5") == 0.5f);
  CHECK(number("  0.5\t\r\n") == 0.5f);
  CHECK(number("\u00a0"
               "0.5"
               "\u202f") == 0.5f);
  CHECK(number("\u22122,5") == -2.5f);
  CHECK(number("2.86e\u22124") == 2.86e-4f);
  CHECK(number("1,5e1") == 15);
  CHECK(number("0,001") == 0.001f);
  CHECK(number("1,0000") == 1);
  CHECK(*typed_count(" 128 ", 1, 1000) == 128);
}

TEST_CASE("what is refused is refused for what it is") {
  CHECK(refused("500") == "'500' is outside 0.00001…100");
  CHECK(refused("-1") == "'-1' is outside 0.00001…100");
  CHECK(refused("nan") == "'nan' is outside 0.00001…100");
  CHECK(refused("1e99") == "'1e99' is outside 0.00001…100");
  CHECK(refused("fast") == "'fast' is not a number");
  CHECK(refused("112123123x") == "'112123123x' is not a number");
  CHECK(refused("0.1.2") == "'0.1.2' is not a number");
  CHECK(refused("1.000,5") == "'1.000,5' is not a number");
  CHECK(refused("0,1,2") == "'0,1,2' is not a number");
  CHECK(refused("") == "a number is missing, 0.00001…100");
  CHECK(refused("  ") == "a number is missing, 0.00001…100");
  CHECK(refused("1,000") == "'1,000' can be read as 1 and as 1000: write it without the comma");
  CHECK(refused(std::string(1000, '1')) ==
        "a text of 1000 characters is too long for a number: 64 are the most");
  CHECK(count_refused("0") == "'0' is outside 1…1000");
  CHECK(count_refused("-3") == "'-3' is outside 1…1000");
  CHECK(count_refused("99999999999999999999999") == "'99999999999999999999999' is outside 1…1000");
  CHECK(count_refused("2.5") == "'2.5' is not a whole number");
  CHECK(count_refused("many") == "'many' is not a whole number");
  CHECK(count_refused("") == "a number is missing, 1…1000");
}
