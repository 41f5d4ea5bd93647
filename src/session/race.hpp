// A race: several learning rates train the same model from the same seed on the same batches, each
// in an engine of its own, as many at a time as there are cores; the others wait until an engine is
// free. The run on the page is no part of it. Plain logic above clients (client.hpp): engines are
// started by a function that is given, so it knows no workers, no threads and no clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "session/client.hpp"
#include "session/engine_link.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {

inline constexpr uint32_t kRaceEpochs = 2;
inline constexpr size_t kMaxRaceLanes = 9;

struct RaceOrder {
  std::vector<float> lrs;         // kMinLr..kMaxLr, no two alike; none: race_rates() of the spec's
  uint32_t epochs = kRaceEpochs;  // 1..kMaxEpochs
  uint32_t engines = 0;           // so many at a time, if there are as many cores; 0: one per core
  bool operator==(const RaceOrder&) const = default;
};

// "rates=0.1,0.3,1&epochs=2&engines=1", every part of it optional.
Result<RaceOrder> parse_race(std::string_view arguments);

// `lr` times 0.1, 0.3, 1, 3 and 10, with three significant digits. Near an end of the scale the
// five move along: kMinLr..kMaxLr holds them all.
std::vector<float> race_rates(float lr);

enum class LaneState : uint8_t {
  waiting,    // for an engine
  starting,   // its engine loads program and data
  running,    //
  done,       // all epochs
  diverged,   // its loss has left all bounds, or is not finite
  failed,     // its engine could not start or has died, or refuses the experiment
  cancelled,  //
};

struct RaceLane {  // one learning rate
  float lr = 0;
  LaneState state = LaneState::waiting;
  std::string trouble;  // a sentence: the diagnosis of a diverged lane, why one failed
  uint64_t step = 0;    // optimizer steps done
  uint32_t epoch = 0;   // epochs completed
  // NaN: not known yet. `loss` is that of the last batch, as `losses` are; the others are of the
  // validation set, at the end of the last epoch.
  float loss = 0, valid_loss = 0, valid_accuracy = 0;
  float images_per_second = 0;  // trained, by the engine's time at work, its tests included
  std::vector<float> losses;    // of step 1, 2, …: mean over the batch, before the step

  bool over() const { return state >= LaneState::done; }
};

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

  // `start` is called for each engine; it may not fail, but the engine may (EngineLink::failure).
  explicit Race(StartEngine start) : start_(std::move(start)) {}

  // Ends the race before. `now`: seconds that never go back. Stop rules of `spec` other than the
  // number of epochs are set aside, so that all lanes go the same way.
  Result<void> begin(const ExperimentSpec& spec, const RaceOrder& order, uint32_t cores,
                     double now);
  // Ends all engines at once.
  void cancel();
  // Takes in what has come, hands engines that are free to lanes that wait, and ends those that
  // nobody needs. `ask`: for how it goes, too; else only for what a lane ends with.
  void update(double now, bool ask);

  const RaceView& view() const { return view_; }

 private:
  struct Engine {
    std::unique_ptr<EngineLink> link;
    EngineClient client;
    size_t lane = 0;
    uint32_t ready_id = 0, done_id = 0;  // of the commands that set it up, and that it trains by
    uint64_t seen = 0;                   // snapshots
    bool ready = false;                  // what it says is of this lane
    bool used = false;                   // it has trained another lane
    bool free = true;                    // for another lane
    bool gone = false;                   // for good

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
  size_t next_lane_ = 0;  // the first that waits
  std::vector<Engine> engines_;
};

// {"running":true,…,"lanes":[{"lr":0.1,…}]}: what state() of the page gives; "null" before the
// first race.
std::string race_json(const RaceView& race);

}  // namespace downhill
