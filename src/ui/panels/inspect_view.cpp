// One image's way through the model: the image, the pixels that its loss depends on, the model's
// answer, and every layer's output.
#include <algorithm>
#include <cmath>

#include "ui/heat_view.hpp"
#include "ui/image_grid.hpp"
#include "ui/panels/heat_pair.hpp"
#include "ui/panels/score_bars.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {
namespace {

constexpr uint64_t kImageKey = 50, kSaliencyKey = 51,
                   kLayerKey = 60;  // plus the index of the layer
constexpr float kMapSide = 44;      // dp of an activation map; smaller where there are many

// Changes with every answer of the engine, which may be about this image or still the one before.
uint64_t version_of(const StageContext& c) { return c.readings.calm_version + 1; }

struct Pair {
  Rect image, saliency;
};

void draw_images(StageContext& c, const Inspection& image, const Pair& place, float scale) {
  Canvas& canvas = c.canvas;
  const ImageSize size = image_size(c.snapshot);
  const auto columns = static_cast<int>(size.columns), rows = static_cast<int>(size.rows);
  const gfx::TileGrid grid = image_grid(size, place.image.width() * canvas.scale());
  canvas.image(canvas.pictures().draw(kImageKey, {.bytes = image.pixels,
                                                  .version = version_of(c),
                                                  .grid = grid,
                                                  .map = gfx::ColorMap::ink,
                                                  .theme = canvas.theme().mode()}),
               place.image);
  canvas.image(canvas.pictures().draw(kSaliencyKey, {.values = image.saliency,
                                                     .version = version_of(c),
                                                     .grid = grid,
                                                     .map = gfx::ColorMap::diverging,
                                                     .scale = scale,
                                                     .theme = canvas.theme().mode()}),
               place.saliency);
  for (const Rect& rect : {place.image, place.saliency}) canvas.outline(rect.inset(-1), Tone::line);
  // The pixel under the mouse is marked in both.
  for (const Rect& rect : {place.image, place.saliency}) {
    if (!canvas.hovering(rect)) continue;
    const float cell = rect.width() / static_cast<float>(columns);
    const int x = std::clamp(static_cast<int>((canvas.mouse().x - rect.x0) / cell), 0, columns - 1),
              y = std::clamp(static_cast<int>((canvas.mouse().y - rect.y0) / cell), 0, rows - 1);
    const auto at = static_cast<size_t>(y * columns + x);
    for (const Rect& both : {place.image, place.saliency}) {
      const Rect mark = Rect::at(both.x0 + cell * static_cast<float>(x),
                                 both.y0 + cell * static_cast<float>(y), cell, cell);
      canvas.outline(mark.inset(-1), Tone::ink);
    }
    canvas.explain(rect, LongLabel()
                             .format("pixel (%d, %d): ink %u of 255, slope of the loss ", x, y,
                                     static_cast<unsigned>(image.pixels[at]))
                             .add(signed_number(image.saliency[at])));
  }
}

bool from_drawing(const StageContext& c) {
  return c.selection.image && c.selection.image->source == ImageSource::drawing;
}

// What an image of the data shows and what the model predicts; `row` draws a line.
template <class Row>
void draw_facts(const StageContext& c, const Inspection& image, const Row& row) {
  row("it shows", Label().format("a %u", image.digit));
  if (c.selection.image && c.selection.image->label)
    row("its label", Label().format("%u, wrong", *c.selection.image->label));
  row("prediction",
      Label().format("%u", image.answer).add(image.answer == image.digit ? ", right" : ", wrong"));
  row("its loss", number(image.loss));
}

// The image, the pixels that matter, and what the model says.
void draw_answer(StageContext& c, const Rect& rect, const Inspection& image) {
  Canvas& canvas = c.canvas;
  // Whole dp per pixel.
  const auto columns = static_cast<float>(image_size(c.snapshot).columns),
             rows = static_cast<float>(image_size(c.snapshot).rows);
  const float cell = std::floor(std::min(140.0f, (rect.width() - 16) / 2) / columns);
  const float side = canvas.snap(cell * columns);
  const Rect first =
      Rect::at(canvas.snap(rect.x0), canvas.snap(rect.y0 + 20), side, canvas.snap(cell * rows));
  const Pair place{first, first.moved(side + 16, 0)};
  const float scale = color_ceil(c.readings.saliency_top);
  canvas.text_in({first.x0, rect.y0, first.x1, rect.y0 + 14}, Type::tiny, Tone::faint,
                 {"as the network sees it", "as it is seen"});
  canvas.text_in({place.saliency.x0, rect.y0, rect.x1, rect.y0 + 14}, Type::tiny, Tone::faint,
                 "pixels that matter");
  canvas.explain({place.saliency.x0, rect.y0, rect.x1, rect.y0 + 16},
                 "How the loss would change if a pixel had more ink: blue, it would grow; orange, "
                 "it would fall.");
  draw_images(c, image, place, scale);
  draw_color_bar(canvas, {place.saliency.x0, first.y1 + 8}, side, scale, false, slope_ends());
  float y = first.y1 + 8 + 9;
  const auto row = [&](std::string_view name, std::string_view value) {
    y = fact_row(canvas, first.x0, first.x1, y, name, value);
  };
  const bool drawn = from_drawing(c);
  // What a drawing shows only its author knows.
  if (drawn) {
    row("it shows", "your drawing");
    row("prediction", Label().format("%u", image.answer));
    row("its loss, were that true", number(image.loss));
  } else {
    draw_facts(c, image, row);
  }
  draw_score_bars(canvas, {rect.x0, y, std::min(rect.x1, rect.x0 + 300), y + 112},
                  c.snapshot.spec.digits, image.scores, drawn ? uint8_t{255} : image.digit,
                  image.answer);
  y += 124;
  // Only training images have a gradient.
  if (drawn || (c.selection.image && c.selection.image->source == ImageSource::valid)) return;
  const std::string_view words = "Its own gradient";
  if (button(canvas, "own-gradient", Rect::at(rect.x0, y, canvas.width(Type::body, words) + 32, 32),
             ButtonLook::outlined,
             {.label = words, .help = "The gradient of this image alone, in the Gradient view."})) {
    c.selection.inspecting = false;
    c.selection.stage = Phase::gradient;
    c.selection.own_gradient = true;
    c.selection.by_layers = false;
  }
}

// How one layer's values are arranged as tiles: maps side by side, or a list in cells.
struct LayerPlan {
  gfx::TileGrid grid;
  float height = 0;  // dp, all tiles together
};

LayerPlan plan_layer(const Canvas& canvas, const Activation& layer, ImageSize image, float width) {
  const float s = canvas.scale();
  const bool maps = layer.rows > 1 || layer.columns > 1;
  const bool list = !maps || layer.rows == 1;
  gfx::TileGrid grid;
  grid.tile_width = list ? 1 : static_cast<int>(layer.columns);
  grid.tile_height = list ? 1 : static_cast<int>(layer.rows);
  grid.tiles = list ? static_cast<int>(layer.values.size()) : static_cast<int>(layer.channels);
  // The longer a list, the smaller its cells: 784 of them need not fill the view.
  const float entry = layer.values.size() > 256 ? 5.0f : layer.values.size() > 64 ? 9.0f : 14.0f;
  const float wanted = list ? entry : layer.channels > 16 ? kMapSide * 0.7f : kMapSide;
  const float cell = wanted * s / static_cast<float>(std::max(grid.tile_width, grid.tile_height));
  grid.cell = std::max(1, static_cast<int>(std::min(cell, 14 * s)));
  // Maps with large pixels stand further apart, or the gaps would look like pixels.
  const float gap =
      list ? (entry < 9 ? s : 2 * s) : std::max(4 * s, 0.6f * static_cast<float>(grid.cell));
  grid.gap = std::max(1, static_cast<int>(gap));
  const int pitch = grid.tile_width * grid.cell + grid.gap;
  grid.columns = std::clamp((static_cast<int>(width * s) + grid.gap) / pitch, 1, grid.tiles);
  // The pixels in a list are still drawn as their image.
  if (list && layer.values.size() == image.pixels())
    grid.columns = std::min(grid.columns, static_cast<int>(image.columns));
  return {grid, static_cast<float>(grid.height()) / s};
}

void draw_layer(StageContext& c, Rect row, const Activation& layer, const LayerSummary& line,
                const LayerPlan& plan, size_t layer_index) {
  Canvas& canvas = c.canvas;
  const float top =
      layer_index < c.readings.activation_tops.size() ? c.readings.activation_tops[layer_index] : 1;
  const float scale = color_ceil(top);
  const Rect head = row.cut_top(22);
  const float w = draw_scale_line(canvas, head.x1, head.center().y, scale);
  canvas.explain({head.x1 - w, head.y0, head.x1, head.y1},
                 "The value of the full colour: blue is positive, orange negative.");
  Label words;
  if (layer.rows > 1 || (layer.channels > 1 && layer.columns == 1)) {
    words.format("%u × %u × %u", layer.rows, layer.columns, layer.channels);
  } else {
    words.format("%u", static_cast<unsigned>(layer.values.size()));
  }
  const float words_width = canvas.width(Type::small, words) + 12;
  Rect name{head.x0, head.y0, head.x1 - w - 8, head.y1};
  if (name.width() > words_width + 60)
    canvas.text_in(name.cut_right(words_width), Type::small, Tone::faint, words, Align::right);
  const float x = name.x0 + 8 * static_cast<float>(line.depth);
  canvas.text_in({x, name.y0, name.x1, name.y1}, Type::small_strong, Tone::ink,
                 {line.kind, brief_kind(line.kind)});
  const float s = canvas.scale();
  const Rect picture =
      Rect::at(canvas.snap(row.x0), canvas.snap(row.y0), static_cast<float>(plan.grid.width()) / s,
               static_cast<float>(plan.grid.height()) / s);
  if (plan.grid.tile_width > 1) draw_tile_ground(canvas, picture, plan.grid, 1);
  canvas.image(canvas.pictures().draw(kLayerKey + layer_index, {.values = layer.values,
                                                                .version = version_of(c),
                                                                .grid = plan.grid,
                                                                .map = gfx::ColorMap::diverging,
                                                                .scale = scale,
                                                                .theme = canvas.theme().mode()}),
               picture);
  if (plan.grid.tile_width == 1) canvas.outline(picture.inset(-2), Tone::line);
  if (!canvas.hovering(picture)) return;
  const auto at = plan.grid.at(static_cast<int>((canvas.mouse().x - picture.x0) * s),
                               static_cast<int>((canvas.mouse().y - picture.y0) * s));
  if (!at) return;
  const auto index = static_cast<size_t>(at->tile * plan.grid.tile_width * plan.grid.tile_height +
                                         at->y * plan.grid.tile_width + at->x);
  if (index >= layer.values.size()) return;
  LongLabel text;
  if (plan.grid.tile_width > 1) {
    text.format("channel %d (row %d, column %d): ", at->tile + 1, at->y, at->x);
  } else {
    text.format("value %d: ", at->tile + 1);
  }
  canvas.explain(picture, text.add(signed_number(layer.values[index])));
}

constexpr float kAround = 22 + 14;  // dp: a layer's caption, and a gap

float layers_height(const Canvas& canvas, const Inspection& image, ImageSize size, float width) {
  float height = 0;
  for (const Activation& layer : image.layers)
    height += plan_layer(canvas, layer, size, width).height + kAround;
  return height;
}

// Draws from the top of `content`, and only the layers that are visible in `seen`.
void draw_layers(StageContext& c, const Rect& content, const Rect& seen, const Inspection& image) {
  float y = content.y0;
  for (size_t i = 0; i < image.layers.size(); ++i) {
    const Activation& layer = image.layers[i];
    const LayerPlan plan = plan_layer(c.canvas, layer, image_size(c.snapshot), content.width());
    const float high = plan.height + kAround;
    if (y < seen.y1 && y + high > seen.y0 && layer.line < c.readings.table.size())
      draw_layer(c, Rect::at(content.x0, y, content.width(), high), layer,
                 c.readings.table[layer.line], plan, i);
    y += high;
  }
}

}  // namespace

void draw_inspect_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const std::optional<Inspection>& image = c.snapshot.inspection;
  const size_t pixels = image_size(c.snapshot).pixels();
  if (!image || pixels == 0 || image->pixels.size() != pixels || image->saliency.size() != pixels) {
    canvas.text_in({rect.x0, rect.y0, rect.x1, rect.y0 + 24}, Type::body, Tone::soft,
                   from_drawing(c) ? "Nothing is drawn."
                                   : "The image is on its way through the model.");
    return;
  }
  constexpr float kAnswer = 420;  // dp of height, beside or above the layers
  const float bar = 10;           // dp for a scroll bar
  Rect rest = rect;
  if (rest.width() > 480) {
    const Rect left = rest.cut_left(std::min(312.0f, rest.width() * 0.46f));
    rest.cut_left(24);
    draw_answer(c, canvas.begin_scroll("inspected-image", left, kAnswer), *image);
    canvas.end_scroll();
    const float height = layers_height(canvas, *image, image_size(c.snapshot), rest.width() - bar);
    Rect content = canvas.begin_scroll("inspected-layers", rest, height);
    content.x1 = rest.x1 - bar;
    draw_layers(c, content, rest, *image);
    canvas.end_scroll();
    return;
  }
  const float width = rest.width() - bar;
  Rect content =
      canvas.begin_scroll("inspected-image", rest, kAnswer + layers_height(canvas, *image, image_size(c.snapshot), width));
  content.x1 = rest.x1 - bar;
  draw_answer(c, content.cut_top(kAnswer), *image);
  draw_layers(c, content, rest, *image);
  canvas.end_scroll();
}

}  // namespace downhill::ui
