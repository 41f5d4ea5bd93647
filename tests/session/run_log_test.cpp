#include "session/run_log.hpp"

#include <doctest/doctest.h>

namespace downhill {
namespace {

constexpr uint64_t kDigest = 0x0123456789abcdef;

std::string printed(const RunLog& log, uint64_t position, bool finished = false) {
  const Result<std::string> text = log.print(position, finished, kDigest);
  REQUIRE(text.ok());
  return *text;
}

// The lines between the experiment and the digest.
std::string body(const RunLog& log, uint64_t position, bool finished = false) {
  const std::string text = printed(log, position, finished);
  const size_t begin = text.find('\n', text.find("experiment ")) + 1;
  return text.substr(begin, text.find("digest ") - begin);
}

}  // namespace

TEST_CASE("A result has the experiment, what was set and where, the end, and the digest") {
  RunLog log;
  ExperimentSpec spec;
  log.begin(spec);
  const std::string first = print_spec(spec);
  spec.lr = 2;
  log.look(spec, 50, false);
  spec.weight_decay = 0.01f;
  spec.epochs = 9;
  log.look(spec, 73, true);
  log.look(spec, 80, false);
  CHECK(printed(log, 90, true) ==
        "downhill result 1\nexperiment " + first +
            "\nset 50 lr=2\nset 73 stopped wd=0.01&epochs=9\nend 90 stopped\n"
            "digest 0123456789abcdef\n");
}

TEST_CASE("What was set before training belongs to the experiment") {
  RunLog log;
  ExperimentSpec spec;
  log.begin(spec);
  spec.lr = 3;
  log.look(spec, 0, false);
  CHECK(printed(log, 5).starts_with("downhill result 1\nexperiment " + print_spec(spec) + "\n"));
  CHECK(body(log, 5) == "end 5\n");
}

TEST_CASE("What was set beyond a place is undone by going back to it") {
  RunLog log;
  ExperimentSpec spec;
  log.begin(spec);
  const float usual = spec.lr;
  spec.lr = 2;
  log.look(spec, 50, false);
  spec.lr = 5;
  log.look(spec, 60, false);
  spec.lr = 2;  // going back takes the rate of that place
  log.look(spec, 55, false);
  CHECK(body(log, 55) == "set 50 lr=2\nend 55\n");
  spec.lr = usual;
  log.look(spec, 40, false);
  CHECK(body(log, 40) == "end 40\n");
}

TEST_CASE("A field that is set several times at one place counts once") {
  RunLog log;
  ExperimentSpec spec;
  log.begin(spec);
  const float usual = spec.lr;
  for (const float lr : {2.0f, 3.0f, 4.0f}) {
    spec.lr = lr;
    log.look(spec, 50, false);
  }
  CHECK(body(log, 50) == "set 50 lr=4\nend 50\n");
  spec.lr = usual;
  log.look(spec, 50, false);
  CHECK(body(log, 50) == "end 50\n");
}

TEST_CASE("A run that began from a file has no result until another one begins") {
  RunLog log;
  log.begin({});
  log.begin_from_file();
  log.look({}, 5, false);
  const Result<std::string> refused = log.print(5, false, kDigest);
  REQUIRE(!refused.ok());
  CHECK(refused.error().message.starts_with("[save] this run began from a file"));
  log.begin({});
  CHECK(log.print(0, false, kDigest).ok());
}

}  // namespace downhill
