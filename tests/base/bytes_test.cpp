#include "base/bytes.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "support/random.hpp"

using namespace downhill;

TEST_CASE("a reader reads what a writer wrote, to the bit") {
  std::vector<uint8_t> out;
  ByteWriter writer(out);
  writer.u8(200);
  writer.u16(0xbeef);
  writer.u32(0xdeadbeef);
  writer.u64(0x0123456789abcdef);
  writer.f32(-0.0f);
  writer.f64(1e300);
  writer.boolean(true);
  writer.string("größer");
  writer.f32_vector(std::vector{1.5f, std::numeric_limits<float>::quiet_NaN()});
  writer.u32_vector(std::vector<uint32_t>{7, 8});
  writer.u8_vector(std::vector<uint8_t>{1, 2, 3});
  writer.f32s(std::vector{2.0f, 3.0f});

  ByteReader reader(out, "test");
  CHECK(reader.u8() == 200);
  CHECK(reader.u16() == 0xbeef);
  CHECK(reader.u32() == 0xdeadbeef);
  CHECK(reader.u64() == 0x0123456789abcdef);
  CHECK(test::bits(reader.f32()) == test::bits(-0.0f));
  CHECK(reader.f64() == 1e300);
  CHECK(reader.boolean());
  CHECK(reader.string() == "größer");
  const auto floats = reader.f32_vector();
  REQUIRE(floats.size() == 2);
  CHECK(floats[0] == 1.5f);
  CHECK(test::bits(floats[1]) == test::bits(std::numeric_limits<float>::quiet_NaN()));
  CHECK(reader.u32_vector() == std::vector<uint32_t>{7, 8});
  CHECK(reader.u8_vector() == std::vector<uint8_t>{1, 2, 3});
  float pair[2];
  reader.f32s(pair);
  CHECK(pair[1] == 3.0f);
  CHECK(reader.status().ok());
}

TEST_CASE("values are little-endian in memory") {
  std::vector<uint8_t> out;
  ByteWriter(out).u32(0x01020304);
  CHECK(out == std::vector<uint8_t>{4, 3, 2, 1});
}

TEST_CASE("a reader of truncated bytes fails, says where, and returns zeros from then on") {
  std::vector<uint8_t> whole;
  ByteWriter writer(whole);
  writer.u32(5);
  writer.string("abc");
  writer.f32_vector(std::vector{1.0f, 2.0f});
  writer.u64(9);
  for (size_t size = 0; size < whole.size(); ++size) {
    // A copy of exactly this size, so that the sanitizer sees a read past the end.
    const std::vector<uint8_t> part(whole.begin(),
                                    whole.begin() + static_cast<std::ptrdiff_t>(size));
    ByteReader reader(part, "cut");
    reader.u32();
    reader.string();
    reader.f32_vector();
    CHECK(reader.u64() == 0);
    CHECK_FALSE(reader.ok());
    CHECK(reader.u8() == 0);
    CHECK(reader.bytes(1).empty());
    CHECK_FALSE(reader.status().ok());
  }
  ByteReader reader({whole.data(), 2}, "cut");
  reader.u32();
  CHECK(reader.status().error().message == "[cut] 4 bytes wanted at byte 0, 2 are left");
}

TEST_CASE("a count that is too large fails before memory is allocated") {
  std::vector<uint8_t> out;
  ByteWriter writer(out);
  writer.u32(0xffffffff);
  writer.u32(1);
  for (int kind = 0; kind < 4; ++kind) {
    ByteReader reader(out, "hostile");
    if (kind == 0) CHECK(reader.string().empty());
    if (kind == 1) CHECK(reader.f32_vector().empty());
    if (kind == 2) CHECK(reader.u32_vector().empty());
    if (kind == 3) CHECK(reader.count(1'000'000) == 0);
    CHECK(reader.status().error().message ==
          "[hostile] the count at byte 0 is 4294967295, but only 4 bytes follow");
  }
}

TEST_CASE("bytes that are left over are an error, and a caller can report its own") {
  const std::vector<uint8_t> bytes{1, 2, 3};
  ByteReader reader(bytes, "file");
  reader.u8();
  CHECK(reader.status().error().message == "[file] 2 bytes are left over at byte 1");
  CHECK(reader.status_so_far().ok());
  CHECK_FALSE(reader.boolean());
  CHECK(reader.status().error().message == "[file] byte 1 is 2, not 0 or 1");
  reader.fail("a second reason");
  CHECK(reader.status().error().message == "[file] byte 1 is 2, not 0 or 1");
}
