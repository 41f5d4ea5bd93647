// The benchmark's interface, the same natively, under Node and in a browser: a line of text in, a
// line of JSON out.
//
//   workloads               [{"name":"W1","title":"…","multiply_adds":1568}, …]
//   roof SECONDS            {"tile":4.6e10,"product":4.2e10}, see roof.hpp
//   prepare W1 [EDITS]      {"batch":256,"parameters":785}; edits as in a link: batch=20&seed=2
//   train SECONDS           {"images":123,"seconds":0.5}
//   profile SECONDS         {"ops":[{"name":"linear",…}], …}, see Profile
//   test                    {"accuracy":0.97}
//
// A command that fails returns {"error":"[where] sentence"}.
#pragma once

#include <string>
#include <string_view>

#include "bench.hpp"

namespace downhill::bench {

std::string answer(Bench& bench, std::string_view line);

}  // namespace downhill::bench
