// Layers and single weights in words: "filter 3, plane 2 (row 1, column 0) of layer2".
#pragma once

#include "session/snapshot.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

// Which weight an index into the slab means. Says the layer where there are several.
Label parameter_words(const Parameters& parameters, uint32_t index);

// "3 × 3 of 8 planes → 16 filters, frozen": what a layer's weights are.
Label layer_words(const LayerInfo& layer);
// The same in few words: "conv 3 × 3".
Label layer_kind_words(const LayerInfo& layer);

}  // namespace downhill::ui
