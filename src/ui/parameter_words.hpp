// Layers and single weights in words: "filter 3, plane 2 (row 1, column 0) of layer2".
#pragma once

#include "session/snapshot.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

// Which weight an index into the slab means, by its pixel if its layer sees whole images. Names the
// layer if there are several.
Label parameter_words(const Snapshot& snapshot, uint32_t index);

// What a layer's weights are: "conv 3 × 3, 8 planes → 16 filters, frozen".
Label layer_words(const LayerInfo& layer);
// The same in brief: "conv 3 × 3".
Label layer_kind_words(const LayerInfo& layer);

}  // namespace downhill::ui
