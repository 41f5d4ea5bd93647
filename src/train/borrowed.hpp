// Scopes in which a probe or a tool may use the model of a run. At their end the run has its
// numbers back, to the bit, so looking never disturbs it. They know slabs, not what is done with
// them. They allocate nothing: the caller provides the memory in which the run's numbers wait.
#pragma once

#include <bitset>
#include <span>

#include "nn/network_spec.hpp"
#include "nn/parameter_slabs.hpp"

namespace downhill {

// One flag for each parameter of a model: a layer has at most a weight and a bias.
using ParameterFlags = std::bitset<2 * kMaxLayers>;

// In its scope the slab of gradients may be used, and begins with zeros. Afterwards the run's
// gradients are back, and `place`, as long as the slab, holds what was computed.
class BorrowedGradients {
 public:
  BorrowedGradients(ParameterSlabs& slabs, std::span<float> place);
  ~BorrowedGradients();
  BorrowedGradients(const BorrowedGradients&) = delete;
  BorrowedGradients& operator=(const BorrowedGradients&) = delete;

 private:
  ParameterSlabs& slabs_;
  std::span<float> place_;
  ParameterFlags had_;  // Parameter::has_grad
};

// In its scope weights may be moved. `place`, as long as the slab of values, holds those of the run
// until they are back.
class BorrowedWeights {
 public:
  BorrowedWeights(ParameterSlabs& slabs, std::span<float> place);
  ~BorrowedWeights();
  BorrowedWeights(const BorrowedWeights&) = delete;
  BorrowedWeights& operator=(const BorrowedWeights&) = delete;

 private:
  ParameterSlabs& slabs_;
  std::span<float> place_;
};

// In its scope the model has the weights and running statistics at the beginning of `state`, the
// numbers of a TrainState. The run's own are in `state` until then.
class ExchangedState {
 public:
  ExchangedState(ParameterSlabs& slabs, std::span<float> state);
  ~ExchangedState();
  ExchangedState(const ExchangedState&) = delete;
  ExchangedState& operator=(const ExchangedState&) = delete;

 private:
  void exchange();

  ParameterSlabs& slabs_;
  std::span<float> state_;
};

// In its scope no parameter requires a gradient: backward reaches the images only, and leaves the
// slab of gradients alone.
class FrozenParameters {
 public:
  explicit FrozenParameters(ParameterSlabs& slabs);
  ~FrozenParameters();
  FrozenParameters(const FrozenParameters&) = delete;
  FrozenParameters& operator=(const FrozenParameters&) = delete;

 private:
  ParameterSlabs& slabs_;
  ParameterFlags wanted_;  // Parameter::requires_grad
};

}  // namespace downhill
