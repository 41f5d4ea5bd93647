// Models pass between PyTorch and us as files: PyTorch's weights give its answers here, and ours
// give our answers there.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "autograd/tape.hpp"
#include "nn/state_dict.hpp"
#include "support/advice.hpp"
#include "support/files.hpp"
#include "support/random.hpp"
#include "support/torch_golden.hpp"
#include "test_paths.hpp"
#include "train/model_spec.hpp"

using namespace downhill;

namespace {

const std::string kAdvice =
    "The weights are those of a model in PyTorch. A new layer takes its place in LAYERS of "
    "tests/golden/torch/weights.py; a new activation is there as soon as it has a line in "
    "generate_activations.py. Only then write the file again "
    "(with Debian's python3-torch):\n  /usr/bin/python3 tests/golden/torch/weights.py --write";

std::unique_ptr<Model> model_of(const std::string& layers, uint32_t outputs) {
  const Result<NetworkSpec> network = parse_network(layers);
  REQUIRE(network.ok());
  auto model = Model::build(*network, {28, 28, 1}, outputs);
  if (!model) FAIL(model.error().message);
  return std::move(*model);
}

// The model's outputs as in a test. images: [n · 784] -> [n · outputs]
std::vector<float> answers(const Model& model, const std::vector<float>& images) {
  Arena arena;
  Tape tape(arena);
  const auto n = static_cast<uint32_t>(images.size() / 784);
  const Var x = tape.constant(Tensor{const_cast<float*>(images.data()), {n, 28, 28, 1}});
  const std::span<float> y = model.forward(x, {}).value().span();
  REQUIRE_MESSAGE(tape.ok(), tape.error());
  return {y.begin(), y.end()};
}

// The largest difference as a part of the largest number of `theirs`.
float difference(const std::vector<float>& ours, const std::vector<float>& theirs) {
  REQUIRE(ours.size() == theirs.size());
  float worst = 0, most = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    worst = std::max(worst, std::abs(ours[i] - theirs[i]));
    most = std::max(most, std::abs(theirs[i]));
  }
  return worst / most;
}

void collect(const NetworkSpec& network, std::set<LayerKind>& kinds,
             std::set<ActivationKind>& activations) {
  for (const LayerSpec& layer : network) {
    kinds.insert(layer.kind);
    if (layer.kind == LayerKind::activation) activations.insert(layer.activation);
    collect(layer.inner, kinds, activations);
  }
}

}  // namespace

TEST_CASE("the model that PyTorch saved has a layer of every kind, and every activation") {
  INFO(kAdvice);
  const auto bytes = test::read_file(test::torch_golden_path("weights.safetensors"));
  const Result<TensorFile> file = read_safetensors(bytes, "weights");
  REQUIRE(file.ok());
  const Result<NetworkSpec> network = parse_network(*file->find_metadata("layers"));
  REQUIRE(network.ok());
  std::set<LayerKind> kinds;
  std::set<ActivationKind> activations;
  collect(*network, kinds, activations);
  for (const LayerRow& row : kLayers) {
    CHECK_MESSAGE(kinds.contains(row.kind), "no layer of kind ", row.words.label);
  }
  for (const ActivationRow& row : kActivations) {
    CHECK_MESSAGE(activations.contains(row.kind), "no activation ", row.words.word);
  }
}

TEST_CASE("weights that PyTorch saved give PyTorch's answers, to 2e-6 of the largest") {
  INFO(kAdvice);
  const auto bytes = test::read_file(test::torch_golden_path("weights.safetensors"));
  const Result<TensorFile> file = read_safetensors(bytes, "weights");
  REQUIRE(file.ok());
  const auto model = model_of(*file->find_metadata("layers"), 10);
  const Result<ModelState> state = read_state_dict(*model, *file, "check.");
  if (!state) FAIL(state.error().message);
  std::ranges::copy(state->values, model->slabs().values().begin());
  std::ranges::copy(state->buffers, model->slabs().buffers().begin());
  const std::vector<float> ours = answers(*model, file->find("check.images")->values);
  const float worst = difference(ours, file->find("check.outputs")->values);
  MESSAGE("largest difference ", worst, " of the largest output");
  CHECK(worst <= 2e-6f);
  // Written again, they are the same tensors.
  TensorFile again;
  append_state_dict(*model, 17, again.tensors);
  for (const FileTensor& tensor : again.tensors) {
    const FileTensor* theirs = file->find(tensor.name);
    REQUIRE_MESSAGE(theirs != nullptr, tensor.name);
    CHECK_MESSAGE(*theirs == tensor, tensor.name);
  }
}

#ifndef __EMSCRIPTEN__  // which has no processes
TEST_CASE("PyTorch loads our weights, strictly, and gives our answers, to 2e-6 of the largest") {
  const std::string script = test::torch_golden_path("weights.py");
  const std::string path = std::string(DOWNHILL_TEST_DATA) + "/weights_for_torch.safetensors";
  for (const ModelRow& row : kModels) {
    if (row.kind == ModelKind::net) continue;
    const ModelSpec spec{.kind = row.kind, .hidden = {30}, .layers = {}};
    std::string layers = layers_text(spec);
    for (size_t at; (at = layers.find(",drop")) != std::string::npos;) layers.erase(at, 5);
    for (size_t at; (at = layers.find("act")) != std::string::npos;) layers.replace(at, 3, "gelu");
    const auto model = model_of(layers, 10);
    model->initialize(InitKind::pytorch, 4);
    Rng rng(8);
    for (float& value : model->slabs().buffers()) value = value == 0 ? 0 : rng.uniform(0.5f, 2.0f);
    TensorFile file;
    file.metadata.emplace_back("layers", layers);
    append_state_dict(*model, 5, file.tensors);
    std::vector<float> images(4 * 784);
    for (float& pixel : images) pixel = rng.uniform();
    const std::vector<float> ours = answers(*model, images);
    file.tensors.push_back({"check.images", {4, 784}, images});
    file.tensors.push_back({"check.outputs", {4, 10}, ours});
    const auto bytes = write_safetensors(file);
    std::FILE* out = std::fopen(path.c_str(), "wb");
    REQUIRE(out != nullptr);
    REQUIRE(std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size());
    std::fclose(out);
    const int status =
        std::system(("/usr/bin/python3 -B " + script + " " + path + " 2>/dev/null").c_str());
    if (status != 0 && status >> 8 != 1) {
      MESSAGE("not checked: there is no PyTorch here");
      return;
    }
    CHECK_MESSAGE(status == 0, layers);
  }
}
#endif
