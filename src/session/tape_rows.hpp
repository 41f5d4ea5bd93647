// The parts of TapeViewer: the rows of the tape, and what a row holds. For tape_view.cpp only.
#pragma once

#include "nn/layers.hpp"
#include "session/snapshot.hpp"
#include "train/run_view.hpp"

namespace downhill {

// Whether the last backward pass has left a gradient there.
inline bool has_gradient(const Node& node) { return node.reached > 0 && node.grad != nullptr; }

// A number of the node's value, which may still be the byte of a pixel.
inline float number_at(const Node& node, size_t index) {
  if (node.value.data != nullptr) return node.value.data[index];
  const kernels::Pixels& pixels = *node.pixels;
  return pixels.map[pixels.images[index / pixels.size][index % pixels.size]];
}

// The rows, without times; and their steps, forward and back.
void view_rows(const RunView& run, TapeView& out);
// The rows that a backward pass goes through, in its order.
std::vector<uint32_t> way_back(std::span<const Node> nodes);

// The layer whose weight goes into this operation, or is this leaf; null if there is none.
const WeightedLayer* layer_of(const RunView& run, const Node& node);
// Of the image at this place in the batch, or of this unit.
TapeTensor view_tensor(const RunView& run, const Node& node, uint32_t image, uint32_t unit);
// Nothing unless the node is a linear layer or a convolution.
std::optional<TapeProduct> view_product(const RunView& run, const Node& node, uint32_t unit,
                                        uint32_t weight, uint32_t image);

}  // namespace downhill
