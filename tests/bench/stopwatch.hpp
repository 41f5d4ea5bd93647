// The benchmark's clock, and a loop that works for a given time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace downhill::bench {

// Monotonic wall time, because waiting makes no engine faster. In a browser it moves in steps of
// 0.1 ms.
inline uint64_t now_ns() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                   std::chrono::steady_clock::now().time_since_epoch())
                                   .count());
}
inline double now_seconds() { return static_cast<double>(now_ns()) * 1e-9; }

struct Rate {
  double done = 0, seconds = 0;
  double per_second() const { return done / seconds; }
};

// Calls `work` at least once, until `seconds` are over and the clock has moved. Returns the sum of
// its results.
template <class Work>
Rate measure_rate(double seconds, Work work) {
  const double start = now_seconds();
  Rate rate;
  while (rate.seconds <= 0 || rate.seconds < seconds) {
    rate.done += work();
    rate.seconds = now_seconds() - start;
  }
  return rate;
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace downhill::bench
