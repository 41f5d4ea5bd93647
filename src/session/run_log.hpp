// What was set during a run, and where: with the experiment that it began with, all that its weights
// come from. As text it is a result, which anybody can check by doing the same. Knows no trainer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {

class RunLog {
 public:
  // A run begins from the initial weights of `spec`, or from a file.
  void begin(const ExperimentSpec& spec);
  void begin_from_file() { from_file_ = true; }

  // Call after each command: the fields as they now are, the place in phases (RunPlace), and whether
  // a stop rule has fired there. What was set beyond that place was undone, and what was set there
  // counts as set once.
  void look(const ExperimentSpec& spec, uint64_t position, bool finished);

  // A line for each thing, the place in front:
  //   downhill result 1
  //   experiment digits=37&model=mlp:30&…
  //   set 430 lr=0.5
  //   end 2000 stopped
  //   digest 0123456789abcdef
  // "stopped" after a place: a stop rule had fired. Refused for a run that began from a file.
  Result<std::string> print(uint64_t position, bool finished, uint64_t digest) const;

 private:
  struct Entry {
    uint64_t position = 0;
    bool finished = false;
    std::string edits;    // that edit_spec() reads
    ExperimentSpec spec;  // with them
  };
  const ExperimentSpec& last() const { return entries_.empty() ? first_ : entries_.back().spec; }

  ExperimentSpec first_;
  std::vector<Entry> entries_;
  bool from_file_ = false;
};

}  // namespace downhill
