#include "ui/panels/batch_grid.hpp"

#include <cmath>

namespace downhill::ui {
namespace {

constexpr int kSidePixels = 28;
constexpr uint64_t kCardKey = 0x63617264;  // of the enlarged digit

gfx::Picture batch_picture(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                           const gfx::TileGrid& grid) {
  const size_t wanted = static_cast<size_t>(grid.tiles) * 784;
  gfx::Picture picture{
      .version = readings.calm_version, .grid = grid, .scale = 1, .theme = canvas.theme().mode()};
  if (readings.vote.size() >= wanted) {
    picture.values = std::span(readings.vote).first(wanted);
    picture.map = gfx::ColorMap::diverging;
  } else {
    picture.bytes = std::span(snapshot.batch.pixels).first(wanted);
    picture.map = gfx::ColorMap::ink;
  }
  return picture;
}

}  // namespace

Label batch_words(const BatchView& batch, int drawn) {
  Label text = count(batch.size);
  text.add(batch.size == 1 ? " image" : " images");
  if (drawn > 0 && static_cast<uint32_t>(drawn) < batch.size)
    text.add(", the first ").add(count(static_cast<uint64_t>(drawn))).add(" shown");
  return text;
}

Rect draw_batch_grid(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                     const Rect& room, float tile, std::string_view name, uint64_t key,
                     bool whole_rows) {
  const BatchView& batch = snapshot.batch;
  const float s = canvas.scale();
  const int have = static_cast<int>(std::min<size_t>(batch.shown, batch.pixels.size() / 784));
  gfx::TileGrid grid;
  grid.cell = std::max(1, static_cast<int>(tile * s / kSidePixels + 0.01f));
  grid.gap = static_cast<int>(std::round(8 * s));
  const float pitch = static_cast<float>(kSidePixels * grid.cell + grid.gap);
  grid.columns =
      std::max(1, static_cast<int>((room.width() * s + static_cast<float>(grid.gap)) / pitch));
  const int rows =
      std::max(1, static_cast<int>((room.height() * s + static_cast<float>(grid.gap)) / pitch));
  grid.tiles = std::min(have, grid.columns * rows);
  if (whole_rows && grid.tiles > grid.columns) grid.tiles -= grid.tiles % grid.columns;
  if (grid.tiles == 0) return {room.x0, room.y0, room.x1, room.y0};
  const Rect rect =
      Rect::at(canvas.snap(room.x0), canvas.snap(room.y0), static_cast<float>(grid.width()) / s,
               static_cast<float>(grid.height()) / s);
  canvas.image(canvas.pictures().draw(key, batch_picture(snapshot, readings, canvas, grid)), rect);
  const Hit hit = canvas.hit(name, rect, -1, false);
  const auto tile_rect = [&](int i) {
    const float x = rect.x0 + static_cast<float>(grid.left(i)) / s,
                y = rect.y0 + static_cast<float>(grid.top(i)) / s;
    const float side = static_cast<float>(kSidePixels * grid.cell) / s;
    return Rect::at(x, y, side, side);
  };
  if (batch.predicted) {
    for (int i = 0; i < grid.tiles; ++i) {
      if (!is_right(batch, static_cast<size_t>(i)))
        canvas.outline(tile_rect(i).inset(-2), Tone::ink, 3, 1.5f);
    }
  }
  if (!hit.hovered) return rect;
  const auto at = grid.at(static_cast<int>((canvas.mouse().x - rect.x0) * s),
                          static_cast<int>((canvas.mouse().y - rect.y0) * s));
  if (at) {
    const Rect anchor = tile_rect(at->tile);
    canvas.outline(anchor.inset(-3), Tone::soft, 4, 1);
    draw_image_card(snapshot, canvas, static_cast<size_t>(at->tile), anchor);
  }
  return rect;
}

void draw_image_card(const Snapshot& snapshot, Canvas& canvas, size_t i, const Rect& anchor) {
  const BatchView& batch = snapshot.batch;
  if (i >= batch.digits.size() || batch.pixels.size() < (i + 1) * 784) return;
  const float s = canvas.scale();
  gfx::TileGrid grid;
  grid.cell = std::max(1, static_cast<int>(4 * s));
  const float side = static_cast<float>(grid.width()) / s;
  constexpr float kPad = 16, kLine = 20, kWords = 176;
  const Rect box = canvas.begin_card({side + kWords + 3 * kPad, side + 2 * kPad}, anchor);
  const Rect digit = Rect::at(box.x0 + kPad, box.y0 + kPad, side, side);
  canvas.image(canvas.pictures().draw(
                   kCardKey, {.bytes = std::span(batch.pixels).subspan(i * 784, 784),
                              .version = batch.indices.size() > i ? batch.indices[i] + 1 : 0,
                              .grid = grid,
                              .map = gfx::ColorMap::ink,
                              .theme = canvas.theme().mode()}),
               digit);
  canvas.outline(digit.inset(-1), Tone::line);
  const float x0 = digit.x1 + kPad, x1 = box.x1 - kPad;
  float y = digit.y0 + 9;
  const auto row = [&](std::string_view name, std::string_view value, Tone tone = Tone::ink) {
    canvas.text(x0, y, Type::small, Tone::faint, name);
    canvas.text_right(x1, y, Type::small_strong, tone, value);
    y += kLine;
  };
  const bool three = batch.digits[i] == 3;
  row("it is", three ? "a 3" : "a 7", three ? Tone::three_text : Tone::seven_text);
  if (batch.predicted && i < batch.scores.size() && i < batch.outputs.size() &&
      i < batch.losses.size()) {
    const bool says_three = batch.scores[i] >= 0.5f;
    row("the model says",
        is_right(batch, i) ? (says_three ? "3, right" : "7, right")
                           : (says_three ? "3, wrong" : "7, wrong"),
        says_three ? Tone::three_text : Tone::seven_text);
    row("output", signed_number(batch.outputs[i]));
    row("score for 3", number(batch.scores[i]));
    row("its loss", number(batch.losses[i]));
  } else {
    row("the model says", "not asked yet");
  }
  if (i < batch.indices.size()) row("image", Label("no. ").add(count(batch.indices[i])));
  canvas.end_card();
}

void draw_batch_legend(Canvas& canvas, float x, float x1, float center_y) {
  const float baseline = canvas.baseline(Type::small, center_y);
  struct Item {
    std::string_view words, help;
    Tone tone;
    bool frame;
  };
  constexpr Item kItems[] = {
      {"says 3", "The stronger the blue, the surer the model is that it sees a 3.", Tone::three,
       false},
      {"says 7", "The stronger the orange, the surer the model is that it sees a 7.", Tone::seven,
       false},
      {"wrong", "A frame marks the images that the model gets wrong.", Tone::ink, true}};
  for (const Item& item : kItems) {
    const float w = canvas.width(Type::small, item.words);
    if (x + 16 + w > x1) return;
    const Rect swatch = Rect::at(x, center_y - 5, 10, 10);
    if (item.frame) {
      canvas.outline(swatch, item.tone, 2, 1.5f);
    } else {
      canvas.fill(swatch, item.tone, 2);
    }
    canvas.text(x + 16, baseline, Type::small, Tone::soft, item.words);
    canvas.explain({x, center_y - 8, x + 16 + w, center_y + 8}, item.help);
    x += 16 + w + 16;
  }
}

}  // namespace downhill::ui
