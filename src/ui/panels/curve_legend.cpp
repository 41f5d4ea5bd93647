#include "ui/panels/curve_legend.hpp"

namespace downhill::ui {
namespace {

// The name of an item, cut to "train.", or left out where its line tells which it is.
Label legend_name(const LegendItem& item, int cut) {
  if (cut == 2 && item.tone != Tone::paper) return {};
  if (cut == 0 || item.name.size() <= 7) return item.name;
  return Label(item.name.substr(0, 5)).add(".");
}

}  // namespace

void draw_legend(Canvas& canvas, const Rect& rect, std::span<const LegendItem> items) {
  const auto width = [&](int cut) {
    float all = -16;
    for (const LegendItem& item : items)
      all += (item.tone == Tone::paper ? 0 : 20) +
             canvas.width(Type::small, legend_name(item, cut)) + 5 +
             canvas.width(Type::small_strong, item.value) + 16;
    return all;
  };
  const int cut = width(0) <= rect.width() ? 0 : width(1) <= rect.width() ? 1 : 2;
  float x = rect.x0;
  const float y = rect.center().y;
  const float baseline = canvas.baseline(Type::small, y);
  for (const LegendItem& item : items) {
    const Label name = legend_name(item, cut);
    const float name_width = canvas.width(Type::small, name),
                value_width = canvas.width(Type::small_strong, item.value);
    if (x + 20 + name_width + 5 + value_width > rect.x1) break;
    if (item.tone != Tone::paper) {
      canvas.line({x, y}, {x + 14, y}, item.tone, item.with_dot ? 1.5f : 1.0f);
      if (item.with_dot) canvas.dot({x + 7, y}, 3, item.tone);
      x += 20;
    }
    x += canvas.text(x, baseline, Type::small, Tone::soft, name) + 5;
    x += canvas.text(x, baseline, Type::small_strong, Tone::ink, item.value) + 16;
  }
}

}  // namespace downhill::ui
