// Random but valid experiments, made from the table of fields: every field takes any value that it
// may have.
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <string>
#include <string_view>
#include <utility>

#include "base/rng.hpp"
#include "base/text.hpp"
#include "train/experiment_spec.hpp"

namespace downhill::test {

inline bool random_bool(Rng& rng) { return rng.below(2) == 1; }

// A float between the bounds, of any size in between: its bits are drawn. 0 < low < high.
inline float random_between(Rng& rng, float low, float high) {
  const auto from = std::bit_cast<uint32_t>(low);
  return std::bit_cast<float>(from + rng.below(std::bit_cast<uint32_t>(high) - from + 1));
}

// Often 0, which turns a field off; otherwise between the bounds.
inline float random_or_zero(Rng& rng, float low, float high) {
  return random_bool(rng) ? 0.0f : random_between(rng, low, high);
}

// Any model; its shapes fit.
inline ModelSpec random_model(Rng& rng) {
  constexpr std::array<std::string_view, 5> kNets = {
      "flatten,linear",
      "conv8k3s2p1b0,bn,act,res(conv8k3p1,relu,res(bn)),avgpool2,flatten,drop,linear7b0,linear",
      "maxpool3s2p1,conv16k5,gelu,ln,conv4k1,flatten,dropout0.25,linear",
      "flatten,linear9,tanh,ln,linear", "convk28,sigmoid,flatten"};
  ModelSpec model;
  model.kind = static_cast<ModelKind>(rng.below(kModels.size()));
  model.hidden.clear();
  if (model.kind == ModelKind::net) model.layers = kNets[rng.below(kNets.size())];
  if (model.kind == ModelKind::mlp) {
    model.hidden.resize(1 + rng.below(kMaxHiddenLayers));
    // Wider ones, all of them wide, would have more parameters than a model may.
    for (uint32_t& width : model.hidden) width = 1 + rng.below(kMaxHiddenWidth / 2);
  }
  return model;
}

inline std::string random_digits(Rng& rng) {
  std::string digits = "0123456789";
  for (uint32_t i = 10; i > 1; --i) std::swap(digits[i - 1], digits[rng.below(i)]);
  return digits.substr(0, 2 + rng.below(9));
}

inline std::string random_grammar(Rng& rng, std::string_view field) {
  if (field == "digits") return random_digits(rng);
  if (field == "model") return print_model(random_model(rng));
  if (field != "stop") return {};
  StopSpec stop;
  stop.target_accuracy = random_or_zero(rng, 1e-30f, 1.0f);
  if (random_bool(rng)) stop.patience = 1 + rng.below(kMaxEpochs);
  stop.seconds = random_or_zero(rng, 1e-30f, 86400.0f);
  return print_stop(stop);
}

inline std::string random_value(Rng& rng, const SpecField& field) {
  // Small enough for every model, and large enough for batch norm.
  if (field.name == "batch") return print(uint64_t{2 + rng.below(255)});
  switch (field.kind) {
    case FieldKind::number:
      return print(field.low > 0 ? random_between(rng, field.low, field.high)
                                 : random_or_zero(rng, 1e-30f, field.high));
    case FieldKind::count:
      if (field.most > UINT32_MAX) return print(rng.bits64() >> rng.below(64));
      return print(field.least + rng.below(static_cast<uint32_t>(field.most - field.least) + 1));
    case FieldKind::choice:
    case FieldKind::truth:
      return std::string(
          field.choices[rng.below(static_cast<uint32_t>(field.choices.size()))].word);
    case FieldKind::grammar:
      return random_grammar(rng, field.name);
  }
  return {};
}

inline ExperimentSpec random_spec(Rng& rng) {
  ExperimentSpec spec;
  for (const SpecField& field : spec_fields()) {
    const std::string value = random_value(rng, field);
    const Result<void> taken = field.parse(spec, value);
    REQUIRE_MESSAGE(taken.ok(), std::string(field.name), "=", value,
                    ": a field with a grammar needs its line in random_grammar()");
  }
  if (!has_points(spec.data)) return spec;
  // Points have neither images nor classes.
  if (!fits_numbers(spec.loss)) spec.loss = random_bool(rng) ? LossKind::mse : LossKind::l1;
  if (spec.fault == Fault::accuracy) spec.fault = Fault::uphill;
  spec.model = *parse_model(random_bool(rng) ? "linear" : "net:linear8,bn,tanh,linear");
  return spec;
}

}  // namespace downhill::test
