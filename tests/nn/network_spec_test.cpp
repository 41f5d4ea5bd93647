#include "nn/network_spec.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace downhill;

namespace {

NetworkSpec parsed(std::string_view text, const NetworkWords& words = {}) {
  const auto network = parse_network(text, words);
  REQUIRE_MESSAGE(network.ok(), (network.ok() ? "" : network.error().message));
  return *network;
}

LayerSpec only(std::string_view text, const NetworkWords& words = {}) {
  const NetworkSpec network = parsed(text, words);
  REQUIRE(network.size() == 1);
  return network[0];
}

std::string refusal(std::string_view text, const NetworkWords& words = {}) {
  const auto network = parse_network(text, words);
  return network ? "accepted" : network.error().message;
}

std::string many(std::string_view layer, uint32_t count) {
  std::string text;
  for (uint32_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + std::string(layer);
  return text;
}

// What there is, from the tables.
std::string known_layers() {
  std::string text = "there is no such layer; there are ";
  for (const std::string_view word : layer_words()) {
    text += (text.ends_with(' ') ? "" : ", ") + std::string(word);
  }
  return text;
}

}  // namespace

TEST_SUITE("network text") {
  TEST_CASE("every layer is read with its numbers, and those left out have their usual values") {
    CHECK(only("conv8k3s2p1b0") == LayerSpec{.kind = LayerKind::conv,
                                             .units = 8,
                                             .kernel = 3,
                                             .stride = 2,
                                             .padding = 1,
                                             .bias = false});
    CHECK(only("conv16k5") == LayerSpec{.kind = LayerKind::conv, .units = 16, .kernel = 5});
    CHECK(only("convk3p1") ==
          LayerSpec{.kind = LayerKind::conv, .units = 0, .kernel = 3, .padding = 1});
    CHECK(only("conv4k1b1") == LayerSpec{.kind = LayerKind::conv, .units = 4, .kernel = 1});
    CHECK(only("linear") == LayerSpec{.kind = LayerKind::linear, .units = 0});
    CHECK(only("linear1024b0") ==
          LayerSpec{.kind = LayerKind::linear, .units = 1024, .bias = false});
    CHECK(only("linearb0") == LayerSpec{.kind = LayerKind::linear, .bias = false});
    CHECK(only("maxpool3") == LayerSpec{.kind = LayerKind::max_pool, .kernel = 3, .stride = 3});
    CHECK(only("maxpool3s2p1") ==
          LayerSpec{.kind = LayerKind::max_pool, .kernel = 3, .stride = 2, .padding = 1});
    CHECK(only("avgpool28") == LayerSpec{.kind = LayerKind::avg_pool, .kernel = 28, .stride = 28});
    CHECK(only("bn").kind == LayerKind::batch_norm);
    CHECK(only("ln").kind == LayerKind::layer_norm);
    CHECK(only("flatten").kind == LayerKind::flatten);
    CHECK(only("dropout0.25") == LayerSpec{.kind = LayerKind::dropout, .p = 0.25f});
    CHECK(only("dropout0").kind == LayerKind::dropout);
    for (const ActivationRow& row : kActivations) {
      CHECK(only(row.words.word) ==
            LayerSpec{.kind = LayerKind::activation, .activation = row.kind});
    }
  }

  TEST_CASE("the words of layers are those of the tables, and `act` and `drop`") {
    const std::vector<std::string_view> words = layer_words();
    CHECK(words.size() == kLayers.size() - 1 + kActivations.size() + 2);
    for (const char* word : {"conv", "res", "relu", "gelu", "act", "drop"}) {
      CHECK(std::ranges::count(words, word) == 1);
    }
  }

  TEST_CASE("act and drop stand for what the experiment says; dropping nothing is no layer") {
    const NetworkWords words{.activation = ActivationKind::gelu, .dropout = 0.5f};
    CHECK(only("act", words).activation == ActivationKind::gelu);
    CHECK(only("act").activation == ActivationKind::relu);
    CHECK(only("drop", words) == LayerSpec{.kind = LayerKind::dropout, .p = 0.5f});
    CHECK(parsed("linear3,drop,linear").size() == 2);
    CHECK(parsed("linear3,drop,linear", words).size() == 3);
    CHECK(refusal("drop") == "[model] layer 1, 'drop': there are no layers");
    CHECK(refusal("drop", words) == "accepted");
    CHECK(refusal("res(drop)") == "[model] layer 1, 'res(drop)': there are no layers inside");
  }

  TEST_CASE("residual blocks hold layers, also one another, three deep") {
    const LayerSpec block = only("res(conv8k3p1,bn,res(relu),act)");
    CHECK(block.kind == LayerKind::residual);
    REQUIRE(block.inner.size() == 4);
    CHECK(block.inner[0].kernel == 3);
    REQUIRE(block.inner[2].inner.size() == 1);
    CHECK(block.inner[2].inner[0].kind == LayerKind::activation);
    CHECK(parsed("res(bn),res(bn),flatten").size() == 3);
    CHECK(refusal("res(res(res(bn)))") == "accepted");
    CHECK(refusal("res(res(res(res(bn))))") ==
          "[model] layer 4, 'res(bn))))': residual blocks are nested too deeply");
  }

  TEST_CASE("a word that is no layer is refused with its place and those that there are") {
    const auto unknown = [](const std::string& where) {
      return "[model] layer " + where + ": " + known_layers();
    };
    CHECK(refusal("") == unknown("1, ''"));
    CHECK(refusal("flatten,") == unknown("2, ''"));
    CHECK(refusal(",flatten") == unknown("1, ''"));
    CHECK(refusal("flatten,lstm") == unknown("2, 'lstm'"));
    CHECK(refusal("Linear") == unknown("1, 'Linear'"));
    CHECK(refusal("conw8k3") == unknown("1, 'conw8k3'"));
    CHECK(refusal("res()") == unknown("2, ')'"));
    CHECK(refusal("res(bn,)") == unknown("3, ')'"));
    CHECK(refusal(" linear") == unknown("1, ' linear'"));
  }

  TEST_CASE("numbers out of range are refused with the range") {
    CHECK(refusal("linear0") == "[model] layer 1, 'linear0': '0' is outside 1…1024");
    CHECK(refusal("linear1025") == "[model] layer 1, 'linear1025': '1025' is outside 1…1024");
    CHECK(refusal("bn,conv8k0") == "[model] layer 2, 'conv8k0': '0' is outside 1…28");
    CHECK(refusal("conv8k29") == "[model] layer 1, 'conv8k29': '29' is outside 1…28");
    CHECK(refusal("conv8k") == "[model] layer 1, 'conv8k': a number is missing, 1…28");
    CHECK(refusal("conv8k3s0") == "[model] layer 1, 'conv8k3s0': '0' is outside 1…28");
    CHECK(refusal("conv8k3p29") == "[model] layer 1, 'conv8k3p29': '29' is outside 0…28");
    CHECK(refusal("linearb2") == "[model] layer 1, 'linearb2': '2' is outside 0…1");
    CHECK(refusal("linear4294967297") ==
          "[model] layer 1, 'linear4294967297': '4294967297' is outside 1…1024");
    CHECK(refusal("maxpool") == "[model] layer 1, 'maxpool': a number is missing, 1…28");
    CHECK(refusal("dropout1") ==
          "[model] layer 1, 'dropout1': the probability: '1' is outside 0…0.99");
    CHECK(refusal("dropout") ==
          "[model] layer 1, 'dropout': the probability: a number is missing, 0…0.99");
    CHECK(refusal("dropout.5.") ==
          "[model] layer 1, 'dropout.5.': the probability: '.5.' is not a number");
  }

  TEST_CASE(
      "what is left over behind a layer is refused, and so is a parenthesis without another") {
    CHECK(refusal("conv8") == "[model] layer 1, 'conv8': the kernel is missing, as in conv8k3");
    CHECK(refusal("bn2") == "[model] layer 1, 'bn2': '2' does not belong to it");
    CHECK(refusal("relu,conv8k3p1s2") ==
          "[model] layer 2, 'conv8k3p1s2': 's2' does not belong to it");
    CHECK(refusal("conv8k3b0b0") == "[model] layer 1, 'conv8k3b0b0': 'b0' does not belong to it");
    CHECK(refusal("linear30 ,linear") == "[model] layer 1, 'linear30 ': ' ' does not belong to it");
    CHECK(refusal("res(bn2)") == "[model] layer 2, 'bn2)': '2' does not belong to it");
    CHECK(refusal("res") == "[model] layer 1, 'res': res needs its layers in parentheses");
    CHECK(refusal("bn,res(bn,relu") ==
          "[model] layer 2, 'res(bn': the parenthesis of res is not closed");
    CHECK(refusal("bn)") == "[model] layer 1, 'bn)': there is no parenthesis to close");
    CHECK(refusal("res(bn))") == "[model] layer 1, 'res(bn))': there is no parenthesis to close");
  }

  TEST_CASE("at most 64 layers, those inside of blocks included") {
    CHECK(refusal(many("bn", 64)) == "accepted");
    CHECK(refusal(many("bn", 65)) == "[model] layer 65, 'bn': there are more than 64 layers");
    CHECK(refusal("res(" + many("bn", 63) + ")") == "accepted");
    CHECK(refusal("res(" + many("bn", 64) + ")") ==
          "[model] layer 65, 'bn)': there are more than 64 layers");
    // A text of a megabyte is not read to its end.
    CHECK(refusal(many("res(bn)", 200000)).ends_with("there are more than 64 layers"));
  }

  TEST_CASE("a sentence quotes no more of a text than a line holds") {
    const std::string long_word(1000, 'x');
    CHECK(refusal(long_word) == "[model] layer 1, 'xxxxxxxxxxxxxxxxxxxxxxxx': " + known_layers());
    CHECK(refusal("linear" + std::string(1000, '9')).size() < 200);
    CHECK(refusal("b\x01n").find('\x01') == std::string::npos);
  }
}
