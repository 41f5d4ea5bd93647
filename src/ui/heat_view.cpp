#include "ui/heat_view.hpp"

#include <algorithm>
#include <cmath>

namespace downhill::ui {
namespace {

// With more tiles than this, a ground under the picture draws their edges, not an outline per tile.
constexpr int kManyTiles = 64;

Rect cell_rect(const Canvas& canvas, const HeatFrame& frame, int tile, int x, int y, int columns,
               int rows) {
  const gfx::TileGrid& grid = frame.plan.grid;
  const float s = canvas.scale() / frame.plan.shrink;
  const float left = frame.rect.x0 + static_cast<float>(grid.left(tile) + x * grid.cell) / s;
  const float top = frame.rect.y0 + static_cast<float>(grid.top(tile) + y * grid.cell) / s;
  return {left, top, left + static_cast<float>(columns * grid.cell) / s,
          top + static_cast<float>(rows * grid.cell) / s};
}

Rect tile_rect(const Canvas& canvas, const HeatFrame& frame, int tile) {
  return cell_rect(canvas, frame, tile, 0, 0, frame.tiles.width, frame.tiles.height);
}

void draw_picture(Canvas& canvas, const HeatFrame& frame, const HeatSubject& subject) {
  const gfx::TileGrid& grid = frame.plan.grid;
  const size_t size = static_cast<size_t>(frame.tiles.size());
  const size_t offset = subject.layer->weight_offset + static_cast<size_t>(frame.plan.first) * size;
  const gfx::Picture picture{
      .values = subject.values.subspan(offset, static_cast<size_t>(grid.tiles) * size),
      .version = (subject.version << 32) + offset,
      .grid = grid,
      .map = gfx::ColorMap::diverging,
      .scale = subject.scale,
      .theme = canvas.theme().mode()};
  const gfx::TextureId texture = canvas.pictures().draw(subject.key, picture);
  // Zero has the colour of the paper, so tiles need an edge.
  const bool many = grid.tiles > kManyTiles;
  if (many) draw_tile_ground(canvas, frame.rect, grid, frame.plan.shrink);
  if (frame.plan.shrink == 1 || grid.tiles == 1) {
    canvas.image(texture, frame.rect);
  } else {
    for (int tile = 0; tile < grid.tiles; ++tile)
      canvas.image_tile(texture, grid, tile, tile_rect(canvas, frame, tile));
  }
  for (int tile = 0; !many && tile < grid.tiles; ++tile) {
    canvas.outline(tile_rect(canvas, frame, tile).inset(-1), Tone::line);
  }
  // Between the units of a row.
  for (int unit = 1; unit < frame.plan.across && unit * frame.tiles.planes < grid.tiles; ++unit) {
    const Rect tile = tile_rect(canvas, frame, unit * frame.tiles.planes);
    const float gap = static_cast<float>(grid.gap) * frame.plan.shrink / canvas.scale();
    canvas.rule_down(tile.x0 - gap / 2, frame.rect.y0 - 1, frame.rect.y1 + 1, Tone::soft);
  }
}

// Outlines one parameter's square so that it shows on any colour.
void mark_parameter(Canvas& canvas, const HeatFrame& frame, const LayerInfo& layer,
                    uint32_t parameter, bool strong) {
  const std::optional<Rect> cell = parameter_rect(canvas, frame, layer, parameter);
  if (!cell) return;
  canvas.outline(cell->inset(-2), Tone::paper, 0, 1);
  canvas.outline(cell->inset(-1), Tone::ink, 0, strong ? 2.0f : 1.0f);
}

// --- a norm: gamma and beta of each channel as bars from zero

struct Bars {
  Rect strip[2];  // gamma, beta
  float step = 1;
};

Bars bars_in(const Rect& rect, int channels) {
  constexpr float kName = 18, kWidest = 24;
  Bars bars;
  bars.step = std::min(rect.width() / static_cast<float>(std::max(channels, 1)), kWidest);
  const float half = rect.height() / 2, width = bars.step * static_cast<float>(channels);
  for (int i = 0; i < 2; ++i) {
    const float top = rect.y0 + half * static_cast<float>(i) + kName;
    bars.strip[i] = {rect.x0, top, rect.x0 + width, rect.y0 + half * static_cast<float>(i + 1) - 2};
  }
  return bars;
}

uint32_t bar_parameter(const LayerInfo& layer, int strip, int channel) {
  return (strip == 0 ? layer.weight_offset : layer.bias_offset) + static_cast<uint32_t>(channel);
}

void draw_bar(Canvas& canvas, const Rect& strip, float step, int channel, float value,
              float scale) {
  const float zero = strip.center().y, x = strip.x0 + step * static_cast<float>(channel);
  const float t = std::isfinite(value) ? std::clamp(value / scale, -1.0f, 1.0f) : 0;
  const float y = zero - t * strip.height() / 2, gap = step > 4 ? 1.0f : 0.0f;
  canvas.fill_color({x, std::min(y, zero), x + step - gap, std::max(y, zero)},
                    canvas.theme().answer_ink(t));
}

void draw_bars(Canvas& canvas, HeatFrame& frame, const HeatSubject& subject,
               std::optional<uint32_t> pointed, std::optional<uint32_t> probed) {
  const LayerInfo& layer = *subject.layer;
  const int channels = frame.tiles.width;
  const Bars bars = bars_in(frame.rect, channels);
  constexpr std::string_view kNames[2] = {"gamma: what each channel is multiplied by",
                                          "beta: what is added to it"};
  constexpr std::string_view kShort[2] = {"gamma", "beta"};
  for (int i = 0; i < (layer.has_bias ? 2 : 1); ++i) {
    const Rect& strip = bars.strip[i];
    const Rect name{frame.rect.x0, strip.y0 - 18, frame.rect.x1, strip.y0 - 2};
    const bool room = canvas.width(Type::tiny, kNames[i]) < name.width();
    canvas.text_in(name, Type::tiny, Tone::faint, room ? kNames[i] : kShort[i]);
    for (int channel = 0; channel < channels; ++channel) {
      const uint32_t parameter = bar_parameter(layer, i, channel);
      draw_bar(canvas, strip, bars.step, channel, subject.values[parameter], subject.scale);
      if (parameter == probed || parameter == pointed) {
        const float x = strip.x0 + bars.step * static_cast<float>(channel);
        canvas.outline({x - 1, strip.y0, x + bars.step, strip.y1}, Tone::ink, 0,
                       parameter == probed ? 2.0f : 1.0f);
      }
    }
    canvas.rule(strip.x0, strip.x1, strip.center().y, Tone::line_strong);
  }
  const Hit hit = canvas.hit(subject.name, frame.rect, -1, false);
  for (int i = 0; hit.hovered && i < (layer.has_bias ? 2 : 1); ++i) {
    if (!bars.strip[i].contains(canvas.mouse())) continue;
    const int channel = std::clamp(
        static_cast<int>((canvas.mouse().x - bars.strip[i].x0) / bars.step), 0, channels - 1);
    frame.hovered = bar_parameter(layer, i, channel);
  }
  frame.clicked = hit.clicked;
}

}  // namespace

HeatFrame draw_heat(Canvas& canvas, const Rect& room, const HeatSubject& subject,
                    std::optional<uint32_t> pointed, std::optional<uint32_t> probed) {
  HeatFrame frame;
  const float s = canvas.scale();
  const LayerInfo* layer = subject.layer;
  frame.tiles = layer != nullptr ? tiles_of(*layer) : LayerTiles{};
  frame.known = layer != nullptr &&
                subject.values.size() >= layer->weight_offset + layer->in * layer->out &&
                (!layer->has_bias || subject.values.size() >= layer->bias_offset + layer->out);
  if (frame.tiles.kind == TileKind::bars) {
    frame.rect = {room.x0, room.y0, room.x1, std::min(room.y1, room.y0 + 240)};
    if (frame.known) {
      draw_bars(canvas, frame, subject, pointed, probed);
    } else {
      canvas.outline(frame.rect.inset(-1), Tone::line);
    }
    return frame;
  }
  frame.plan =
      plan_tiles(frame.tiles, room.width() * s, room.height() * s, s, subject.unit, subject.page);
  const gfx::TileGrid& grid = frame.plan.grid;
  const float on_page = frame.plan.shrink / s;  // dp per device pixel of the picture
  frame.rect = Rect::at(canvas.snap(room.x0), canvas.snap(room.y0),
                        static_cast<float>(grid.width()) * on_page,
                        static_cast<float>(grid.height()) * on_page);
  if (!frame.known) {
    canvas.outline(frame.rect.inset(-1), Tone::line);
    return frame;
  }
  draw_picture(canvas, frame, subject);
  const Hit hit = canvas.hit(subject.name, frame.rect, -1, false);
  if (hit.hovered) {
    const auto px = static_cast<int>((canvas.mouse().x - frame.rect.x0) / on_page);
    const auto py = static_cast<int>((canvas.mouse().y - frame.rect.y0) / on_page);
    if (const auto at = grid.at(px, py)) {
      const int tile = frame.plan.first + at->tile;
      frame.hovered_unit = tile / frame.tiles.planes;
      frame.hovered =
          layer->weight_offset +
          static_cast<uint32_t>(tile * frame.tiles.size() + at->y * frame.tiles.width + at->x);
    }
  }
  frame.clicked = hit.clicked;
  if (probed) mark_parameter(canvas, frame, *layer, *probed, true);
  if (pointed && pointed != probed) mark_parameter(canvas, frame, *layer, *pointed, false);
  return frame;
}

std::optional<Rect> parameter_rect(const Canvas& canvas, const HeatFrame& frame,
                                   const LayerInfo& layer, uint32_t parameter) {
  if (frame.tiles.kind == TileKind::bars) {
    const Bars bars = bars_in(frame.rect, frame.tiles.width);
    for (int i = 0; i < (layer.has_bias ? 2 : 1); ++i) {
      const uint32_t first = bar_parameter(layer, i, 0);
      if (parameter < first || parameter - first >= layer.out) continue;
      const Rect& strip = bars.strip[i];
      const float x = strip.x0 + bars.step * static_cast<float>(parameter - first);
      return Rect{x - 1, strip.y0, x + bars.step, strip.y1};
    }
    return std::nullopt;
  }
  if (parameter < layer.weight_offset || parameter >= layer.weight_offset + layer.in * layer.out)
    return std::nullopt;
  const auto at = static_cast<int>(parameter - layer.weight_offset);
  const int tile = at / frame.tiles.size() - frame.plan.first, in = at % frame.tiles.size();
  if (tile < 0 || tile >= frame.plan.grid.tiles) return std::nullopt;
  return cell_rect(canvas, frame, tile, in % frame.tiles.width, in / frame.tiles.width, 1, 1);
}

void draw_tile_ground(Canvas& canvas, const Rect& picture, const gfx::TileGrid& grid,
                      float shrink) {
  const float s = canvas.scale() / shrink;
  const int left_over = grid.tiles % grid.columns;  // tiles in the last row, when it is not full
  const int whole_rows = grid.tiles / grid.columns;
  const float tile_width = static_cast<float>(grid.tile_width * grid.cell) / s,
              tile_height = static_cast<float>(grid.tile_height * grid.cell) / s,
              gap = static_cast<float>(grid.gap) / s;
  const auto extent = [&](int n, float side) { return static_cast<float>(n) * (side + gap) - gap; };
  const float y = picture.y0 + extent(whole_rows, tile_height);
  if (whole_rows > 0)
    canvas.fill(Rect{picture.x0, picture.y0, picture.x1, y}.inset(-1), Tone::line);
  if (left_over > 0) {
    const float x1 = picture.x0 + extent(left_over, tile_width);
    canvas.fill({picture.x0 - 1, y, x1 + 1, picture.y1 + 1}, Tone::line);
  }
}

namespace {

// The colours from orange to blue.
void fill_scale(Canvas& canvas, const Rect& rect) {
  const float s = canvas.scale();
  const float x0 = std::round(rect.x0 * s), x1 = std::round(rect.x1 * s);
  constexpr int kPieces = 64;
  for (int i = 0; i < kPieces; ++i) {
    const float a = std::round(x0 + (x1 - x0) * static_cast<float>(i) / kPieces);
    const float b = std::round(x0 + (x1 - x0) * static_cast<float>(i + 1) / kPieces);
    const float t = (static_cast<float>(i) + 0.5f) / kPieces * 2 - 1;
    canvas.fill_color({a / s, rect.y0, b / s, rect.y1}, canvas.theme().diverging(t));
  }
}

// What the ends mean, below their values: in full, in a word, or not at all.
void draw_bar_words(Canvas& canvas, Vec at, float width, float baseline, const ScaleWords& words) {
  const auto draw_if_room = [&](std::string_view low, std::string_view high) {
    if (canvas.width(Type::tiny, low) + canvas.width(Type::tiny, high) + 12 > width) return false;
    canvas.text(at.x, baseline, Type::tiny, Tone::faint, low);
    canvas.text_right(at.x + width, baseline, Type::tiny, Tone::faint, high);
    return true;
  };
  if (words.low.empty() || draw_if_room(words.low, words.high)) return;
  draw_if_room(words.low_briefly, words.high_briefly);
}

}  // namespace

void draw_color_bar(Canvas& canvas, Vec at, float width, float scale, bool beyond,
                    const ScaleWords& words) {
  constexpr float kHeight = 6;
  fill_scale(canvas, {at.x, at.y, at.x + width, at.y + kHeight});
  canvas.outline({at.x - 1, at.y - 1, at.x + width + 1, at.y + kHeight + 1}, Tone::line);
  if (beyond) {  // an arrow at each end
    const float middle = at.y + kHeight / 2, right = at.x + width;
    canvas.triangle({at.x - 7, middle}, {at.x - 2, middle - 4}, {at.x - 2, middle + 4}, Tone::ink);
    canvas.triangle({right + 7, middle}, {right + 2, middle - 4}, {right + 2, middle + 4},
                    Tone::ink);
  }
  const float y = at.y + kHeight + 6 + canvas.metrics(Type::tiny).cap;
  const Label end = rate(scale);
  const Label low = Label("−").add(end), high = Label("+").add(end);
  const float w = canvas.width(Type::tiny, high);
  if (width > 2 * w + 8) {
    canvas.text(at.x, y, Type::tiny, Tone::faint, low);
    canvas.text_right(at.x + width, y, Type::tiny, Tone::faint, high);
  } else {
    canvas.text_center(at.x + width / 2, y, Type::tiny, Tone::faint, Label("±").add(end));
  }
  if (width > 2 * w + 30) canvas.text_center(at.x + width / 2, y, Type::tiny, Tone::faint, "0");
  draw_bar_words(canvas, at, width, y + canvas.metrics(Type::tiny).line - 1, words);
}

float draw_scale_line(Canvas& canvas, float right, float center_y, float scale) {
  constexpr float kBar = 32;
  const Label end = rate(scale);
  const float y = canvas.baseline(Type::tiny, center_y);
  float x = right - canvas.text_right(right, y, Type::tiny, Tone::faint, Label("+").add(end)) - 6;
  const Rect bar{x - kBar, center_y - 3, x, center_y + 3};
  fill_scale(canvas, bar);
  canvas.outline(bar.inset(-1), Tone::line);
  x = bar.x0 - 6;
  return right - x + canvas.text_right(x, y, Type::tiny, Tone::faint, Label("−").add(end));
}

}  // namespace downhill::ui
