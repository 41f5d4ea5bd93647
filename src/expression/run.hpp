// An expression on a tape of its own: its values and gradients, one node after the other or all at
// once, and back again. Each step records the tape anew, as far as it goes. The gradients are those
// of the tape's backward pass; one that has not come by all its ways is the sum of what has come.
// Knows no page.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "base/result.hpp"
#include "expression/expression.hpp"
#include "expression/view.hpp"

namespace downhill {

class ExpressionRun {
 public:
  static constexpr uint32_t kMaxPasses = 100;

  // Reads a line and computes its values. A line that is refused is kept beside the present one.
  Result<void> read(std::string_view text);
  // Puts another number in the place of an input's, in the text too. Gradients that are complete are
  // computed again, by one pass.
  Result<void> set_value(std::string_view name, float value);
  // One node forward, or one node of the way back once all values are there; `count` times, as far
  // as there are any.
  Result<void> step(uint32_t count);
  Result<void> back(uint32_t count);
  // Goes the rest of the way back, or all of it once more: the inputs' gradients add up.
  Result<void> backward();
  void zero_grad();

  bool empty() const {
    return expression_.terms.empty();
  }  // no line was read yet: then only read()
  const ExpressionView& view() const { return view_; }

 private:
  Result<void> take(std::string_view text);
  Result<void> differentiable() const;
  uint32_t forward_steps() const { return static_cast<uint32_t>(order_.size()); }
  // The way back begins with the output's own gradient.
  uint32_t all_steps() const {
    return forward_steps() + 1 + static_cast<uint32_t>(way_back_.size());
  }
  bool going_back() const { return position_ > forward_steps(); }
  void find_order();
  void record();
  void show();
  void show_gradients();
  void show_way(uint32_t index);
  std::vector<float> gradient_of(uint32_t index) const;
  void find_range(float x);
  void find_curve();
  float output_at(float x);

  Expression expression_;
  std::vector<uint32_t> order_;     // the nodes that are computed: all but numbers and inputs
  std::vector<uint32_t> way_back_;  // those that the output depends on, the last one first
  std::optional<uint32_t> input_;   // the only one, if there is one and it is a scalar
  float low_ = 0, high_ = 0;        // of the curve

  uint32_t passes_ = 0;    // complete ones before the present one
  uint32_t position_ = 0;  // steps done: forward, and of the present pass

  Arena arena_, scratch_arena_;
  Tape tape_{arena_}, scratch_{scratch_arena_};
  std::vector<Var> vars_;  // invalid: not computed yet
  std::optional<uint32_t> active_;
  // The gradient of a node while it is on its way there.
  struct Arrival {
    std::vector<float> sum;       // of earlier passes and of the products so far
    uint32_t came = 0, open = 0;  // the ways of the present pass
  };
  std::vector<Arrival> arrivals_;
  ExpressionView view_;
};

}  // namespace downhill
