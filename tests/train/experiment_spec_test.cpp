#include "train/experiment_spec.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/rng.hpp"
#include "support/random_values.hpp"

namespace downhill {
namespace {

// The sentence with which edits of the default spec are refused.
std::string refusal(std::string_view edits) {
  const auto spec = edit_spec(ExperimentSpec{}, edits);
  return spec ? "accepted" : spec.error().message;
}

ExperimentSpec edited(std::string_view edits) {
  const auto spec = edit_spec(ExperimentSpec{}, edits);
  REQUIRE_MESSAGE(spec.ok(), (spec.ok() ? "" : spec.error().message));
  return *spec;
}

}  // namespace

TEST_CASE("the text of the default spec names every field") {
  CHECK(print_spec(ExperimentSpec{}) ==
        "digits=37&model=mlp:30&loss=mnist&optimizer=sgd&lr=0.1&batch=256&shuffle=true&init="
        "pytorch&seed=1&epochs=40"
        "&stop=none");
}

TEST_CASE("a spec survives its text, whatever its values") {
  Rng rng(1);
  for (int i = 0; i < 1000; ++i) {
    const ExperimentSpec spec = test::random_spec(rng);
    const std::string text = print_spec(spec);
    const auto read = edit_spec(ExperimentSpec{}, text);
    REQUIRE_MESSAGE(read.ok(), text);
    CHECK(*read == spec);
    // Nothing in it needs percent-encoding in a link.
    CHECK(std::all_of(text.begin(), text.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '=' || c == '&' || c == ':' ||
             c == ',' || c == '.' || c == '-';
    }));
  }
}

TEST_CASE("edits change what they name and leave the rest") {
  ExperimentSpec base;
  base.batch = 64;
  const auto spec = edit_spec(base, "lr=2.5&model=linear&shuffle=false&seed=18446744073709551615");
  REQUIRE(spec.ok());
  CHECK(spec->lr == 2.5f);
  CHECK(spec->model.hidden.empty());
  CHECK_FALSE(spec->shuffle);
  CHECK(spec->seed == UINT64_MAX);
  CHECK(spec->batch == 64);
  CHECK(spec->epochs == base.epochs);
  CHECK(*edit_spec(base, "") == base);
}

TEST_CASE("a link's fragment or query can be given as it is, encoded or not") {
  CHECK(edited("#lr=1e-3").lr == 1e-3f);
  CHECK(edited("?model=mlp%3A128%2C64").model.hidden == std::vector<uint32_t>{128, 64});
  CHECK(edited("lr=1e%2B1").lr == 10);
}

TEST_CASE("stop rules combine in any order") {
  const StopSpec stop = edited("stop=time:60,target:0.98").stop;
  CHECK(stop.target_accuracy == 0.98f);
  CHECK(stop.seconds == 60);
  CHECK(stop.patience == 0);
  ExperimentSpec spec;
  spec.stop = {0.5f, 3, 1.5f};
  CHECK(edit_spec(spec, "stop=none")->stop == StopSpec{});
  CHECK(edit_spec(spec, "stop=patience:5")->stop == StopSpec{0, 5, 0});
}

TEST_CASE("a field that does not exist is refused with those that do") {
  CHECK(refusal("rate=1") ==
        "[spec] 'rate' is not a field; there are digits, model, loss, optimizer, lr, batch, "
        "shuffle, init, seed, epochs, "
        "stop");
  CHECK(refusal("lr=1&lr=2") == "[spec] 'lr' is given twice");
  CHECK(refusal("lr") == "[spec] 'lr' is not of the form name=value");
}

TEST_CASE("a choice that does not exist is refused with those that do") {
  CHECK(refusal("digits=38") == "[digits] '38' is not 37");
  CHECK(refusal("loss=xent") == "[loss] 'xent' is none of mnist, bce, mse");
  CHECK(refusal("loss=") == "[loss] '' is none of mnist, bce, mse");
  CHECK(refusal("loss=MSE") == "[loss] 'MSE' is none of mnist, bce, mse");
  CHECK(refusal("optimizer=adagrad") ==
        "[optimizer] 'adagrad' is none of sgd, momentum, nesterov, rmsprop, adam, adamw");
  CHECK(refusal("init=ones") ==
        "[init] 'ones' is none of pytorch, normal, he, zero, large, glorot");
  CHECK(refusal("shuffle=1") == "[shuffle] '1' is none of true, false");
}

TEST_CASE("numbers out of range, or no numbers, are refused with the range") {
  CHECK(refusal("lr=500") == "[lr] '500' is outside 0.00001…100");
  for (const std::string lr :
       {"0.000009", "100.00001", "0", "-1", "nan", "inf", "fast", "1 ", ""}) {
    CHECK_MESSAGE(refusal("lr=" + lr).find("is outside 0.00001…100") != std::string::npos, lr);
  }
  CHECK(edited("lr=0.00001").lr == kMinLr);
  CHECK(edited("lr=100").lr == kMaxLr);
  CHECK(refusal("batch=0") == "[batch] '0' is outside 1…16384");
  CHECK(refusal("batch=16385") == "[batch] '16385' is outside 1…16384");
  CHECK(refusal("batch=2.5") == "[batch] '2.5' is outside 1…16384");
  CHECK(refusal("batch=4294967297") == "[batch] '4294967297' is outside 1…16384");
  CHECK(refusal("epochs=1001") == "[epochs] '1001' is outside 1…1000");
  CHECK(refusal("seed=-1") == "[seed] '-1' is outside 0…18446744073709551615");
  CHECK(refusal("seed=18446744073709551616") ==
        "[seed] '18446744073709551616' is outside 0…18446744073709551615");
}

TEST_CASE("a model that cannot be built is refused") {
  CHECK(refusal("model=conv") ==
        "[model] 'conv' is neither linear nor of the form mlp:30 or mlp:128,64");
  CHECK(refusal("model=mlp") ==
        "[model] 'mlp' is neither linear nor of the form mlp:30 or mlp:128,64");
  CHECK(refusal("model=mlp:") == "[model] the width '' of a hidden layer is outside 1…512");
  CHECK(refusal("model=mlp:30,") == "[model] the width '' of a hidden layer is outside 1…512");
  CHECK(refusal("model=mlp:0") == "[model] the width '0' of a hidden layer is outside 1…512");
  CHECK(refusal("model=mlp:513") == "[model] the width '513' of a hidden layer is outside 1…512");
  CHECK(refusal("model=mlp:1,2,3,4,5,6,7") ==
        "[model] 'mlp:1,2,3,4,5,6,7' has 7 hidden layers, at most 6 are possible");
}

TEST_CASE("a stop rule that makes no sense is refused") {
  CHECK(refusal("stop=target:0") == "[stop] '0' is outside the target accuracies above 0, up to 1");
  CHECK(refusal("stop=target:1.5") ==
        "[stop] '1.5' is outside the target accuracies above 0, up to 1");
  CHECK(refusal("stop=target") == "[stop] '' is outside the target accuracies above 0, up to 1");
  CHECK(refusal("stop=patience:0") == "[stop] '0' is outside 1…1000");
  CHECK(refusal("stop=time:90000") == "[stop] '90000' is outside the seconds above 0, up to 86400");
  CHECK(refusal("stop=time:5,time:6") == "[stop] 'time' is given twice");
  CHECK(refusal("stop=never") ==
        "[stop] 'never' is none of none, target:0.98, patience:5, time:60");
  CHECK(refusal("stop=") == "[stop] '' is none of none, target:0.98, patience:5, time:60");
}

TEST_CASE("every choice of a menu is accepted and prints as itself, the first being the default") {
  for (const SpecField& field : spec_fields()) {
    CAPTURE(field.name);
    CHECK(find_spec_field(field.name) == &field);
    if (!field.choices.empty()) CHECK(field.print(ExperimentSpec{}) == field.choices[0]);
    for (std::string_view choice : field.choices) {
      ExperimentSpec spec;
      CHECK(field.parse(spec, choice).ok());
      CHECK(field.print(spec) == choice);
    }
    CHECK_FALSE(field.label.empty());
    CHECK(field.help.ends_with('.'));
  }
  CHECK(find_spec_field("rate") == nullptr);
}

TEST_CASE(
    "the learning rate and the rules of stopping act on a run that is under way, nothing else "
    "does") {
  const ExperimentSpec base;
  CHECK_FALSE(needs_rebuild(base, base));
  const auto rebuilds = [&](const std::string& edits) {
    CAPTURE(edits);
    return needs_rebuild(base, edited(edits));
  };
  for (const char* live : {"lr=3", "epochs=41", "stop=patience:1", "lr=3&epochs=1"})
    CHECK_FALSE(rebuilds(live));
  for (const char* other : {"model=linear", "loss=mse", "batch=255", "shuffle=false", "init=zero",
                            "seed=2", "lr=3&seed=2"}) {
    CHECK(rebuilds(other));
  }
}

}  // namespace downhill
