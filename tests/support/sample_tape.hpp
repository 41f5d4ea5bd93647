// A tape made up for tests of the page: that of a small convolutional net, with the way back done.
#pragma once

#include <limits>

#include "support/sample_snapshot.hpp"

namespace downhill::test {

inline void add_sample_row(TapeView& tape, const char* op, const char* name, const char* shape,
                           std::vector<uint32_t> inputs, bool requires_grad = true) {
  SampleNumbers numbers;
  TapeRow row;
  row.op = op;
  row.name = name;
  row.shape = shape;
  row.relu = row.op.ends_with("+relu");
  row.requires_grad = requires_grad;
  row.bytes = row.op == "flatten" ? 0 : 12544;
  row.value_norm = 12.5f * numbers.next();
  row.gradient_norm = requires_grad ? 0.0123f : std::numeric_limits<float>::quiet_NaN();
  row.forward_us = inputs.empty() ? std::numeric_limits<float>::quiet_NaN() : 123.4f;
  row.backward_us = 1234.5f;
  row.inputs = std::move(inputs);
  tape.rows.push_back(row);
}

inline TapeProduct sample_product(uint32_t images) {
  SampleNumbers numbers;
  const auto some = [&](size_t count) {
    std::vector<float> values;
    for (size_t i = 0; i < count; ++i) values.push_back(numbers.next() * 0.01f);
    return values;
  };
  TapeProduct product;
  product.units = 8;
  product.unit = 2;
  product.rows = product.columns = 3;
  product.weight = 4;
  product.weights = some(9);
  product.gradients = some(9);
  product.down = product.across = 14;
  product.seen = some(196);
  product.slopes = some(196);
  product.terms = some(images);
  product.sum = product.gradient = -0.01234f;
  return product;
}

inline TapeView sample_tape(uint64_t step, uint32_t images) {
  TapeView tape;
  tape.step = step + 1;
  tape.images = images;
  tape.timed = 12;
  add_sample_row(tape, "constant", "images", "[128, 28, 28, 1]", {}, false);
  add_sample_row(tape, "parameter", "layer1.weight", "[3, 3, 1, 8]", {});
  add_sample_row(tape, "parameter", "layer1.bias", "[8]", {});
  add_sample_row(tape, "conv2d+relu", "layer1", "[128, 14, 14, 8]", {0, 1, 2});
  add_sample_row(tape, "flatten", "", "[128, 1568]", {3});
  add_sample_row(tape, "parameter", "layer2.weight", "[1568, 10]", {});
  add_sample_row(tape, "parameter", "layer2.bias", "[10]", {});
  add_sample_row(tape, "linear", "layer2", "[128, 10]", {4, 5, 6});
  add_sample_row(tape, "constant", "targets", "[128]", {}, false);
  add_sample_row(tape, "softmax_cross_entropy", "", "[]", {7, 8});
  tape.forward = 10;
  tape.last = tape.position = 14;
  tape.active = 3;
  tape.backward = true;
  const uint32_t steps[] = {0, 14, 14, 13, 12, 12, 12, 11, 0, 11};
  for (size_t i = 0; i < tape.rows.size(); ++i) tape.rows[i].gradient_step = steps[i];
  tape.row = 3;
  TapeTensor tensor{.of_image = true, .channels = 8, .rows = 14, .columns = 14};
  SampleNumbers numbers;
  for (int i = 0; i < 8 * 196; ++i) tensor.values.push_back(numbers.next());
  tensor.gradient = tensor.values;
  tape.tensor = tensor;
  tape.product = sample_product(images);
  return tape;
}

}  // namespace downhill::test
