#include "base/enumerators.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace downhill {
namespace {

enum class Fruit : uint8_t { apple, ripe_pear, plum };
enum class One : uint8_t { only };

static_assert(kEnumeratorCount<Fruit> == 3);
static_assert(kEnumeratorCount<One> == 1);

}  // namespace

TEST_CASE("enumerators are counted and named as they are declared") {
  CHECK(enumerator_name(Fruit::apple) == "apple");
  CHECK(enumerator_name(Fruit::ripe_pear) == "ripe_pear");
  CHECK(kEnumeratorNames<Fruit>.size() == 3);
  CHECK(enumerator_name(One::only) == "only");
  CHECK(parse_enumerator<Fruit>("plum") == Fruit::plum);
  CHECK_FALSE(parse_enumerator<Fruit>("Plum"));
  CHECK_FALSE(parse_enumerator<Fruit>(""));
}

}  // namespace downhill
