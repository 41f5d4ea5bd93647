#include "ui/panels/batch_grid.hpp"

#include <array>
#include <cmath>

#include "ui/image_grid.hpp"
#include "ui/panels/image_wall.hpp"

namespace downhill::ui {
namespace {

gfx::Picture batch_picture(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                           const gfx::TileGrid& grid, bool as_entered) {
  const BatchView& batch = snapshot.batch;
  const size_t tiles = static_cast<size_t>(grid.tiles), pixels = image_size(snapshot).pixels();
  gfx::Picture picture{.version = (readings.calm_version << 16) + readings.batch_version,
                       .grid = grid,
                       .scale = 1,
                       .theme = canvas.theme().mode()};
  if (readings.prediction_pixels.size() >= tiles * (1 + pixels)) {
    picture.values = std::span(readings.prediction_pixels).first(tiles * (1 + pixels));
    picture.map = readings.prediction_is_signed ? gfx::ColorMap::answers : gfx::ColorMap::certainty;
  } else {
    const bool entered = as_entered && batch.entered.size() == batch.pixels.size();
    picture.bytes = std::span(entered ? batch.entered : batch.pixels).first(tiles * pixels);
    picture.map = gfx::ColorMap::ink;
  }
  return picture;
}

// A small flag in the corner of an image whose label is wrong.
void draw_label_flag(Canvas& canvas, const Rect& tile) {
  const float d = std::max(7.0f, tile.width() * 0.2f);
  canvas.triangle({tile.x1 - d, tile.y0}, {tile.x1, tile.y0}, {tile.x1, tile.y0 + d}, Tone::ink);
}

enum class LegendMark : uint8_t { scale, frame, flag };
struct LegendItem {
  Label before, words;  // to the left of the mark, to its right
  LongLabel help;
  LegendMark mark;
};
struct LegendItems {
  std::array<LegendItem, 3> items;
  int count = 0;
};

float mark_width(LegendMark mark) { return mark == LegendMark::scale ? 56.0f : 10.0f; }

float item_width(const Canvas& canvas, const LegendItem& item) {
  const float before = canvas.width(Type::small, item.before);
  return before + (before > 0 ? 6 : 0) + mark_width(item.mark) + 6 +
         canvas.width(Type::small, item.words);
}

// The inks of the digits: from the second class to the first, or from unsure to sure.
void draw_certainty_scale(Canvas& canvas, const Rect& rect, bool two_classes) {
  constexpr int kPieces = 28;
  const float s = canvas.scale(), piece = rect.width() / kPieces;
  for (int i = 0; i < kPieces; ++i) {
    const float share = (static_cast<float>(i) + 0.5f) / kPieces;
    const uint32_t color = two_classes ? canvas.theme().answer_ink(share * 2 - 1)
                                       : canvas.theme().certainty_ink(share);
    const float a = std::round((rect.x0 + piece * static_cast<float>(i)) * s) / s;
    const float b = std::round((rect.x0 + piece * static_cast<float>(i + 1)) * s) / s;
    canvas.fill_color({a, rect.y0, b, rect.y1}, color);
  }
}

LegendItems legend_items(const Snapshot& snapshot, const Canvas& canvas) {
  LegendItems list;
  const auto add = [&](const Label& words, const LongLabel& help, LegendMark mark) {
    list.items[static_cast<size_t>(list.count++)] = {{}, words, help, mark};
  };
  const std::string& digits = snapshot.spec.digits;
  if (digits.size() == 2) {
    // The first class is to the right, as positive is on the scale of the weights that vote for it.
    add(Label().format("says %c", digits[0]),
        LongLabel().format(
            "The colour of a digit is the answer of the model: blue for a %c, orange "
            "for a %c. The greyer it is, the less sure the model is.",
            digits[0], digits[1]),
        LegendMark::scale);
    list.items[0].before.format("says %c", digits[1]);
  } else {
    add("sure",
        LongLabel("The stronger the ink of a digit, the surer the model is of its answer: ")
            .add(canvas.theme().mode() == gfx::Theme::dark ? "white" : "black")
            .add(" is a score of 1, grey a score near 0."),
        LegendMark::scale);
    list.items[0].before = "unsure";
  }
  add("wrong", "A frame marks the images that the model gets wrong.", LegendMark::frame);
  const BatchView& batch = snapshot.batch;
  for (size_t i = 0; i < batch.shown; ++i) {
    if (!is_mislabelled(batch, i)) continue;
    add("wrong label", "A flag marks the images with a wrong label. The loss goes by the label.",
        LegendMark::flag);
    break;
  }
  return list;
}

}  // namespace

ChosenImage chosen_from_batch(const BatchView& batch, size_t i) {
  ChosenImage image{ImageSource::train, batch.indices[i], std::nullopt};
  if (is_mislabelled(batch, i)) image.label = batch.labels[i];
  return image;
}

Label batch_words(const BatchView& batch, int drawn) {
  Label text = count(batch.size);
  text.add(batch.size == 1 ? " image" : " images");
  if (drawn > 0 && static_cast<uint32_t>(drawn) < batch.size)
    text.add(", the first ").add(count(static_cast<uint64_t>(drawn))).add(" shown");
  return text;
}

gfx::TileGrid plan_batch_grid(const Snapshot& snapshot, const Canvas& canvas, float width,
                              float height, float largest) {
  constexpr float kSmallest = 28, kGap = 8, kWideGap = 14;  // dp
  const ImageSize images = image_size(snapshot);
  const float s = canvas.scale();
  const size_t pixels = std::max(images.pixels(), 1u);
  const BatchView& batch = snapshot.batch;
  const int have = static_cast<int>(std::min<size_t>(batch.shown, batch.pixels.size() / pixels));
  gfx::TileGrid grid = image_grid(images, kSmallest * s);
  grid.tiles = 0;
  if (have == 0) return grid;
  const int smallest = grid.cell;
  const int wide = std::max(0, static_cast<int>(width * s + 0.01f)),
            high = std::max(0, static_cast<int>(height * s + 0.01f));
  grid.gap = static_cast<int>(std::round(kGap * s));
  const auto fitting = [&grid](int length, int values) {
    return (length + grid.gap) / (values * grid.cell + grid.gap);
  };
  grid.cell = std::max(smallest, image_grid(images, largest * s).cell);
  const auto all_fit = [&] {
    return fitting(wide, grid.tile_width) * fitting(high, grid.tile_height) >= have;
  };
  while (grid.cell > smallest && !all_fit()) --grid.cell;
  // A slightly smaller tile may fill the last row.
  const int largest_cell = grid.cell;
  const auto last_row_is_full = [&] {
    const int most = fitting(wide, grid.tile_width), rows = fitting(high, grid.tile_height);
    return all_fit() && have % fullest_columns(have, (have + rows - 1) / rows, most) == 0;
  };
  while (grid.cell > smallest && 7 * grid.cell > 6 * largest_cell && !last_row_is_full())
    --grid.cell;
  if (!last_row_is_full()) grid.cell = largest_cell;
  const int across = fitting(wide, grid.tile_width), down = fitting(high, grid.tile_height);
  grid.tiles = std::min(have, across * down);
  if (grid.tiles == 0) return grid;
  grid.columns = fullest_columns(grid.tiles, (grid.tiles + down - 1) / down, across);
  // What is left goes between them.
  int gap = static_cast<int>(std::round(kWideGap * s));
  const int rows = grid.rows();
  if (grid.columns > 1)
    gap = std::min(gap, (wide - grid.columns * grid.tile_width * grid.cell) / (grid.columns - 1));
  if (rows > 1) gap = std::min(gap, (high - rows * grid.tile_height * grid.cell) / (rows - 1));
  grid.gap = std::max(gap, grid.gap);
  return grid;
}

BatchGrid draw_batch_grid(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                          Vec at, const gfx::TileGrid& grid, std::string_view name, uint64_t key,
                          Selection& selection) {
  const BatchView& batch = snapshot.batch;
  const float s = canvas.scale();
  if (grid.tiles == 0) return {Rect::at(at.x, at.y, 0, 0), 0};
  const Rect rect =
      Rect::at(canvas.snap(at.x), canvas.snap(at.y), static_cast<float>(grid.width()) / s,
               static_cast<float>(grid.height()) / s);
  const gfx::Picture picture =
      batch_picture(snapshot, readings, canvas, grid, selection.as_entered);
  canvas.image(canvas.pictures().draw(key, picture), rect);
  const Hit hit = canvas.hit(name, rect, -1, false);
  const auto tile_rect = [&](int i) {
    const float x = rect.x0 + static_cast<float>(grid.left(i)) / s,
                y = rect.y0 + static_cast<float>(grid.top(i)) / s;
    return Rect::at(x, y, static_cast<float>(grid.tile_width * grid.cell) / s,
                    static_cast<float>(grid.tile_height * grid.cell) / s);
  };
  for (int i = 0; i < grid.tiles; ++i) {
    const auto image = static_cast<size_t>(i);
    if (batch.predicted && !is_right(batch, image))
      canvas.outline(tile_rect(i).inset(-2), Tone::ink, 3, 1.5f);
    if (is_mislabelled(batch, image)) draw_label_flag(canvas, tile_rect(i));
  }
  if (!hit.hovered) return {rect, grid.tiles};
  const auto under = grid.at(static_cast<int>((canvas.mouse().x - rect.x0) * s),
                             static_cast<int>((canvas.mouse().y - rect.y0) * s));
  if (under) {
    const Rect anchor = tile_rect(under->tile);
    const auto image = static_cast<size_t>(under->tile);
    canvas.outline(anchor.inset(-3), Tone::soft, 4, 1);
    draw_image_card(snapshot, canvas, image, anchor);
    if (hit.clicked && image < batch.indices.size())
      selection.inspect(chosen_from_batch(batch, image));
  }
  return {rect, grid.tiles};
}

float batch_legend_width(const Snapshot& snapshot, const Canvas& canvas) {
  float width = 0;
  const LegendItems items = legend_items(snapshot, canvas);
  for (int i = 0; i < items.count; ++i)
    width += item_width(canvas, items.items[static_cast<size_t>(i)]) + 16;
  return width - 16;
}

float draw_batch_legend(const Snapshot& snapshot, Canvas& canvas, float x, float x1,
                        float center_y) {
  const float baseline = canvas.baseline(Type::small, center_y);
  const LegendItems items = legend_items(snapshot, canvas);
  for (int i = 0; i < items.count; ++i) {
    const LegendItem& item = items.items[static_cast<size_t>(i)];
    const float width = item_width(canvas, item);
    if (x + width > x1) break;
    const Rect whole{x, center_y - 8, x + width, center_y + 8};
    if (!item.before.empty())
      x += canvas.text(x, baseline, Type::small, Tone::soft, item.before) + 6;
    const Rect swatch = Rect::at(x, center_y - 5, mark_width(item.mark), 10);
    switch (item.mark) {
      case LegendMark::scale:
        draw_certainty_scale(canvas, swatch, snapshot.spec.digits.size() == 2);
        break;
      case LegendMark::frame:
        canvas.outline(swatch, Tone::ink, 2, 1.5f);
        break;
      case LegendMark::flag:
        draw_label_flag(canvas, {swatch.x0, swatch.y0, swatch.x1, swatch.y1});
        break;
    }
    canvas.text(swatch.x1 + 6, baseline, Type::small, Tone::soft, item.words);
    canvas.explain(whole, item.help);
    x = whole.x1 + 16;
  }
  return x;
}

}  // namespace downhill::ui
