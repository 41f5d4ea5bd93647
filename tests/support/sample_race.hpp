// A race as the page may see it: lanes of every kind, made up but possible.
#pragma once

#include <cstdint>
#include <limits>

#include "session/race.hpp"

namespace downhill::test {

enum class RaceSample { going, done, diverged, nine };

// Falls from 0.5, the faster the greater the rate.
inline void add_sample_losses(RaceLane& lane, uint32_t steps) {
  for (uint32_t i = 0; i < steps; ++i) {
    const float ripple = 0.01f * static_cast<float>(i * 7 % 5);
    lane.losses.push_back(0.5f / (1 + lane.lr * static_cast<float>(i)) + ripple);
  }
  lane.step = steps;
  lane.epoch = steps / 49;
  lane.loss = lane.losses.empty() ? std::numeric_limits<float>::quiet_NaN() : lane.losses.back();
  lane.valid_loss = lane.loss;
  lane.valid_accuracy = 0.9f + 0.09f * static_cast<float>(steps) / 98;
  lane.images_per_second = steps > 0 ? 1234567.0f : 0.0f;
}

inline RaceView sample_race(RaceSample sample) {
  RaceView race;
  race.number = static_cast<uint32_t>(sample) + 1;
  race.version = race.number;
  race.spec.epochs = 2;
  race.cores = sample == RaceSample::nine ? 12 : 2;
  race.at_once = sample == RaceSample::nine ? 9 : 2;
  race.steps = 98;
  race.going = sample == RaceSample::going;
  race.seconds = 12.3;
  const std::vector<float> lrs =
      sample == RaceSample::nine
          ? std::vector<float>{1e-5f, 3.16e-5f, 0.001f, 0.00316f, 0.0316f, 0.1f, 1, 31.6f, 100}
          : std::vector<float>{0.01f, 0.03f, 0.1f, 0.3f, 1};
  for (const float lr : lrs) {
    RaceLane lane;
    lane.lr = lr;
    lane.state = LaneState::done;
    add_sample_losses(lane, 98);
    race.lanes.push_back(lane);
  }
  const auto again = [&](size_t i, LaneState state, uint32_t steps) -> RaceLane& {
    RaceLane& lane = race.lanes[i];
    lane.state = state;
    lane.losses.clear();
    add_sample_losses(lane, steps);
    return lane;
  };
  if (sample == RaceSample::going) {
    again(1, LaneState::running, 60);
    again(2, LaneState::running, 2);
    again(3, LaneState::starting, 0);
    again(4, LaneState::waiting, 0);
  }
  if (sample == RaceSample::diverged) {
    RaceLane& wild = again(4, LaneState::diverged, 12);
    for (size_t i = 4; i < 12; ++i) wild.losses[i] = wild.losses[i - 1] * 30;
    wild.loss = std::numeric_limits<float>::infinity();
    wild.trouble = "The loss is infinite: at a learning rate of 1 the weights have grown.";
    again(3, LaneState::diverged, 98).losses.back() = 0.9f;
    again(2, LaneState::failed, 30).trouble =
        "[engine] it stopped: out of memory in a long sentence";
    again(1, LaneState::cancelled, 0);
  }
  return race;
}

}  // namespace downhill::test
