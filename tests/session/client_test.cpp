#include "session/client.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <utility>

#include "session/protocol.hpp"
#include "support/sample_snapshot.hpp"

namespace downhill {
namespace {

// An engine that only does what the test says, and remembers what it was sent.
struct ScriptedLink final : EngineLink {
  std::vector<Command> sent;
  std::deque<std::vector<uint8_t>> arriving;
  std::string gone;
  int restarts = 0;

  void send(const std::vector<uint8_t>& message) override {
    const auto command = decode_command(message.data(), message.size());
    REQUIRE(command.ok());
    sent.push_back(*command);
  }
  bool poll(std::vector<uint8_t>& message) override {
    if (arriving.empty()) return false;
    message = arriving.front();
    arriving.pop_front();
    return true;
  }
  std::string failure() const override { return gone; }
  void restart() override {
    ++restarts;
    gone.clear();
    arriving.clear();
  }

  template <class Value>
  void say(const Value& value) {
    encode_message(value, arriving.emplace_back());
  }
  size_t snapshots_asked() const {
    size_t count = 0;
    for (const Command& command : sent) count += command.kind == CommandKind::snapshot;
    return count;
  }
};

Snapshot with_curves(uint32_t generation, uint32_t first_step, uint32_t last_step) {
  Snapshot s;
  s.parts = kPartCurves;
  s.curves.generation = generation;
  for (uint32_t step = first_step; step <= last_step; ++step) {
    s.curves.steps.push_back({step, 1.0f / static_cast<float>(step), 2, 0.1f, 0.9f});
  }
  s.status.step = last_step;
  return s;
}

// One unit that sees `in` numbers, its weights and bias as they are given.
Parameters unit_of(uint32_t in, std::vector<float> values, std::vector<float> gradients) {
  LayerInfo layer;
  layer.name = "layer1";
  layer.in = layer.columns = layer.bias_offset = in;
  layer.out = 1;
  return {{layer}, std::move(values), std::move(gradients), {}};
}

}  // namespace

TEST_CASE("one request for a snapshot is under way, never two") {
  ScriptedLink link;
  EngineClient client(link);
  client.subscribe(kPartCurves | kPartWeights);
  for (int frame = 0; frame < 5; ++frame) client.update();
  REQUIRE(link.sent.size() == 1);
  CHECK(link.sent[0].kind == CommandKind::snapshot);
  CHECK(link.sent[0].request.parts == (kPartCurves | kPartWeights));
  link.say(Snapshot{});
  client.update();
  client.update();
  CHECK(link.snapshots_asked() == 2);
  CHECK(client.snapshots_received() == 1);
}

TEST_CASE("curves grow by what is new, and the next request says what is held") {
  ScriptedLink link;
  EngineClient client(link);
  client.subscribe(kPartCurves);
  client.update();
  Snapshot first = with_curves(7, 1, 3);
  first.curves.epochs = {{0, 0, 0, 0.5f, 0.1f}};
  first.curves.marks = {{2, 0.1f, 0.2f}};
  link.say(first);
  client.update();
  CHECK(link.sent.back().request.generation == 7);
  CHECK(link.sent.back().request.steps_held == 3);
  CHECK(link.sent.back().request.epochs_held == 1);
  CHECK(link.sent.back().request.marks_held == 1);
  Snapshot second = with_curves(7, 4, 5);
  second.curves.epochs = {{1, 5, 0.3f, 0.4f, 0.2f}};
  second.curves.marks = {{5, 0.2f, 0.3f}};
  link.say(second);
  client.update();
  const Curves& curves = client.snapshot().curves;
  REQUIRE(curves.steps.size() == 5);
  for (uint32_t i = 0; i < 5; ++i) CHECK(curves.steps[i].step == i + 1);
  CHECK(curves.epochs.size() == 2);
  CHECK(curves.marks.size() == 2);
}

TEST_CASE("a new generation replaces the curves") {
  ScriptedLink link;
  EngineClient client(link);
  client.subscribe(kPartCurves);
  client.update();
  link.say(with_curves(1, 1, 9));
  client.update();
  link.say(with_curves(2, 1, 4));
  client.update();
  CHECK(client.snapshot().curves.generation == 2);
  CHECK(client.snapshot().curves.steps.size() == 4);
}

TEST_CASE(
    "increments with a gap or an overlap are thrown away, and everything is asked for again") {
  struct Case {
    uint32_t from, to;
  };
  for (const Case news : {Case{5, 6}, Case{3, 4}, Case{1, 3}}) {
    CAPTURE(news.from);
    ScriptedLink link;
    EngineClient client(link);
    client.subscribe(kPartCurves);
    client.update();
    link.say(with_curves(3, 1, 3));
    client.update();
    link.say(with_curves(3, news.from, news.to));
    client.update();
    CHECK(client.snapshot().curves.steps.empty());
    CHECK(link.sent.back().request.steps_held == 0);
    link.say(with_curves(3, 1, 6));
    client.update();
    CHECK(client.snapshot().curves.steps.size() == 6);
  }
}

TEST_CASE("the same holds for epochs and marks") {
  for (const bool epochs : {true, false}) {
    ScriptedLink link;
    EngineClient client(link);
    client.subscribe(kPartCurves);
    Snapshot news = with_curves(3, 1, 0);
    if (epochs) news.curves.epochs = {{0, 0, 0, 0.5f, 0.1f}};
    if (!epochs) news.curves.marks = {{4, 0.1f, 0.2f}};
    for (int twice = 0; twice < 2; ++twice) {
      client.update();
      link.say(news);
    }
    client.update();
    CHECK(client.snapshot().curves.epochs.empty());
    CHECK(client.snapshot().curves.marks.empty());
  }
}

TEST_CASE("a snapshot that nobody asked for changes nothing") {
  ScriptedLink link;
  EngineClient client(link);
  client.subscribe(kPartCurves);
  client.update();
  link.say(with_curves(1, 1, 3));
  link.say(with_curves(1, 1, 3));
  client.update();
  CHECK(client.snapshots_received() == 1);
  CHECK(client.snapshot().curves.steps.size() == 3);
}

TEST_CASE("parts that did not come stay, but for what was looked at: probe, digest, one image") {
  ScriptedLink link;
  EngineClient client(link);
  client.update();
  Snapshot full = test::sample_snapshot_conv(test::SampleState::running);
  full.digest = 42;
  link.say(full);
  client.update();
  const Snapshot& seen = client.snapshot();
  CHECK(seen.digest == 42);
  CHECK(seen.probe.has_value());
  CHECK(seen.inspection == full.inspection);
  CHECK(seen.examples.indices == full.examples.indices);
  CHECK(seen.sample_gradient == full.sample_gradient);
  Snapshot bare;
  bare.status.step = 1;
  bare.status.parameter_count = full.status.parameter_count;
  link.say(bare);
  client.update();
  CHECK(seen.status.step == 1);
  CHECK(seen.parts == 0);
  CHECK(seen.parameters.values == full.parameters.values);
  CHECK(seen.parameters.gradients == full.parameters.gradients);
  CHECK(seen.parameters.changes == full.parameters.changes);
  CHECK(seen.batch.pixels == full.batch.pixels);
  CHECK(seen.baseline.ideals.size() == 7840);
  CHECK(seen.evaluation.confusion == full.evaluation.confusion);
  CHECK(seen.statistics == full.statistics);
  CHECK(seen.findings.lr_sweep == full.findings.lr_sweep);
  CHECK_FALSE(seen.probe.has_value());
  CHECK_FALSE(seen.inspection.has_value());
  CHECK(seen.examples.indices.empty());
  CHECK(seen.sample_gradient.empty());
  CHECK(seen.digest == 0);
}

TEST_CASE("what need not come anew is not asked for, and stays") {
  ScriptedLink link;
  EngineClient client(link);
  const uint32_t all = kPartCurves | kPartWeights | kPartBatch | kPartProbe;
  client.subscribe(all, kPartBatch | kPartProbe);
  client.update();
  CHECK(link.sent.back().request.parts == all);  // nothing is held yet
  Snapshot full = test::sample_snapshot_conv(test::SampleState::running);
  full.parts = all;
  link.say(full);
  client.update();
  CHECK(client.snapshot().kept == 0);
  CHECK(link.sent.back().request.parts == (kPartCurves | kPartWeights));
  Snapshot news = full;
  news.parts = kPartCurves | kPartWeights;
  news.curves.steps.clear();
  news.curves.epochs.clear();
  news.curves.marks.clear();
  news.parameters.values[0] = 7;
  link.say(news);
  client.update();
  const Snapshot& seen = client.snapshot();
  CHECK(seen.parameters.values[0] == 7);
  CHECK(seen.parts == all);
  CHECK(seen.kept == (kPartBatch | kPartProbe));
  CHECK(seen.probe.has_value());
  CHECK(seen.batch.pixels == full.batch.pixels);
  client.probe(1);  // something else is looked at
  link.say(news);
  client.update();
  CHECK(link.sent.back().request.parts == all);
}

TEST_CASE("what was spared is asked for before a run that has ended, or another one, is shown") {
  for (const bool ended : {true, false}) {
    ScriptedLink link;
    EngineClient client(link);
    const uint32_t all = kPartCurves | kPartWeights | kPartBatch;
    client.subscribe(all, kPartBatch);
    client.update();
    Snapshot full = test::sample_snapshot_conv(test::SampleState::running);
    full.parts = all;
    link.say(full);
    client.update();
    REQUIRE(link.sent.back().request.parts == (kPartCurves | kPartWeights));
    Snapshot news = full;
    news.parts = kPartCurves | kPartWeights;
    news.status.step += 1;
    if (ended) {
      news.status.running = false;
    } else {
      news.curves.generation += 1;
    }
    link.say(news);
    client.update();
    CHECK(client.snapshot().status.step == full.status.step);
    CHECK(link.sent.back().request.parts == all);
    CHECK(link.snapshots_asked() == 3);
  }
}

TEST_CASE("whoever waits for an answer sees everything as it is then") {
  ScriptedLink link;
  EngineClient client(link);
  const uint32_t all = kPartCurves | kPartBatch;
  client.subscribe(all, kPartBatch);
  client.update();
  Snapshot full = test::sample_snapshot_conv(test::SampleState::running);
  full.parts = all;
  client.send_text("set?lr=0.5");
  link.say(full);
  client.update();
  CHECK(link.sent.back().request.parts == all);
}

TEST_CASE("weights of another model do not leave the old gradients and changes beside them") {
  ScriptedLink link;
  EngineClient client(link);
  client.update();
  Snapshot old;
  old.parts = kPartWeights | kPartGradients | kPartChanges;
  old.status.parameter_count = 3;
  old.parameters = unit_of(2, {1, 2, 3}, {4, 5, 6});
  old.parameters.changes = {7, 8, 9};
  link.say(old);
  client.update();
  REQUIRE(client.snapshot().parameters.changes.size() == 3);
  Snapshot other;
  other.parts = kPartWeights;
  other.status.parameter_count = 2;
  other.parameters = unit_of(1, {1, 2}, {});
  link.say(other);
  client.update();
  CHECK(client.snapshot().parameters.values.size() == 2);
  CHECK(client.snapshot().parameters.gradients.empty());
  CHECK(client.snapshot().parameters.changes.empty());
}

TEST_CASE("what is looked at goes out with the next request") {
  ScriptedLink link;
  EngineClient client(link);
  client.subscribe(kPartExamples | kPartInspection | kPartProbe);
  client.probe(350);
  client.inspect(ImageSource::valid, 77);
  client.open_cell(7, 3);
  client.update();
  REQUIRE(link.sent.size() == 1);
  const SnapshotRequest& request = link.sent[0].request;
  CHECK(request.parts == (kPartExamples | kPartInspection | kPartProbe));
  CHECK(request.probe_parameter == 350);
  CHECK(request.source == ImageSource::valid);
  CHECK(request.image == 77);
  CHECK(request.cell_truth == 7);
  CHECK(request.cell_answer == 3);
}

TEST_CASE("files are given out once, and their answers as any other") {
  ScriptedLink link;
  EngineClient client(link);
  const uint32_t id = client.send_text("save?what=weights");
  client.update();
  const File file{"downhill.safetensors", {1, 2, 3}};
  link.say(file);
  link.say(Answer{id, ""});
  link.say(Snapshot{});
  client.update();
  CHECK(client.take_files() == std::vector<File>{file});
  CHECK(client.take_files().empty());
  CHECK(client.take_answers() == std::vector<Answer>{{id, ""}});
}

TEST_CASE("an answer is given out with the first snapshot that shows what was done") {
  ScriptedLink link;
  EngineClient client(link);
  const uint32_t id = client.send_text("step?unit=epoch&count=3");
  REQUIRE(link.sent.size() == 1);
  CHECK(link.sent[0].id == id);
  CHECK(link.sent[0].unit == StepUnit::epoch);
  link.say(Answer{id + 100, "for somebody else"});
  link.say(Answer{id, ""});
  client.update();
  CHECK(client.take_answers().empty());
  link.say(Snapshot{});
  client.update();
  CHECK(client.take_answers() == std::vector<Answer>{{id, ""}});
  CHECK(client.take_answers().empty());
}

TEST_CASE(
    "without frames the client takes in what arrives and asks for nothing but what an answer waits "
    "for") {
  ScriptedLink link;
  EngineClient client(link);
  const uint32_t id = client.send_text("play");
  client.poll();
  CHECK(link.snapshots_asked() == 0);
  link.say(Answer{id, "[play] the loss is not finite"});
  client.poll();
  CHECK(link.snapshots_asked() == 1);
  link.say(Snapshot{});
  client.poll();
  CHECK(link.snapshots_asked() == 1);
  CHECK(client.take_answers() == std::vector<Answer>{{id, "[play] the loss is not finite"}});
}

TEST_CASE("a command that cannot be sent is answered at once and never leaves") {
  ScriptedLink link;
  EngineClient client(link);
  const uint32_t text = client.send_text("set?lr=500");
  Command command;
  command.kind = CommandKind::step;
  command.count = 0;
  const uint32_t value = client.send(command);
  CHECK(text != value);
  CHECK(client.take_answers() == std::vector<Answer>{{text, "[lr] '500' is outside 0.00001…100"},
                                                     {value, "[command] count is out of range"}});
  CHECK(link.sent.empty());
}

TEST_CASE("when the engine is gone, whoever waits is told why, and so is whoever asks later") {
  ScriptedLink link;
  EngineClient client(link);
  const uint32_t waiting = client.send_text("play");
  client.update();
  link.gone = "[engine] it stopped: unreachable";
  client.update();
  CHECK(client.failure() == link.gone);
  CHECK(client.take_answers() == std::vector<Answer>{{waiting, link.gone}});
  const uint32_t later = client.send_text("pause");
  CHECK(client.take_answers() == std::vector<Answer>{{later, link.gone}});
  const size_t sent = link.sent.size();
  client.update();
  CHECK(link.sent.size() == sent);
}

TEST_CASE("an engine that says it failed, or says what cannot be read, has failed") {
  ScriptedLink link;
  EngineClient client(link);
  link.say(Failed{"[data] the magic is wrong"});
  client.update();
  CHECK(client.failure() == "[data] the magic is wrong");
  client.restart();
  CHECK(client.failure().empty());
  link.arriving.push_back({'A', kProtocolVersion, 0});
  client.update();
  CHECK(client.failure().starts_with("[message] "));
}

TEST_CASE("a new engine is given the spec that was wanted, and the curves begin anew") {
  ScriptedLink link;
  EngineClient client(link);
  client.subscribe(kPartCurves);
  client.send_text("set?lr=0.5&model=linear");
  client.update();
  Snapshot old = with_curves(1, 1, 3);
  old.spec.seed = 5;  // taken before the edits were: they count
  link.say(old);
  client.update();
  link.gone = "[engine] it stopped";
  client.update();
  client.take_answers();
  link.sent.clear();
  client.restart();
  CHECK(link.restarts == 1);
  CHECK(client.failure().empty());
  CHECK(client.snapshot().curves.steps.empty());
  REQUIRE(link.sent.size() == 1);
  CHECK(link.sent[0].kind == CommandKind::set);
  CHECK(link.sent[0].id == 0);
  const auto spec = edit_spec(ExperimentSpec{}, link.sent[0].edits);
  REQUIRE(spec.ok());
  CHECK(spec->lr == 0.5f);
  CHECK(spec->model.hidden.empty());
  client.update();
  CHECK(link.sent.back().request.generation == 0);
  CHECK(link.sent.back().request.steps_held == 0);
  // The new engine may count its generations as the old one did.
  link.say(with_curves(1, 1, 2));
  client.update();
  CHECK(client.snapshot().curves.steps.size() == 2);
}

TEST_CASE("what the engine changed in the spec is kept for the next engine") {
  ScriptedLink link;
  EngineClient client(link);
  client.update();
  Snapshot snapshot;
  snapshot.spec.lr = 0.025f;
  link.say(snapshot);
  client.update();
  client.send_text("reset?seed=9");
  client.restart();
  CHECK(client.take_answers().at(0).error == "[engine] it was started again");
  const auto spec = edit_spec(ExperimentSpec{}, link.sent.back().edits);
  REQUIRE(spec.ok());
  CHECK(spec->lr == 0.025f);
  CHECK(spec->seed == 9);
}

}  // namespace downhill
