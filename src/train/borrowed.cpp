#include "train/borrowed.hpp"

#include <algorithm>
#include <cassert>

namespace downhill {

namespace {

ParameterFlags read_flags(const ParameterSlabs& slabs, bool Parameter::*flag) {
  ParameterFlags flags;
  assert(slabs.all().size() <= flags.size());
  for (size_t i = 0; i < slabs.all().size(); ++i) flags[i] = slabs.all()[i].*flag;
  return flags;
}

void write_flags(ParameterSlabs& slabs, bool Parameter::*flag, const ParameterFlags& flags) {
  for (size_t i = 0; i < slabs.all().size(); ++i) slabs.all()[i].*flag = flags[i];
}

}  // namespace

BorrowedGradients::BorrowedGradients(ParameterSlabs& slabs, std::span<float> place)
    : slabs_(slabs), place_(place), had_(read_flags(slabs, &Parameter::has_grad)) {
  assert(place.size() == slabs.grads().size());
  assert(std::ranges::none_of(slabs.all(), &Parameter::stale));  // not within replace_grads()
  std::ranges::copy(slabs.grads(), place.begin());
  slabs.zero_grad();
}

BorrowedGradients::~BorrowedGradients() {
  std::ranges::swap_ranges(slabs_.grads(), place_);
  write_flags(slabs_, &Parameter::has_grad, had_);
}

BorrowedWeights::BorrowedWeights(ParameterSlabs& slabs, std::span<float> place)
    : slabs_(slabs), place_(place) {
  assert(place.size() == slabs.values().size());
  std::ranges::copy(slabs.values(), place.begin());
}

BorrowedWeights::~BorrowedWeights() { std::ranges::copy(place_, slabs_.values().begin()); }

ExchangedState::ExchangedState(ParameterSlabs& slabs, std::span<float> state)
    : slabs_(slabs), state_(state) {
  assert(state.size() >= slabs.values().size() + slabs.buffers().size());
  exchange();
}

ExchangedState::~ExchangedState() { exchange(); }

void ExchangedState::exchange() {
  const size_t count = slabs_.values().size();
  std::ranges::swap_ranges(slabs_.values(), state_.first(count));
  std::ranges::swap_ranges(slabs_.buffers(), state_.subspan(count, slabs_.buffers().size()));
}

FrozenParameters::FrozenParameters(ParameterSlabs& slabs)
    : slabs_(slabs), wanted_(read_flags(slabs, &Parameter::requires_grad)) {
  write_flags(slabs, &Parameter::requires_grad, {});
}

FrozenParameters::~FrozenParameters() { write_flags(slabs_, &Parameter::requires_grad, wanted_); }

}  // namespace downhill
