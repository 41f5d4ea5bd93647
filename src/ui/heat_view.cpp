#include "ui/heat_view.hpp"

#include <cmath>

namespace downhill::ui {
namespace {

constexpr float kGapDp = 5;

// As many tiles side by side as let them be largest. Small tiles may be drawn a little smaller than
// their texture, rather than lose up to half their size to whole device pixels per weight.
void arrange(HeatFrame& frame, int tiles, float width, float height, float gap) {
  float best = 0, best_worth = 0;
  int columns = 1;
  for (int c = 1; c <= tiles; ++c) {
    const int rows = (tiles + c - 1) / c;
    const float cell =
        std::min((width - gap * static_cast<float>(c - 1)) / static_cast<float>(c * kSide),
                 (height - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows * kSide));
    // Whole rows look calmer: they may cost an eighth of the size.
    const float worth = tiles % c == 0 ? cell * 1.13f : cell;
    if (worth >= best_worth) best_worth = worth, best = cell, columns = c;
  }
  const bool shrunk = best < 3 && std::floor(best) < 0.92f * best;
  const float cell = std::max(1.0f, shrunk ? std::ceil(best) : std::floor(best));
  frame.shrink = shrunk ? best / cell : 1;
  frame.grid = {kSide,
                kSide,
                tiles,
                columns,
                static_cast<int>(cell),
                static_cast<int>(std::round(gap / frame.shrink))};
}

Rect cell_rect(const Canvas& canvas, const HeatFrame& frame, int tile, int x, int y, int span) {
  const float s = canvas.scale() / frame.shrink;
  const float left =
      frame.rect.x0 + static_cast<float>(frame.grid.left(tile) + x * frame.grid.cell) / s;
  const float top =
      frame.rect.y0 + static_cast<float>(frame.grid.top(tile) + y * frame.grid.cell) / s;
  const float side = static_cast<float>(span * frame.grid.cell) / s;
  return {left, top, left + side, top + side};
}

// The square of one parameter, ringed so that it shows on any colour.
void mark_parameter(Canvas& canvas, const HeatFrame& frame, const LayerInfo& layer,
                    uint32_t parameter, bool strong) {
  if (parameter < layer.weight_offset) return;
  const uint32_t at = parameter - layer.weight_offset;
  const int tile = static_cast<int>(at / kPixels) - frame.first;
  if (at >= layer.out * static_cast<uint32_t>(kPixels) || tile < 0 || tile >= frame.grid.tiles)
    return;
  const Rect cell = cell_rect(canvas, frame, tile, static_cast<int>(at % kPixels) % kSide,
                              static_cast<int>(at % kPixels) / kSide, 1);
  canvas.outline(cell.inset(-2), Tone::paper, 0, 1);
  canvas.outline(cell.inset(-1), Tone::ink, 0, strong ? 2.0f : 1.0f);
}

}  // namespace

int tiles_per_page(const Canvas& canvas, Vec size, int units) {
  const float s = canvas.scale();
  const float tile = static_cast<float>(kSide) * std::max(1.0f, std::floor(s)),
              gap = std::round(kGapDp * s);
  const int columns = static_cast<int>((size.x * s + gap) / (tile + gap));
  const int rows = static_cast<int>((size.y * s + gap) / (tile + gap));
  return std::clamp(columns * rows, 1, std::max(units, 1));
}

HeatFrame draw_heat(Canvas& canvas, const Rect& room, const HeatSubject& subject,
                    std::optional<uint32_t> pointed, std::optional<uint32_t> probed) {
  HeatFrame frame;
  const float s = canvas.scale();
  const bool has_layer = subject.layer != nullptr && subject.layer->in == kPixels;
  frame.units = has_layer ? static_cast<int>(subject.layer->out) : 1;
  frame.per_page = tiles_per_page(canvas, {room.width(), room.height()}, frame.units);
  const int pages = (frame.units + frame.per_page - 1) / frame.per_page;
  const bool one = subject.unit >= 0 && subject.unit < frame.units;
  frame.first = one ? subject.unit : std::clamp(subject.page, 0, pages - 1) * frame.per_page;
  const int tiles = one ? 1 : std::min(frame.per_page, frame.units - frame.first);
  arrange(frame, tiles, room.width() * s, room.height() * s, std::round(kGapDp * s));
  const float on_page = frame.shrink / s;  // dp per device pixel of the picture
  frame.rect = Rect::at(canvas.snap(room.x0), canvas.snap(room.y0),
                        static_cast<float>(frame.grid.width()) * on_page,
                        static_cast<float>(frame.grid.height()) * on_page);
  const size_t offset =
      has_layer ? subject.layer->weight_offset + static_cast<size_t>(frame.first) * kPixels : 0;
  const size_t wanted = static_cast<size_t>(tiles) * kPixels;
  const bool known = has_layer && subject.values.size() >= offset + wanted;
  if (known) {
    const gfx::Picture picture{
        .values = subject.values.subspan(offset, wanted),
        .version = subject.version * 4096 + static_cast<uint64_t>(frame.first),
        .grid = frame.grid,
        .map = gfx::ColorMap::diverging,
        .scale = subject.scale,
        .theme = canvas.theme().mode()};
    const gfx::TextureId texture = canvas.pictures().draw(subject.key, picture);
    if (frame.shrink == 1) {
      canvas.image(texture, frame.rect);
    } else {
      for (int tile = 0; tile < tiles; ++tile)
        canvas.image_tile(texture, frame.grid, tile, cell_rect(canvas, frame, tile, 0, 0, kSide));
    }
  }
  if (!known) canvas.outline(frame.rect.inset(-1), Tone::line);
  for (int tile = 0; known && tile < tiles; ++tile) {  // zero is the paper, so tiles need an edge
    canvas.outline(cell_rect(canvas, frame, tile, 0, 0, kSide).inset(-1), Tone::line);
  }
  const Hit hit = canvas.hit(subject.name, frame.rect, -1, false);
  if (known && hit.hovered) {
    const auto px = static_cast<int>((canvas.mouse().x - frame.rect.x0) / on_page);
    const auto py = static_cast<int>((canvas.mouse().y - frame.rect.y0) / on_page);
    if (const auto at = frame.grid.at(px, py)) {
      frame.hovered_unit = frame.first + at->tile;
      frame.hovered = static_cast<uint32_t>(subject.layer->weight_offset +
                                            frame.hovered_unit * kPixels + at->y * kSide + at->x);
    }
  }
  frame.clicked = hit.clicked;
  if (known && probed) mark_parameter(canvas, frame, *subject.layer, *probed, true);
  if (known && pointed && pointed != probed)
    mark_parameter(canvas, frame, *subject.layer, *pointed, false);
  return frame;
}

void draw_color_bar(Canvas& canvas, Vec at, float width, float scale) {
  constexpr float kHeight = 6;
  const float s = canvas.scale();
  const float x0 = std::round(at.x * s), x1 = std::round((at.x + width) * s);
  constexpr int kPieces = 64;
  for (int i = 0; i < kPieces; ++i) {
    const float a = std::round(x0 + (x1 - x0) * static_cast<float>(i) / kPieces);
    const float b = std::round(x0 + (x1 - x0) * static_cast<float>(i + 1) / kPieces);
    const float t = (static_cast<float>(i) + 0.5f) / kPieces * 2 - 1;
    canvas.fill_color({a / s, at.y, b / s, at.y + kHeight}, canvas.theme().diverging(t));
  }
  canvas.outline({at.x - 1, at.y - 1, at.x + width + 1, at.y + kHeight + 1}, Tone::line);
  const float y = at.y + kHeight + 6 + canvas.metrics(Type::tiny).cap;
  const Label end = rate(scale);
  const Label low = Label("−").add(end), high = Label("+").add(end);
  const float w = canvas.text(at.x, y, Type::tiny, Tone::faint, low);
  canvas.text_right(at.x + width, y, Type::tiny, Tone::faint, high);
  if (width > 2 * w + 30) canvas.text_center(at.x + width / 2, y, Type::tiny, Tone::faint, "0");
}

}  // namespace downhill::ui
