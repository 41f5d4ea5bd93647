#include "nn/state_dict.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <string>

using namespace downhill;

namespace {

std::unique_ptr<Model> model_of(const char* layers, uint32_t outputs = 10) {
  const Result<NetworkSpec> network = parse_network(layers);
  REQUIRE(network.ok());
  auto model = Model::build(*network, {28, 28, 1}, outputs);
  if (!model) FAIL(model.error().message);
  (*model)->initialize(InitKind::pytorch, 3);
  // Statistics that differ from channel to channel.
  float next = 0.5f;
  for (float& value : (*model)->slabs().buffers()) value = next += 0.25f;
  return std::move(*model);
}

constexpr const char* kDeep =
    "conv4k3s2p1,bn,relu,res(conv4k3p1b0,bn,relu),maxpool2,flatten,linear9,ln,linear";

TensorFile dict_of(const Model& model) {
  TensorFile file;
  append_state_dict(model, 7, file.tensors);
  return file;
}

std::vector<float> all_of(const Model& model) {
  std::vector<float> numbers(model.slabs().values().begin(), model.slabs().values().end());
  numbers.insert(numbers.end(), model.slabs().buffers().begin(), model.slabs().buffers().end());
  return numbers;
}

}  // namespace

TEST_SUITE("state dict") {
  TEST_CASE("gradients have the names and layouts of their parameters, and buffers have none") {
    const auto model = model_of(kDeep);
    const TensorFile values = dict_of(*model);
    std::ranges::copy(model->slabs().values(), model->slabs().grads().begin());
    std::vector<FileTensor> gradients;
    append_gradients(*model, gradients);
    size_t at = 0;
    for (const FileTensor& tensor : values.tensors) {
      if (tensor.name.find("running_") != std::string::npos ||
          tensor.name.find("num_batches") != std::string::npos)
        continue;
      REQUIRE(at < gradients.size());
      CHECK(gradients[at].name == tensor.name);
      CHECK(gradients[at].shape == tensor.shape);
      CHECK(gradients[at].values == tensor.values);
      ++at;
    }
    CHECK(at == gradients.size());
  }

  TEST_CASE("names and shapes are those of torch.nn.Sequential") {
    const auto model = model_of(kDeep);
    const TensorFile file = dict_of(*model);
    struct Expected {
      const char* name;
      std::vector<uint32_t> shape;
    };
    const std::vector<Expected> expected = {{"0.weight", {4, 1, 3, 3}},
                                            {"0.bias", {4}},
                                            {"1.weight", {4}},
                                            {"1.bias", {4}},
                                            {"1.running_mean", {4}},
                                            {"1.running_var", {4}},
                                            {"1.num_batches_tracked", {}},
                                            {"3.body.0.weight", {4, 4, 3, 3}},
                                            {"3.body.1.weight", {4}},
                                            {"3.body.1.bias", {4}},
                                            {"3.body.1.running_mean", {4}},
                                            {"3.body.1.running_var", {4}},
                                            {"3.body.1.num_batches_tracked", {}},
                                            {"6.weight", {9, 196}},
                                            {"6.bias", {9}},
                                            {"7.weight", {9}},
                                            {"7.bias", {9}},
                                            {"8.weight", {10, 9}},
                                            {"8.bias", {10}}};
    REQUIRE(file.tensors.size() == expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      CHECK(file.tensors[i].name == expected[i].name);
      CHECK(file.tensors[i].shape == expected[i].shape);
    }
    CHECK(file.find("1.num_batches_tracked")->values == std::vector<float>{7});
  }

  TEST_CASE("a convolution's weights stand as [units, planes, rows, columns]") {
    const auto model = model_of("conv2k2,conv3k2,flatten,linear");
    const TensorFile file = dict_of(*model);
    const Tensor w = model->weighted()[1]->weight().value;  // [2, 2, 2, 3] in memory
    const FileTensor* torch = file.find("1.weight");
    REQUIRE(torch != nullptr);
    for (uint32_t unit = 0; unit < 3; ++unit) {
      for (uint32_t plane = 0; plane < 2; ++plane) {
        for (uint32_t row = 0; row < 2; ++row) {
          for (uint32_t column = 0; column < 2; ++column) {
            CHECK(torch->values[((unit * 2 + plane) * 2 + row) * 2 + column] ==
                  w.data[((row * 2 + column) * 2 + plane) * 3 + unit]);
          }
        }
      }
    }
  }

  TEST_CASE("what is written is read into the same places, to the bit, pads left alone") {
    for (const char* layers : {kDeep, "flatten,linear", "flatten,linear5b0,relu,linear"}) {
      const auto model = model_of(layers), other = model_of(layers);
      for (float& value : other->slabs().values()) value += value != 0 ? 1.0f : 0.0f;
      const Result<ModelState> state = read_state_dict(*other, dict_of(*model));
      REQUIRE(state.ok());
      std::ranges::copy(state->values, other->slabs().values().begin());
      std::ranges::copy(state->buffers, other->slabs().buffers().begin());
      CHECK(all_of(*other) == all_of(*model));
    }
  }

  TEST_CASE("a prefix that all names share is overlooked, counts of batches too") {
    const auto model = model_of(kDeep);
    TensorFile file = dict_of(*model);
    for (FileTensor& tensor : file.tensors) tensor.name = "module.net." + tensor.name;
    CHECK(read_state_dict(*model, file).ok());
    std::erase_if(file.tensors, [](const FileTensor& tensor) {
      return tensor.name.ends_with("num_batches_tracked");
    });
    CHECK(read_state_dict(*model, file).ok());
  }

  TEST_CASE("where names do not decide, layers are matched in order and by shape") {
    const auto loads = [](const char* from, const char* into, auto rename) {
      CAPTURE(from);
      const auto model = model_of(from), other = model_of(into);
      other->initialize(InitKind::pytorch, 99);
      TensorFile file = dict_of(*model);
      rename(file);
      const Result<ModelState> state = read_state_dict(*other, file);
      if (!state) return state.error().message;
      std::ranges::copy(state->values, other->slabs().values().begin());
      std::ranges::copy(state->buffers, other->slabs().buffers().begin());
      CHECK(all_of(*other) == all_of(*model));
      return state->matched;
    };
    const auto as_it_is = [](TensorFile&) {};
    const std::string how =
        "The names in the file are of another network, so its layers are matched in order and by "
        "shape: ";
    CHECK(loads("flatten,linear5,relu,linear", "flatten,linear5,relu,linear", as_it_is).empty());
    CHECK(loads("flatten,linear5,relu,dropout0.2,linear", "flatten,linear5,relu,linear",
                as_it_is) == how + "'1' is layer1, '4' is layer2.");
    CHECK(loads("flatten,linear5,relu,linear", "flatten,linear5,relu,dropout0.2,linear",
                as_it_is) == how + "'1' is layer1, '3' is layer2.");
    // The book's nets have no Flatten, and its convolutions are a Sequential each.
    CHECK(loads("flatten,linear5,relu,linear", "flatten,linear5,relu,linear", [](TensorFile& file) {
            for (FileTensor& tensor : file.tensors) --tensor.name[0];
          }) == how + "'0' is layer1, '2' is layer2.");
    CHECK(loads(kDeep, kDeep, [](TensorFile& file) {
            for (FileTensor& tensor : file.tensors) {
              if (tensor.name[0] < '2') tensor.name = "0." + tensor.name;
            }
          }).starts_with(how + "'0.0' is layer1, '0.1' is norm1, '3.body.0' is layer2"));
    // Files list their tensors by name, "10" before "2".
    CHECK(loads("flatten,linear9,linear9,linear9,linear", "flatten,linear9,linear9,linear9,linear",
                [](TensorFile& file) {
                  for (FileTensor& tensor : file.tensors) {
                    const int place = (tensor.name[0] - '0') * 4;
                    tensor.name = std::to_string(place) + tensor.name.substr(1);
                  }
                  std::ranges::sort(file.tensors, {}, &FileTensor::name);
                }) == how + "'4' is layer1, '8' is layer2, '12' is layer3, '16' is layer4.");
    // Names without an order, in a file without one: only the shapes are left.
    CHECK(loads("flatten,linear5,relu,linear", "flatten,linear5,relu,linear", [](TensorFile& file) {
            for (FileTensor& tensor : file.tensors) {
              tensor.name = (tensor.name[0] == '1' ? "hidden" : "answer") + tensor.name.substr(1);
            }
            std::ranges::sort(file.tensors, {}, &FileTensor::name);
          }) == how + "'hidden' is layer1, 'answer' is layer2.");
  }

  TEST_CASE("layers that do not fit in order, by number or by kind are refused") {
    const auto refused = [](const char* from, const char* into) {
      const Result<ModelState> state = read_state_dict(*model_of(into), dict_of(*model_of(from)));
      return state ? std::string() : state.error().message;
    };
    CHECK(refused("flatten,linear5,relu,dropout0.2,linear", "flatten,linear6,relu,linear") ==
          "[weights] tensor '1.weight' is [5, 784] where this model has [6, 784]");
    CHECK(refused("flatten,linear5,dropout0.2,linear5,linear", "flatten,linear5,relu,linear") ==
          "[weights] tensor '3.weight' is [5, 5] where this model has [10, 5]");
    CHECK(refused("flatten,linear5b0,dropout0.5,linear", "flatten,linear5,relu,linear") ==
          "[weights] there is no tensor '1.bias', which this model needs: is it of another model?");
    CHECK(refused("flatten,linear5,dropout0.5,ln,linear", "flatten,linear5,bn,linear") ==
          "[weights] there is no tensor '2.weight', which this model needs: is it of another "
          "model?");
  }

  TEST_CASE("another model's tensors are refused by name, and nothing changes") {
    const auto model = model_of("flatten,linear5,relu,linear");
    const std::vector<float> before = all_of(*model);
    const auto refused = [&](const TensorFile& file, std::string_view ignored = {}) {
      const Result<ModelState> state = read_state_dict(*model, file, ignored);
      CHECK(all_of(*model) == before);
      return state.ok() ? std::string() : state.error().message;
    };
    CHECK(refused(dict_of(*model_of("flatten,linear"))) ==
          "[weights] tensor '1.weight' is [10, 784] where this model has [5, 784]");
    CHECK(
        refused(dict_of(*model_of("conv1k3,flatten,linear"))) ==
        "[weights] there is no tensor '1.weight', which this model needs: is it of another model?");
    TensorFile more = dict_of(*model);
    more.tensors.push_back({"run.steps", {1}, {0}});
    CHECK(refused(more) == "[weights] the model has no place for tensor 'run.steps'");
    CHECK(refused(more, "run.").empty());
    CHECK(
        refused(TensorFile{}) ==
        "[weights] there is no tensor '1.weight', which this model needs: is it of another model?");
  }

  TEST_CASE("a number that is not finite is refused by its tensor's name") {
    const auto model = model_of(kDeep);
    const auto message = [&](const char* name, size_t index, float value) {
      TensorFile file = dict_of(*model);
      for (FileTensor& tensor : file.tensors) {
        if (tensor.name == name) tensor.values[index] = value;
      }
      const Result<ModelState> state = read_state_dict(*model, file);
      return state.ok() ? std::string() : state.error().message;
    };
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
    CHECK(message("6.weight", 12, kNaN) ==
          "[weights] tensor '6.weight' has nan at index 12: every number must be finite");
    CHECK(message("0.bias", 3, -kInfinity) ==
          "[weights] tensor '0.bias' has -inf at index 3: every number must be finite");
    CHECK(message("1.running_mean", 0, kInfinity) ==
          "[weights] tensor '1.running_mean' has inf at index 0: every number must be finite");
    CHECK(
        message("3.body.1.running_var", 1, -0.5f) ==
        "[weights] tensor '3.body.1.running_var' has -0.5 at index 1: a variance is not negative");
    CHECK(message("6.weight", 12, -0.5f).empty());
    CHECK(message("1.running_var", 1, 0.0f).empty());
    CHECK(message("1.num_batches_tracked", 0, kNaN).empty());  // not read
  }
}
