// Reads tests/golden/torch/ops.txt, whose format its generator documents: each operation with its
// inputs and with the results of PyTorch.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/shape.hpp"
#include "base/text.hpp"
#include "support/files.hpp"

namespace downhill::test {

struct GoldenTensor {
  Shape shape;
  std::vector<float> values;
};

struct GoldenInput {
  GoldenTensor tensor;
  bool differentiable = true;
};

struct GoldenCase {
  std::string op;
  std::map<std::string, float, std::less<>> options;
  std::vector<GoldenInput> inputs;
  std::vector<GoldenTensor> buffers, after;  // modified by the operation: before, after
  GoldenTensor output, upstream;
  std::vector<GoldenTensor> grads;  // one for each differentiable input

  float option(std::string_view name, float otherwise) const {
    const auto found = options.find(name);
    return found == options.end() ? otherwise : found->second;
  }
};

inline float golden_number(std::string_view word) {
  const Result<float> number = parse_float(word);
  REQUIRE_MESSAGE(number.ok(), word);
  return *number;
}

// Parses the words "<kind> <rank> <extents…> <numbers…>".
inline GoldenTensor golden_tensor(const std::vector<std::string_view>& words) {
  GoldenTensor tensor;
  REQUIRE(words.size() >= 2);
  const auto rank = static_cast<size_t>(golden_number(words[1]));
  REQUIRE(words.size() >= 2 + rank);
  for (size_t i = 0; i < rank; ++i) {
    tensor.shape.append(static_cast<uint32_t>(golden_number(words[2 + i])));
  }
  for (size_t i = 2 + rank; i < words.size(); ++i) tensor.values.push_back(golden_number(words[i]));
  REQUIRE(tensor.values.size() == tensor.shape.size());
  return tensor;
}

inline std::vector<GoldenCase> parse_golden(std::string_view text) {
  std::vector<GoldenCase> cases;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    const std::vector<std::string_view> words = split(line, ' ');
    const std::string_view kind = words[0];
    if (kind == "case") {
      cases.emplace_back().op = words.at(1);
      continue;
    }
    REQUIRE(!cases.empty());
    GoldenCase& golden = cases.back();
    if (kind == "option") {
      golden.options.emplace(words.at(1), golden_number(words.at(2)));
      continue;
    }
    const GoldenTensor tensor = golden_tensor(words);
    if (kind == "input" || kind == "constant") {
      golden.inputs.push_back({tensor, kind == "input"});
    } else if (kind == "output" || kind == "upstream") {
      (kind == "output" ? golden.output : golden.upstream) = tensor;
    } else {
      REQUIRE_MESSAGE((kind == "buffer" || kind == "after" || kind == "grad"), kind);
      (kind == "buffer"  ? golden.buffers
       : kind == "after" ? golden.after
                         : golden.grads)
          .push_back(tensor);
    }
  }
  return cases;
}

}  // namespace downhill::test
