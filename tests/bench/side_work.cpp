// The cost of work beside training, on one core: the snapshots that a page asks for 60 times a
// second, in each of its views, and the automatic test at the end of an epoch. Both are fractions
// of the time in one run, because machines are shared and noisy; each figure is the median of
// several windows.
//
//   side_work DATA_FOLDER [SECONDS]
//
// DATA_FOLDER holds the four inflated IDX files, and its digits/ those of all ten digits. A window
// lasts SECONDS, 0.4 by default.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "session/session.hpp"
#include "support/file_bytes.hpp"
#include "support/workloads.hpp"

using namespace downhill;

namespace {

constexpr int kWindows = 5;
constexpr double kPerSecond = 60;
constexpr int kFramesHeld = 12;  // a fifth of a second

// The parts that Stage::parts and Page::parts ask for.
struct View {
  const char* name;
  uint32_t parts;
};
constexpr uint32_t kSlabs = kPartWeights | kPartGradients;
constexpr View kViews[] = {
    {"overview", kPartCurves | kPartBatch | kSlabs},
    {"predict", kPartCurves | kPartBatch},
    {"gradient", kPartCurves | kSlabs | kPartChanges | kPartProbe},
    {"step", kPartCurves | kSlabs | kPartChanges},
    {"layers", kPartCurves | kPartStatistics},
    {"valley", kPartCurves | kPartValley},
    {"image", kPartCurves | kPartInspection},
    {"repeat", kPartCurves},
    {"test", kPartCurves | kPartEvaluation},
};

// Processor time, so that waiting for another process does not count. wasm has none (std::clock()
// is the time of day in milliseconds there), so it uses wall time.
double seconds() {
  timespec now{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

DataBytes read_all(const std::string& folder) {
  return {test::bytes_if_there(folder + "/train-images.idx3-ubyte"),
          test::bytes_if_there(folder + "/train-labels.idx1-ubyte"),
          test::bytes_if_there(folder + "/valid-images.idx3-ubyte"),
          test::bytes_if_there(folder + "/valid-labels.idx1-ubyte")};
}

void tell(Session& session, const std::string& text) {
  const Result<Command> command = parse_command(text);
  if (!command) std::printf("%s\n", command.error().message.c_str());
  session.receive(*command);
}

void batch(Session& session) {
  tell(session, "step?unit=batch");
  session.work(seconds, seconds() + 60);
}

// A page that trains at full speed. It holds the curves it has received, and asks for slow parts
// only five times a second (ui/shown.hpp).
class Reader {
 public:
  Reader(Session& session, uint32_t parts) : session_(session), parts_(parts) {
    ask_.kind = CommandKind::snapshot;
  }
  // Seconds that the engine spends on one snapshot, message included.
  double look(bool all) {
    const Recorder& recorder = session_.trainer().recorder();
    ask_.request.parts = all ? parts_ : parts_ & (kPartCurves | kPartWeights);
    const double start = seconds();
    session_.receive(ask_);
    session_.next_message(message_);
    const double took = seconds() - start;
    ask_.request.generation = recorder.generation();
    ask_.request.steps_held = static_cast<uint32_t>(recorder.steps().size());
    ask_.request.epochs_held = static_cast<uint32_t>(recorder.epochs().size());
    ask_.request.marks_held = static_cast<uint32_t>(recorder.marks().size());
    return took;
  }
  size_t bytes() const { return message_.size(); }

 private:
  Session& session_;
  uint32_t parts_;
  Command ask_;
  std::vector<uint8_t> message_;
};

struct Cost {
  size_t bytes = 0;            // of a snapshot with everything, small, at rest
  size_t bytes_unchanged = 0;  // of the next one
  double whole = 0;            // seconds of the first
  double share = 0;            // of a core, while it trains
};

Cost snapshot_cost(Session& session, const View& view, double window) {
  Reader reader(session, view.parts);
  Cost cost;
  tell(session, "reset");
  batch(session);
  reader.look(true);
  batch(session);
  cost.whole = reader.look(true);
  cost.bytes = reader.bytes();
  reader.look(true);
  cost.bytes_unchanged = reader.bytes();
  tell(session, "play");
  session.work(seconds, 0);
  reader.look(true);
  // Long enough that work done once in several batches happens twice.
  const uint64_t first = session.trainer().batches_done();
  const uint64_t batches = (view.parts & kRareParts)     ? 2 * kRareBatches + 10
                           : (view.parts & kCostlyParts) ? 2 * kCostlyBatches + 10
                                                         : 1;
  const double start = seconds();
  double looking = 0;
  for (int frame = 1;
       seconds() - start < window || session.trainer().batches_done() - first < batches; ++frame) {
    // A run of a thousand epochs may end within the window; it then continues.
    if (session.trainer().finished()) tell(session, "play");
    session.work(seconds, seconds() + 1 / kPerSecond);
    looking += reader.look(frame % kFramesHeld == 0);
  }
  cost.share = looking / (seconds() - start);
  tell(session, "pause");
  return cost;
}

// The share of the test in an epoch with its test.
double test_share(Session& session, double window) {
  const Trainer& trainer = session.trainer();
  Evaluator evaluator(trainer.valid_set(), *trainer.batch().map, trainer.task());
  evaluator.run(trainer.task());
  std::vector<double> shares;
  for (int i = 0; i < kWindows; ++i) {
    double training = 0, tests = 0;
    int batches = 0, runs = 0;
    while (training + tests < window) {
      double start = seconds();
      evaluator.run(trainer.task());
      tests += seconds() - start;
      ++runs;
      // The last batch of an epoch would include its test.
      if (trainer.batches_done() + 9 > trainer.batches_per_epoch()) tell(session, "reset");
      start = seconds();
      for (int k = 0; k < 8; ++k, ++batches) batch(session);
      training += seconds() - start;
    }
    const double epoch = training / batches * trainer.batches_per_epoch();
    shares.push_back(tests / runs / (epoch + tests / runs));
  }
  return median(shares);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : ".";
  const double window = argc > 2 ? std::atof(argv[2]) : 0.4;
  for (const test::Workload& workload : test::kWorkloads) {
    Session session;
    tell(session, std::string("set?epochs=1000&") + workload.spec);
    const bool ten = session.spec().digits.size() > 2;
    if (const auto loaded = session.load(read_all(ten ? folder + "/digits" : folder)); !loaded) {
      std::printf("%s  %s\n", workload.name, loaded.error().message.c_str());
      continue;
    }
    std::printf("%s  test %.1f %% of an epoch\n", workload.name, 100 * test_share(session, window));
    for (const View& view : kViews) {
      const Cost cost = snapshot_cost(session, view, kWindows * window);
      std::printf("  %-9s %7zu bytes (%4zu unchanged) %6.0f µs; %5.2f %% while it trains\n",
                  view.name, cost.bytes, cost.bytes_unchanged, cost.whole * 1e6, 100 * cost.share);
    }
  }
  return 0;
}
