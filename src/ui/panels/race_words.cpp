#include "ui/panels/race_words.hpp"

#include <algorithm>
#include <cmath>

namespace downhill::ui {

namespace {

size_t count_over(const RaceView& race) {
  return static_cast<size_t>(std::ranges::count_if(race.lanes, &RaceLane::over));
}

}  // namespace

Label lane_words(const RaceLane& lane) {
  switch (lane.state) {
    case LaneState::waiting:
      return "waiting";
    case LaneState::starting:
      return "starting";
    case LaneState::running:
      return lane.trouble.empty() ? "running" : "running, diverged";
    case LaneState::done:
      return "done";
    case LaneState::stuck:
      return "stuck, gradient 0";
    case LaneState::diverged:
      if (std::isfinite(lane.loss)) return "diverged";
      return Label("not finite after step ").add(count(lane.step));
    case LaneState::failed:
      return "no engine";
    case LaneState::cancelled:
      return "cancelled";
  }
  return {};
}

LongLabel race_words(const RaceView& race) {
  LongLabel words;
  if (race.lanes.empty()) return words.add("No race yet.");
  const size_t lanes = race.lanes.size();
  LongLabel engines;
  if (race.at_once >= lanes) {
    engines.add(lanes == 1 ? "one engine" : "all at once");
  } else {
    engines.format("%u at a time", race.at_once);
  }
  engines.format(" on %u %s", race.cores, race.cores == 1 ? "core" : "cores");
  const std::string_view epochs = race.spec.epochs == 1 ? " epoch each" : " epochs each";
  if (race.going) {
    words.add(count(count_over(race))).add(" of ").add(count(lanes)).add(" lanes finished, ");
    words.add(count(race.spec.epochs)).add(epochs).add(", ");
    return words.add(engines).add(": ").add(duration(race.seconds)).add(".");
  }
  words.add(count(lanes)).add(lanes == 1 ? " rate, " : " rates, ");
  words.add(count(race.spec.epochs)).add(epochs).add(", ").add(engines).add(": ");
  words.add(duration(race.seconds));
  const bool cancelled = std::ranges::count(race.lanes, LaneState::cancelled, &RaceLane::state) > 0;
  return words.add(cancelled ? ", then cancelled." : ".");
}

}  // namespace downhill::ui
