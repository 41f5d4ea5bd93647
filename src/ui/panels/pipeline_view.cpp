// The second view of phase 2, Predict: how one image of the batch came from the file into the network.
// A card for each stage of the pipeline; a stage that the experiment leaves out says so.
#include <array>

#include "ui/panels/pipeline_cards.hpp"

namespace downhill::ui {
namespace {

constexpr float kTitle = 24, kGap = 32, kBelow = 30;
constexpr float kRows = 500;  // dp of width from which the cards are in rows

size_t pixels_with(ImageSize size, uint32_t pad) {
  return size_t{size.rows + 2 * pad} * (size.columns + 2 * pad);
}

void draw_arrow(Canvas& canvas, std::span<const Vec> points) {
  for (size_t i = 1; i < points.size(); ++i)
    canvas.line(points[i - 1], points[i], Tone::faint, 1.5f);
  const Vec tip = points.back(), before = points[points.size() - 2];
  if (tip.x == before.x) {
    canvas.triangle({tip.x - 4, tip.y - 7}, {tip.x + 4, tip.y - 7}, tip, Tone::faint);
  } else {
    canvas.triangle({tip.x - 7, tip.y - 4}, {tip.x - 7, tip.y + 4}, tip, Tone::faint);
  }
}

// Two rows of three cards, with arrows from each to the next.
void draw_in_rows(PipelineContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas();
  constexpr float kWords = 106;
  const float width = (rect.width() - 2 * kGap) / 3, height = (rect.height() - kBelow) / 2;
  const float side = std::min(width, height - kTitle - kWords - 6);
  for (int i = 0; i < kPipelineCards; ++i) {
    const Rect whole =
        Rect::at(rect.x0 + static_cast<float>(i % 3) * (width + kGap),
                 rect.y0 + static_cast<float>(i / 3) * (height + kBelow), width, height);
    PipelineCard card;
    card.number = i;
    Rect rest = whole;
    card.title = rest.cut_top(kTitle);
    card.picture = Rect::at(rest.x0, rest.y0, i == 0 ? width : side, side);
    rest.cut_top(side + 6);
    card.words = rest;
    draw_pipeline_card(c, card);
    const float y = card.title.center().y;
    if (i % 3 < 2)
      draw_arrow(canvas, std::array{Vec{whole.x1 + 6, y}, Vec{whole.x1 + kGap - 6, y}});
  }
  // From the end of the first row to the start of the second.
  const float middle = rect.y0 + height + kBelow / 2, x = rect.x0 + 5;
  draw_arrow(canvas, std::array{Vec{rect.x1 - 4, middle - 10}, Vec{rect.x1 - 4, middle},
                                Vec{x, middle}, Vec{x, middle + kBelow / 2 - 2}});
}

// One card below the other, the words beside the pictures. A stage that is off has words alone, and
// the pictures get its room.
void draw_in_a_column(PipelineContext& c, const Rect& rect) {
  constexpr float kSide = 112, kFile = kSide + 34, kBetween = 10, kOff = 38, kLeft = 20;
  int pictures = 0;
  float fixed = kFile + kPipelineCards * (kTitle + kBetween);
  for (int i = 1; i < kPipelineCards; ++i) {
    if (is_used(c, i)) ++pictures;
    fixed += is_used(c, i) ? 0 : kOff;
  }
  const float side = std::clamp((rect.height() - fixed) / static_cast<float>(pictures), kSide,
                                std::min(200.0f, rect.width() / 2));
  float top = rect.y0;
  for (int i = 0; i < kPipelineCards; ++i) {
    const bool used = is_used(c, i);
    const float height = kTitle + kBetween + (i == 0 ? kFile : used ? side : kOff);
    const float x = rect.x0 + kLeft, y = top + kTitle, end = top + height - kBetween;
    PipelineCard card;
    card.number = i;
    card.title = {x, top, rect.x1, y};
    card.picture = {x, y, x + side, end};
    card.words = {x + side + 12, y, rect.x1, end};
    if (i == 0) card.picture = {x, y, rect.x1, y + kSide};
    if (i == 0) card.words = {x, y + kSide, rect.x1, end};
    if (!used) card.picture = {}, card.words = {x, y, rect.x1, end};
    draw_pipeline_card(c, card);
    if (i + 1 < kPipelineCards)
      draw_arrow(c.canvas(),
                 std::array{Vec{rect.x0 + 6, top + 6}, Vec{rect.x0 + 6, top + height - 2}});
    top += height;
  }
}

}  // namespace

void draw_pipeline_view(StageContext& c, const Rect& rect) {
  const std::optional<Pipeline>& p = c.snapshot.pipeline;
  const ImageSize size = image_size(c.snapshot);
  const size_t pixels = size.pixels();
  if (!p || pixels == 0 || p->pixels.size() != pixels || p->entered.size() != pixels ||
      p->numbers.size() != pixels ||
      (p->pad > 0 && p->padded.size() != pixels_with(size, p->pad))) {
    c.canvas.text_in({rect.x0, rect.y0, rect.x1, rect.y0 + 24}, Type::body, Tone::soft,
                     "The image is on its way.");
    return;
  }
  PipelineContext context{c, *p, size, choose_run(*p, size, c.snapshot.spec.augment)};
  rect.width() > kRows ? draw_in_rows(context, rect) : draw_in_a_column(context, rect);
}

}  // namespace downhill::ui
