#include "base/query_text.hpp"

#include <doctest/doctest.h>

namespace downhill {

TEST_CASE("a query is split into names and values, and percent-encoding is undone") {
  const auto items =
      parse_query("lr=0.5&stop=target%3A0.98%2Ctime%3a60&text=a+b%26c%3D&empty=", "link");
  REQUIRE(items.ok());
  REQUIRE(items->size() == 4);
  CHECK((*items)[0].name == "lr");
  CHECK((*items)[0].value == "0.5");
  CHECK((*items)[1].value == "target:0.98,time:60");
  CHECK((*items)[2].value == "a b&c=");
  CHECK((*items)[3].name == "empty");
  CHECK((*items)[3].value.empty());
}

TEST_CASE("an empty query has no items") {
  const auto items = parse_query("", "link");
  REQUIRE(items.ok());
  CHECK(items->empty());
}

TEST_CASE("only the first equals sign separates name and value") {
  const auto items = parse_query("a=b=c", "link");
  REQUIRE(items.ok());
  CHECK((*items)[0].value == "b=c");
}

TEST_CASE("a malformed query is refused with what and where") {
  const auto sentence = [](std::string_view text) {
    const auto items = parse_query(text, "link");
    return items ? "accepted" : items.error().message;
  };
  CHECK(sentence("lr") == "[link] 'lr' is not of the form name=value");
  CHECK(sentence("lr=1&") == "[link] '' is not of the form name=value");
  CHECK(sentence("=1") == "[link] '=1' is not of the form name=value");
  CHECK(sentence("lr=1&seed=2&lr=1") == "[link] 'lr' is given twice");
  CHECK(sentence("lr=1&l%72=2") == "[link] 'lr' is given twice");
  CHECK(sentence("lr=%") == "[link] '%' without two hex digits in '%'");
  CHECK(sentence("lr=%1") == "[link] '%' without two hex digits in '%1'");
  CHECK(sentence("lr=%g1x") == "[link] '%' without two hex digits in '%g1x'");
  CHECK(sentence("lr=%1gx") == "[link] '%' without two hex digits in '%1gx'");
  CHECK(sentence("%zz=1") == "[link] '%' without two hex digits in '%zz'");
}

TEST_CASE("a quoted text is short and printable for any content") {
  CHECK(quoted("mlp:30") == "'mlp:30'");
  CHECK(quoted(std::string_view("a\0b\n\x7f c\xff", 8)) == "'a?b\?\? c\?'");
  CHECK(quoted(std::string(41, 'x')) == "'" + std::string(40, 'x') + "…'");
}

}  // namespace downhill
