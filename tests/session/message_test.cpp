#include "session/message.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <initializer_list>

#include "support/codec_check.hpp"
#include "support/random_values.hpp"
#include "support/sample_snapshot_conv.hpp"

namespace downhill {
namespace {

template <class Value>
test::Bytes encoded(const Value& value) {
  test::Bytes bytes;
  encode_message(value, bytes);
  return bytes;
}

std::optional<test::Bytes> recode(const test::Bytes& bytes) {
  const auto message = decode_message(bytes.data(), bytes.size());
  if (!message) {
    CHECK(message.error().message.starts_with("["));
    return std::nullopt;
  }
  return std::visit([](const auto& value) { return encoded(value); }, *message);
}

std::optional<test::Bytes> recode_snapshot(const test::Bytes& bytes) {
  const auto snapshot = decode_snapshot(bytes.data(), bytes.size());
  if (!snapshot) return std::nullopt;
  test::Bytes again;
  encode_snapshot(*snapshot, again);
  return again;
}

std::string refusal(const Snapshot& snapshot) {
  test::Bytes bytes;
  encode_snapshot(snapshot, bytes);
  const auto read = decode_snapshot(bytes.data(), bytes.size());
  return read ? "accepted" : read.error().message;
}

}  // namespace

TEST_CASE("answers and failures survive their bytes") {
  Rng rng(4);
  for (int i = 0; i < 200; ++i) {
    const Answer answer{rng.bits(), test::random_text(rng, 60)};
    const test::Bytes bytes = encoded(answer);
    const auto message = decode_message(bytes.data(), bytes.size());
    REQUIRE(message.ok());
    REQUIRE(std::holds_alternative<Answer>(*message));
    CHECK(std::get<Answer>(*message) == answer);

    const Failed failed{test::random_text(rng, 60)};
    const test::Bytes failed_bytes = encoded(failed);
    const auto failed_message = decode_message(failed_bytes.data(), failed_bytes.size());
    REQUIRE(failed_message.ok());
    REQUIRE(std::holds_alternative<Failed>(*failed_message));
    CHECK(std::get<Failed>(*failed_message) == failed);
  }
}

TEST_CASE("a snapshot survives its bytes, whatever its values and parts") {
  Rng rng(5);
  for (int i = 0; i < 500; ++i) {
    const Snapshot snapshot = test::random_snapshot(rng);
    const test::Bytes bytes = encoded(snapshot);
    const auto message = decode_message(bytes.data(), bytes.size());
    REQUIRE_MESSAGE(message.ok(), (message.ok() ? "" : message.error().message));
    REQUIRE(std::holds_alternative<Snapshot>(*message));
    const Snapshot& read = std::get<Snapshot>(*message);
    CHECK(read.parts == snapshot.parts);
    CHECK(read.spec == snapshot.spec);
    CHECK(read.status.step == snapshot.status.step);
    CHECK(read.status.error == snapshot.status.error);
    CHECK(std::bit_cast<uint32_t>(read.status.valid_loss) ==
          std::bit_cast<uint32_t>(snapshot.status.valid_loss));
    CHECK(read.batch.pixels == snapshot.batch.pixels);
    CHECK(read.batch.answers == snapshot.batch.answers);
    CHECK(read.evaluation.confusion == snapshot.evaluation.confusion);
    CHECK(read.examples.count == snapshot.examples.count);
    CHECK(read.probe.has_value() == snapshot.probe.has_value());
    CHECK(read.digest == snapshot.digest);
    CHECK(encoded(read) == bytes);
  }
}

namespace {

bool same_bits(float a, float b) {
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
}
bool same_bits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}
template <class Value>
bool same_bits(const Value& a, const Value& b) {
  return a == b;
}

}  // namespace

TEST_CASE("no number of the status is forgotten") {
  Rng rng(6);
  for (int i = 0; i < 10; ++i) {
    const Snapshot snapshot = test::random_snapshot(rng, 0);
    const test::Bytes bytes = encoded(snapshot);
    const Status read = std::get<Snapshot>(*decode_message(bytes.data(), bytes.size())).status;
    for_each_member<Status>([&](const auto& number) {
      CHECK_MESSAGE(same_bits(read.*number.at, snapshot.status.*number.at), number.name);
    });
  }
}

// Each alone, so that a part that is written under the bit of another part is noticed.
TEST_CASE("every part survives alone, and brings nothing but itself") {
  for (const test::SampleState state : {test::SampleState::fresh, test::SampleState::finished}) {
    const Snapshot all = test::sample_snapshot_conv(state), none;
    size_t bytes_of_parts = 0;
    Snapshot bare = all;
    bare.parts = 0;
    const size_t base = encoded(bare).size();
    for (uint32_t bit = 1; bit <= kAllSnapshotParts; bit <<= 1) {
      Snapshot one = all;
      one.parts = bit;
      const test::Bytes bytes = encoded(one);
      CHECK(bytes.size() > base);
      bytes_of_parts += bytes.size() - base;
      const Snapshot read = std::get<Snapshot>(*decode_message(bytes.data(), bytes.size()));
      CHECK(encoded(read) == bytes);
      for_each_part([&](const auto& part) {
        const Snapshot& expected = part.bits & bit ? all : none;
        CHECK_MESSAGE(part.look(part.place(read)) == part.look(part.place(expected)), part.name,
                      " in a message of part ", bit);
      });
    }
    // The layers come with any of three parts, once.
    CHECK(encoded(all).size() < base + bytes_of_parts);
  }
}

TEST_CASE("a file survives its bytes") {
  const File file{"downhill-conv-epoch3.safetensors", {0, 1, 255}};
  const test::Bytes bytes = encoded(file);
  const auto message = decode_message(bytes.data(), bytes.size());
  REQUIRE(message.ok());
  CHECK(std::get<File>(*message) == file);
  test::check_beginnings_are_refused(recode, bytes);
}

TEST_CASE("parts without their bit are not written") {
  Rng rng(7);
  Snapshot snapshot = test::random_snapshot(rng);
  while (!(snapshot.parts & kPartBaseline)) snapshot = test::random_snapshot(rng);
  Snapshot bare;
  bare.status = snapshot.status;
  bare.spec = snapshot.spec;
  snapshot.parts = snapshot.reused = 0;
  CHECK(encoded(snapshot) == encoded(bare));
}

TEST_CASE("damaged messages are refused or mean exactly what they say") {
  Rng rng(8);
  size_t accepted = 0;
  for (uint32_t part = 1; part <= kAllSnapshotParts; part <<= 1) {
    const Snapshot snapshot = test::random_snapshot(rng, part);
    const test::Bytes bytes = encoded(snapshot);
    test::check_beginnings_are_refused(recode, bytes);
    accepted += test::check_damage_is_refused_or_canonical(recode, bytes, rng, 500);
    test::Bytes bare;
    encode_snapshot(snapshot, bare);
    accepted += test::check_damage_is_refused_or_canonical(recode_snapshot, bare, rng, 200);
    const test::Bytes answer = encoded(Answer{rng.bits(), test::random_text(rng, 30)});
    test::check_beginnings_are_refused(recode, answer);
    accepted += test::check_damage_is_refused_or_canonical(recode, answer, rng, 500);
  }
  CHECK(accepted > 100);
}

TEST_CASE("a hostile length is refused before any memory is taken") {
  Snapshot snapshot;
  snapshot.parts = kPartWeights;
  test::Bytes bytes;
  encode_snapshot(snapshot, bytes);
  for (size_t i = 0; i < 4; ++i)
    bytes[bytes.size() - 4 + i] = 0xff;  // the number of weights: 4,294,967,295
  const auto read = decode_snapshot(bytes.data(), bytes.size());
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().message.starts_with("[snapshot] "));
}

TEST_CASE("a batch whose parts do not fit together is refused") {
  constexpr const char* kWrong = "[snapshot] the parts of the batch differ in length";
  Snapshot s;
  s.parts = kPartBatch;
  s.batch.size = s.batch.shown = 1;
  s.status.image_rows = 28;
  s.status.image_columns = 28;
  CHECK(refusal(s) == kWrong);
  s.batch.pixels.resize(784);
  s.batch.indices.resize(1);
  s.batch.digits.resize(1);
  CHECK(refusal(s) == kWrong);
  s.batch.labels.resize(1);
  CHECK(refusal(s) == "accepted");
  s.batch.entered.resize(783);
  CHECK(refusal(s) == kWrong);
  s.batch.entered.resize(784);
  s.batch.predicted = true;
  CHECK(refusal(s) == "[snapshot] predictions are missing");
  s.batch.outputs_per_image = 10;
  s.batch.outputs.resize(10);
  s.batch.scores.resize(10);
  s.batch.answers.resize(1);
  s.batch.losses.resize(1);
  CHECK(refusal(s) == "accepted");
  s.batch.outputs.resize(2);
  CHECK(refusal(s) == kWrong);
  s.batch.outputs.resize(10);
  for (const uint32_t outputs : {0u, 11u, 0xffffffffu}) {
    s.batch.outputs_per_image = outputs;
    CHECK(refusal(s) == kWrong);
  }
}

TEST_CASE("a layer that does not fit its parameters is refused") {
  Snapshot s;
  s.parts = kPartWeights | kPartGradients | kPartChanges;
  LayerInfo conv;
  conv.kind = LayerKind::conv;
  conv.planes = 8;
  conv.rows = conv.columns = 3;
  conv.in = 72;
  conv.out = 16;
  conv.bias_offset = 72 * 16;
  s.parameters.layers = {conv};
  s.parameters.values.resize(72 * 16 + 16);
  CHECK(refusal(s) == "accepted");
  for (std::vector<float> Parameters::*slab : {&Parameters::gradients, &Parameters::changes}) {
    Snapshot wrong = s;
    (wrong.parameters.*slab).resize(7);
    CHECK(refusal(wrong).ends_with(" and weights differ in length"));
  }
  constexpr const char* kBeyond = "[snapshot] a layer reaches beyond the parameters";
  for (uint32_t LayerInfo::*field :
       {&LayerInfo::out, &LayerInfo::weight_offset, &LayerInfo::bias_offset}) {
    for (const uint32_t value : {72 * 16 + 16u, 0xffffffffu}) {
      Snapshot wrong = s;
      wrong.parameters.layers[0].*field = value;
      CHECK(refusal(wrong) == kBeyond);
    }
  }
  for (uint32_t LayerInfo::*field :
       {&LayerInfo::in, &LayerInfo::planes, &LayerInfo::rows, &LayerInfo::columns}) {
    for (const uint32_t value : {0u, 73u, 0xffffffffu}) {
      Snapshot wrong = s;
      wrong.parameters.layers[0].*field = value;
      CHECK(refusal(wrong) == "[snapshot] a layer does not see as many numbers as it says");
    }
  }
  // Without a bias its offset does not matter.
  s.parameters.layers[0].has_bias = false;
  s.parameters.values.resize(72 * 16);
  CHECK(refusal(s) == "accepted");
  s.parameters.values.resize(72 * 16 - 1);
  CHECK(refusal(s) == kBeyond);
  // Gradients alone are checked as well.
  s.parts = kPartGradients;
  s.parameters.gradients.resize(72 * 16 - 1);
  CHECK(refusal(s) == kBeyond);
}

TEST_CASE("the sample of a snapshot with every part has something in each") {
  const Snapshot sample = test::sample_snapshot_conv(test::SampleState::finished), empty;
  for_each_part([&](const auto& part) {
    CHECK_MESSAGE(part.look(part.place(sample)) != part.look(part.place(empty)), "The part ",
                  part.name, " is empty in the sample that tests send and draw: fill it in ",
                  "sample_snapshot_conv() of tests/support/sample_snapshot_conv.hpp.");
  });
}

TEST_CASE("a test, an opened cell, an image or a finding that does not fit together is refused") {
  const Snapshot good = test::sample_snapshot_conv(test::SampleState::finished);
  CHECK(refusal(good) == "accepted");
  using Spoil = void (*)(Snapshot&);
  const auto all_refused = [&](std::initializer_list<Spoil> spoilers, const char* sentence) {
    for (const Spoil& spoil : spoilers) {
      Snapshot wrong = good;
      spoil(wrong);
      CHECK(refusal(wrong) == sentence);
    }
  };
  all_refused({[](Snapshot& s) { s.evaluation.classes = 11; },
               [](Snapshot& s) { s.evaluation.classes = 9; },
               [](Snapshot& s) { s.evaluation.confusion.pop_back(); },
               [](Snapshot& s) { s.evaluation.pixels.pop_back(); },
               [](Snapshot& s) { s.evaluation.digits.pop_back(); },
               [](Snapshot& s) { s.evaluation.answers.pop_back(); },
               [](Snapshot& s) { s.evaluation.losses.push_back(0); }},
              "[snapshot] the parts of the evaluation differ in length");
  all_refused(
      {[](Snapshot& s) { s.examples.count = 4; }, [](Snapshot& s) { s.examples.pixels.clear(); },
       [](Snapshot& s) { s.examples.losses.pop_back(); }},
      "[snapshot] the parts of the examples differ in length");
  all_refused({[](Snapshot& s) { s.inspection->pixels.pop_back(); },
               [](Snapshot& s) { s.inspection->saliency.pop_back(); },
               [](Snapshot& s) { s.inspection->outputs.clear(); },
               [](Snapshot& s) { s.inspection->scores.pop_back(); },
               [](Snapshot& s) {
                 s.inspection->outputs.resize(11);
                 s.inspection->scores.resize(11);
               }},
              "[snapshot] the parts of the inspected image differ in length");
  all_refused({[](Snapshot& s) { s.inspection->layers[0].rows = 0; },
               [](Snapshot& s) { s.inspection->layers[0].columns = 0xffffffff; },
               [](Snapshot& s) { s.inspection->layers[0].channels = 7; },
               [](Snapshot& s) { s.inspection->layers[0].values.pop_back(); }},
              "[snapshot] an activation has not as many numbers as it says");
  all_refused({[](Snapshot& s) { s.findings.lr_sweep->losses.pop_back(); },
               [](Snapshot& s) { s.findings.lr_sweep->smooth.pop_back(); },
               [](Snapshot& s) { s.findings.lr_sweep->first = 96; },
               [](Snapshot& s) { s.findings.lr_sweep->last = 101; }},
              "[snapshot] the parts of the sweep differ in length");
  all_refused({[](Snapshot& s) { s.findings.loss_line->losses.pop_back(); }},
              "[snapshot] the parts of the loss line differ in length");
  all_refused({[](Snapshot& s) { s.baseline.ideals.pop_back(); },
               [](Snapshot& s) { s.baseline.ideals.resize(2 * 784); }},
              "[snapshot] a mean digit has another size than the images");
  all_refused({[](Snapshot& s) { s.status.image_rows = 1025; },
               [](Snapshot& s) { s.status.image_columns = 0xffffffff; }},
              "[snapshot] its images are too large");
  all_refused({[](Snapshot& s) { s.parts = kAllSnapshotParts + 1; }},
              "[snapshot] it carries unknown parts");
}

TEST_CASE("messages of an unknown kind or version are refused with the reason") {
  const auto sentence = [](const test::Bytes& bytes) {
    return decode_message(bytes.data(), bytes.size()).error().message;
  };
  CHECK(sentence({}) == "[message] is empty");
  CHECK(sentence({'?', 2}) == "[message] kind 63 is unknown");
  CHECK(sentence({'A', 1, 0, 0, 0, 0, 0, 0, 0, 0}) ==
        "[message] version 1 where 5 was expected: page and engine are of different builds, reload "
        "the page");
  CHECK(sentence({'S', 1}).starts_with("[snapshot] version 1 "));
}

}  // namespace downhill
