// The card about one image of the batch: the image as it is and as it entered the network, its
// digit, the model's answer and its loss.
#include "ui/image_grid.hpp"
#include "ui/panels/batch_grid.hpp"
#include "ui/panels/score_bars.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

constexpr uint64_t kCardKey = 0x63617264;  // of the enlarged digit
constexpr float kPad = 16, kWords = 188, kBars = 108;

void draw_digit(Canvas& canvas, const Rect& rect, const gfx::TileGrid& grid, uint64_t key,
                std::span<const uint8_t> pixels, uint64_t version) {
  canvas.image(canvas.pictures().draw(key, {.bytes = pixels,
                                            .version = version,
                                            .grid = grid,
                                            .map = gfx::ColorMap::ink,
                                            .theme = canvas.theme().mode()}),
               rect);
  canvas.outline(rect.inset(-1), Tone::line);
}

// The tone of a digit's name: blue and orange where there are two classes, otherwise ink.
Tone digit_tone(const ExperimentSpec& spec, uint8_t digit) {
  if (spec.digits.size() != 2) return Tone::ink;
  return class_of(spec, digit) == 0 ? Tone::three_text : Tone::seven_text;
}

int word_rows(const BatchView& batch, size_t i) {
  return 3 + (is_mislabelled(batch, i) ? 1 : 0) + (batch.predicted ? 1 : 0) +
         (batch.predicted && batch.outputs_per_image == 1 ? 2 : 0);
}

void draw_words(const Snapshot& snapshot, Canvas& canvas, size_t i, Vec at, float width) {
  const BatchView& batch = snapshot.batch;
  const ExperimentSpec& spec = snapshot.spec;
  float y = at.y;
  const auto row = [&](std::string_view name, std::string_view value, Tone tone = Tone::ink) {
    y = fact_row(canvas, at.x, at.x + width, y, name, value, tone);
  };
  row("it shows", Label().format("a %u", batch.digits[i]), digit_tone(spec, batch.digits[i]));
  if (is_mislabelled(batch, i)) row("its label", Label().format("%u, wrong", batch.labels[i]));
  if (batch.predicted && i < batch.answers.size() && i < batch.losses.size()) {
    row("the model predicts",
        Label().format("%u", batch.answers[i]).add(is_right(batch, i) ? ", right" : ", wrong"),
        digit_tone(spec, batch.answers[i]));
    if (batch.outputs_per_image == 1) {
      row("output", signed_number(batch.outputs[i]));
      row(Label().format("score for %c", spec.digits[0]), number(batch.scores[i]));
    }
    row("its loss", number(batch.losses[i]));
  } else {
    row("the model predicts", "not yet");
  }
  if (i < batch.indices.size()) row("image", Label("no. ").add(count(batch.indices[i])));
}

}  // namespace

void draw_image_card(const Snapshot& snapshot, Canvas& canvas, size_t i, const Rect& anchor) {
  const BatchView& batch = snapshot.batch;
  const size_t pixels = image_size(snapshot).pixels();
  if (i >= batch.digits.size() || batch.pixels.size() < (i + 1) * pixels) return;
  const float s = canvas.scale();
  const size_t outputs = batch.outputs_per_image;
  const bool bars = batch.predicted && outputs > 1 && batch.scores.size() >= (i + 1) * outputs;
  const bool entered = batch.entered.size() >= (i + 1) * pixels;
  gfx::TileGrid grid = image_grid(image_size(snapshot), 0);
  grid.cell = std::max(1, static_cast<int>((entered ? 3 : 4) * s));
  const float side = static_cast<float>(grid.width()) / s;
  const float images = entered ? 2 * side + 12 : side;
  const bool beside = images + kWords + 3 * kPad < canvas.page().width() - 16;
  const float caption = entered ? 18 : 0;
  const float rows = kFactRow * static_cast<float>(word_rows(batch, i));
  const float high = std::max(side + caption, rows) + (bars ? kBars : 0);
  const Vec size = beside ? Vec{images + kWords + 3 * kPad, high + 2 * kPad}
                          : Vec{std::max(images, kWords) + 2 * kPad,
                                side + caption + rows + kPad + (bars ? kBars : 0) + 2 * kPad};
  const Rect box = canvas.begin_card(size, anchor);
  const uint64_t version = batch.indices.size() > i ? batch.indices[i] + 1 : 0;
  const Rect digit = Rect::at(box.x0 + kPad, box.y0 + kPad, side, side);
  draw_digit(canvas, digit, grid, kCardKey, std::span(batch.pixels).subspan(i * pixels, pixels),
             version);
  if (entered) {
    const Rect second = digit.moved(side + 12, 0);
    draw_digit(canvas, second, grid, kCardKey + 1,
               std::span(batch.entered).subspan(i * pixels, pixels),
               version + (uint64_t{snapshot.status.step} << 32));
    const float y = digit.y1 + 6 + canvas.metrics(Type::tiny).cap;
    canvas.text_center(digit.center().x, y, Type::tiny, Tone::faint, "original");
    canvas.text_center(second.center().x, y, Type::tiny, Tone::faint, "augmented");
  }
  const Vec words = beside ? Vec{digit.x0 + images + kPad, digit.y0 + 9}
                           : Vec{digit.x0, digit.y1 + caption + kPad + 9};
  draw_words(snapshot, canvas, i, words, box.x1 - kPad - words.x);
  if (bars) {
    draw_score_bars(canvas,
                    {box.x0 + kPad, box.y1 - kPad - kBars + 12, box.x1 - kPad, box.y1 - kPad},
                    snapshot.spec.digits, std::span(batch.scores).subspan(i * outputs, outputs),
                    batch.digits[i], batch.answers[i]);
  }
  canvas.end_card();
}

}  // namespace downhill::ui
