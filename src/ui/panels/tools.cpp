#include "ui/panels/tools.hpp"

#include "ui/layout.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {

Tools make_tools() {
  Tools tools;
  std::ranges::transform(kTools, tools.begin(), [](const ToolRow& row) { return row.make(); });
  return tools;
}

void open_tool(ToolContext& c, size_t tool, bool again) {
  c.selection.panel = Panel::tool;
  c.selection.tool = static_cast<uint8_t>(tool);
  c.selection.tab = Tab::stage;
  kTools[tool].open(c, again);
}

void draw_tool_title(ToolContext& c, const Rect& rect, std::string_view heading) {
  std::array<std::string_view, kTools.size()> names;
  std::ranges::transform(kTools, names.begin(), &ToolRow::tab);
  Canvas& canvas = c.canvas;
  Rect rest = rect;
  const bool choice = make_layout(canvas.page()).shape != Shape::wide;
  const float tools = choice ? segmented_width(canvas, names) : 0;
  const float words = canvas.width(Type::heading, heading) + (choice ? 16.0f : 0.0f);
  if (words + tools <= rest.width()) {
    canvas.text_in(rest.cut_left(words), Type::heading, Tone::ink, heading);
  }
  if (!choice) return;
  rest = rest.inset(0, 2);
  const float width = std::min(rest.width(), tools);
  if (const auto clicked =
          segmented(canvas, "rate-tool", rest.cut_left(width), names, c.selection.tool))
    open_tool(c, static_cast<size_t>(*clicked), false);
}

void draw_tool_words(Canvas& canvas, Rect& rest, std::string_view words) {
  rest.cut_top(6);
  const float height = canvas.paragraph_height(rest.width(), Type::small, words);
  canvas.paragraph(rest.cut_top(height), Type::small, Tone::faint, words);
  rest.cut_top(8);
}

void draw_tool_done(ToolContext& c, Rect& title, std::string_view name, std::string_view help) {
  const bool escaped = escape_pressed();
  const Rect place = title.cut_right(c.canvas.width(Type::body, "Done") + 44);
  if (button(c.canvas, name, place, ButtonLook::quiet,
             {.label = "Done", .icon = "✕", .help = help}) ||
      escaped)
    c.selection.panel = Panel::steps;
}

}  // namespace downhill::ui
