#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "train/model_spec.hpp"

using namespace downhill;

namespace {

using Table = std::vector<LayerSummary>;

Result<Table> of(std::string_view text, uint32_t outputs = 10, Shape input = {28, 28, 1}) {
  const auto network = parse_network(text, {.dropout = 0.5f});
  REQUIRE_MESSAGE(network.ok(), text);
  return summarize(*network, input, outputs);
}

Table table(std::string_view text, uint32_t outputs = 10) {
  const auto read = of(text, outputs);
  REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message));
  return *read;
}

Table named(std::string_view model, uint32_t outputs) {
  return table(layers_text(*parse_model(model)), outputs);
}

std::string refusal(std::string_view text, uint32_t outputs = 10, Shape input = {28, 28, 1}) {
  const auto read = of(text, outputs, input);
  return read ? "accepted" : read.error().message;
}

uint32_t parameters(const Table& lines) {
  uint32_t sum = 0;
  for (const LayerSummary& line : lines) sum += line.parameters;
  return sum;
}

std::vector<uint32_t> parameters_of(const Table& lines, LayerKind kind) {
  std::vector<uint32_t> counts;
  for (const LayerSummary& line : lines) {
    if (line.what == kind) counts.push_back(line.parameters);
  }
  return counts;
}

std::vector<std::string> column(const Table& lines, std::string LayerSummary::*field) {
  std::vector<std::string> texts;
  for (const LayerSummary& line : lines) texts.push_back(line.*field);
  return texts;
}

}  // namespace

TEST_SUITE("network shapes") {
  // M. Mueller, "Walk with fastai", lesson 2 (vision): the summary of its two models; 3-vs-7 MLP of
  // fastbook chapter 4: 23,581.
  TEST_CASE("the models of the article and of the book have their numbers of parameters") {
    const Table conv = named("conv", 10);
    CHECK(parameters(conv) == 12126);
    CHECK(parameters_of(conv, LayerKind::conv) ==
          std::vector<uint32_t>{80, 1168, 4640, 4624, 1450});
    CHECK(parameters_of(conv, LayerKind::batch_norm) == std::vector<uint32_t>{16, 32, 64, 32, 20});
    CHECK(parameters(named("resconv", 10)) == 41132);
    CHECK(parameters(named("lenet", 10)) == 5994);
    CHECK(parameters(named("mlp:30", 1)) == 23581);
    CHECK(parameters(named("linear", 1)) == 785);
    CHECK(parameters(named("linear", 10)) == 7850);
    CHECK(parameters(named("mlp:128,64", 1)) == 784 * 128 + 128 + 128 * 64 + 64 + 64 + 1);
  }

  TEST_CASE("a stride of 2 halves an image, rounded up: 14, 7, 4, 2, 1") {
    std::vector<Shape> shapes;
    for (const LayerSummary& line : named("conv", 10)) {
      if (line.what == LayerKind::conv) shapes.push_back(line.output);
    }
    CHECK(shapes ==
          std::vector<Shape>{{14, 14, 8}, {7, 7, 16}, {4, 4, 32}, {2, 2, 16}, {1, 1, 10}});
    CHECK(named("conv", 10).back().output == Shape{10});
  }

  TEST_CASE("a line has torch's name and numbers, its path, and a name if it has parameters") {
    const Table lines = table(
        "conv8k3s2p1,bn,leakyrelu,maxpool2,avgpool3s1p1,res(conv8k3p1b0,ln,res(gelu)),flatten,drop,"
        "linear16b0,bn,tanh,linear");
    CHECK(column(lines, &LayerSummary::kind) ==
          std::vector<std::string>{"Conv2d 3×3, stride 2, padding 1", "BatchNorm2d", "LeakyReLU",
                                   "MaxPool2d 2×2", "AvgPool2d 3×3, stride 1, padding 1",
                                   "Conv2d 3×3, padding 1", "LayerNorm", "GELU", "x + body(x)",
                                   "x + body(x)", "Flatten", "Dropout 0.5", "Linear", "BatchNorm1d",
                                   "Tanh", "Linear"});
    CHECK(column(lines, &LayerSummary::path) ==
          std::vector<std::string>{"0", "1", "2", "3", "4", "5.body.0", "5.body.1",
                                   "5.body.2.body.0", "5.body.2", "5", "6", "7", "8", "9", "10",
                                   "11"});
    CHECK(column(lines, &LayerSummary::name) ==
          std::vector<std::string>{"layer1", "norm1", "", "", "", "layer2", "norm2", "", "", "", "",
                                   "", "layer3", "norm3", "", "layer4"});
    std::vector<uint32_t> depths;
    for (const LayerSummary& line : lines) depths.push_back(line.depth);
    CHECK(depths == std::vector<uint32_t>{0, 0, 0, 0, 0, 1, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0});
    CHECK(lines[5].parameters == 9 * 8 * 8);
    CHECK(lines[9].parameters == 0);  // a block: its inside has its own lines
    CHECK(lines[12].parameters == 7 * 7 * 8 * 16);
    CHECK(lines[10].output == Shape{392});
  }

  // A new activation used to get an empty name.
  TEST_CASE("every kind of layer and every activation has a name") {
    for (const LayerRow& row : kLayers) {
      CHECK_MESSAGE((row.kind == LayerKind::activation || !row.words.torch.empty()),
                    row.words.label);
    }
    for (const ActivationRow& row : kActivations) {
      const Table lines = table("flatten," + std::string(row.words.word) + ",linear");
      CHECK_FALSE(row.words.torch.empty());
      CHECK(lines[1].kind == row.words.torch);
    }
  }

  TEST_CASE("where shapes do not fit, a sentence says which layer, what it gets, what it needs") {
    CHECK(refusal("linear") ==
          "[model] layer 1, Linear: it gets images of 28 × 28 × 1: flatten them first");
    CHECK(refusal("flatten,conv8k3") ==
          "[model] layer 2, Conv2d 3×3: it needs an image, but what comes is a list of 784 "
          "numbers: put it before flatten");
    CHECK(refusal("flatten,maxpool2,linear") ==
          "[model] layer 2, MaxPool2d 2×2: it needs an image, but what comes is a list of 784 "
          "numbers: put it before flatten");
    CHECK(refusal("maxpool14,conv8k3,flatten,linear") ==
          "[model] layer 2, Conv2d 3×3: its kernel of 3×3 does not fit into 2 × 2 × 1 with "
          "padding 0");
    CHECK(refusal("maxpool14,maxpool5p1,flatten,linear") ==
          "[model] layer 2, MaxPool2d 5×5, padding 1: its kernel of 5×5 does not fit into 2 × 2 × "
          "1 with padding 1");
    CHECK(refusal("maxpool3p2,flatten,linear") ==
          "[model] layer 1, MaxPool2d 3×3, padding 2: the padding may be half of the kernel at the "
          "most");
    CHECK(refusal("flatten,linear9") ==
          "[model] the last layer gives 9 numbers where the model needs 10: end in linear");
    CHECK(refusal("conv10k28") ==
          "[model] the last layer gives 1 × 1 × 10 numbers where the model needs 10: flatten, then "
          "linear");
    CHECK(refusal("flatten") ==
          "[model] the last layer gives 784 numbers where the model needs 10: end in linear");
  }

  TEST_CASE("a block that changes the shape is refused under its own number") {
    CHECK(refusal("bn,res(conv8k3p1,relu),flatten,linear") ==
          "[model] layer 2, x + body(x): its layers make 28 × 28 × 8 of 28 × 28 × 1: what is added "
          "must have the same shape");
    CHECK(refusal("flatten,res(linear30),linear") ==
          "[model] layer 2, x + body(x): its layers make 30 of 784: what is added must have the "
          "same shape");
    CHECK(refusal("res(flatten),linear") ==
          "[model] layer 1, x + body(x): its layers make 784 of 28 × 28 × 1: what is added must "
          "have the same shape");
    // A mistake inside is that of the layer inside.
    CHECK(refusal("bn,res(relu,linear),flatten,linear")
              .starts_with("[model] layer 4, Linear: it gets images of 28 × 28 × 1"));
  }

  TEST_CASE("what would be too large is refused before anything is made") {
    CHECK(refusal("conv512k3p1,flatten,linear") ==
          "[model] layer 1, Conv2d 3×3, padding 1: it makes 401408 numbers of every image, at most "
          "262144 are possible");
    CHECK(refusal("conv334k3p1,maxpool28,flatten,linear") == "accepted");  // 261856 numbers
    std::string wide = "flatten";
    for (int i = 0; i < 7; ++i) wide += ",linear512";
    CHECK(refusal(wide + ",linear") == "accepted");  // 1,982,986 parameters
    CHECK(refusal(wide + ",linear512,linear") ==
          "[model] it would have 2245642 parameters, at most 2000000 are possible");
    // Padding alone makes an image larger and larger.
    std::string padded = "conv1k1p28";
    for (int i = 0; i < 30; ++i) padded += ",conv1k1p28";
    CHECK(refusal(padded + ",flatten,linear").ends_with("at most 262144 are possible"));
    CHECK(refusal("maxpool14,conv512k28s1p28,conv512k28,flatten,linear").find("are possible") !=
          std::string::npos);
  }

  TEST_CASE("extents are printed as a person reads them") {
    CHECK(print_extents({7, 7, 16}) == "7 × 7 × 16");
    CHECK(print_extents({10}) == "10");
    CHECK(print_extents({}).empty());
  }
}
