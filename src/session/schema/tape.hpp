// The tape of the batch under way, as the page sees it. A part of the snapshot that takes no passes
// through the model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session/schema/members.hpp"

namespace downhill {

// One entry of the tape of the batch under way: an operation, or a leaf that goes into one.
struct TapeRow {
  std::string op;    // as Node::op
  std::string name;  // "images", "layer1.weight"; of an operation its layer, or empty
  std::string shape;
  std::vector<uint32_t> inputs;  // rows, all of them before this one
  bool relu = false;             // it applies the ReLU after it, too
  bool requires_grad = false;    //
  uint64_t bytes = 0;            // of its own; 0: it shows its input under another shape
  float value_norm = 0;          // L2, over the whole batch
  float gradient_norm = 0;       // the same; NaN: there is none
  uint32_t gradient_step = 0;    // of TapeView::position, with which it is complete; 0: never
  float forward_us = 0, backward_us = 0;  // mean over `timed` batches; NaN: not timed
};

// What the opened row holds: of one image where it has the batch's images, of one unit where it is
// a matrix of weights, otherwise all of it.
struct TapeTensor {
  bool of_image = false;
  uint32_t unit = 0, units = 0;  // 0: it is not of a unit
  uint32_t channels = 1, rows = 1, columns = 1;
  std::vector<float> values = {};    // [channels][rows][columns]; empty: too many
  std::vector<float> gradient = {};  // as many, or empty: there is none
};

// The gradient of one weight as a product: what the weight saw times the gradient of what it went
// into, summed over everything it was used for.
struct TapeProduct {
  uint32_t unit = 0, units = 1;                // the column of the matrix, or the filter
  uint32_t weight = 0;                         // among what the unit sees
  uint32_t planes = 1, rows = 1, columns = 1;  // what it sees
  std::vector<float> weights;                  // of the unit; empty: too many
  std::vector<float> gradients;                // as many, or empty: there are none
  uint32_t down = 1, across = 1;               // positions of a filter in an image
  // The two factors: of a linear layer, of each image; of a filter, at each position in the image.
  std::vector<float> seen, slopes;  // slopes: empty without a gradient
  std::vector<float> terms;         // what each image adds; empty without a gradient
  float sum = 0;                    // of the terms
  float gradient = 0;               // on the tape; NaN: there is none
};

// What autograd has written down of a batch.
struct TapeView {
  uint64_t step = 0;          // of this batch, from 1
  uint32_t images = 0;        // in the batch
  bool stepped = false;       // the optimizer's step is done, so the weights have moved on
  bool adds_up = false;       // gradients are not zeroed: those of parameters hold earlier ones
  std::vector<TapeRow> rows;  // in the order of recording
  uint32_t position = 0, forward = 0, last = 0;
  std::optional<uint32_t> active;
  bool backward = false;
  uint32_t timed = 0;
  uint32_t row = 0, image = 0;  // opened, and of which image of the batch
  std::optional<TapeTensor> tensor;
  std::optional<TapeProduct> product;
};

template <>
inline constexpr auto kMembers<TapeRow> = pack(
    Member{&TapeRow::op, "op",
           "`linear`; with the ReLU after it `linear+relu`; a leaf: `constant`, `parameter`"},
    Member{&TapeRow::name, "name",
           "`images`, `layer1.weight`; of an operation its layer, or `null`"},
    Member{&TapeRow::shape, "shape", "as in `[64, 30]`"},
    Member{&TapeRow::inputs, "inputs", "rows that it is computed from, all of them before it"},
    Member{&TapeRow::relu, "relu", "it applies the ReLU after it, too"},
    Member{&TapeRow::requires_grad, "requiresGrad", "it gets a gradient"},
    Member{&TapeRow::bytes, "bytes", "that it takes; 0: it shares those of its input"},
    Member{&TapeRow::value_norm, "valueNorm", "L2, over the whole batch"},
    Member{&TapeRow::gradient_norm, "gradientNorm", "the same; `null`: there is none"},
    Member{&TapeRow::gradient_step, "gradientStep",
           "step with which its gradient is complete; 0: none"},
    Member{&TapeRow::forward_us, "forwardMicroseconds", "mean over `timed` batches, or `null`"},
    Member{&TapeRow::backward_us, "backwardMicroseconds", "the same"});
template <>
inline constexpr auto kMembers<TapeTensor> = list(&TapeTensor::of_image, &TapeTensor::unit,
                                                  &TapeTensor::units, &TapeTensor::channels,
                                                  &TapeTensor::rows, &TapeTensor::columns,
                                                  &TapeTensor::values, &TapeTensor::gradient);
template <>
inline constexpr auto kMembers<TapeProduct> = pack(
    Member{&TapeProduct::unit, "unit",
           "whose weight it is: the column of the matrix, or the filter"},
    Member{&TapeProduct::units, "units", "that there are"},
    Member{&TapeProduct::weight, "weight", "which of what the unit sees"},
    Member{&TapeProduct::planes}, Member{&TapeProduct::rows}, Member{&TapeProduct::columns},
    Member{&TapeProduct::weights}, Member{&TapeProduct::gradients}, Member{&TapeProduct::down},
    Member{&TapeProduct::across},
    Member{&TapeProduct::seen, "seen",
           "the first factor: what the weight saw, in each image, or at each position of a filter "
           "in the chosen image"},
    Member{&TapeProduct::slopes, "slopes", "the second factor: the gradient of what it went into"},
    Member{&TapeProduct::terms, "terms", "what each image adds to the gradient"},
    Member{&TapeProduct::sum, "sum", "of the terms"},
    Member{&TapeProduct::gradient, "gradient", "on the tape; `null`: there is none"});
template <>
inline constexpr auto kMembers<TapeView> = pack(
    Member{&TapeView::step, "step", "of this batch, from 1"},
    Member{&TapeView::images, "images", "in the batch"},
    Member{&TapeView::stepped, "stepped", "the optimizer’s step is done"},
    Member{&TapeView::adds_up, "addsUp",
           "gradients are not zeroed: those of parameters hold earlier ones"},
    Member{&TapeView::rows, "rows", "in the order of recording, see below"},
    Member{&TapeView::position, "position", "of the cursor: steps done"},
    Member{&TapeView::forward, "forward", "steps forward, one for each row"},
    Member{&TapeView::last, "last", "steps there are, those of the way back included"},
    Member{&TapeView::active, "active", "the row of the last step, or `null`"},
    Member{&TapeView::backward, "backward", "that was a step of the way back"},
    Member{&TapeView::timed, "timed", "batches whose operations were timed"},
    Member{&TapeView::row, "row", "that is opened"},
    Member{&TapeView::image, "image", "of the batch, whose numbers are shown"},
    Member{&TapeView::tensor},
    Member{&TapeView::product, "product",
           "of a linear layer or a convolution: one weight’s gradient, see below; else `null`"});
}  // namespace downhill
