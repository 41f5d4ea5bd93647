#include "session/message.hpp"

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>

#include "support/codec_check.hpp"
#include "support/random_values.hpp"
#include "support/sample_snapshot.hpp"

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
    return std::array<uint64_t, 34>{t.ready,
                                    t.loading,
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
                                    t.tested_epoch,
                                    bits(t.best_valid_accuracy),
                                    bits(t.gradient_norm),
                                    bits(t.weight_norm),
                                    bits(t.update_norm),
                                    bits(t.lr),
                                    bits(t.momentum),
                                    bits(t.baseline_accuracy),
                                    bits(t.baseline_accuracy_l2),
                                    bits(t.images_per_second),
                                    bits(t.speed),
                                    t.trouble_step,
                                    t.good_step,
                                    t.can_recover,
                                    t.best_is_back};
  };
  CHECK(numbers(read) == numbers(s));
  CHECK(std::bit_cast<uint64_t>(read.training_seconds) ==
        std::bit_cast<uint64_t>(s.training_seconds));
  CHECK(read.health == s.health);
  CHECK(read.diagnosis == s.diagnosis);
  CHECK(read.stop_reason == s.stop_reason);
  CHECK(read.busy_with == s.busy_with);
  CHECK(read.error == s.error);
}

// Alone, so that a part which is written under the bit of another comes back empty.
TEST_CASE("every part survives alone, and brings nothing but itself") {
  for (const test::SampleState state : {test::SampleState::fresh, test::SampleState::finished}) {
    const Snapshot all = test::sample_snapshot_conv(state);
    size_t bytes_of_parts = 0;
    Snapshot bare = all;
    bare.parts = 0;
    const size_t base = encoded(bare).size();
    for (uint32_t part = 1; part <= kAllSnapshotParts; part <<= 1) {
      CAPTURE(part);
      Snapshot one = all;
      one.parts = part;
      const test::Bytes bytes = encoded(one);
      CHECK(bytes.size() > base);
      bytes_of_parts += bytes.size() - base;
      const Snapshot read = std::get<Snapshot>(*decode_message(bytes.data(), bytes.size()));
      const auto there = [&](uint32_t of, bool something) {
        CHECK(something == ((part & of) != 0));
      };
      there(kPartCurves, !read.curves.epochs.empty());
      there(kPartWeights, read.parameters.values.size() == 12126);
      there(kPartBatch, read.batch.pixels == all.batch.pixels);
      there(kPartBaseline, read.baseline.ideals == all.baseline.ideals);
      there(kPartEvaluation, read.evaluation.losses == all.evaluation.losses);
      there(kPartExamples, read.examples.losses == all.examples.losses);
      there(kPartInspection, read.inspection == all.inspection);
      there(kPartSampleGradient, read.sample_gradient == all.sample_gradient);
      there(kPartDigest, read.digest == all.digest);
      there(kPartFindings, read.findings.loss_line == all.findings.loss_line &&
                               read.findings.lr_sweep == all.findings.lr_sweep &&
                               read.findings.sharpness == all.findings.sharpness);
      if (state == test::SampleState::fresh) continue;
      there(kPartGradients, read.parameters.gradients == all.parameters.gradients);
      there(kPartChanges, read.parameters.changes == all.parameters.changes);
      there(kPartStatistics, read.statistics == all.statistics);
      there(kPartProbe, read.probe.has_value());
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

TEST_CASE("parts that were not asked for are not written") {
  Rng rng(7);
  Snapshot snapshot = test::random_snapshot(rng);
  while (!(snapshot.parts & kPartBaseline)) snapshot = test::random_snapshot(rng);
  Snapshot bare;
  bare.status = snapshot.status;
  bare.spec = snapshot.spec;
  snapshot.parts = snapshot.kept = 0;
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
  constexpr const char* kWrong = "[snapshot] the parts of the batch are not of one number";
  Snapshot s;
  s.parts = kPartBatch;
  s.batch.size = s.batch.shown = 1;
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
    CHECK(refusal(wrong).ends_with(" and weights are not of one number"));
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
  // Without a bias there is no place for one, wherever it is said to be.
  s.parameters.layers[0].has_bias = false;
  s.parameters.values.resize(72 * 16);
  CHECK(refusal(s) == "accepted");
  s.parameters.values.resize(72 * 16 - 1);
  CHECK(refusal(s) == kBeyond);
  // Gradients alone are a slab as well.
  s.parts = kPartGradients;
  s.parameters.gradients.resize(72 * 16 - 1);
  CHECK(refusal(s) == kBeyond);
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
              "[snapshot] the parts of the evaluation are not of one number");
  all_refused(
      {[](Snapshot& s) { s.examples.count = 4; }, [](Snapshot& s) { s.examples.pixels.clear(); },
       [](Snapshot& s) { s.examples.losses.pop_back(); }},
      "[snapshot] the parts of the examples are not of one number");
  all_refused({[](Snapshot& s) { s.inspection->pixels.pop_back(); },
               [](Snapshot& s) { s.inspection->saliency.pop_back(); },
               [](Snapshot& s) { s.inspection->outputs.clear(); },
               [](Snapshot& s) { s.inspection->scores.pop_back(); },
               [](Snapshot& s) {
                 s.inspection->outputs.resize(11);
                 s.inspection->scores.resize(11);
               }},
              "[snapshot] the parts of the inspected image are not of one number");
  all_refused({[](Snapshot& s) { s.inspection->layers[0].rows = 0; },
               [](Snapshot& s) { s.inspection->layers[0].columns = 0xffffffff; },
               [](Snapshot& s) { s.inspection->layers[0].channels = 7; },
               [](Snapshot& s) { s.inspection->layers[0].values.pop_back(); }},
              "[snapshot] an activation has not as many numbers as it says");
  all_refused({[](Snapshot& s) { s.findings.lr_sweep->losses.pop_back(); },
               [](Snapshot& s) { s.findings.lr_sweep->smooth.pop_back(); },
               [](Snapshot& s) { s.findings.lr_sweep->first = 96; },
               [](Snapshot& s) { s.findings.lr_sweep->last = 101; }},
              "[snapshot] the parts of the sweep are not of one number");
  all_refused({[](Snapshot& s) { s.findings.loss_line->losses.pop_back(); }},
              "[snapshot] the parts of the loss line are not of one number");
  all_refused({[](Snapshot& s) { s.baseline.ideals.pop_back(); },
               [](Snapshot& s) { s.baseline.ideals.resize(2 * 784); }},
              "[snapshot] a mean digit has not 784 pixels");
  all_refused({[](Snapshot& s) { s.parts = kAllSnapshotParts + 1; }},
              "[snapshot] it carries unknown parts");
}

TEST_CASE("messages of an unknown kind or another version are refused with what is wrong") {
  const auto sentence = [](const test::Bytes& bytes) {
    return decode_message(bytes.data(), bytes.size()).error().message;
  };
  CHECK(sentence({}) == "[message] is empty");
  CHECK(sentence({'?', 2}) == "[message] kind 63 is unknown");
  CHECK(sentence({'A', 1, 0, 0, 0, 0, 0, 0, 0, 0}) ==
        "[message] version 1 where 4 was expected: page and engine are of different builds, reload "
        "the page");
  CHECK(sentence({'S', 1}).starts_with("[snapshot] version 1 "));
}

}  // namespace downhill
