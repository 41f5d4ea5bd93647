// Compares the numerical helpers with PyTorch: products with the Hessian, gradients of single
// images, saliency. golden/torch/generate_numerics.py says what the numbers are.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "kernels/reductions/reduce.hpp"
#include "support/advice.hpp"
#include "support/golden_words.hpp"
#include "train/curvature.hpp"
#include "train/inspection.hpp"
#include "train/sample_gradients.hpp"
#include "train/trainer.hpp"

using namespace downhill;

namespace {

constexpr uint32_t kImages = 8;

// The random numbers of the generator.
struct Numbers {
  uint32_t state = 1;
  uint32_t below(uint32_t n) {
    state = 1664525 * state + 1013904223;
    return (state >> 16) % n;
  }
  float sixteenths() { return (static_cast<float>(below(97)) - 48) / 16; }
};

// Calls f(parameter, place in its memory) for every number of every parameter in PyTorch's order.
template <class F>
void for_each_number(const Model& model, F f) {
  for (const WeightedLayer* layer : model.weighted()) {
    const WeightLayout& layout = layer->layout();
    for (uint32_t i = 0; i < layout.size(); ++i) f(layer->weight(), layout.place(i));
    if (layer->bias() == nullptr) continue;
    for (uint32_t i = 0; i < layout.units; ++i) f(*layer->bias(), i);
  }
}

struct TorchModel {
  Numbers numbers;
  Dataset data;
  Trainer trainer;
  std::vector<float> v;

  TorchModel(const std::string& layers, const std::string& loss) {
    std::vector<uint8_t> images(kImages * 784);
    for (uint8_t& pixel : images) pixel = static_cast<uint8_t>(numbers.below(256));
    const std::vector<uint8_t> labels = {3, 3, 3, 3, 7, 7, 7, 7};
    data = read(images, labels);
    const auto spec = edit_spec({}, "shuffle=false&batch=8&model=net:" + layers + "&loss=" + loss);
    REQUIRE(spec.ok());
    REQUIRE(trainer.rebuild(*spec, data, data).ok());
    for_each_number(trainer.model(), [&](const Parameter& parameter, uint32_t place) {
      const bool gamma = parameter.name == "norm1.weight";
      parameter.value.data[place] = numbers.sixteenths() / 4 + (gamma ? 1.0f : 0.0f);
    });
    v.resize(trainer.model().slabs().values().size());
    for_each_number(trainer.model(), [&](const Parameter& parameter, uint32_t place) {
      v[offset(parameter) + place] = numbers.sixteenths();
    });
  }

  size_t offset(const Parameter& parameter) const {
    return parameter.value.data - trainer.model().slabs().values().data();
  }
  std::vector<float> in_torch_order(std::span<const float> slab) const {
    std::vector<float> ordered;
    for_each_number(trainer.model(), [&](const Parameter& parameter, uint32_t place) {
      ordered.push_back(slab[offset(parameter) + place]);
    });
    return ordered;
  }

 private:
  static Dataset read(const std::vector<uint8_t>& pixels, const std::vector<uint8_t>& labels) {
    std::vector<uint8_t> file = {0, 0, 8, 3, 0, 0, 0, kImages, 0, 0, 0, 28, 0, 0, 0, 28};
    file.insert(file.end(), pixels.begin(), pixels.end());
    std::vector<uint8_t> classes = {0, 0, 8, 1, 0, 0, 0, kImages};
    classes.insert(classes.end(), labels.begin(), labels.end());
    auto dataset = Dataset::from_files(std::move(file), classes);
    REQUIRE(dataset.ok());
    return std::move(*dataset);
  }
};

// |a - b| / |b|
float distance(std::vector<float> a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return kernels::norm(a.data(), a.size()) / kernels::norm(b.data(), b.size());
}

}  // namespace

TEST_SUITE("golden") {
  TEST_CASE("curvature, gradients of single images and saliency are PyTorch's") {
    INFO(test::torch_advice("numerics"));
    test::GoldenWords golden("numerics.txt");
    uint32_t models = 0;
    while (golden.word() == "model") {
      const std::string layers = golden.word(), loss = golden.word();
      CAPTURE(layers);
      TorchModel model(layers, loss);
      CHECK(model.trainer.probe().loss() ==
            doctest::Approx(static_cast<double>(golden.named("loss"))).epsilon(1e-6));

      std::vector<float> found(model.v.size());
      HessianProduct(model.trainer).apply(model.v, found);
      const float product_error = distance(model.in_torch_order(found), golden.numbers("product"));
      CHECK(product_error < 1e-5f);

      PowerIteration iteration(model.trainer);
      while (iteration.advance()) {
      }
      CHECK(iteration.result().converged);
      const float eigenvalue = golden.named("eigenvalue");
      CHECK(iteration.result().eigenvalue ==
            doctest::Approx(static_cast<double>(eigenvalue)).epsilon(1e-3));

      SampleGradients samples(model.trainer);
      while (samples.advance()) {
      }
      CHECK(distance(samples.norms().norms, golden.numbers("norms")) < 1e-6f);

      Inspector inspector(model.trainer);
      const Inspection& third = inspector.look(subject_of_batch(model.trainer, 2));
      std::vector<float> every_16th;
      for (size_t i = 0; i < third.saliency.size(); i += 16) {
        every_16th.push_back(third.saliency[i]);
      }
      CHECK(distance(every_16th, golden.numbers("saliency")) < 1e-6f);
      ++models;
    }
    CHECK(models == 3);
  }
}
