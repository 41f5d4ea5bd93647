// Numbers of the tape as pictures, with title and scale, and the choice of a number.
#include <algorithm>
#include <cmath>

#include "ui/heat_view.hpp"
#include "ui/panels/tape_parts.hpp"

namespace downhill::ui {
namespace {

constexpr float kTitle = 20, kScale = 20;  // dp above and below
constexpr float kStrip = 14;               // dp of height of a list in one line
constexpr float kLeastCell = 2;            // dp of its cells

float scale_of(std::span<const float> values) {
  float top = 0;
  for (const float value : values) {
    if (std::isfinite(value)) top = std::max(top, std::abs(value));
  }
  return color_ceil(top);
}

// Where the numbers are: a list in one line if there is room, otherwise the tiles of a texture.
struct Placed {
  Rect place;
  float cell = 0;  // dp of width in a list; 0: see the grid
  gfx::TileGrid grid;

  Rect of(const Canvas& canvas, uint32_t index) const {
    if (cell > 0) {
      const float x = place.x0 + cell * static_cast<float>(index);
      return {x, place.y0, x + cell, place.y1};
    }
    const float s = canvas.scale(), side = static_cast<float>(grid.cell) / s;
    const int area = grid.tile_width * grid.tile_height, at = static_cast<int>(index);
    const int tile = at / area, in = at % area;
    const auto x = static_cast<float>(grid.left(tile) + in % grid.tile_width * grid.cell);
    const auto y = static_cast<float>(grid.top(tile) + in / grid.tile_width * grid.cell);
    return Rect::at(place.x0 + x / s, place.y0 + y / s, side, side);
  }

  std::optional<uint32_t> under_mouse(const Canvas& canvas) const {
    const Vec from{canvas.mouse().x - place.x0, canvas.mouse().y - place.y0};
    if (!place.contains(canvas.mouse())) return std::nullopt;
    if (cell > 0) return static_cast<uint32_t>(from.x / cell);
    const float s = canvas.scale();
    const auto at = grid.at(static_cast<int>(from.x * s), static_cast<int>(from.y * s));
    if (!at || at->tile >= grid.tiles) return std::nullopt;
    return static_cast<uint32_t>((at->tile * grid.tile_height + at->y) * grid.tile_width + at->x);
  }
};

Placed place_numbers(const Canvas& canvas, const TapePicture& picture, const Rect& rect,
                     float most) {
  const auto count = static_cast<float>(picture.values.size());
  const float x = canvas.snap(rect.x0), y = canvas.snap(rect.y0), s = canvas.scale();
  if (picture.rows == 1 && picture.channels == 1 && count * kLeastCell <= rect.width()) {
    const float cell = std::min(kStrip, rect.width() / count);
    return {Rect::at(x, y, cell * count, kStrip), cell, {}};
  }
  const int w = static_cast<int>(rect.width() * s), h = static_cast<int>(most * s);
  const bool list = picture.rows == 1 && picture.channels == 1;
  const auto tiles = static_cast<int>(list ? picture.columns : picture.channels);
  gfx::TileGrid grid =
      gfx::fit_grid(list ? 1 : static_cast<int>(picture.columns), static_cast<int>(picture.rows),
                    tiles, w, h, !list && tiles > 1 ? std::max(1, static_cast<int>(4 * s)) : 0);
  grid.cell = std::min(grid.cell, static_cast<int>(kStrip * s));
  return {
      Rect::at(x, y, static_cast<float>(grid.width()) / s, static_cast<float>(grid.height()) / s),
      0, grid};
}

void draw_numbers(StageContext& c, const Placed& placed, const TapePicture& picture, float scale) {
  Canvas& canvas = c.canvas;
  if (placed.cell == 0 && placed.grid.gap > 0) {
    draw_tile_ground(canvas, placed.place, placed.grid, 1);
  } else {
    canvas.outline(placed.place.inset(-1), Tone::line);
  }
  for (uint32_t i = 0; placed.cell > 0 && i < picture.values.size(); ++i) {
    const float t = picture.values[i] / scale;
    const Rect cell = placed.of(canvas, i);
    if (std::isfinite(t)) {
      canvas.fill_color(cell, canvas.theme().diverging(std::clamp(t, -1.0f, 1.0f)));
    } else {
      canvas.fill(cell, Tone::line_strong);
    }
  }
  if (placed.cell > 0) return;
  canvas.image(canvas.pictures().draw(picture.key, {.values = picture.values,
                                                    .version = c.readings.calm_version + 1,
                                                    .grid = placed.grid,
                                                    .map = gfx::ColorMap::diverging,
                                                    .scale = scale,
                                                    .theme = canvas.theme().mode()}),
               placed.place);
}

LongLabel read_out(const TapePicture& picture, uint32_t index) {
  const uint32_t area = picture.rows * picture.columns, in = index % area;
  LongLabel words;
  if (picture.channels > 1) words.format("channel %u, ", index / area + 1);
  if (picture.rows > 1) {
    words.format("row %u, column %u: ", in / picture.columns + 1, in % picture.columns + 1);
  } else {
    words.format("number %u: ", index + 1);
  }
  return words.add(signed_number(picture.values[index]));
}

}  // namespace

TapePicked draw_tape_picture(StageContext& c, const Rect& rect, const TapePicture& picture,
                             float most) {
  Canvas& canvas = c.canvas;
  Rect rest = rect;
  const Rect title = rest.cut_top(kTitle);
  canvas.text_in(title, Type::tiny, Tone::faint, picture.title);
  canvas.explain(title, picture.help);
  if (picture.values.empty() || !picture.known) {
    canvas.text_in(rest.cut_top(20), Type::small, Tone::faint,
                   picture.known ? picture.missing : "not yet");
    return {kTitle + 20, {}};
  }
  const Placed placed = place_numbers(canvas, picture, rest, most);
  const float scale = scale_of(picture.values);
  draw_numbers(c, placed, picture, scale);
  TapePicked picked;
  const bool chosen = !picture.widget.empty() && canvas.hit(picture.widget, placed.place).clicked;
  const std::optional<uint32_t> at =
      canvas.hovering(placed.place) ? placed.under_mouse(canvas) : std::nullopt;
  if (at && *at < picture.values.size()) {
    canvas.explain(placed.place, read_out(picture, *at));
    canvas.outline(placed.of(canvas, *at).inset(-1), Tone::soft);
    if (chosen) picked.index = at;
  }
  if (picture.marked && *picture.marked < picture.values.size())
    canvas.outline(placed.of(canvas, *picture.marked).inset(-1.5f), Tone::ink, 0, 1.5f);
  const float right = std::max(placed.place.x1, std::min(rect.x1, placed.place.x0 + 132));
  draw_scale_line(canvas, right, placed.place.y1 + kScale / 2 + 2, scale);
  picked.height = placed.place.y1 - rect.y0 + kScale + 4;
  return picked;
}

std::optional<uint32_t> draw_tape_stepper(Canvas& canvas, const Rect& rect, std::string_view name,
                                          std::string_view what, uint32_t number, uint32_t count,
                                          std::string_view help) {
  Rect row = rect;
  const BasicLabel<32> before = BasicLabel<32>(name).add("-previous"),
                       after = BasicLabel<32>(name).add("-next");
  std::optional<uint32_t> chosen;
  if (button(canvas, before, row.cut_left(28), ButtonLook::quiet, {.icon = "\xEE\x97\x8B"},
             number > 0))
    chosen = number - 1;
  const Label words = Label(what).format(" %u of %u", number + 1, count);
  const Rect place = row.cut_left(canvas.width(Type::small, words) + 12);
  canvas.text_in(place, Type::small, Tone::soft, words, Align::center);
  canvas.explain(place, help);
  if (button(canvas, after, row.cut_left(28), ButtonLook::quiet, {.icon = "\xEE\x97\x8C"},
             number + 1 < count))
    chosen = number + 1;
  return chosen;
}

}  // namespace downhill::ui
