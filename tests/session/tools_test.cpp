#include "session/tools.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "data/synthetic.hpp"
#include "session/message.hpp"
#include "session/session.hpp"
#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"

using namespace downhill;

namespace {

double the_time = 0;
double ticking() { return the_time += 0.001; }

struct Talk {
  Session session;
  uint32_t last_id = 0;

  explicit Talk(const std::string& edits) {
    REQUIRE(session.load(synthetic_digit_data(64, 32, 3)).ok());
    say("set?model=mlp:8&batch=16&epochs=2&lr=0.1");
    say("set?" + edits);
  }
  uint32_t say(const std::string& text) {
    Result<Command> command = parse_command(text);
    if (!command) FAIL(command.error().message);
    return send(*command);
  }
  uint32_t send(Command command) {
    command.id = ++last_id;
    session.receive(command);
    return command.id;
  }
  // The error of a command's answer, once it has one.
  std::optional<std::string> answer_to(uint32_t id) {
    std::vector<uint8_t> bytes;
    while (session.next_message(bytes)) {
      Result<Message> message = decode_message(bytes.data(), bytes.size());
      REQUIRE(message.ok());
      if (const Answer* answer = std::get_if<Answer>(&*message))
        answers[answer->id] = answer->error;
      if (File* file = std::get_if<File>(&*message)) files.push_back(std::move(*file));
    }
    const auto found = answers.find(id);
    return found == answers.end() ? std::nullopt : std::optional(found->second);
  }
  void work_until_quiet() {
    for (int i = 0; i < 10000 && session.work(ticking, the_time + 0.01) == 0; ++i) {
    }
  }
  Snapshot look(uint32_t parts) { return session.snapshot({.parts = parts}); }

  std::map<uint32_t, std::string> answers;
  std::vector<File> files;
};

}  // namespace

TEST_SUITE("tools") {
  TEST_CASE("each tool works in slices, answers when it is done, and leaves the run as it was") {
    for (const char* tool : {"find_lr", "sharpness", "loss_line"}) {
      CAPTURE(tool);
      Talk talk("optimizer=adam&lr=0.01");
      talk.say("step?unit=batch&count=5");
      talk.work_until_quiet();
      const auto before = test::digest_of(talk.session.trainer());
      const uint32_t id = talk.say(tool);
      talk.session.work(ticking, the_time + 0.002);
      CHECK_FALSE(talk.answer_to(id).has_value());
      CHECK(talk.look(0).status.busy_with == tool);
      CHECK_FALSE(talk.look(0).status.running);
      CHECK(test::digest_of(talk.session.trainer()) == before);
      talk.work_until_quiet();
      CHECK(talk.answer_to(id) == "");
      CHECK(talk.look(0).status.busy_with.empty());
      CHECK(test::digest_of(talk.session.trainer()) == before);
      const Findings found = talk.look(kPartFindings).findings;
      const std::string name = tool;
      CHECK(found.lr_sweep.has_value() == (name == "find_lr"));
      CHECK(found.sharpness.has_value() == (name == "sharpness"));
      CHECK(found.loss_line.has_value() == (name == "loss_line"));
      // The next step is the one that the run would have taken.
      Talk plain("optimizer=adam&lr=0.01");
      for (Talk* both : {&talk, &plain}) {
        both->say("step?unit=batch&count=2");
        both->work_until_quiet();
      }
      plain.say("step?unit=batch&count=5");
      plain.work_until_quiet();
      CHECK(plain.session.trainer().steps_done() == talk.session.trainer().steps_done());
      CHECK(test::digest_of(plain.session.trainer()) == test::digest_of(talk.session.trainer()));
    }
  }

  TEST_CASE("a newer command stops a tool half-way, and its answer says so") {
    Talk talk("");
    const uint32_t id = talk.say("find_lr");
    talk.session.work(ticking, the_time + 0.003);
    talk.say("play");
    CHECK(talk.answer_to(id) == "[tool] a newer command took its place");
    talk.work_until_quiet();
    CHECK(talk.session.trainer().finished());
    // What it had found stays until the run is another one.
    CHECK(talk.look(kPartFindings).findings.lr_sweep.has_value());
    talk.say("reset");
    CHECK_FALSE(talk.look(kPartFindings).findings.lr_sweep.has_value());
  }

  TEST_CASE("a file of weights gives the initial weights of a run, in any engine") {
    Talk talk("init=he");
    talk.say("step?unit=epoch");
    talk.work_until_quiet();
    CHECK(talk.answer_to(talk.say("save?what=weights")) == "");
    REQUIRE(talk.files.size() == 1);
    CHECK(talk.files[0].name == "downhill-mlp8-epoch1.safetensors");
    Talk other("seed=9");
    Command load;
    load.kind = CommandKind::load;
    load.bytes = talk.files[0].bytes;
    CHECK(other.answer_to(other.send(load)) == "");
    CHECK(std::ranges::equal(other.session.trainer().model().slabs().values(),
                             talk.session.trainer().model().slabs().values()));
    CHECK(other.session.trainer().position() == 0);
    CHECK(other.look(0).status.valid_loss == talk.look(0).status.valid_loss);
  }

  TEST_CASE("a checkpoint continues to the bit, whatever the engine was doing") {
    Talk talk(
        "model=conv&loss=crossentropy&optimizer=adamw&lr=0.01&schedule=onecycle&augment=crop");
    talk.say("step?unit=batch&count=11");
    talk.work_until_quiet();
    talk.say("step?unit=phase&count=2");
    talk.work_until_quiet();
    CHECK(talk.answer_to(talk.say("save?what=checkpoint")) == "");
    REQUIRE(talk.files.size() == 1);
    CHECK(talk.files[0].name == "downhill-conv-epoch1-checkpoint.safetensors");
    Talk other("");
    other.say("play");
    other.session.work(ticking, the_time + 0.01);
    Command load;
    load.kind = CommandKind::load;
    load.bytes = talk.files[0].bytes;
    CHECK(other.answer_to(other.send(load)) == "");
    CHECK(other.session.spec() == talk.session.spec());
    CHECK_FALSE(other.look(0).status.running);
    for (Talk* both : {&talk, &other}) {
      both->say("play");
      both->work_until_quiet();
    }
    CHECK(test::digest_of(other.session.trainer()) == test::digest_of(talk.session.trainer()));
  }

  TEST_CASE("a result says what was set where, whatever the order of commands") {
    Talk talk("model=linear");
    talk.say("step?unit=batch&count=3");
    talk.work_until_quiet();
    talk.say("set?lr=2");
    talk.say("step?unit=phase&count=7");
    talk.work_until_quiet();
    talk.say("set?momentum=0.5&wd=0.1");
    talk.say("back?unit=phase&count=2");
    CHECK(talk.answer_to(talk.say("save?what=result")) == "");
    REQUIRE(talk.files.size() == 1);
    CHECK(talk.files[0].name == "downhill-linear-epoch0-result.txt");
    const std::string text(talk.files[0].bytes.begin(), talk.files[0].bytes.end());
    CHECK(text.starts_with("downhill result 1\nexperiment data=digits&digits=37&"));
    CHECK(text.find("\nset 15 lr=2\nset 20 momentum=0.5&wd=0.1\nend 20\ndigest ") !=
          std::string::npos);
    talk.say("reset");
    talk.answer_to(talk.say("save?what=result"));
    const std::string fresh(talk.files[1].bytes.begin(), talk.files[1].bytes.end());
    CHECK(fresh.find("\nset ") == std::string::npos);
    CHECK(fresh.find("&momentum=0.5&") != std::string::npos);
    CHECK(fresh.find("\nend 0\n") != std::string::npos);
    Command load;
    load.kind = CommandKind::load;
    talk.answer_to(talk.say("save?what=checkpoint"));
    load.bytes = talk.files[2].bytes;
    CHECK(talk.answer_to(talk.send(load)) == "");
    CHECK(talk.answer_to(talk.say("save?what=result"))->starts_with("[save] this run began"));
  }

  TEST_CASE("the curves and the confusion matrix are tables") {
    Talk talk("model=linear&batch=16");
    talk.say("step?unit=epoch&count=2");
    talk.work_until_quiet();
    talk.say("save?what=curves");
    CHECK(talk.answer_to(talk.say("save?what=confusion")) == "");
    REQUIRE(talk.files.size() == 2);
    CHECK(talk.files[0].name == "downhill-linear-epoch2-curves.csv");
    const std::string curves(talk.files[0].bytes.begin(), talk.files[0].bytes.end());
    CHECK(std::ranges::count(curves, '\n') == 2 + 16);
    CHECK(curves.find("\n0,,,,,0,") != std::string::npos);
    CHECK(curves.find("\n16,") != std::string::npos);
    const std::string confusion(talk.files[1].bytes.begin(), talk.files[1].bytes.end());
    CHECK(confusion.starts_with("truth,3,7\n3,"));
    CHECK(std::ranges::count(confusion, '\n') == 3);
  }

  TEST_CASE("the gradients and the scores of the batch are refused until there are any") {
    Talk talk("model=linear&batch=16");
    CHECK(talk.answer_to(talk.say("save?what=gradients"))->starts_with("[save] no gradient"));
    CHECK(talk.answer_to(talk.say("save?what=scores"))->starts_with("[save] the model has not"));
    talk.say("step?unit=batch&count=3");
    talk.work_until_quiet();
    CHECK(talk.answer_to(talk.say("save?what=gradients")) == "");
    CHECK(talk.answer_to(talk.say("save?what=scores")) == "");
    REQUIRE(talk.files.size() == 2);
    CHECK(talk.files[0].name == "downhill-linear-epoch0-gradients.safetensors");
    const Result<TensorFile> file = read_safetensors(talk.files[0].bytes, "gradients");
    REQUIRE(file.ok());
    REQUIRE(file->tensors.size() == 2);
    double squares = 0;
    for (const FileTensor& tensor : file->tensors)
      for (const float g : tensor.values) squares += static_cast<double>(g) * static_cast<double>(g);
    const Trainer& trainer = talk.session.trainer();
    CHECK(std::sqrt(squares) ==
          doctest::Approx(static_cast<double>(trainer.recorder().steps().back().gradient_norm)));
    const std::string scores(talk.files[1].bytes.begin(), talk.files[1].bytes.end());
    CHECK(scores.starts_with("index,digit,label,answer,output,score,loss\n"));
    CHECK(std::ranges::count(scores, '\n') == 1 + 16);
    // The mean of the last column is the loss of the batch.
    double sum = 0;
    std::istringstream rows(scores.substr(scores.find('\n') + 1));
    for (std::string row; std::getline(rows, row);) sum += std::stod(row.substr(row.rfind(',') + 1));
    CHECK(sum / 16 ==
          doctest::Approx(static_cast<double>(trainer.recorder().steps().back().loss)));
  }

  TEST_CASE("the scores of points have a target and an output each") {
    Talk talk("data=curve");
    talk.say("step?unit=batch&count=1");
    talk.work_until_quiet();
    CHECK(talk.answer_to(talk.say("save?what=scores")) == "");
    REQUIRE(talk.files.size() == 1);
    const std::string scores(talk.files[0].bytes.begin(), talk.files[0].bytes.end());
    CHECK(scores.starts_with("index,target,output,loss\n"));
    CHECK(std::ranges::count(scores, '\n') == 1 + 20);
  }

  TEST_CASE("a checkpoint with a number out of range is answered, and the run goes on") {
    Talk talk("optimizer=adam&lr=0.01");
    talk.say("step?unit=batch&count=11");
    talk.work_until_quiet();
    TensorFile good;
    append_run(test::SmallRun("epochs=2").trainer.record(), good);
    const auto before = test::digest_of(talk.session.trainer());
    for (const char* decay : {"inf", "nan", "1e38"}) {
      TensorFile bad = good;
      for (auto& [key, text] : bad.metadata) {
        if (key == "run.live_marks") text = "1:" + std::string(decay) + ":0";
      }
      Command load;
      load.kind = CommandKind::load;
      load.bytes = write_safetensors(bad);
      CHECK(talk.answer_to(talk.send(load)) ==
            "[checkpoint] in 'run.live_marks': [wd] '" + std::string(decay) + "' is outside 0…1");
      CHECK(test::digest_of(talk.session.trainer()) == before);
    }
  }

  TEST_CASE("weights of another dropout load, and the status says what was matched") {
    Talk talk("model=mlp:8&dropout=0.2"), other("model=mlp:8&seed=9");
    talk.say("save?what=weights");
    talk.answer_to(0);
    Command load;
    load.kind = CommandKind::load;
    load.bytes = talk.files.at(0).bytes;
    CHECK(other.answer_to(other.send(load)) == "");
    CHECK(other.look(0).status.note.find("'1' is layer1, '4' is layer2") != std::string::npos);
    other.say("pause");
    CHECK(other.look(0).status.note.empty());
  }

  TEST_CASE("a file of another kind is refused in a sentence, and the run goes on") {
    Talk talk("");
    talk.say("step?unit=batch&count=3");
    talk.work_until_quiet();
    const auto before = test::digest_of(talk.session.trainer());
    Command load;
    load.kind = CommandKind::load;
    load.bytes = {1, 2, 3};
    const std::optional<std::string> answer = talk.answer_to(talk.send(load));
    REQUIRE(answer.has_value());
    CHECK(answer->starts_with("[file] "));
    CHECK(test::digest_of(talk.session.trainer()) == before);
    Talk linear("model=linear");
    linear.say("save?what=weights");
    linear.answer_to(0);
    load.bytes = linear.files.at(0).bytes;
    CHECK(talk.answer_to(talk.send(load)) ==
          "[weights] tensor '1.weight' is [1, 784] where this model has [8, 784]");
    CHECK(test::digest_of(talk.session.trainer()) == before);
  }

  TEST_CASE("a checkpoint of digits that are not loaded waits for them") {
    Talk talk("");
    talk.say("save?what=checkpoint");
    talk.answer_to(0);
    Result<TensorFile> file = read_safetensors(talk.files.at(0).bytes, "test");
    for (auto& [key, text] : file->metadata) {
      if (key == "run.spec") text.replace(text.find("digits=37"), 9, "digits=49");
    }
    Command load;
    load.kind = CommandKind::load;
    load.bytes = write_safetensors(*file);
    const uint32_t id = talk.send(load);
    CHECK_FALSE(talk.answer_to(id).has_value());
    CHECK(talk.session.wants_digits());
    CHECK(talk.look(0).status.loading);
    talk.session.digits_failed("[data] they could not be loaded");
    CHECK(talk.answer_to(id) == "[data] they could not be loaded");
    CHECK_FALSE(talk.look(0).status.loading);
    CHECK(talk.session.spec().digits == "37");
  }

  TEST_CASE("one image, its gradient and the layers are those of the current weights") {
    Talk talk("model=conv&loss=crossentropy");
    talk.say("advance?phase=gradient");
    talk.work_until_quiet();
    const auto before = test::digest_of(talk.session.trainer());
    SnapshotRequest request;
    request.parts = kPartInspection | kPartSampleGradient | kPartStatistics | kPartGradients;
    request.image = 3;
    const Snapshot seen = talk.session.snapshot(request);
    REQUIRE(seen.inspection.has_value());
    CHECK(seen.inspection->layers.size() == layer_table(talk.session.spec()).size());
    CHECK(seen.sample_gradient.size() == seen.parameters.gradients.size());
    CHECK(seen.statistics.size() == seen.inspection->layers.size());
    std::vector<uint8_t> bytes;
    encode_snapshot(seen, bytes);
    CHECK(decode_snapshot(bytes.data(), bytes.size()).ok());
    request.source = ImageSource::valid;
    request.image = 63;
    CHECK(talk.session.snapshot(request).inspection.has_value());
    CHECK(talk.session.snapshot(request).sample_gradient.empty());
    request.image = 64;
    CHECK_FALSE(talk.session.snapshot(request).inspection.has_value());
    CHECK(test::digest_of(talk.session.trainer()) == before);
  }
}
