// Where panels draw: text, lines, pictures and places to click, all in dp (density-independent
// pixels), turned into device pixels at one place, here. Keeps a record of the widgets of a frame,
// so that tests can click them, and on demand of its texts, so that tests can see whether they
// collide. Knows nothing of training.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "gfx/pictures.hpp"
#include "ui/geometry.hpp"
#include "ui/label.hpp"
#include "ui/theme.hpp"

struct ImDrawList;

namespace downhill::ui {

enum class Align : uint8_t { left, center, right };

// What the mouse or a finger does with a place this frame.
struct Hit {
  bool hovered = false;
  bool held = false;     // pressed on it and not let go
  bool pressed = false;  // the press began this frame
  bool clicked = false;  // let go on it
};

struct WidgetRect {
  BasicLabel<32> name;  // "play", "step:gradient": stable, for tests and scripts
  Rect rect;            // CSS pixels, from the top left of the page
};

struct TextMark {
  Rect rect;      // dp: from the top of its capitals to its baseline, as wide as drawn
  Rect clip;      // dp: what can be seen there
  uint8_t layer;  // 0 page, 1 popup, 2 hover card; texts of one layer must not overlap
  bool scrolls;   // inside a scrolling area: may be cut at its upper and lower edge
  BasicLabel<48> text;
};

class Canvas {
 public:
  explicit Canvas(Theme& theme) : theme_(&theme) {}

  // The frame. `zoom`: CSS pixels per dp.
  void begin(gfx::Pictures& pictures, float zoom);
  void end();  // draws the tooltip, if any

  const Theme& theme() const { return *theme_; }
  gfx::Pictures& pictures() const { return *pictures_; }
  float scale() const { return theme_->scale(); }  // device pixels per dp
  Rect page() const { return page_; }
  double time() const { return time_; }       // seconds
  float elapsed() const { return elapsed_; }  // since the last frame, at most 0.1
  Vec mouse() const { return mouse_; }
  bool touch() const { return touch_; }
  float snap(float dp) const;  // to the nearest whole device pixel

  // Type.
  const TypeMetrics& metrics(Type type) const { return theme_->metrics(type); }
  float width(Type type, std::string_view text) const;
  // Baseline that centres capitals and figures on y.
  float baseline(Type type, float center_y) const { return center_y + metrics(type).cap / 2; }
  // On a baseline. Returns the width.
  float text(float x, float baseline, Type type, Tone tone, std::string_view text);
  float text_right(float x, float baseline, Type type, Tone tone, std::string_view text);
  float text_center(float x, float baseline, Type type, Tone tone, std::string_view text);
  // Centred vertically in a box and kept inside it: what does not fit ends in "…" and is told on
  // hover.
  void text_in(const Rect& box, Type type, Tone tone, std::string_view text,
               Align align = Align::left);
  // The first of these that fits, or else the last one, from the longest to the shortest.
  void text_in(const Rect& box, Type type, Tone tone,
               std::initializer_list<std::string_view> one_of, Align align = Align::left);
  // Broken into lines from the top of the box; at most `max_lines` (the last one ends in "…" if
  // need be). Returns the height it took.
  float paragraph(const Rect& box, Type type, Tone tone, std::string_view text, int max_lines = 99);
  float paragraph_height(float width, Type type, std::string_view text, int max_lines = 99) const;

  // Shapes.
  void fill(const Rect& rect, Tone tone, float radius = 0, float alpha = 1);
  void fill_color(const Rect& rect, uint32_t color, float radius = 0);
  void outline(const Rect& rect, Tone tone, float radius = 0, float thickness = 1);
  void line(Vec from, Vec to, Tone tone, float thickness = 1, float alpha = 1);
  void rule(float x0, float x1, float y, Tone tone = Tone::line);  // one sharp device pixel or more
  void rule_down(float x, float y0, float y1, Tone tone = Tone::line);
  void dot(Vec center, float radius, Tone tone, float alpha = 1);
  void ring(Vec center, float radius, Tone tone, float thickness = 1);
  void arc(Vec center, float radius, float from, float to, Tone tone, float thickness);  // radians
  void triangle(Vec a, Vec b, Vec c, Tone tone);
  void dashed(Vec from, Vec to, Tone tone, float dash = 4, float thickness = 1);
  // The whole texture over `rect`; nothing for texture 0.
  void image(gfx::TextureId texture, const Rect& rect);
  // One tile of it.
  void image_tile(gfx::TextureId texture, const gfx::TileGrid& grid, int tile, const Rect& rect);

  // Places. `name` is also the widget's id and must be unique in a frame; `part` counts those of
  // one kind.
  Hit hit(std::string_view name, const Rect& rect, int part = -1, bool hand = true);
  void note_widget(std::string_view name, const Rect& rect, int part = -1);
  // Says what a place means when the mouse rests on it (or a finger holds it).
  void explain(const Rect& rect, std::string_view text);
  bool hovering(const Rect& rect) const;  // nothing else (popup, drag) has the mouse

  // A hover card beside `anchor`: draw into the returned rectangle until end_card().
  Rect begin_card(Vec size, const Rect& anchor);
  void end_card();

  // A part that scrolls when its content is higher. Returns where the content stands (may reach out
  // of `rect`).
  Rect begin_scroll(std::string_view name, const Rect& rect, float content_height);
  void end_scroll();
  // A popup's own draw list and layer.
  void enter_layer(uint8_t layer);
  void leave_layer();
  void push_clip(const Rect& rect);
  void pop_clip();

  std::span<const WidgetRect> widgets() const { return widgets_; }
  void record_texts(bool on) { recording_ = on; }
  std::span<const TextMark> texts() const { return texts_; }

 private:
  void draw_run(float x, float baseline, Type type, Tone tone, std::string_view text);
  size_t fitting(Type type, std::string_view text, float width) const;  // bytes, whole words if any
  size_t fitting_letters(Type type, std::string_view text, float width) const;
  void draw_tooltip();

  Theme* theme_;
  gfx::Pictures* pictures_ = nullptr;
  ImDrawList* draw_ = nullptr;
  ImDrawList* under_card_ = nullptr;
  float zoom_ = 1;
  Rect page_;
  double time_ = 0;
  float elapsed_ = 0;
  Vec mouse_;
  bool touch_ = false;
  uint8_t layer_ = 0;
  int scroll_depth_ = 0;
  bool recording_ = false;
  std::vector<WidgetRect> widgets_;
  std::vector<TextMark> texts_;
  LongLabel tooltip_;
  Rect tooltip_anchor_, resting_on_;
  double rest_since_ = 0;
};

}  // namespace downhill::ui
