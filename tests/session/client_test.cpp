// The client of an engine: how commands are answered, and what becomes of an engine that fails.
#include "session/client.hpp"

#include <doctest/doctest.h>

#include "session/protocol.hpp"
#include "support/scripted_link.hpp"

namespace downhill {

using test::ScriptedLink;
using test::with_curves;

TEST_CASE("the next request names the weight, the image and the cell that are looked at") {
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

TEST_CASE("a file is returned once, and its answer like any other") {
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

TEST_CASE("an answer is returned together with the first snapshot that shows what was done") {
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

TEST_CASE("without frames the client asks only for a snapshot that an answer waits for") {
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

TEST_CASE("a command that cannot be sent is answered at once and is not sent") {
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

TEST_CASE("when the engine is gone, waiting and later commands are answered with the reason") {
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

TEST_CASE("an engine has failed when it says so, or sends what cannot be read") {
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

TEST_CASE("a new engine gets the last spec, and the curves begin anew") {
  ScriptedLink link;
  EngineClient client(link);
  client.subscribe(kPartCurves);
  client.send_text("set?lr=0.5&model=linear");
  client.update();
  Snapshot old = with_curves(1, 1, 3);
  old.spec.seed = 5;  // made before the edits arrived: the edits count
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

TEST_CASE("a new engine also gets what the old one changed in the spec") {
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
