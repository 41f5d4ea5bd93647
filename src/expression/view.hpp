// What can be seen of an expression: plain values for the page and for state(). Knows no tape.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace downhill {

// The way of the gradient from a node to one of its inputs.
struct ExpressionLink {
  uint32_t node = 0;  // the input
  // Both empty until the gradient has gone this way, and for inputs without a gradient.
  std::vector<float> local = {};    // d node / d input, as many as the longer of both has
  std::vector<float> product = {};  // gradient of the node · local, summed down to the input
  bool operator==(const ExpressionLink&) const = default;
};

struct ExpressionNode {
  std::string name;  // that the line gives it, or empty
  std::string op;    // "+", "**2", "relu"; empty: an input, or a number of the line
  bool vector = false, requires_grad = false;
  std::vector<float> value, gradient;  // empty: not yet
  std::vector<ExpressionLink> inputs;
  bool operator==(const ExpressionNode&) const = default;
};

// y over x, for an expression of one number.
struct ExpressionCurve {
  std::string input, output;  // their names; the output may have none
  float x = 0, y = 0;
  float slope = 0;            // the gradient there, from the tape
  std::vector<float> xs, ys;  // the curve
  // Rise over run: each nudge, y(x + nudge), and the slope from x to there.
  std::vector<float> nudges, nudged, slopes;
  bool operator==(const ExpressionCurve&) const = default;
};

struct ExpressionView {
  std::string text;  // the line on the tape
  // The last line that was refused since, what is wrong with it, and where: bytes of it.
  std::string refused, error;
  uint32_t error_at = 0, error_size = 0;
  std::vector<ExpressionNode> nodes;  // in the order of computing
  uint32_t output = 0;                // the node that the gradient is of
  // Nodes computed, and from `forward` on steps of the way back: first the output's own gradient.
  uint32_t position = 0, forward = 0, last = 0;
  uint32_t passes = 0;             // backward passes that the gradients of inputs add up
  std::optional<uint32_t> active;  // the node of the last step
  bool backward = false;           // that step was one of the way back
  std::optional<ExpressionCurve> curve;
  bool operator==(const ExpressionView&) const = default;
};

}  // namespace downhill
