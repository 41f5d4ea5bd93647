// The experiment that a link describes: the part of the address after '#', "lr=0.5&model=linear",
// as it was written or as mail programs and pages have encoded it.
#pragma once

#include <string>
#include <string_view>

#include "train/experiment_spec.hpp"

namespace downhill {

struct LinkedExperiment {
  ExperimentSpec spec;   // the default one with the fields that could be read
  std::string left_out;  // what could not be read, and why, in a sentence; empty if nothing
};

// Percent-encoding of the whole text, once or several times, "&amp;" and spaces are undone. A field
// that cannot be read keeps its default. An empty text is the default experiment.
LinkedExperiment read_link(std::string_view text, ImageSize images = kMnistSize);

}  // namespace downhill
