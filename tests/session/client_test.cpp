#include "session/client.hpp"

#include <doctest/doctest.h>

#include <deque>

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
    s.curves.steps.push_back({step, 1.0f / static_cast<float>(step), 2, 0.1f});
  }
  s.status.step = last_step;
  return s;
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

TEST_CASE("parts that did not come stay, but for the probe and the digest") {
  ScriptedLink link;
  EngineClient client(link);
  client.update();
  Snapshot full;
  full.parts = kPartWeights | kPartGradients | kPartBaseline | kPartProbe | kPartDigest;
  full.parameters = {{{"layer1", 2, 1, 0, 2}}, {1, 2, 3}, {4, 5, 6}};
  full.baseline = {std::vector<float>(784, 0.5f), std::vector<float>(784, 0.25f)};
  full.probe = Probe{};
  full.digest = 42;
  link.say(full);
  client.update();
  CHECK(client.snapshot().digest == 42);
  CHECK(client.snapshot().probe.has_value());
  Snapshot bare;
  bare.status.step = 1;
  link.say(bare);
  client.update();
  CHECK(client.snapshot().status.step == 1);
  CHECK(client.snapshot().parts == 0);
  CHECK(client.snapshot().parameters.gradients == std::vector<float>{4, 5, 6});
  CHECK(client.snapshot().baseline.mean3.size() == 784);
  CHECK_FALSE(client.snapshot().probe.has_value());
  CHECK(client.snapshot().digest == 0);
  // Weights of another model do not leave the old gradients beside them.
  Snapshot other;
  other.parts = kPartWeights;
  other.parameters = {{{"layer1", 1, 1, 0, 1}}, {1, 2}, {}};
  link.say(other);
  client.update();
  CHECK(client.snapshot().parameters.values.size() == 2);
  CHECK(client.snapshot().parameters.gradients.empty());
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
  link.arriving.push_back({'A', 1, 0});
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
