// A race: several learning rates train the same model from the same seed on the same batches, each
// in an engine of its own, as many at a time as there are cores; the others wait for a free engine.
// The run on the page takes no part. Plain logic above clients (client.hpp): a function starts the
// engines, so a race knows no workers, no threads and no clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "session/client.hpp"
#include "session/command.hpp"
#include "session/engine_link.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {

// `lr` times 0.01, 0.1, 1, 10, 100 and 1000, with three significant digits: a race shows by itself
// what is too small and what is too large. All six are shifted by whole decades where they would
// leave kMinLr..kMaxLr.
std::vector<float> race_rates(float lr);

enum class LaneState : uint8_t {
  waiting,    // for an engine
  starting,   // its engine loads program and data
  running,    //
  done,       // all epochs
  stuck,      // all epochs, but its gradient has vanished before it had learned
  diverged,   // its loss has left all bounds, or is not finite
  failed,     // its engine could not start, has died or hangs, or refuses the experiment
  cancelled,  //
};

struct RaceLane {  // one learning rate
  float lr = 0;
  LaneState state = LaneState::waiting;
  std::string trouble;
  uint64_t step = 0;
  uint32_t epoch = 0;
  float loss = 0, valid_loss = 0, valid_accuracy = 0;  // NaN: not known yet
  float images_per_second = 0;
  std::vector<float> losses;  // of step 1, 2, …: mean over the batch, before the step

  bool over() const { return state >= LaneState::done; }
};
template <>
inline constexpr auto kMembers<RaceLane> = pack(
    Member{&RaceLane::lr, "lr", "the learning rate"},
    Member{&RaceLane::state, "state",
           "`waiting`, `starting`, `running`, `done`, `stuck`, `diverged`, `failed` or `cancelled`"},
    Member{&RaceLane::trouble, "trouble",
           "why it is stuck, has diverged or failed: a sentence, or `null`"},
    Member{&RaceLane::step, "step", "optimizer steps done"},
    Member{&RaceLane::epoch, "epoch", "epochs completed"},
    Member{&RaceLane::loss, "trainLoss", "of the last batch"},
    Member{&RaceLane::valid_loss, "validLoss", "at the end of the last epoch"},
    Member{&RaceLane::valid_accuracy, "validAccuracy", "at the end of the last epoch"},
    Member{&RaceLane::images_per_second, "imagesPerSecond",
           "trained, by its engine's time at work, validation included"},
    Member{&RaceLane::losses});

struct RaceView {               // what there is to see
  uint32_t number = 0;          // of the race: 1, 2, …
  std::vector<RaceLane> lanes;  // by rate, the least first; empty: there was no race yet
  ExperimentSpec spec;          // of all lanes, but for the rate
  uint32_t at_once = 0;         // engines at a time
  uint32_t cores = 0;
  uint64_t steps = 0;  // in all epochs of a lane; 0: not known yet
  bool going = false;
  double seconds = 0;    // since it began, or until it ended
  uint64_t version = 0;  // changes when anything but the seconds does
};

class Race {
 public:
  using StartEngine = std::function<std::unique_ptr<EngineLink>()>;

  // `start` is called for each engine. It must not fail; the engine may (EngineLink::failure).
  explicit Race(StartEngine start) : start_(std::move(start)) {}

  // Ends the previous race, if there is one. `now`: seconds that never go back. Stop rules of
  // `spec` other than the number of epochs are ignored, so that all lanes have the same length.
  Result<void> begin(const ExperimentSpec& spec, const RaceOrder& order, uint32_t cores,
                     double now);
  // Ends all engines at once.
  void cancel();
  // Takes in what has come, gives free engines to waiting lanes, and ends engines that are no
  // longer needed. `ask`: requests the progress of the lanes, too, which otherwise happens once a second.
  // An engine that hangs, as EngineClient has it, fails its lane.
  void update(double now, bool ask);

  const RaceView& view() const { return view_; }

 private:
  struct Engine {
    std::unique_ptr<EngineLink> link;
    EngineClient client;
    size_t lane = 0;
    uint32_t ready_id = 0, done_id = 0;  // of the commands that set it up, and that train it
    uint64_t seen = 0;                   // snapshots
    bool ready = false;                  // its snapshots are of this lane
    bool used = false;                   // it has trained another lane
    bool free = true;                    // for another lane
    bool gone = false;                   // for good
    bool hangs = false;                  // that is why

    explicit Engine(std::unique_ptr<EngineLink> to) : link(std::move(to)), client(*link) {}
  };

  void prepare(Engine& engine, size_t lane);
  void train(Engine& engine);
  void follow(Engine& engine);
  void take_numbers(const Engine& engine, RaceLane& lane);
  void end_lane(Engine& engine, LaneState state, std::string trouble);
  void fill();
  ExperimentSpec spec_of(const RaceLane& lane) const;

  StartEngine start_;
  RaceView view_;
  double began_ = 0;
  double updated_ = 0, asked_ = 0;  // when that was last done
  size_t next_lane_ = 0;            // the first that waits
  std::vector<Engine> engines_;
  // Of engines that hang and cannot be ended, which would be waited for.
  std::vector<std::unique_ptr<EngineLink>> abandoned_;
};

// {"running":true,…,"lanes":[{"lr":0.1,…}]}: what state().race of the page gives; "null" before
// the first race.
std::string race_json(const RaceView& race);
// The losses of all lanes as CSV: a row for each step, a column for each rate.
std::string race_table(const RaceView& race);

}  // namespace downhill
