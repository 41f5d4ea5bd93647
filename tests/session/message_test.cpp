#include "session/message.hpp"

#include <doctest/doctest.h>

#include <array>

#include "support/codec_check.hpp"
#include "support/random_values.hpp"

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
    CHECK(read.probe.has_value() == snapshot.probe.has_value());
    CHECK(read.digest == snapshot.digest);
    CHECK(encoded(read) == bytes);
  }
}

// The random snapshots hold each field in its own way, so a field that the codec forgot would come
// back as the default.
TEST_CASE("no field of the status is forgotten") {
  Rng rng(6);
  Snapshot snapshot;
  snapshot.status = test::random_status(rng);
  test::Bytes bytes = encoded(snapshot);
  const Status read = std::get<Snapshot>(*decode_message(bytes.data(), bytes.size())).status;
  const Status& s = snapshot.status;
  const auto bits = [](float value) { return std::bit_cast<uint32_t>(value); };
  const auto numbers = [&](const Status& t) {
    return std::array<uint64_t, 28>{t.ready,
                                    t.running,
                                    t.finished,
                                    static_cast<uint64_t>(t.phase),
                                    static_cast<uint64_t>(t.next),
                                    t.step,
                                    t.epoch,
                                    t.batch,
                                    t.batches_per_epoch,
                                    t.epoch_limit,
                                    t.train_count,
                                    t.valid_count,
                                    t.parameter_count,
                                    bits(t.train_loss),
                                    bits(t.previous_loss),
                                    bits(t.batch_accuracy),
                                    bits(t.valid_loss),
                                    bits(t.valid_accuracy),
                                    bits(t.best_valid_accuracy),
                                    bits(t.gradient_norm),
                                    bits(t.weight_norm),
                                    bits(t.update_norm),
                                    bits(t.baseline_accuracy),
                                    bits(t.baseline_accuracy_l2),
                                    bits(t.images_per_second),
                                    bits(t.speed),
                                    t.trouble_step,
                                    t.can_recover};
  };
  CHECK(numbers(read) == numbers(s));
  CHECK(std::bit_cast<uint64_t>(read.training_seconds) ==
        std::bit_cast<uint64_t>(s.training_seconds));
  CHECK(read.health == s.health);
  CHECK(read.diagnosis == s.diagnosis);
  CHECK(read.stop_reason == s.stop_reason);
}

TEST_CASE("parts that were not asked for are not written") {
  Rng rng(7);
  Snapshot snapshot = test::random_snapshot(rng);
  while (!(snapshot.parts & kPartBaseline)) snapshot = test::random_snapshot(rng);
  Snapshot bare;
  bare.status = snapshot.status;
  bare.spec = snapshot.spec;
  snapshot.parts = 0;
  CHECK(encoded(snapshot) == encoded(bare));
}

TEST_CASE("damaged messages are refused or mean exactly what they say") {
  Rng rng(8);
  size_t accepted = 0;
  for (int i = 0; i < 12; ++i) {
    const Snapshot snapshot = test::random_snapshot(rng);
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

TEST_CASE("parts of a snapshot that do not fit together are refused") {
  Rng rng(9);
  Snapshot s;
  s.parts = kPartBatch;
  s.batch.size = s.batch.shown = 1;
  CHECK(refusal(s) == "[snapshot] the parts of the batch are not of one number");
  s.batch.pixels.resize(784);
  s.batch.indices.resize(1);
  s.batch.digits.resize(1);
  CHECK(refusal(s) == "accepted");
  s.batch.predicted = true;
  CHECK(refusal(s) == "[snapshot] predictions are missing");
  s.batch.outputs.resize(2);
  CHECK(refusal(s) == "[snapshot] the parts of the batch are not of one number");

  s = {};
  s.parts = kPartWeights | kPartGradients;
  s.parameters.layers = {{"layer1", 784, 30, 0, 784 * 30}};
  s.parameters.values.resize(784 * 30 + 30);
  CHECK(refusal(s) == "accepted");
  s.parameters.gradients.resize(7);
  CHECK(refusal(s) == "[snapshot] gradients and weights are not of one number");
  s.parameters.gradients.clear();
  for (uint32_t LayerInfo::*field :
       {&LayerInfo::in, &LayerInfo::out, &LayerInfo::weight_offset, &LayerInfo::bias_offset}) {
    for (const uint32_t value : {784 * 30 + 30u, 0xffffffffu}) {
      Snapshot wrong = s;
      wrong.parameters.layers[0].*field = value;
      CHECK(refusal(wrong) == "[snapshot] a layer reaches beyond the parameters");
    }
  }

  s = {};
  s.parts = kPartBaseline;
  s.baseline = {test::random_floats(rng, 784), test::random_floats(rng, 783)};
  CHECK(refusal(s) == "[snapshot] a mean digit has not 784 pixels");
  s = {};
  s.parts = kPartDigest << 1;
  CHECK(refusal(s) == "[snapshot] it carries unknown parts");
}

TEST_CASE("messages of an unknown kind or another version are refused with what is wrong") {
  const auto sentence = [](const test::Bytes& bytes) {
    return decode_message(bytes.data(), bytes.size()).error().message;
  };
  CHECK(sentence({}) == "[message] is empty");
  CHECK(sentence({'?', 1}) == "[message] kind 63 is unknown");
  CHECK(sentence({'A', 2, 0, 0, 0, 0, 0, 0, 0, 0}) ==
        "[message] version 2 where 1 was expected: page and engine are of different builds, reload "
        "the page");
  CHECK(sentence({'S', 2}).starts_with("[snapshot] version 2 "));
}

}  // namespace downhill
