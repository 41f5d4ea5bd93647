// Scopes in which a helper may use the model of a run for its own ends. When they end, the run has
// back what it had, to the bit: they are why looking never disturbs. They know slabs, not what is
// done with them, and take no memory: where things wait meanwhile is the helper's.
#pragma once

#include <bitset>
#include <span>

#include "nn/network_spec.hpp"
#include "nn/parameter_slabs.hpp"

namespace downhill {

// One for every parameter of a model: a layer has at most a weight and a bias.
using ParameterFlags = std::bitset<2 * kMaxLayers>;

// While it lives, the slab of gradients is free: all zero at first. Afterwards the run's gradients
// are back, and `place`, as long as the slab, holds what was left in it.
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

// While it lives, weights may be moved. `place`, as long as the slab of values, holds those of the
// run, which are back afterwards.
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

// While it lives, the weights and running statistics are others: those at the beginning of
// `state`, a TrainState's numbers, where the run's own wait meanwhile.
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

// While it lives, no parameter wants a gradient: backward goes to the images alone, and passes the
// slab of gradients by.
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
