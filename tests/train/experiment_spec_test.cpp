#include "train/experiment_spec.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "support/random_values.hpp"

namespace downhill {
namespace {

// Stands for a value of any type.
struct Anything {
  template <class T>
  operator T() const;
};

// The number of members of an aggregate: the largest number of values that it can be made from.
template <class T, class... Values>
constexpr size_t members_of() {
  if constexpr (requires { T{Values{}..., Anything{}}; }) {
    return members_of<T, Values..., Anything>();
  } else {
    return sizeof...(Values);
  }
}

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
  const std::string text = print_spec(ExperimentSpec{});
  for (const SpecField& field : spec_fields()) {
    CHECK(("&" + text).find("&" + std::string(field.name) + "=") != std::string::npos);
  }
  // What links have meant since they were first published.
  for (const char* part :
       {"digits=37&subset=0&noise=0&augment=none&normalize=false&model=mlp:30&activation=relu",
        "&dropout=0&", "&loss=mnist&optimizer=sgd&lr=0.1&schedule=constant&momentum=0.9&beta2=0.99",
        "&eps=1e-05&wd=0&clip=0&freeze=0&", "&batch=256&shuffle=true&droplast=false&",
        "&init=pytorch&seed=1&epochs=40&stop=none"}) {
    CHECK_MESSAGE(text.find(part) != std::string::npos, part);
  }
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
             c == ',' || c == '.' || c == '-' || c == '(' || c == ')';
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
  std::string all;
  for (const SpecField& field : spec_fields()) {
    all += (all.empty() ? "" : ", ") + std::string(field.name);
  }
  CHECK(refusal("rate=1") == "[spec] 'rate' is not a field; there are " + all);
  CHECK(refusal("lr=1&lr=2") == "[spec] 'lr' is given twice");
  CHECK(refusal("lr") == "[spec] 'lr' is not of the form name=value");
}

TEST_CASE("a choice that does not exist is refused with those that do") {
  size_t choices = 0;
  for (const SpecField& field : spec_fields()) {
    if (field.kind != FieldKind::choice) continue;
    ++choices;
    std::string all;
    for (const ChoiceWords& choice : field.choices) {
      all += (all.empty() ? "" : ", ") + std::string(choice.word);
    }
    const std::string name(field.name), upper = "MSE";
    for (const std::string& wrong : {std::string("nothing"), std::string(), upper}) {
      CHECK(refusal(name + "=" + wrong) == "[" + name + "] '" + wrong + "' is none of " + all);
    }
  }
  CHECK(choices == 8);
  CHECK(refusal("loss=xent").starts_with("[loss] 'xent' is none of mnist, bce, mse, "));
  CHECK(refusal("shuffle=1") == "[shuffle] '1' is none of true, false");
  CHECK(refusal("normalize=yes") == "[normalize] 'yes' is none of true, false");
  CHECK(refusal("droplast=") == "[droplast] '' is none of true, false");
}

TEST_CASE("digits: each once, two at least, in any order") {
  CHECK(edited("digits=49").digits == "49");
  CHECK(edited("digits=9876543210").digits == "9876543210");
  CHECK(edited("digits=73").digits == "73");
  for (const char* text : {"33", "3a", "3 7", "-3", "01234567890"}) {
    CHECK(refusal("digits=" + std::string(text))
              .ends_with(" is not a list of digits, each once, like 37"));
  }
  CHECK(refusal("digits=3") == "[digits] '3': at least two digits are needed to tell them apart");
  CHECK(refusal("digits=") == "[digits] '': at least two digits are needed to tell them apart");
}

TEST_CASE("numbers out of range, or no numbers, are refused with the range") {
  struct Range {
    std::string field, low, high, below, above;
  };
  for (const Range& r : std::vector<Range>{
           {"lr", "0.00001", "100", "0.000009", "100.00001"},
           {"noise", "0", "0.9", "-0.01", "0.91"},
           {"dropout", "0", "0.9", "-0.01", "0.91"},
           {"momentum", "0", "0.999", "-0.01", "0.9991"},
           {"beta2", "0", "0.9999", "-0.01", "0.99999"},
           {"eps", "1e-10", "1", "9e-11", "1.01"},
           {"wd", "0", "1", "-0.01", "1.01"},
           {"clip", "0", "1000", "-0.01", "1001"},
       }) {
    CAPTURE(r.field);
    const SpecField* field = find_spec_field(r.field);
    REQUIRE(field != nullptr);
    for (const std::string& bound : {r.low, r.high}) {
      CHECK(std::stof(field->print(edited(r.field + "=" + bound))) == std::stof(bound));
    }
    const auto high = refusal(r.field + "=" + r.above);
    const std::string range = " is outside " + r.low + "…" + r.high;
    CHECK(high == "[" + r.field + "] '" + r.above + "'" + range);
    for (const std::string& text : {r.below, std::string("-1"), std::string("nan"),
                                    std::string("inf"), std::string("1e99")}) {
      CHECK_MESSAGE(refusal(r.field + "=" + text).find(range) != std::string::npos, text);
    }
    CHECK(refusal(r.field + "=fast") == "[" + r.field + "] 'fast' is not a number");
    CHECK(refusal(r.field + "=") ==
          "[" + r.field + "] a number is missing, " + r.low + "…" + r.high);
    CHECK(refusal(r.field + "=" + std::string(500, '1')) ==
          "[" + r.field + "] a text of 500 characters is too long for a number: 64 are the most");
  }
}

TEST_CASE("whole numbers out of range, or no whole numbers, are refused for what they are") {
  struct Count {
    std::string field;
    uint32_t low, high;
  };
  for (const Count& c : std::vector<Count>{
           {"subset", 0, 60000}, {"freeze", 0, 64}, {"batch", 1, 16384}, {"epochs", 1, 1000}}) {
    CAPTURE(c.field);
    const std::string range = " is outside " + std::to_string(c.low) + "…" + std::to_string(c.high);
    for (const uint32_t bound : {c.low, c.high}) {
      const auto spec = edit_spec({}, "model=linear&" + c.field + "=" + std::to_string(bound));
      REQUIRE(spec.ok());
      CHECK(find_spec_field(c.field)->print(*spec) == std::to_string(bound));
    }
    for (const std::string& text :
         {std::to_string(c.high + 1), std::string("-1"), std::string("4294967297")}) {
      CHECK(refusal(c.field + "=" + text) == "[" + c.field + "] '" + text + "'" + range);
    }
    for (const std::string text : {"2.5", "1,000", "many"}) {
      CHECK(refusal(c.field + "=" + text) ==
            "[" + c.field + "] '" + text + "' is not a whole number");
    }
  }
  CHECK(refusal("batch=0") == "[batch] '0' is outside 1…16384");
  CHECK(refusal("epochs=0") == "[epochs] '0' is outside 1…1000");
  CHECK(refusal("seed=-1") == "[seed] '-1' is outside 0…18446744073709551615");
  CHECK(refusal("seed=18446744073709551616") ==
        "[seed] '18446744073709551616' is outside 0…18446744073709551615");
}

TEST_CASE("a model that cannot be built is refused, also for what another field asks of it") {
  CHECK(refusal("model=resnet").starts_with("[model] 'resnet' is none of linear, mlp:30 (widths)"));
  CHECK(refusal("model=net:flatten,linear2") ==
        "[model] the last layer gives 2 numbers where the model needs 1: end in linear");
  const auto two = edit_spec({}, "model=net:flatten,linear2&loss=crossentropy");
  REQUIRE(two.ok());
  // Taking the loss away again is refused, because the net no longer fits.
  CHECK(edit_spec(*two, "loss=mse").error().message ==
        "[model] the last layer gives 2 numbers where the model needs 1: end in linear");
  CHECK(edit_spec(*two, "digits=379").error().message ==
        "[model] the last layer gives 2 numbers where the model needs 3: end in linear");
  CHECK(edit_spec(*two, "loss=mse&model=conv").ok());
}

TEST_CASE("a batch that would not fit into memory is refused with the largest that does") {
  CHECK(refusal("model=conv&batch=16384") ==
        "[batch] 16384 images need 1147 MB on their way through this model, at most 96 MB are "
        "possible: that is 1370 images");
  CHECK(refusal("model=conv&batch=1371").starts_with("[batch] 1371 images need 96 MB"));
  CHECK(refusal("model=conv&batch=1370") == "accepted");
  // All 3s and 7s at once, for the models that learn from them so.
  CHECK(refusal("model=mlp:30&batch=16384") == "accepted");
  CHECK(refusal("model=mlp:512&batch=16384").starts_with("[batch] 16384 images need "));
  CHECK(refusal("model=linear&batch=16384") == "accepted");
}

TEST_CASE("batch norm over one image is refused: it has no variance") {
  CHECK(refusal("model=conv&batch=1") ==
        "[batch] layer 14, BatchNorm2d, sees one number per channel of one image: two images at "
        "least are needed");
  CHECK(refusal("model=net:flatten,linear9,bn,relu,linear&batch=1") ==
        "[batch] layer 3, BatchNorm1d, sees one number per channel of one image: two images at "
        "least are needed");
  CHECK(refusal("model=conv&batch=2") == "accepted");
  CHECK(refusal("model=net:conv8k3,bn,flatten,linear&batch=1") == "accepted");
}

TEST_CASE("edits are checked alone, whatever they are edits of") {
  CHECK(check_edits("model=net:flatten,linear2").ok());
  CHECK_FALSE(edit_spec(ExperimentSpec{}, "model=net:flatten,linear2").ok());
  CHECK(check_edits("").ok());
  CHECK(check_edits("batch=16384&model=conv").ok());
  for (const char* edits : {"lr=500", "rate=1", "lr=1&lr=1", "model=net:flatte", "digits=3"}) {
    CHECK_FALSE(check_edits(edits).ok());
    CHECK(check_edits(edits).error().message == refusal(edits));
  }
}

TEST_CASE("what follows from a spec: layers, outputs, table") {
  const ExperimentSpec ten = edited("digits=0123456789&model=conv&activation=gelu");
  CHECK(output_count(ten) == 10);
  CHECK(output_count(ExperimentSpec{}) == 1);
  CHECK(output_count(edited("loss=crossentropy")) == 2);
  CHECK(network_of(ten)[2].activation == ActivationKind::gelu);
  const auto table = layer_table(ten);
  REQUIRE(table.size() == 15);
  CHECK(table[2].kind == "GELU");
  CHECK(table.back().output == Shape{10});
  CHECK(layer_table(edited("dropout=0.5")).size() == layer_table(ExperimentSpec{}).size() + 1);
}

TEST_CASE("a stop rule that makes no sense is refused") {
  CHECK(refusal("stop=target:0") == "[stop] target must be above 0");
  CHECK(refusal("stop=target:1.5") == "[stop] target: '1.5' is outside 0…1");
  CHECK(refusal("stop=target") == "[stop] target: a number is missing, 0…1");
  CHECK(refusal("stop=patience:0") == "[stop] patience: '0' is outside 1…1000");
  CHECK(refusal("stop=time:90000") == "[stop] time: '90000' is outside 0…86400");
  CHECK(refusal("stop=time:5,time:6") == "[stop] 'time' is given twice");
  CHECK(refusal("stop=never") ==
        "[stop] 'never' is none of none, target:0.98, patience:5, time:60");
  CHECK(refusal("stop=") == "[stop] '' is none of none, target:0.98, patience:5, time:60");
}

TEST_CASE("every choice of a menu is accepted and prints as itself, the first being the default") {
  for (const SpecField& field : spec_fields()) {
    CAPTURE(field.name);
    CHECK(find_spec_field(field.name) == &field);
    if (!field.choices.empty()) CHECK(field.print(ExperimentSpec{}) == field.choices[0].word);
    for (const ChoiceWords& choice : field.choices) {
      ExperimentSpec spec;
      CHECK(field.parse(spec, choice.word).ok());
      CHECK(field.print(spec) == choice.word);
    }
    CHECK((field.kind != FieldKind::grammar || !field.values.empty()));
    CHECK_FALSE(field.label.empty());
    CHECK((field.help.ends_with('.') || field.help.ends_with('?')));
  }
  CHECK(find_spec_field("rate") == nullptr);
}

TEST_CASE("what a step asks for acts on a run that is under way; the rest makes another run") {
  const ExperimentSpec base;
  CHECK_FALSE(needs_rebuild(base, base));
  const auto rebuilds = [&](const std::string& edits) {
    CAPTURE(edits);
    return needs_rebuild(base, edited(edits));
  };
  for (const char* live : {"lr=3", "schedule=cosine", "momentum=0.5", "wd=0.1", "clip=1",
                           "freeze=1", "epochs=41", "stop=patience:1", "lr=3&epochs=1"}) {
    CHECK_FALSE(rebuilds(live));
  }
  for (const char* other :
       {"digits=73",    "subset=9",        "noise=0.1",   "augment=crop",  "normalize=true",
        "model=linear", "activation=gelu", "dropout=0.1", "loss=mse",      "optimizer=adam",
        "beta2=0.9",    "eps=0.1",         "batch=255",   "shuffle=false", "droplast=true",
        "init=zero",    "seed=2",          "lr=3&seed=2", "data=curve",    "fault=uphill"}) {
    CHECK(rebuilds(other));
  }
}

TEST_CASE("every member of the spec is a field") {
  CHECK_MESSAGE(members_of<ExperimentSpec>() == spec_fields().size(),
                "a member of ExperimentSpec needs its row in src/train/experiment_spec.cpp");
}

TEST_CASE("every field moves a member of its own: random specs differ in their texts") {
  Rng rng(2);
  const ExperimentSpec base;
  for (const SpecField& field : spec_fields()) {
    CAPTURE(field.name);
    // Some value that is not the default, moved alone.
    std::string other = field.print(base);
    while (other == field.print(base)) other = field.print(test::random_spec(rng));
    ExperimentSpec spec = base;
    REQUIRE(field.parse(spec, other).ok());
    CHECK(spec != base);
    for (const SpecField& same : spec_fields()) {
      CHECK((same.print(spec) == same.print(base)) == (same.name != field.name));
    }
  }
}

}  // namespace downhill
