// What snapshots cost, without a clock: their bytes, and how often costly parts are made anew.
#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/advice.hpp"
#include "support/files.hpp"
#include "support/session_bench.hpp"
#include "support/workloads.hpp"

namespace downhill::test {
namespace {

// What the page asks for when all seven phases are on the stage.
constexpr uint32_t kOverview = kPartCurves | kPartBatch | kPartWeights | kPartGradients;

// The page's end of the conversation.
struct Asker {
  Session& session;
  Command ask;
  size_t bytes = 0;  // of the last message

  Asker(Session& s, uint32_t parts) : session(s) {
    ask.kind = CommandKind::snapshot;
    ask.request.parts = parts;
  }
  Snapshot look() {
    session.receive(ask);
    std::vector<uint8_t> message;
    while (session.next_message(message)) {
      Result<Message> read = decode_message(message.data(), message.size());
      REQUIRE(read.ok());
      if (Snapshot* snapshot = std::get_if<Snapshot>(&*read)) {
        bytes = message.size();
        ask.request.generation = snapshot->curves.generation;
        ask.request.steps_held += static_cast<uint32_t>(snapshot->curves.steps.size());
        ask.request.epochs_held += static_cast<uint32_t>(snapshot->curves.epochs.size());
        ask.request.marks_held += static_cast<uint32_t>(snapshot->curves.marks.size());
        return std::move(*snapshot);
      }
    }
    FAIL("no snapshot came");
    return {};
  }
};

void train(Session& session, int batches) {
  for (int phase = 0; phase < 5 * batches; ++phase) session.work(ticking, 0);
}

}  // namespace

TEST_SUITE("what snapshots cost") {
  // Four bytes for each weight and each gradient, 64 images with their predictions, and a kilobyte
  // for the rest.
  TEST_CASE("a snapshot of the overview is as small as it was, and tiny when nothing was done") {
    const std::map<std::string, size_t> most = {
        {"W1", 58300}, {"W2", 240700}, {"W3", 154100}, {"W4", 870900}, {"W5", 104700}};
    for (const Workload& workload : kWorkloads) {
      CAPTURE(workload.name);
      Session session;
      session.receive(command(std::string("set?") + workload.spec));
      Result<DigitData> data =
          workload_data(read_mnist37("train-images.idx3-ubyte"),
                        read_mnist37("valid-images.idx3-ubyte"), session.spec().digits);
      REQUIRE(data.ok());
      REQUIRE(session.load(std::move(*data)).ok());
      Asker page(session, kOverview);
      page.look();
      session.receive(command("step"));
      train(session, 1);
      const Snapshot whole = page.look();
      CHECK(whole.parts == kOverview);
      CHECK_MESSAGE(page.bytes <= most.at(workload.name), "a snapshot takes ", page.bytes,
                    " bytes. ", cost_advice("`most` of tests/session/snapshot_cost_test.cpp"));
      const Snapshot again = page.look();
      CHECK(again.parts == kPartCurves);
      CHECK(again.reused == (kOverview & ~uint32_t{kPartCurves}));
      CHECK_MESSAGE(page.bytes < 700, "a snapshot with nothing new takes ", page.bytes,
                    " bytes: the status has grown, or a part is sent that has not changed");
    }
  }

  TEST_CASE("a part is sent again after a change, or when something else is looked at") {
    Bench b;
    Asker page(b.session, kPartWeights | kPartBatch);
    page.look();
    CHECK(page.look().parts == 0);
    b.tell("step?unit=phase");
    b.work();
    CHECK(page.look().parts == (kPartWeights | kPartBatch));
    CHECK(page.look().parts == 0);
    page.ask.request.parts = kPartWeights | kPartProbe;
    CHECK(page.look().parts == (kPartWeights | kPartProbe));
    page.ask.request.probe_parameter = 5;
    CHECK(page.look().probe->parameter == 5);
    CHECK(page.look().reused == (kPartWeights | kPartProbe));
    b.tell("set?lr=0.25");
    CHECK(page.look().parts == (kPartWeights | kPartProbe));
    b.load();
    CHECK(page.look().parts == (kPartWeights | kPartProbe));
  }

  TEST_CASE("at full speed probes come once in 300 batches, weights always") {
    Bench b("model=mlp:6&batch=32&epochs=1000&lr=0.1");
    Asker page(b.session, kPartWeights | kPartProbe | kPartStatistics);
    const auto probed = [&] { return (page.look().parts & kPartProbe) != 0; };
    b.tell("play");
    train(b.session, 1);
    CHECK(probed());
    train(b.session, 1);
    const Snapshot second = page.look();
    CHECK(second.parts == kPartWeights);
    CHECK(second.reused == (kPartProbe | kPartStatistics));
    train(b.session, 298);
    CHECK_FALSE(probed());
    train(b.session, 1);
    CHECK(probed());
    page.ask.request.probe_parameter = 7;  // looked at for the first time
    CHECK(probed());
    train(b.session, 1);
    CHECK_FALSE(probed());
    b.tell("pause");
    CHECK(probed());
  }

  TEST_CASE("probes come at most four times a second, however fast it trains") {
    Bench b("model=mlp:6&batch=32&epochs=1000&lr=0.1");
    Asker page(b.session, kPartWeights | kPartProbe);
    const auto probed = [&] { return (page.look().parts & kPartProbe) != 0; };
    const auto train_at_once = [&] {
      for (int phase = 0; phase < 5 * 400; ++phase) b.session.work([] { return g_now; }, 0);
    };
    b.tell("play");
    train_at_once();
    CHECK(probed());
    train_at_once();
    CHECK_FALSE(probed());
    g_now += 0.3;
    train_at_once();
    CHECK(probed());
  }

  TEST_CASE("in slow motion every part comes with each snapshot") {
    Bench b("model=mlp:6&batch=32&epochs=1000&lr=0.1");
    Asker page(b.session, kPartWeights | kPartProbe);
    b.tell("speed?batches=1");
    b.tell("play");
    for (int i = 0; i < 3; ++i) {
      g_now += 0.2;  // a phase
      b.session.work(ticking, g_now + 0.1);
      CHECK(page.look().parts == (kPartWeights | kPartProbe));
    }
  }
}

}  // namespace downhill::test
