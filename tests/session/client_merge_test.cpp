// How the client puts snapshots together: new points, parts that stay or go, what it asks for next.
#include <doctest/doctest.h>

#include <utility>

#include "session/client.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "support/scripted_link.hpp"

namespace downhill {

using test::ScriptedLink;
using test::with_curves;

namespace {

// One unit that sees `in` numbers, with the given weights and bias.
Parameters unit_of(uint32_t in, std::vector<float> values, std::vector<float> gradients) {
  LayerInfo layer;
  layer.name = "layer1";
  layer.in = layer.columns = layer.bias_offset = in;
  layer.out = 1;
  return {{layer}, std::move(values), std::move(gradients), {}};
}

}  // namespace

TEST_CASE("at most one request for a snapshot is in flight") {
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

TEST_CASE("curves grow by new points, and the next request says which points are held") {
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

TEST_CASE("new points with a gap or an overlap are dropped, and all points are asked for again") {
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

TEST_CASE("repeated epochs and marks are dropped, too") {
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

TEST_CASE("a snapshot without a request changes nothing") {
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

TEST_CASE("parts that did not come stay, except those whose row in kParts says that they go") {
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

TEST_CASE("a deferrable part is not asked for while it is held, and stays") {
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
  CHECK(client.snapshot().reused == 0);
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
  CHECK(seen.reused == (kPartBatch | kPartProbe));
  CHECK(seen.probe.has_value());
  CHECK(seen.batch.pixels == full.batch.pixels);
  client.probe(1);  // something else is looked at
  link.say(news);
  client.update();
  CHECK(link.sent.back().request.parts == all);
}

TEST_CASE("parts left out are asked for before the end of a run, or another run, is shown") {
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

TEST_CASE("while an answer is due no part is left out") {
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

TEST_CASE("weights of another model clear the gradients and changes of the old one") {
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

}  // namespace downhill
