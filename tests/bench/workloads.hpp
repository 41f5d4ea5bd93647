// The fixed workloads of the benchmark. Peers (tests/bench/peers) train the same models on the same
// data.
#pragma once

#include <span>
#include <string_view>

namespace downhill::bench {

struct Workload {
  const char* name;      // "W1"
  const char* title;     // "linear 784-1"
  const char* edits;     // of the default experiment, as a link has them
  double multiply_adds;  // per image, dense: see workloads.cpp
};

std::span<const Workload> workloads();
const Workload* find_workload(std::string_view name);

}  // namespace downhill::bench
