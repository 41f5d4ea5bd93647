// Where the nodes of an expression are drawn. They stand in layers: an operation behind all of its
// inputs, an input right before the first that needs it. In a layer they are ordered so that few
// ways cross, and a way that passes a layer has a place in it. Where there is room the layers are
// columns from left to right, otherwise rows from top to bottom, broken where they are too wide.
// Pure arithmetic; draws nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "session/snapshot.hpp"
#include "ui/geometry.hpp"

namespace downhill::ui {

struct ExpressionLayout {
  bool rows = false;                   // the layers are rows
  std::vector<Rect> boxes;             // by node, dp, within `size`
  std::vector<std::vector<Vec>> ways;  // of every input of every node, in their order
  Vec size;                            // as wide as was asked for, as high as it takes
};

inline constexpr float kNodeHeight = 60, kNumberHeight = 28;  // dp

ExpressionLayout lay_out(const ExpressionView& view, float width);

}  // namespace downhill::ui
