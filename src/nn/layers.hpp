// Layers and the chain of them that is a model. A layer declares its parameters once and then reads
// like its mathematics: y = forward(x). It knows the tape's operations and nothing of data, losses
// or optimizers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "autograd/var.hpp"
#include "nn/init.hpp"
#include "nn/parameter_slabs.hpp"

namespace downhill {

class Layer {
 public:
  virtual ~Layer() = default;
  // x: [n, in] -> [n, out], on x's tape.
  virtual Var forward(Var x) const = 0;
  virtual void initialize(InitKind, const Rng&) {}
};

// y = x·W + b.  W: [in, out], b: [out].
class Linear final : public Layer {
 public:
  Linear(ParameterSlabs& slabs, std::string name, uint32_t in, uint32_t out);
  Var forward(Var x) const override;
  void initialize(InitKind kind, const Rng& seed) override;

  const std::string& name() const { return name_; }
  uint32_t in() const { return in_; }
  uint32_t out() const { return out_; }
  const Parameter& weight() const { return *weight_; }
  const Parameter& bias() const { return *bias_; }

 private:
  std::string name_;
  uint32_t in_, out_;
  Parameter* weight_;
  Parameter* bias_;
};

class Relu final : public Layer {
 public:
  Var forward(Var x) const override;
};

// Linear layers of the given widths with a ReLU between each two: widths {784, 30, 1} is the book's
// simple_net, {784, 1} its linear model.
class Mlp {
 public:
  // Precondition: at least two widths, all > 0.
  explicit Mlp(const std::vector<uint32_t>& widths);
  Mlp(const Mlp&) = delete;
  Mlp& operator=(const Mlp&) = delete;

  // Step 1: every parameter gets its first value; gradients are forgotten.
  void initialize(InitKind kind, uint64_t seed);
  Var forward(Var x) const;

  ParameterSlabs& slabs() { return slabs_; }
  const ParameterSlabs& slabs() const { return slabs_; }
  const std::vector<const Linear*>& linears() const { return linears_; }

 private:
  ParameterSlabs slabs_;
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<const Linear*> linears_;
};

}  // namespace downhill
