// The results of probes and finders: plain values for the page. How they are computed is in the
// files named beside them. Knows no tensors.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace downhill {

// A sweep of rising learning rates, one batch each (lr_finder.hpp).
struct LrSweep {
  uint32_t step = 0;  // steps that the run had done
  std::vector<float> lrs;
  std::vector<float> losses;  // of each batch, before its step
  std::vector<float> smooth;  // the suggestions are read from it
  bool exploded = false;      // it ended because the loss was four times the best, or not finite
  // The smooth loss fell by more than single batches differ. Otherwise nothing is suggested.
  bool fell = false;
  // Suggestions, 0 for none. They are looked for in lrs[first, last), and are inside that range.
  uint32_t first = 0, last = 0;
  float valley = 0, slide = 0, minimum = 0, steep = 0;
  bool operator==(const LrSweep&) const = default;
};

// The largest eigenvalue of the Hessian of the current batch's loss (curvature.hpp). What it says
// about a learning rate depends on the optimizer: stable_lr() in nn/choices/optimizers.hpp.
struct Sharpness {
  uint32_t step = 0;             // steps that the run had done
  uint64_t batch = 0;            // of the run, counted from 1
  float eigenvalue = 0;          // λ, the last estimate
  float residual = 0;            // |Hv - λv| / |λ|: how far v is from an eigenvector
  bool converged = false;        // the residual is small
  std::vector<float> estimates;  // of λ, after each iteration of the power method
  bool operator==(const Sharpness&) const = default;
};

// The current batch's loss along the line w - t·lr·gradient (loss_line.hpp).
struct LossLine {
  uint32_t step = 0;             // steps that the run had done
  uint64_t batch = 0;            // of the run, counted from 1
  float lr = 0;                  // of the next step: t = 1 is where plain SGD would go
  float loss = 0;                // at t = 0
  float slope = 0;               // d loss / d t at t = 0, from the gradient: -lr·|gradient|²
  std::vector<float> distances;  // t
  std::vector<float> losses;
  bool operator==(const LossLine&) const = default;
};

// The outputs of one layer over the current batch and their gradients, as numbers
// (layer_statistics.hpp).
struct Spread {
  static constexpr uint32_t kBins = 32;
  float not_finite = 0;  // the part that is infinite or NaN; mean to counts are of the rest
  float mean = 0, deviation = 0;  // the population's: divided by n
  float least = 0, greatest = 0;
  float zeros = 0;                       // the part of all that is exactly 0
  std::array<uint32_t, kBins> counts{};  // in equal bins from least to greatest
  bool operator==(const Spread&) const = default;
};
struct LayerStatistics {
  uint32_t line = 0;  // of the table of layers
  Spread outputs, gradients;
  bool operator==(const LayerStatistics&) const = default;
};

// The gradients of the single images of a batch (sample_gradients.hpp).
struct SampleNorms {
  uint32_t step = 0;
  std::vector<float> norms;  // L2, in the order of the batch
  float of_mean = 0;         // of the batch's gradient; small if the images disagree
  bool operator==(const SampleNorms&) const = default;
};

// One image's way through the model in a test: with running statistics, without dropout
// (inspection.hpp).
struct Activation {
  uint32_t line = 0;                             // of the table of layers
  uint32_t rows = 1, columns = 1, channels = 1;  // a vector has columns only
  std::vector<float> values;                     // [channels][rows][columns]
  bool operator==(const Activation&) const = default;
};
struct Inspection {
  // [rows, columns], as the network sees them, before the map to floats
  std::vector<uint8_t> pixels;
  uint8_t digit = 0;   // that it shows
  uint8_t answer = 0;  // the digit that the model answers
  float loss = 0;      // of this image
  std::vector<float> outputs, scores;
  std::vector<Activation> layers;
  std::vector<float> saliency;  // [rows, columns] d loss / d pixel, of pixels 0..1
  bool operator==(const Inspection&) const = default;
};

}  // namespace downhill
