// Where panels draw: text, lines, pictures and click targets, all in dp (density-independent
// pixels), which are converted to device pixels only here. Records each frame's widgets, so that
// tests can click them, and on demand its texts, so that tests can check that none collide. Knows
// nothing of training.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "gfx/pictures.hpp"
#include "ui/geometry.hpp"
#include "ui/label.hpp"
#include "ui/theme.hpp"
#include "ui/words.hpp"

struct ImDrawList;

namespace downhill::ui {

enum class Align : uint8_t { left, center, right };

// What the mouse or a finger does to a click target in this frame.
struct Hit {
  bool hovered = false;
  bool held = false;     // pressed on it and not released
  bool pressed = false;  // the press began this frame
  bool clicked = false;  // released on it
};

struct WidgetRect {
  BasicLabel<32> name;  // "play", "step:gradient": stable, for tests and scripts
  Rect rect;            // CSS pixels, from the top left of the page
};

// What a phone shows to fill a field.
enum class Keyboard : uint8_t { numbers, letters };

struct FieldPlace {
  Rect rect;  // CSS pixels
  Keyboard keyboard;
};

struct TextMark {
  Rect rect;      // dp: from the top of its capitals to its baseline, as wide as drawn
  Rect clip;      // dp: the visible area
  uint8_t layer;  // 0 page, 1 popup, 2 hover card; texts of one layer must not overlap
  bool scrolls;   // inside a scrolling area: may be cut at its upper and lower edge
  bool shortened;  // it ends in "…"
  BasicLabel<48> text;  // its beginning
};

class Canvas {
 public:
  explicit Canvas(Theme& theme) : theme_(&theme) {}

  // Begins a frame. `zoom`: CSS pixels per dp.
  void begin(gfx::Pictures& pictures, float zoom);
  void end();  // draws the tooltip, if any

  const Theme& theme() const { return *theme_; }
  gfx::Pictures& pictures() const { return *pictures_; }
  float scale() const { return theme_->scale(); }  // device pixels per dp
  Rect page() const { return page_; }
  double time() const { return time_; }       // seconds
  float elapsed() const { return elapsed_; }  // seconds since the last frame, at most 0.1
  Vec mouse() const { return mouse_; }
  bool touch() const { return touch_; }
  float snap(float dp) const;  // to the nearest whole device pixel

  // Type.
  const TypeMetrics& metrics(Type type) const { return theme_->metrics(type); }
  float width(Type type, std::string_view text) const;
  // Baseline that centres capitals and figures on y.
  float baseline(Type type, float center_y) const { return center_y + metrics(type).cap / 2; }
  // These draw on a baseline and return the width.
  float text(float x, float baseline, Type type, Tone tone, std::string_view text);
  float text_right(float x, float baseline, Type type, Tone tone, std::string_view text);
  float text_center(float x, float baseline, Type type, Tone tone, std::string_view text);
  // Draws the text vertically centred in a box. A text that is too wide ends in "…" and is shown
  // whole on hover.
  void text_in(const Rect& box, Type type, Tone tone, std::string_view text,
               Align align = Align::left);
  // Draws the first text that fits, else the last; order them from the longest to the shortest.
  // When another one is drawn, the first is shown on hover.
  void text_in(const Rect& box, Type type, Tone tone,
               std::initializer_list<std::string_view> one_of, Align align = Align::left);
  // Breaks the text into lines from the top of the box, `max_lines` at most; the last one ends in
  // "…" when text is left over. Returns the height used.
  float paragraph(const Rect& box, Type type, Tone tone, std::string_view text, int max_lines = 99);
  float paragraph_height(float width, Type type, std::string_view text, int max_lines = 99) const;

  // Shapes.
  void fill(const Rect& rect, Tone tone, float radius = 0, float alpha = 1);
  void fill_color(const Rect& rect, uint32_t color, float radius = 0);
  void outline(const Rect& rect, Tone tone, float radius = 0, float thickness = 1);
  void line(Vec from, Vec to, Tone tone, float thickness = 1, float alpha = 1);
  // Sharp lines, at least one device pixel thick.
  void rule(float x0, float x1, float y, Tone tone = Tone::line);
  void rule_down(float x, float y0, float y1, Tone tone = Tone::line);
  void dot(Vec center, float radius, Tone tone, float alpha = 1);
  void ring(Vec center, float radius, Tone tone, float thickness = 1);
  void arc(Vec center, float radius, float from, float to, Tone tone, float thickness);  // radians
  void triangle(Vec a, Vec b, Vec c, Tone tone);
  void dashed(Vec from, Vec to, Tone tone, float dash = 4, float thickness = 1);
  // Draws the whole texture over `rect`; texture 0 draws nothing.
  void image(gfx::TextureId texture, const Rect& rect);
  // Draws one tile of the texture.
  void image_tile(gfx::TextureId texture, const gfx::TileGrid& grid, int tile, const Rect& rect);

  // Click targets. `name` is also the widget's id and must be unique in a frame; `part` numbers
  // targets of the same name.
  Hit hit(std::string_view name, const Rect& rect, int part = -1, bool hand = true);
  // While it is called, a finger that drags draws or turns something and does not scroll.
  void claim_drag() { claims_drag_ = true; }
  void note_widget(std::string_view name, const Rect& rect, int part = -1);
  // Scrolls the widget of this name into view when it is drawn; empty: none.
  void reveal(std::string_view name) { to_reveal_ = name; }
  bool revealed() const { return revealed_; }  // it was drawn in this frame
  // A picture or a chart that can be saved, by this name.
  void note_picture(std::string_view name, const Rect& rect);
  // Text can be typed here.
  void note_field(const Rect& rect, Keyboard keyboard);
  // Shows a tooltip when the mouse rests on `rect`, or a finger is held on it: `text`, and below it
  // the words of the field in `caption`.
  void explain(const Rect& rect, std::string_view text, std::string_view caption = {});
  // The words that explain themselves wherever a text of the page has them, but for paragraphs and
  // what has a tooltip of its own.
  void use_words(Words words) { words_ = std::move(words); }
  bool visible(const Rect& rect) const;   // not all outside the scrolling area or the page
  bool hovering(const Rect& rect) const;  // false while a popup or a drag has the mouse

  // A hover card beside `anchor`, where it covers the least of the widgets: draw into the returned
  // rectangle until end_card().
  Rect begin_card(Vec size, const Rect& anchor);
  void begin_card_at(const Rect& box);
  void end_card();

  // An area above the panels, which takes the mouse from what lies below it: draw into `rect` until
  // end_overlay().
  void begin_overlay(std::string_view name, const Rect& rect);
  void end_overlay();

  // An area that scrolls when its content is taller. Returns the rectangle of the content, which
  // may extend beyond `rect`.
  Rect begin_scroll(std::string_view name, const Rect& rect, float content_height);
  void end_scroll();
  // Switches to a popup's draw list and layer.
  void enter_layer(uint8_t layer);
  void leave_layer();
  void push_clip(const Rect& rect);
  void pop_clip();

  std::span<const WidgetRect> widgets() const { return widgets_; }
  std::span<const WidgetRect> pictures_shown() const { return shown_; }
  // The visible parts of the fields that a press would open; none while a menu is open.
  std::span<const FieldPlace> fields() const { return fields_; }
  // The tooltip that this frame shows, and what it explains, in CSS pixels; empty when there is
  // none.
  Rect tooltip() const { return css(tooltip_box_); }
  Rect explained() const { return css(tooltip_anchor_); }
  std::string_view tooltip_text() const { return tooltip_box_.empty() ? "" : tooltip_.view(); }
  void record_texts(bool on) { recording_ = on; }
  std::span<const TextMark> texts() const { return texts_; }

 private:
  void draw_run(float x, float baseline, Type type, Tone tone, std::string_view text);
  // The same for a caption, whose words explain themselves.
  void draw_caption(float x, float baseline, Type type, Tone tone, std::string_view text);
  // How many bytes fit: whole words if any, or single letters.
  size_t fitting(Type type, std::string_view text, float width) const;
  size_t fitting_letters(Type type, std::string_view text, float width) const;
  Rect css(const Rect& r) const { return {r.x0 * zoom_, r.y0 * zoom_, r.x1 * zoom_, r.y1 * zoom_}; }
  void draw_tooltip();
  void draw_shadow(const Rect& box);
  void scroll_to(const Rect& rect);
  Rect card_place(Vec size, const Rect& anchor) const;
  float covered(const Rect& box, const Rect& anchor) const;

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
  bool claims_drag_ = false, drag_is_claimed_ = false;  // in this frame, in the one before
  uint8_t layer_ = 0;
  int scroll_depth_ = 0;
  bool recording_ = false;
  std::vector<WidgetRect> widgets_, last_widgets_;  // of this frame, of the one before
  BasicLabel<32> to_reveal_;
  bool revealed_ = false;
  std::vector<FieldPlace> fields_;
  std::vector<TextMark> texts_;
  Words words_;
  const Word* word_ = nullptr;  // that the mouse is on
  Rect word_place_;
  LongLabel tooltip_;
  Rect tooltip_box_, tooltip_anchor_, resting_on_, pressed_on_;
  Vec pressed_at_;
  double rest_since_ = 0;
  bool is_pressed_ = false;  // and explains nothing until the mouse is elsewhere
  std::vector<WidgetRect> shown_;  // pictures and charts of this frame
};

}  // namespace downhill::ui
