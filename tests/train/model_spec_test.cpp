#include "train/model_spec.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace downhill;

namespace {

std::string refusal(std::string_view text) {
  const auto model = parse_model(text);
  return model ? "accepted" : model.error().message;
}

}  // namespace

TEST_SUITE("model spec") {
  TEST_CASE("every model survives its text") {
    for (const char* text :
         {"linear", "mlp:30", "mlp:1", "mlp:512,1,2,3,4,5", "conv", "resconv", "lenet",
          "net:flatten,linear", "net:conv8k3s2p1,bn,act,res(conv8k3p1,drop),flatten,linear"}) {
      const auto model = parse_model(text);
      REQUIRE_MESSAGE(model.ok(), text);
      CHECK(print_model(*model) == text);
      CHECK(*parse_model(print_model(*model)) == *model);
    }
    CHECK(parse_model("mlp:128,64")->hidden == std::vector<uint32_t>{128, 64});
    CHECK(parse_model("linear")->hidden.empty());
    CHECK(parse_model("net:flatten,linear")->kind == ModelKind::net);
  }

  TEST_CASE("every named model has layers, and says whether the experiment's words are in them") {
    for (const ModelRow& row : kModels) {
      if (row.kind == ModelKind::net) continue;
      ModelSpec model;
      model.kind = row.kind;
      CAPTURE(row.words.word);
      const std::string layers = layers_text(model);
      CHECK(parse_network(layers).ok());
      CHECK((layers.find("act") != std::string::npos) == row.activation);
      CHECK((layers.find("drop") != std::string::npos) == row.dropout);
      CHECK(row.words.meaning.ends_with('.'));
      CHECK_FALSE(row.brief.empty());
    }
  }

  TEST_CASE("the layers of a model in words are a network that `net:` would read as the same") {
    const NetworkWords words{.activation = ActivationKind::gelu, .dropout = 0.25f};
    for (const char* text :
         {"linear", "mlp:30,8", "conv", "resconv", "lenet", "net:flatten,ln,linear"}) {
      CAPTURE(text);
      const ModelSpec model = *parse_model(text);
      const auto again = parse_model("net:" + layers_text(model));
      REQUIRE(again.ok());
      CHECK(network_of(*again, words) == network_of(model, words));
      CHECK_FALSE(network_of(model, words).empty());
    }
    CHECK(layers_text(*parse_model("mlp:30,8")) ==
          "flatten,linear30,act,drop,linear8,act,drop,linear");
    CHECK(layers_text(*parse_model("linear")) == "flatten,linear");
  }

  TEST_CASE("the experiment's activation and dropout stand between the layers") {
    const NetworkSpec plain = network_of(*parse_model("mlp:30"), {});
    CHECK(plain.size() == 4);  // flatten, linear, relu, linear
    CHECK(plain[2].activation == ActivationKind::relu);
    const NetworkSpec worded =
        network_of(*parse_model("mlp:30"), {.activation = ActivationKind::tanh, .dropout = 0.5f});
    REQUIRE(worded.size() == 5);
    CHECK(worded[2].activation == ActivationKind::tanh);
    CHECK(worded[3].p == 0.5f);
  }

  TEST_CASE("a model that cannot be read is refused with what there is") {
    for (const char* text : {"", "mlp", "MLP:30", "conv2", "resnet"}) {
      CHECK(refusal(text) == "[model] '" + std::string(text) +
                                 "' is none of linear, mlp:30 (widths), conv, resconv, lenet, "
                                 "net:flatten,linear (layers)");
    }
    CHECK(refusal("mlp:") == "[model] the width of a hidden layer: a number is missing, 1…1024");
    CHECK(refusal("mlp:30,") == "[model] the width of a hidden layer: a number is missing, 1…1024");
    CHECK(refusal("mlp:0") == "[model] the width of a hidden layer: '0' is outside 1…1024");
    CHECK(refusal("mlp:1025") == "[model] the width of a hidden layer: '1025' is outside 1…1024");
    CHECK(refusal("mlp:1,2,3,4,5,6,7") ==
          "[model] 'mlp:1,2,3,4,5,6,7' has 7 hidden layers, at most 6 are possible");
    CHECK(refusal("net:" + std::string(2000, 'x')) ==
          "[model] a text of 2004 characters is too long: 1536 are the most");
    CHECK(refusal("net:").starts_with("[model] layer 1, '': there is no such layer"));
    CHECK(refusal("net:flatten,linear0") == "[model] layer 2, 'linear0': '0' is outside 1…1024");
  }
}
