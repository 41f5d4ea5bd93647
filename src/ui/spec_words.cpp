#include "ui/spec_words.hpp"

#include <algorithm>
#include <array>

namespace downhill::ui {
namespace {

struct ChoiceText {
  std::string_view field, value, label, meaning;
};
constexpr ChoiceText kChoices[] = {
    {"augment", "none", "none", "every image as it is"},
    {"augment", "crop", "crop", "pad to 34, cut 28 out anywhere, as the article does"},
    {"augment", "shift", "shift", "moved by a few pixels"},
    {"augment", "rotate", "turn", "turned by up to 15 degrees"},
    {"augment", "affine", "affine", "moved, turned and stretched a little"},
    {"augment", "noise", "noise", "a little noise on every pixel"},
    {"activation", "relu", "ReLU", "what is negative becomes 0"},
    {"activation", "leakyrelu", "leaky ReLU", "what is negative becomes small"},
    {"activation", "sigmoid", "sigmoid", "everything lies between 0 and 1"},
    {"activation", "tanh", "tanh", "everything lies between −1 and 1"},
    {"activation", "gelu", "GELU", "a ReLU with a soft bend"},
    {"loss", "mnist", "book loss", "distance of the score from the truth"},
    {"loss", "bce", "BCE", "binary cross-entropy: each output is a yes or no of its own"},
    {"loss", "mse", "squared error", "squared distance of the output from the truth"},
    {"loss", "crossentropy", "cross-entropy", "surprise at the truth; punishes sure mistakes"},
    {"loss", "l1", "absolute error", "distance of the output from the truth"},
    {"optimizer", "sgd", "SGD", "rate × gradient, nothing else"},
    {"optimizer", "momentum", "SGD, momentum", "goes on in the direction it came from"},
    {"optimizer", "nesterov", "Nesterov", "momentum that looks one step ahead"},
    {"optimizer", "rmsprop", "RMSprop", "each weight's gradient divided by its usual size"},
    {"optimizer", "adam", "Adam", "momentum, divided by the gradient's usual size"},
    {"optimizer", "adamw", "AdamW", "Adam whose weight decay stays apart: fastai's"},
    {"schedule", "constant", "constant", "the rate stays where the dial is"},
    {"schedule", "step", "step", "a tenth in the second third, a hundredth in the last"},
    {"schedule", "cosine", "cosine", "down to 0 along half a cosine"},
    {"schedule", "warmup", "warm-up", "rises through the first tenth of the run"},
    {"schedule", "onecycle", "one-cycle", "up in a quarter, then down: fastai's fit_one_cycle"},
    {"init", "pytorch", "PyTorch", "even, within 1/√inputs"},
    {"init", "normal", "N(0, 1)", "bell curve, far too wide for deep models"},
    {"init", "he", "He", "bell curve, made for ReLU"},
    {"init", "zero", "zero", "all the same: watch what cannot be learned"},
    {"init", "large", "too large", "watch what sure nonsense does"},
    {"init", "glorot", "Glorot", "made for tanh and sigmoid"},
};

}  // namespace

ChoiceWords choice_words(std::string_view field, std::string_view value) {
  for (const ChoiceText& text : kChoices) {
    if (text.field == field && text.value == value) return {text.label, text.meaning};
  }
  return {value, {}};
}

Label digits_words(std::string_view digits) {
  if (digits.size() == 10) return "all ten";
  Label text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0) text.add(i + 1 == digits.size() ? " and " : ", ");
    text.add(digits.substr(i, 1));
  }
  return text;
}

Label model_words(const ModelSpec& model) {
  switch (model.kind) {
    case ModelKind::linear:
      return "linear";
    case ModelKind::conv:
      return "conv";
    case ModelKind::resconv:
      return "residual conv";
    case ModelKind::lenet:
      return "LeNet";
    case ModelKind::net:
      return "own layers";
    case ModelKind::mlp:
      break;
  }
  Label text("MLP");
  for (size_t i = 0; i < model.hidden.size(); ++i)
    text.format(i == 0 ? " %u" : ", %u", model.hidden[i]);
  return text;
}

Label stop_words(const StopSpec& stop) {
  Label text;
  const auto next = [&] { text.add(text.empty() ? "" : ", "); };
  if (stop.target_accuracy > 0) text.add(percent(stop.target_accuracy, 1)).add(" right");
  if (stop.patience > 0) next(), text.format("%u epochs without progress", stop.patience);
  if (stop.seconds > 0) next(), text.add(duration(static_cast<double>(stop.seconds)));
  return text.empty() ? Label("never") : text;
}

LongLabel field_help(const SpecField& field) {
  return LongLabel(field.help)
      .add(field.effect == FieldEffect::rebuild ? " A change starts the run again."
                                                : " A change acts on the next step.");
}

std::string readable_error(std::string_view error) {
  const size_t end = error.find("] ");
  if (error.empty() || error.front() != '[' || end == std::string_view::npos)
    return std::string(error);
  const SpecField* field = find_spec_field(error.substr(1, end - 1));
  const std::string what(error.substr(end + 2));
  return field == nullptr ? what : std::string(field->label) + ": " + what;
}

std::string edits_for_digits(const ExperimentSpec& spec, std::string_view digits) {
  std::string edits = "digits=" + std::string(digits);
  const bool many = digits.size() > 2, were_many = spec.digits.size() > 2;
  if (many && !were_many && spec.loss != LossKind::crossentropy) edits += "&loss=crossentropy";
  if (!many && were_many && spec.loss == LossKind::crossentropy) edits += "&loss=mnist";
  return edits;
}

std::string toggle_digit(std::string_view digits, char digit) {
  std::string text;
  for (char c = '0'; c <= '9'; ++c) {
    if ((digits.find(c) != std::string_view::npos) != (c == digit)) text += c;
  }
  return text;
}

bool uses_momentum(OptimizerKind optimizer) {
  return optimizer != OptimizerKind::sgd && optimizer != OptimizerKind::rmsprop;
}

bool uses_squares(OptimizerKind optimizer) {
  return optimizer == OptimizerKind::rmsprop || optimizer == OptimizerKind::adam ||
         optimizer == OptimizerKind::adamw;
}

bool SpecTexts::update(const ExperimentSpec& spec) {
  if (!texts_.empty() && spec == spec_) return false;
  spec_ = spec;
  texts_.clear();
  for (const SpecField& field : spec_fields()) texts_.push_back(field.print(spec));
  return true;
}

std::string_view SpecTexts::operator[](std::string_view name) const {
  const auto fields = spec_fields();
  for (size_t i = 0; i < fields.size() && i < texts_.size(); ++i) {
    if (fields[i].name == name) return texts_[i];
  }
  return {};
}

}  // namespace downhill::ui
