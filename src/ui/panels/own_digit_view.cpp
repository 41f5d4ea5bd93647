// A digit of one's own: a square to draw on, the way of its ink to the pixels that the model sees,
// and what the model predicts. The engine prepares the image; the strokes are kept here while the
// pen is down, and taken from the snapshot when a script has drawn.
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/image_grid.hpp"
#include "ui/panels/score_bars.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {
namespace {

constexpr uint64_t kInkKey = 95, kFittedKey = 96, kPixelsKey = 97, kGivenKey = 98;
constexpr double kSettled = 0.6;      // seconds after which the snapshot has what was sent
constexpr float kLeastMove = 0.004f;  // of the square, between two points of a stroke
constexpr std::array<float, 3> kPens = {0.035f, 0.07f, 0.12f};
// dp
constexpr float kControl = 32;  // the height of a row of controls
constexpr float kOneRow = 280;  // the width from which all controls are in one
constexpr float kStopGap = 26, kWayHead = 26 + 24, kWayFoot = 16, kVerdictHead = 40 + 12;
constexpr float kBeside = 304;  // beside the square: ten bars, each with its number
constexpr float kLowestBars = 124, kHighestBars = 360;

void clear(Drawing& drawing) {
  drawing.points.clear();
  drawing.strokes.clear();
  drawing.pixels.clear();
}

void send(StageContext& c, DrawOrder order) {
  c.requests.add(CommandKind::draw).draw = std::move(order);
  c.state.own_digit.sent_at = c.canvas.time();
}

void send_strokes(StageContext& c) {
  const Drawing& own = c.state.own_digit.drawing;
  DrawOrder order;
  order.points = own.points;
  order.strokes = own.strokes;
  send(c, std::move(order));
}

// What a script has drawn, once nothing of ours is on its way.
void follow_snapshot(StageContext& c, bool held) {
  OwnDigit& own = c.state.own_digit;
  if (held || c.canvas.time() - own.sent_at < kSettled) return;
  if (c.snapshot.drawing) {
    own.drawing = c.snapshot.drawing->drawing;
  } else {
    clear(own.drawing);
  }
}

// Adds the pen's place to the stroke that it draws, or begins one. True when something was added.
bool follow_pen(StageContext& c, const Rect& square, const Hit& hit) {
  Drawing& own = c.state.own_digit.drawing;
  if (!hit.held || own.points.size() >= 2 * kMaxDrawnPoints) return false;
  const Vec mouse = c.canvas.mouse();
  const Vec at{std::clamp((mouse.x - square.x0) / square.width(), 0.0f, 1.0f),
               std::clamp((mouse.y - square.y0) / square.height(), 0.0f, 1.0f)};
  if (hit.pressed) {
    own.pixels.clear();
    own.strokes.push_back(0);
  } else {
    const float dx = at.x - own.points[own.points.size() - 2], dy = at.y - own.points.back();
    if (dx * dx + dy * dy < kLeastMove * kLeastMove) return false;
  }
  own.points.insert(own.points.end(), {at.x, at.y});
  ++own.strokes.back();
  return true;
}

void take_back_stroke(Drawing& own) {
  if (own.strokes.empty()) return;
  own.points.resize(own.points.size() - size_t{2} * own.strokes.back());
  own.strokes.pop_back();
}

gfx::TextureId ink_picture(StageContext& c, uint64_t key, std::span<const uint8_t> bytes,
                           ImageSize size, const Rect& place) {
  return c.canvas.pictures().draw(key, {.bytes = bytes,
                                        .version = fnv1a(bytes),
                                        .grid = image_grid(size, place.width() * c.canvas.scale()),
                                        .map = gfx::ColorMap::ink,
                                        .theme = c.canvas.theme().mode()});
}

void draw_strokes(StageContext& c, const Rect& square) {
  Canvas& canvas = c.canvas;
  const Drawing& own = c.state.own_digit.drawing;
  const float width = own.pen * square.width();
  const float* at = own.points.data();
  for (const uint32_t count : own.strokes) {
    for (uint32_t i = 0; i < count; ++i, at += 2) {
      const Vec to{square.x0 + at[0] * square.width(), square.y0 + at[1] * square.height()};
      canvas.dot(to, width / 2, Tone::ink);
      if (i == 0) continue;
      const Vec from{square.x0 + at[-2] * square.width(), square.y0 + at[-1] * square.height()};
      canvas.line(from, to, Tone::ink, width);
    }
  }
}

void draw_square(StageContext& c, const Rect& square) {
  Canvas& canvas = c.canvas;
  Drawing& own = c.state.own_digit.drawing;
  canvas.fill(square, Tone::surface, 6);
  canvas.outline(square, Tone::line_strong, 6);
  const Hit hit = canvas.hit("own-digit", square, -1, false);
  if (hit.held) canvas.claim_drag();
  follow_snapshot(c, hit.held);
  if (follow_pen(c, square, hit)) send_strokes(c);
  canvas.push_clip(square);
  if (own.pixels.size() == kMnistSize.pixels()) {
    canvas.image(ink_picture(c, kGivenKey, own.pixels, kMnistSize, square), square);
  } else {
    draw_strokes(c, square);
  }
  canvas.pop_clip();
  if (own.blank())
    canvas.text_in(square, Type::body, Tone::soft, {"Draw a digit here", "Draw here"},
                   Align::center);
}

float controls_height(float width) { return width < kOneRow ? 2 * kControl + 8 : kControl; }

// Undo, Clear and the pen, below the square: in one row, or in two where it is small.
void draw_controls(StageContext& c, Rect place) {
  Canvas& canvas = c.canvas;
  Drawing& own = c.state.own_digit.drawing;
  constexpr std::array<std::string_view, 3> kNames = {"thin", "medium", "thick"};
  const bool two = place.width() < kOneRow;
  Rect row = place.cut_top(kControl);
  const float w = two ? (row.width() - 8) / 2 : std::min(84.0f, (row.width() - 16) / 4);
  if (button(canvas, "own-digit-undo", row.cut_left(w), ButtonLook::outlined,
             {.label = "Undo", .help = "Take the last stroke back."}, !own.strokes.empty())) {
    take_back_stroke(own);
    send_strokes(c);
  }
  row.cut_left(8);
  if (button(canvas, "own-digit-clear", row.cut_left(w), ButtonLook::outlined,
             {.label = "Clear", .help = "Take all strokes back."}, !own.blank())) {
    clear(own);
    send_strokes(c);
  }
  row.cut_left(8);
  if (two) {
    place.cut_top(8);
    row = place;
  }
  const auto chosen = static_cast<int>(std::ranges::find(kPens, own.pen) - kPens.begin());
  const float pen = two ? row.width() : std::min(row.width(), 180.0f);
  if (const auto clicked =
          segmented(canvas, "own-digit-pen", Rect::at(row.x0, row.y0, pen, kControl), kNames,
                    chosen, "The width of the pen. It changes all strokes.")) {
    own.pen = kPens[static_cast<size_t>(*clicked)];
    DrawOrder order;
    order.pen = own.pen;
    send(c, std::move(order));
  }
}

struct Stop {  // on the way to the model
  uint64_t key;
  std::string_view name, help;
  std::span<const uint8_t> bytes;
  ImageSize size;
};

void draw_stop(StageContext& c, const Rect& place, const Stop& stop) {
  Canvas& canvas = c.canvas;
  canvas.text_in({place.x0, place.y0 - 16, place.x1, place.y0 - 2}, Type::tiny, Tone::faint,
                 stop.name);
  canvas.outline(place.inset(-1), Tone::line);
  canvas.explain({place.x0, place.y0 - 16, place.x1, place.y1}, stop.help);
  if (stop.bytes.empty() || stop.bytes.size() != stop.size.pixels()) return;
  // Keeps its proportions.
  const auto rows = static_cast<float>(stop.size.rows),
             columns = static_cast<float>(stop.size.columns);
  const float cell = std::min(place.width() / columns, place.height() / rows);
  const Vec size{columns * cell, rows * cell};
  const Rect picture = Rect::at(canvas.snap(place.center().x - size.x / 2),
                                canvas.snap(place.center().y - size.y / 2), size.x, size.y);
  canvas.image(ink_picture(c, stop.key, stop.bytes, stop.size, picture), picture);
}

// Of each picture on the way, in a column of this width.
float stop_side(float width) { return std::floor(std::min((width - 2 * kStopGap) / 3, 112.0f)); }

// The ink, the digit cut out and scaled, and the pixels for the model. Returns what is left below.
Rect draw_way(StageContext& c, Rect rest, const PreparedDrawing& prepared, bool centred) {
  Canvas& canvas = c.canvas;
  Rect head = rest.cut_top(26);
  const float switch_width = 44;
  if (toggle(canvas, "own-digit-centred", Rect::at(head.x0, head.y0 + 2, switch_width, 22), centred,
             "MNIST's digits were cut out, scaled to fit 20 × 20 pixels and centred by mass. A "
             "model that learned from those is lost without it.")) {
    DrawOrder order;
    order.centred = c.state.own_digit.drawing.centred = !centred;
    send(c, std::move(order));
  }
  canvas.text_in({head.x0 + switch_width + 10, head.y0, head.x1, head.y1}, Type::body, Tone::ink,
                 {"Prepare it as MNIST was prepared", "Prepare as MNIST"});
  rest.cut_top(24);
  const ImageSize ink{kInkSide, kInkSide};
  const std::array<Stop, 3> stops = {
      Stop{kInkKey, "ink", "What the pen left on the square, 112 × 112.", prepared.ink, ink},
      Stop{kFittedKey,
           centred ? "20 × 20" : "not fitted",
           centred ? "The ink is cut out, scaled to fit 20 × 20 in proportion, and made as dark as "
                     "MNIST's."
                   : "Switched off: the square is only made smaller.",
           prepared.fitted,
           {prepared.rows, prepared.columns}},
      Stop{kPixelsKey, "28 × 28",
           centred ? "Its centre of mass is put in the middle of 28 × 28."
                   : "The whole square, made smaller.",
           prepared.pixels, kMnistSize}};
  const float side = stop_side(rest.width());
  for (size_t i = 0; i < stops.size(); ++i) {
    const Rect place = Rect::at(canvas.snap(rest.x0 + static_cast<float>(i) * (side + kStopGap)),
                                rest.y0, side, side);
    draw_stop(c, place, stops[i]);
    if (i > 0)
      canvas.text_center(place.x0 - kStopGap / 2, place.center().y + 4, Type::small, Tone::faint,
                         "→");
  }
  rest.cut_top(side + kWayFoot);
  return rest;
}

void draw_verdict(StageContext& c, Rect rest) {
  Canvas& canvas = c.canvas;
  const DrawingView& drawn = *c.snapshot.drawing;
  // On a low stage the scores stand beside the prediction.
  const bool low = rest.height() < kVerdictHead + kLowestBars - 4;
  const Rect head = low ? rest.cut_left(124) : rest.cut_top(40);
  const Label answer = Label().format("%u", drawn.verdict.answer);
  draw_figure(canvas, {head.x0, head.y0}, 110, "the model predicts", answer,
              "The digit with the highest score, with the weights as they are now.");
  const std::string_view words = "Look inside";
  const float w = canvas.width(Type::body, words) + 32;
  const Rect place =
      low ? Rect::at(head.x0, head.y0 + 48, w, 32) : Rect::at(head.x0 + 130, head.y0 + 4, w, 32);
  if (place.x1 <= head.x1 &&
      button(canvas, "own-digit-inspect", place, ButtonLook::outlined,
             {.label = words, .help = "The digit on its way through the layers."})) {
    c.selection.inspect({ImageSource::drawing, 0, std::nullopt});
  }
  low ? rest.cut_left(12) : rest.cut_top(12);
  constexpr uint8_t kUnknown = 255;  // what it shows
  const float high = low ? rest.height() : std::min(rest.height(), kHighestBars);
  draw_score_bars(canvas, {rest.x0, rest.y0, std::min(rest.x1, rest.x0 + 452), rest.y0 + high},
                  c.snapshot.spec.digits, drawn.verdict.scores, kUnknown, drawn.verdict.answer);
}

// The side of the square to draw on. Beside it, or below it, there is room for all the rest.
float square_side(const Rect& rect, bool wide) {
  float side = 0;
  if (wide) {
    side = std::min(rect.width() - 24 - kBeside, rect.height() - 8 - kControl);
    if (side < kOneRow) side = std::min(side, rect.height() - 8 - controls_height(side));
  } else {
    const float way = kWayHead + stop_side(rect.width()) + kWayFoot;
    const float below = 8 + controls_height(rect.width()) + 16 + way + kVerdictHead + kLowestBars;
    side = std::min(rect.width(), rect.height() - below);
  }
  return std::max(120.0f, side);
}

}  // namespace

void draw_own_digit_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  if (image_size(c.snapshot) != kMnistSize) {
    canvas.paragraph(rect, Type::body, Tone::soft,
                     "These data are not images of 28 × 28 pixels, so there is nothing to draw.");
    return;
  }
  Rect rest = rect;
  // Less than in kStageViews, where the scroll bar is not taken off yet.
  const bool wide = rect.width() > 488;
  const float side = canvas.snap(square_side(rect, wide));
  const Rect square = Rect::at(canvas.snap(rect.x0), canvas.snap(rect.y0), side, side);
  draw_square(c, square);
  const float controls = wide ? side : rect.width();
  draw_controls(c, Rect::at(rect.x0, square.y1 + 8, controls, controls_height(controls)));
  if (wide) {
    rest.x0 = square.x1 + 24;
  } else {
    rest.y0 = square.y1 + 8 + controls_height(controls) + 16;
  }
  const Drawing& own = c.state.own_digit.drawing;
  const PreparedDrawing none;
  const bool known = c.snapshot.drawing.has_value();
  rest = draw_way(c, rest, known ? c.snapshot.drawing->prepared : none, own.centred);
  if (known) return draw_verdict(c, rest);
  canvas.paragraph(rest, Type::small, Tone::soft,
                   "Draw with mouse, finger or pen. The prediction follows each stroke, and each "
                   "step of training.");
}

}  // namespace downhill::ui
