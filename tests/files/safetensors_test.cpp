#include "files/safetensors.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <limits>
#include <string>
#include <vector>

#include "support/files.hpp"
#include "support/random.hpp"
#include "support/tensor_files.hpp"
#include "test_paths.hpp"

namespace downhill {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes with_length(uint64_t length, const std::string& rest) {
  Bytes bytes;
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<uint8_t>(length >> 8 * i));
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

Bytes file(const std::string& header, size_t data_bytes = 0) {
  return with_length(header.size(), header + std::string(data_bytes, '\0'));
}

// The header of a file with one tensor, "a".
std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"("a":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}";
}

// The error of reading, without its "[m] ".
std::string refusal(const Bytes& bytes) {
  const auto read = read_safetensors(bytes, "m");
  if (read) return "accepted";
  CHECK(read.error().message.starts_with("[m] "));
  return read.error().message.substr(4);
}
std::string refusal(const std::string& header, size_t data_bytes = 0) {
  return refusal(file(header, data_bytes));
}

float f(uint32_t bits) { return std::bit_cast<float>(bits); }

TensorFile small_file() {
  return {{{"fc.weight", {2, 3}, {1.0f, -0.0f, f(1), f(0x807fffff), f(0x7fc12345), f(0xff800001)}},
           {"fc.bias", {2}, {std::numeric_limits<float>::infinity(), 0.1f}},
           {"", {}, {3.0f}},
           {"empty", {4, 0, 4}, {}},
           {"after", {1, 1}, {5.0f}}},
          {{"spec", "model=linear&lr=0.1"}, {"", ""}, {"note", "\"\\\b\f\n\r\t\x01\x7f ü→🗻"}}};
}

const std::string kGolden = std::string(DOWNHILL_SOURCE_DIR) + "/tests/golden/torch/";
const std::string kAdvice =
    "Python and PyTorch write these files. If they hold something new, add it to safetensors.py, "
    "and "
    "write them again (Debian's python3-torch):\n  /usr/bin/python3 "
    "tests/golden/torch/safetensors.py";

}  // namespace

TEST_CASE("a file that is written is read again, to the bit") {
  for (const TensorFile& original : {small_file(), TensorFile{}}) {
    const Bytes bytes = write_safetensors(original);
    const auto read = read_safetensors(bytes, "m");
    REQUIRE_MESSAGE(read.ok(), read.error().message);
    CHECK(test::same_bits(*read, original));
    CHECK(write_safetensors(*read) == bytes);
  }
}

TEST_CASE("the header is padded with spaces, so that the data begin at a multiple of 8") {
  for (size_t length = 0; length < 9; ++length) {
    const Bytes bytes = write_safetensors({{{std::string(length, 'n'), {1}, {1.0f}}}, {}});
    CHECK((bytes.size() - sizeof(float)) % 8 == 0);
    CHECK(bytes[0] == bytes.size() - 8 - sizeof(float));
    const std::string end(bytes.end() - 12, bytes.end() - 4);
    CHECK(end.find_first_not_of(' ', end.find_last_of('}') + 1) == end.npos);
  }
}

TEST_CASE("tensors and metadata are found by name") {
  const TensorFile tensors = small_file();
  REQUIRE(tensors.find("fc.bias") != nullptr);
  CHECK(tensors.find("fc.bias")->values[1] == 0.1f);
  CHECK(tensors.find("fc") == nullptr);
  REQUIRE(tensors.find_metadata("spec") != nullptr);
  CHECK(*tensors.find_metadata("spec") == "model=linear&lr=0.1");
  CHECK(tensors.find_metadata("seed") == nullptr);
}

TEST_CASE("a file written by Python's json and struct equals ours, byte for byte") {
  INFO(kAdvice);
  const Bytes golden = test::read_file(kGolden + "plain.safetensors");
  const auto read = read_safetensors(golden, "plain");
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  CHECK(write_safetensors(*read) == golden);
  REQUIRE(read->tensors.size() == 5);
  CHECK(read->tensors[0].shape == std::vector<uint32_t>{2, 3});
  CHECK(read->tensors[0].values[2] == 0.1f);
  CHECK(test::bits(read->find("0.bias")->values[1]) == 0xff800001);
  CHECK(read->find("a\"b\\c\n\t\x01 ü → 🗻")->values == std::vector<float>{-1.0f});
  CHECK(*read->find_metadata("seed") == "18446744073709551615");
  CHECK(*read->find_metadata("note") == "line\n\"two\"");
}

TEST_CASE("tensors of every type become the floats that PyTorch makes of them") {
  INFO(kAdvice);
  const auto types = read_safetensors(test::read_file(kGolden + "types.safetensors"), "types");
  const auto floats = read_safetensors(test::read_file(kGolden + "types_f32.safetensors"), "f32");
  REQUIRE_MESSAGE(types.ok(), types.error().message);
  REQUIRE_MESSAGE(floats.ok(), floats.error().message);
  CHECK(types->metadata == floats->metadata);
  CHECK(*types->find_metadata("ü🗻") == "→");
  REQUIRE(types->tensors.size() == 14);
  REQUIRE(floats->tensors.size() == 14);
  for (size_t i = 0; i < floats->tensors.size(); ++i) {
    const FileTensor& ours = types->tensors[i];
    const FileTensor& torchs = floats->tensors[i];
    CHECK(ours.name == torchs.name);
    CHECK(ours.shape == torchs.shape);
    CHECK_MESSAGE(test::first_difference(ours.values, torchs.values) == -1, ours.name);
  }
  CHECK(types->find("1.num_batches_tracked")->values == std::vector<float>{5.0f});
}

TEST_CASE("every way to write a header in JSON is read") {
  const Bytes bytes = file(
      " \t\r\n"
      R"( "\u0061\ud83d\uddfb\/\u00e9" : {"data_offsets":[ 0 , 2 ], "shape" : [ 2 , 1 ],)"
      R"("dtype" : "\u00558" } , "__metadata__" : { } } )",
      2);
  Bytes begun = bytes;
  begun.insert(begun.begin() + 8, '{');
  begun[0] += 1;
  const auto read = read_safetensors(begun, "m");
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  CHECK(*read == TensorFile{{{"a🗻/é", {2, 1}, {0.0f, 0.0f}}}, {}});
}

TEST_CASE("tensors come in the order of their bytes") {
  const auto read = read_safetensors(file(R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},)"
                                          R"("e":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},)"
                                          R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                                          2),
                                     "m");
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  REQUIRE(read->tensors.size() == 3);
  CHECK(read->tensors[0].name == "a");
  CHECK(read->tensors[1].name == "e");
  CHECK(read->tensors[2].name == "b");
}

TEST_CASE("an impossible length is refused before anything is read") {
  CHECK(refusal(Bytes{1, 2, 3}) ==
        "the file ends at byte 3, inside the 8 bytes that say how long the header is");
  CHECK(refusal(with_length(100'000'001, "{}")) ==
        "the header's length at byte 0 is 100000001, more than 100000000");
  CHECK(refusal(with_length(~uint64_t{0}, "{}")) ==
        "the header's length at byte 0 is 18446744073709551615, more than 100000000");
  CHECK(refusal(with_length(3, "{}")) ==
        "the header would end at byte 11, but the file ends at byte 10");
}

TEST_CASE("a header that is not JSON is refused with the byte") {
  struct Case {
    std::string header, sentence;
  };
  const Case cases[] = {
      {"", "the header does not begin with '{' at byte 8"},
      {" {}", "the header does not begin with '{' at byte 8"},
      {"\xef\xbb\xbf{}", "the header does not begin with '{' at byte 8"},
      {"[]", "the header does not begin with '{' at byte 8"},
      {"{", "a text in quotes was expected at byte 9, where the header ends"},
      {"{,}", "a text in quotes was expected at byte 9, where there is ','"},
      {"{}}", "the end of the header was expected at byte 10, where there is '}'"},
      {std::string("{}\0", 3),
       "the end of the header was expected at byte 10, where there is 0x00"},
      {R"({"a")", "\":\" was expected at byte 12, where the header ends"},
      {R"({"a":1})", R"(tensor 'a': "{" was expected at byte 13, where there is '1')"},
      {R"({"a":{})", R"(tensor 'a': its object at byte 13 has no dtype)"},
      {R"({"__metadata__":null})", "\"{\" was expected at byte 24, where there is 'n'"},
      {R"({"__metadata__":{"k":1}})",
       "a text in quotes was expected at byte 29, where there is '1'"},
      {R"({"__metadata__":{"k":"v",}})",
       "a text in quotes was expected at byte 33, where there is '}'"},
      {R"({"__metadata__":{"k":"v" "l"}})",
       "\",\" or \"}\" was expected at byte 33, where there is '\"'"},
      {"{\"ab", "the text at byte 9 does not end within the header"},
      {"{\"ab\\", "no escape of JSON at byte 12"},
      {"{\"ab\\x\"", "no escape of JSON at byte 12"},
      {"{\"ab\\u12g4\"", "a hexadecimal digit was expected at byte 16, where there is 'g'"},
      {"{\"ab\\u12", "a hexadecimal digit was expected at byte 16, where the header ends"},
      {"{\"ab\\ud800\"", "half a surrogate pair at byte 12"},
      {"{\"ab\\ud800\\u0041\"", "half a surrogate pair at byte 12"},
      {"{\"ab\\udc00\"", "half a surrogate pair at byte 12"},
      {"{\"ab\n\"", "the text at byte 9 has the control character 0x0a at byte 12"},
  };
  for (const Case& c : cases) CHECK(refusal(c.header) == c.sentence);
}

TEST_CASE("text that is not UTF-8 is refused") {
  for (const char* bad :
       {"\x80", "\xc3", "\xc3(", "\xc0\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "\xe2\x82", "\xf0\x9f\x97"}) {
    const std::string sentence = refusal("{\"n" + std::string(bad) + "\":0}");
    CHECK_MESSAGE(sentence.starts_with("the text at byte 9 is not UTF-8 at byte 11 (0x"), sentence);
  }
  for (const char* good : {"\x7f", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(refusal("{\"__metadata__\":{\"k\":\"" + std::string(good) + "\"}}") == "accepted");
  }
}

TEST_CASE("a tensor whose description breaks the format is refused by name") {
  struct Case {
    std::string entry, sentence;
  };
  const Case cases[] = {
      {R"("a":{})", "its object at byte 13 has no dtype"},
      {R"("a":{"dtype":"F32","data_offsets":[0,4]})", "its object at byte 13 has no shape"},
      {R"("a":{"dtype":"F32","shape":[1]})", "its object at byte 13 has no data_offsets"},
      {R"("a":{"dtype":"F32","dtype":"F32"})",
       R"('dtype' at byte 28, where dtype, shape and data_offsets come once each and nothing else)"},
      {R"("a":{"strides":[1]})",
       R"('strides' at byte 14, where dtype, shape and data_offsets come once each and nothing else)"},
      {entry("F8_E4M3", "[4]", "[0,4]"),
       R"(the dtype 'F8_E4M3' at byte 22 is none of BOOL, U8, I32, I64, F16, BF16, F32, F64)"},
      {R"("a":{"dtype":3})", "a text in quotes was expected at byte 22, where there is '3'"},
      {entry("F32", "1", "[0,4]"), "\"[\" was expected at byte 36, where there is '1'"},
      {entry("F32", "[-1]", "[0,4]"), "a whole number was expected at byte 37, where there is '-'"},
      {entry("F32", "[1.0]", "[0,4]"),
       "\",\" or \"]\" was expected at byte 38, where there is '.'"},
      {entry("F32", "[1e0]", "[0,4]"),
       "\",\" or \"]\" was expected at byte 38, where there is 'e'"},
      {entry("F32", "[01]", "[0,4]"), "the number at byte 37 begins with 0"},
      {entry("F32", "[1,]", "[0,4]"), "a whole number was expected at byte 39, where there is ']'"},
      {entry("F32", "[[1]]", "[0,4]"),
       "a whole number was expected at byte 37, where there is '['"},
      {entry("F32", "[4294967296]", "[0,4]"), "the size at byte 37 is larger than 4294967295"},
      {entry("F32", "[18446744073709551616]", "[0,4]"),
       "the number at byte 37 is larger than 18446744073709551615"},
      {entry("F32", "[1]", "[4]"), "the data_offsets at byte 55 are 1 number, not 2"},
      {entry("F32", "[1]", "[]"), "the data_offsets at byte 55 are 0 numbers, not 2"},
      {entry("F32", "[1]", "[0,4,4]"), "the data_offsets at byte 55 are 3 numbers, not 2"},
  };
  for (const Case& c : cases) CHECK(refusal("{" + c.entry + "}", 4) == "tensor 'a': " + c.sentence);
}

TEST_CASE("a name or key that comes twice is refused") {
  const std::string a = entry("U8", "[0]", "[0,0]");
  CHECK(refusal("{" + a + "," + a + "}") ==
        "the tensor 'a' comes twice, at byte 9 and again at byte 61");
  CHECK(refusal("{" + a + R"(,"\u0061)" + a.substr(2) + "}") ==
        "the tensor 'a' comes twice, at byte 9 and again at byte 61");
  CHECK(refusal(R"({"__metadata__":{"k":"","l":"","k":""}})") ==
        "the key of the metadata 'k' comes twice, at byte 25 and again at byte 39");
  CHECK(refusal(R"({"__metadata__":{},"__metadata__":{}})") ==
        "__metadata__ comes again at byte 27");
}

TEST_CASE("data that do not cover each byte of the file exactly once are refused") {
  const auto two = [](const std::string& a, const std::string& b, size_t bytes) {
    return refusal("{" + entry("U8", "[4]", a) + R"(,"b")" + entry("U8", "[4]", b).substr(3) + "}",
                   bytes);
  };
  CHECK(two("[0,4]", "[4,8]", 8) == "accepted");
  CHECK(two("[4,8]", "[0,4]", 8) == "accepted");
  CHECK(two("[4,0]", "[0,4]", 8) ==
        "tensor 'a': the data_offsets [4,0] at byte 54 end before they begin");
  CHECK(two("[0,4]", "[4,8]", 7) ==
        "tensor 'b': the data_offsets [4,8] at byte 106 end beyond the 7 bytes of data");
  CHECK(two("[0,4]", "[4,18446744073709551615]", 8) ==
        "tensor 'b': the data_offsets [4,18446744073709551615] at byte 106 end beyond the 8 bytes "
        "of data");
  CHECK(two("[0,4]", "[2,6]", 8) ==
        "tensor 'b': the data_offsets [2,6] at byte 106 begin inside tensor 'a', which ends at "
        "4");
  CHECK(two("[0,4]", "[0,4]", 4) ==
        "tensor 'b': the data_offsets [0,4] at byte 106 begin inside tensor 'a', which ends at "
        "4");
  CHECK(two("[0,4]", "[5,9]", 9) ==
        "tensor 'b': the data_offsets [5,9] at byte 106 leave the bytes from 4 to no tensor");
  CHECK(two("[1,5]", "[5,9]", 9) ==
        "tensor 'a': the data_offsets [1,5] at byte 54 leave the bytes from 0 to no tensor");
  CHECK(two("[0,4]", "[4,8]", 9) ==
        "the file ends at byte 122, but the bytes from 121 belong to no tensor");
  CHECK(refusal("{}", 1) == "the file ends at byte 11, but the bytes from 10 belong to no tensor");
  CHECK(refusal("{}") == "accepted");
}

TEST_CASE("a shape that does not fit its bytes is refused") {
  const auto one = [](const std::string& dtype, const std::string& shape) {
    return refusal("{" + entry(dtype, shape, "[0,8]") + "}", 8);
  };
  CHECK(one("F32", "[2]") == "accepted");
  CHECK(one("F64", "[]") == "accepted");
  CHECK(one("BF16", "[2,2]") == "accepted");
  CHECK(one("F32", "[3]") ==
        "tensor 'a': the data_offsets [0,8] at byte 55 span 8 bytes, but the shape takes 12");
  CHECK(one("F32", "[2,0]").ends_with("span 8 bytes, but the shape takes 0"));
  CHECK(one("I64", "[4294967295,4294967295]")
            .ends_with("span 8 bytes, but the shape takes 2^64 or more"));
  // 2^31 * 2^31 * 4 = 2^64, which is 0 in 64 bits.
  CHECK(one("F32", "[2147483648,2147483648]")
            .ends_with("span 8 bytes, but the shape takes 2^64 or more"));
  CHECK(refusal("{" + entry("F32", "[4294967295,4294967295,4294967295,0]", "[0,0]") + "}")
            .ends_with("span 0 bytes, but the shape takes 2^64 or more"));
}

TEST_CASE("a bool is 0 or 1") {
  Bytes bytes = file("{" + entry("BOOL", "[3]", "[0,3]") + "}", 3);
  bytes[bytes.size() - 3] = 1;
  CHECK(read_safetensors(bytes, "m")->tensors[0].values == std::vector<float>{1.0f, 0.0f, 0.0f});
  bytes[bytes.size() - 2] = 2;
  CHECK(refusal(bytes) == "tensor 'a': byte 64 is 2, where a BOOL is 0 or 1");
}

TEST_CASE("a name is shown without control characters and no longer than a line") {
  const std::string bare = R"(":{"dtype":"X"}})";
  CHECK(refusal(R"({"n\n)" + bare).starts_with("tensor 'n?': the dtype"));
  CHECK(refusal("{\"" + std::string(1000, 'x') + bare)
            .starts_with("tensor '" + std::string(40, 'x') + "…': "));
}

TEST_CASE("no truncated file is accepted") {
  const Bytes bytes = write_safetensors(small_file());
  size_t accepted = 0;
  for (size_t size = 0; size < bytes.size(); ++size) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
    accepted += refusal(cut) == "accepted";
  }
  CHECK(accepted == 0);
}

TEST_CASE("no shortened header is accepted, with any length") {
  const Bytes bytes = write_safetensors(small_file());
  const std::string header(bytes.begin() + 8, bytes.begin() + 8 + bytes[0] + 256 * bytes[1]);
  size_t accepted = 0;
  for (size_t size = 0; size < header.find_last_of('}'); ++size) {
    accepted += refusal(header.substr(0, size)) == "accepted";
  }
  CHECK(accepted == 0);
}

}  // namespace downhill
