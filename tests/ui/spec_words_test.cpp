// The words of an experiment, and what choosing digits brings with it.
#include "ui/spec_words.hpp"

#include <doctest/doctest.h>

#include "ui/requests.hpp"

namespace downhill::test {

using namespace ui;

TEST_CASE("Every choice of every menu has a label and a meaning") {
  for (const SpecField& field : spec_fields()) {
    if (field.kind != FieldKind::choice) continue;
    for (const ChoiceWords& choice : field.choices) {
      CAPTURE(field.name);
      CAPTURE(choice.word);
      CHECK_FALSE(choice.label.empty());
      CHECK_FALSE(choice.meaning.empty());
      CHECK_FALSE(choice.meaning.ends_with('.'));
      CHECK(choice_words(field.name, choice.word).label == choice.label);
    }
  }
  CHECK(choice_words("optimizer", "adamw").label == "AdamW");
  CHECK(choice_words("digits", "37").label == "3 and 7");
  CHECK(choice_words("digits", "15").label == "15");
}

TEST_CASE("A choice has the name that PyTorch or fastai gives it") {
  const auto name = [](std::string_view field, std::string_view value) {
    return name_in_code(choice_words(field, value));
  };
  CHECK(name("loss", "mnist") == "mnist_loss");
  CHECK(name("loss", "bce") == "BCEWithLogitsLoss");
  CHECK(name("optimizer", "nesterov") == "SGD, nesterov=True");
  CHECK(name("schedule", "onecycle") == "fit_one_cycle");
  CHECK(name("init", "large").empty());
  for (const char* field : {"loss", "optimizer", "schedule", "activation"}) {
    for (const ChoiceWords& choice : find_spec_field(field)->choices) {
      CHECK_FALSE(name_in_code(choice).empty());
    }
  }
  CHECK(choice_note(choice_words("loss", "l1")).view() ==
        "distance between the output and the truth (L1Loss)");
  CHECK(choice_note(choice_words("schedule", "onecycle")).view() ==
        "up for a quarter, then down: fastai's fit_one_cycle");
}

TEST_CASE("Digits and models are said as people say them") {
  CHECK(digits_words("37").view() == "3 and 7");
  CHECK(digits_words("147").view() == "1, 4 and 7");
  CHECK(digits_words("0123456789").view() == "all ten");
  CHECK(model_words(*parse_model("mlp:128,64")).view() == "MLP 128, 64");
  CHECK(model_words(*parse_model("linear")).view() == "linear");
  CHECK(model_words(*parse_model("net:flatten,linear")).view() == "own layers");
}

TEST_CASE("Stop rules are said in words") {
  CHECK(stop_words({}).view() == "never");
  CHECK(stop_words({0.98f, 5, 60}).view() ==
        "98.0 % right, 5 epochs without a lower loss, 1 min 0 s");
  CHECK(stop_words({0, 3, 0}).view() == "3 epochs without a lower loss");
}

TEST_CASE("A digit is put in and taken out in order") {
  CHECK(toggle_digit("37", '5') == "357");
  CHECK(toggle_digit("357", '3') == "57");
  CHECK(toggle_digit("73", '1') == "137");
}

TEST_CASE("The loss follows the number of digits, but only when it has to") {
  ExperimentSpec two, ten;
  ten.digits = "0123456789";
  ten.loss = LossKind::crossentropy;
  CHECK(edits_for_digits(two, "0123456789") == "digits=0123456789&loss=crossentropy");
  CHECK(edits_for_digits(ten, "37") == "digits=37&loss=mnist");
  CHECK(edits_for_digits(two, "49") == "digits=49");
  CHECK(edits_for_digits(ten, "123") == "digits=123");
  ten.loss = LossKind::mse;  // chosen on purpose
  CHECK(edits_for_digits(ten, "37") == "digits=37");
}

TEST_CASE("A refusal names the field as the page does") {
  CHECK(readable_error("[epochs] '0' is outside 1…1000") == "Epochs: '0' is outside 1…1000");
  CHECK(readable_error("[elsewhere] no") == "no");
  CHECK(readable_error("no") == "no");
}

TEST_CASE("Texts are those of the spec, and change with it") {
  SpecTexts texts;
  ExperimentSpec spec;
  CHECK(texts.update(spec));
  CHECK(!texts.update(spec));
  CHECK(texts["model"] == "mlp:30");
  spec.batch = 64;
  CHECK(texts.update(spec));
  CHECK(texts["batch"] == "64");
  CHECK(texts["nothing"].empty());
}

TEST_CASE("What is typed cannot become another field") {
  CHECK(edit_text("model", "net:conv8,flatten,linear") == "model=net:conv8,flatten,linear");
  const std::string edits = edit_text("model", "linear&lr=5");
  CHECK(edits == "model=linear%26lr%3D5");
  const Result<ExperimentSpec> spec = edit_spec({}, edits);
  REQUIRE(!spec);
  CHECK(spec.error().message.find("linear&lr=5") != std::string::npos);
}

}  // namespace downhill::test
