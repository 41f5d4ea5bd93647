// Experiments that others have published, one click each: every field as it was there, and what
// they report. Knows no engine.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "ui/canvas.hpp"
#include "ui/requests.hpp"
#include "ui/spec_words.hpp"

namespace downhill::ui {

struct Preset {
  std::string_view name;   // of its widget: "preset:book-linear"
  std::string_view title;  // on screen
  std::string_view report;
  std::string_view edits;  // of the default experiment: fields that are not named have its values
};

// Chapter 4 of Howard and Gugger, "Deep Learning for Coders with fastai and PyTorch" (the book);
// M. Mueller, "Walk with fastai", lesson 2 (the article); A. Karpathy, ConvNetJS (LeNet).
inline constexpr std::array<Preset, 6> kPresets = {{
    {"book-linear", "The book's linear model",
     "3 and 7, 20 epochs in file order. Published accuracy: 97.85\u00A0%.",
     "digits=37&model=linear&loss=mnist&optimizer=sgd&lr=1&batch=256&shuffle=false&epochs=20"},
    {"book-net", "The book's simple net",
     "30 hidden units, 40 epochs in file order. Published accuracy: 98.28\u00A0%.",
     "digits=37&model=mlp:30&loss=mnist&optimizer=sgd&lr=0.1&batch=256&shuffle=false&epochs=40"},
    {"article-conv", "The article's conv net on all ten digits",
     "Three epochs, one-cycle. Published accuracy: 98.77\u00A0%.",
     "digits=0123456789&augment=crop&normalize=true&model=conv&loss=crossentropy&optimizer=adamw&"
     "lr=0.1&schedule=onecycle&beta2=0.99&eps=0.00001&wd=0.01&batch=128&epochs=3"},
    {"article-resconv", "Its residual version",
     "The same three epochs. Published accuracy: 99.22\u00A0%.",
     "digits=0123456789&augment=crop&normalize=true&model=resconv&loss=crossentropy&"
     "optimizer=adamw&lr=0.1&schedule=onecycle&beta2=0.99&eps=0.00001&wd=0.01&batch=128&epochs=3"},
    {"lenet", "LeNet",
     "The layers of ConvNetJS's demo, which promises around 99\u00A0%; here with AdamW, one-cycle.",
     "digits=0123456789&model=lenet&loss=crossentropy&optimizer=adamw&lr=0.01&schedule=onecycle&"
     "wd=0.01&batch=128&epochs=3"},
    {"book-curve", "The book's curve through twenty points",
     "t² and t as they are, at a rate of 0.00001. The book's loss falls to 677 in ten steps.",
     "data=curve&normalize=false&lr=0.00001&epochs=20"},
}};

// All fields of a preset, as one `set` takes them.
std::string preset_edits(const Preset& preset);

class ExperimentPresets {
 public:
  // When the spec has changed.
  void update(const ExperimentSpec& spec);
  float draw(Canvas& canvas, const Rect& rect, Requests& requests) const;  // the height it took

 private:
  int current_ = -1;  // the one that is set, whatever the seed; -1: none
};

}  // namespace downhill::ui
