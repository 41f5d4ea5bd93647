// Lines, areas and pictures on a Canvas.
#include <algorithm>
#include <cmath>
#include <utility>

#include "imgui.h"
#include "ui/canvas.hpp"

namespace downhill::ui {
namespace {

// A point in device pixels.
ImVec2 device(float x, float y, float scale) { return {x * scale, y * scale}; }

}  // namespace

void Canvas::fill(const Rect& rect, Tone tone, float radius, float alpha) {
  fill_color(rect, theme_->color(tone, alpha), radius);
}

void Canvas::fill_color(const Rect& rect, uint32_t color, float radius) {
  const float s = scale();
  draw_->AddRectFilled({std::round(rect.x0 * s), std::round(rect.y0 * s)},
                       {std::round(rect.x1 * s), std::round(rect.y1 * s)}, color, radius * s);
}

void Canvas::outline(const Rect& rect, Tone tone, float radius, float thickness) {
  const float s = scale();
  const float t = std::max(1.0f, std::round(thickness * s));
  // The line lies inside the rectangle, on whole device pixels.
  const ImVec2 low{std::round(rect.x0 * s) + t / 2, std::round(rect.y0 * s) + t / 2};
  const ImVec2 high{std::round(rect.x1 * s) - t / 2, std::round(rect.y1 * s) - t / 2};
  draw_->PathRect(low, high, radius * s);
  draw_->PathStroke(theme_->color(tone), ImDrawFlags_Closed, t);
}

void Canvas::line(Vec from, Vec to, Tone tone, float thickness, float alpha) {
  draw_->AddLine(device(from.x, from.y, scale()), device(to.x, to.y, scale()),
                 theme_->color(tone, alpha), std::max(1.0f, thickness * scale()));
}

void Canvas::rule(float x0, float x1, float y, Tone tone) {
  const float s = scale(), t = std::max(1.0f, std::floor(s));
  const float top = std::round(y * s - t / 2);
  draw_->AddRectFilled({std::round(x0 * s), top}, {std::round(x1 * s), top + t},
                       theme_->color(tone));
}

void Canvas::rule_down(float x, float y0, float y1, Tone tone) {
  const float s = scale(), t = std::max(1.0f, std::floor(s));
  const float left = std::round(x * s - t / 2);
  draw_->AddRectFilled({left, std::round(y0 * s)}, {left + t, std::round(y1 * s)},
                       theme_->color(tone));
}

void Canvas::dot(Vec center, float radius, Tone tone, float alpha) {
  draw_->AddCircleFilled(device(center.x, center.y, scale()), radius * scale(),
                         theme_->color(tone, alpha));
}

void Canvas::ring(Vec center, float radius, Tone tone, float thickness) {
  draw_->AddCircle(device(center.x, center.y, scale()), radius * scale(), theme_->color(tone), 0,
                   std::max(1.0f, thickness * scale()));
}

void Canvas::arc(Vec center, float radius, float from, float to, Tone tone, float thickness) {
  draw_->PathArcTo(device(center.x, center.y, scale()), radius * scale(), from, to);
  draw_->PathStroke(theme_->color(tone), 0, std::max(1.0f, thickness * scale()));
}

void Canvas::triangle(Vec a, Vec b, Vec c, Tone tone) {
  // Dear ImGui smooths the edges of shapes that run clockwise.
  if ((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) < 0) std::swap(b, c);
  draw_->AddTriangleFilled(device(a.x, a.y, scale()), device(b.x, b.y, scale()),
                           device(c.x, c.y, scale()), theme_->color(tone));
}

void Canvas::dashed(Vec from, Vec to, Tone tone, float dash, float thickness) {
  const float dx = to.x - from.x, dy = to.y - from.y;
  const float length = std::sqrt(dx * dx + dy * dy);
  if (length <= 0) return;
  for (float at = 0; at < length; at += 2 * dash) {
    const float a = at / length, b = std::min(at + dash, length) / length;
    line({from.x + dx * a, from.y + dy * a}, {from.x + dx * b, from.y + dy * b}, tone, thickness);
  }
}

void Canvas::image(gfx::TextureId texture, const Rect& rect) {
  if (texture == 0) return;
  const float s = scale();
  const float x = std::round(rect.x0 * s), y = std::round(rect.y0 * s);
  draw_->AddImage(reinterpret_cast<ImTextureID>(texture), {x, y},
                  {x + std::round(rect.width() * s), y + std::round(rect.height() * s)});
}

void Canvas::image_tile(gfx::TextureId texture, const gfx::TileGrid& grid, int tile,
                        const Rect& rect) {
  if (texture == 0) return;
  const float s = scale();
  const auto w = static_cast<float>(grid.width()), h = static_cast<float>(grid.height());
  const auto left = static_cast<float>(grid.left(tile)), top = static_cast<float>(grid.top(tile));
  const auto tw = static_cast<float>(grid.tile_width * grid.cell),
             th = static_cast<float>(grid.tile_height * grid.cell);
  const float x = std::round(rect.x0 * s), y = std::round(rect.y0 * s);
  // A shrunk picture is sampled with blending: stay half a texel away from the transparent gap.
  const float in = tw > rect.width() * s + 0.5f ? 0.5f : 0.0f;
  draw_->AddImage(reinterpret_cast<ImTextureID>(texture), {x, y},
                  {x + std::round(rect.width() * s), y + std::round(rect.height() * s)},
                  {(left + in) / w, (top + in) / h}, {(left + tw - in) / w, (top + th - in) / h});
}

}  // namespace downhill::ui
