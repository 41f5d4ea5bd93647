// How the page looks: tones, type, spacing. Colour belongs to the data (blue and orange for the
// classes and for signs, green for the learning rate); the page itself is ink on paper. All tones are derived in OKLab from the
// palette of gfx, so there is one colour language. Knows no panels.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "gfx/color.hpp"

struct ImFont;

namespace downhill::ui {

enum class Tone : uint8_t {
  paper,         // the page
  surface,       // a shade off the paper: hovered, pressed, selected
  surface_deep,  // one shade more
  line,          // hairlines
  line_strong,   // outlines of controls, the zero line of a chart
  faint,         // captions, units (contrast at least 4.5 on paper)
  soft,          // secondary text
  ink,           // text
  three,         // class 3, positive (marks)
  seven,         // class 7, negative (marks)
  three_text,    // the same, dark enough for text
  seven_text,
  rate,  // the learning rate, wherever it shows
  count_,
};

// The ink of a signed number: orange below zero, blue above.
constexpr Tone sign_tone(float value) {
  return value < 0 ? Tone::seven_text : value > 0 ? Tone::three_text : Tone::ink;
}
inline constexpr size_t kToneCount = static_cast<size_t>(Tone::count_);

enum class Type : uint8_t {
  tiny,   // tick labels
  small,  // captions, sentences of the rail
  small_strong,
  body,
  strong,   // names, live numbers
  heading,  // panel titles
  display,  // the one large number
  count_,
};
inline constexpr size_t kTypeCount = static_cast<size_t>(Type::count_);

struct FontFiles {  // TrueType, must outlive the atlas
  std::span<const uint8_t> regular, semibold, icons;
};

struct TypeMetrics {  // dp
  float em = 0;       // font size in the designer's sense
  float line = 0;     // from baseline to baseline
  float cap = 0;      // height of capital letters and figures
};

class Theme {
 public:
  // Clears the current ImGui context's atlas, loads the fonts at `scale` device pixels per dp, and
  // sets the styles of Dear ImGui and ImPlot (when it has a context). No GL: the caller uploads the
  // atlas.
  void apply(gfx::Theme mode, float scale, const FontFiles& files);

  gfx::Theme mode() const { return mode_; }
  float scale() const { return scale_; }
  uint32_t color(Tone tone) const { return colors_[static_cast<size_t>(tone)]; }
  // `alpha` 0..1 times the tone's own.
  uint32_t color(Tone tone, float alpha) const;
  uint32_t diverging(float t) const;   // the colour of a heat map, t in -1..1
  uint32_t answer_ink(float t) const;  // see gfx::answer_ink; t in -1..1
  uint32_t certainty_ink(float t) const;
  // The colour of one learning rate among several: t = 0 is the least, 1 the greatest.
  uint32_t among_rates(float t, float alpha = 1) const;
  ImFont* font(Type type) const { return fonts_[static_cast<size_t>(type)]; }
  const TypeMetrics& metrics(Type type) const;

 private:
  void set_tones();
  void load_fonts(const FontFiles& files);
  void style_widgets() const;

  gfx::Theme mode_ = gfx::Theme::light;
  float scale_ = 1;
  std::array<uint32_t, kToneCount> colors_{};
  std::array<ImFont*, kTypeCount> fonts_{};
};

// The tone as a Lab colour, for contrast tests.
gfx::Lab tone_color(gfx::Theme mode, Tone tone);
// The colours of up to nine rates, further from the paper as the rate grows, so that they are in
// order also without hue. Neighbours differ for normal and for red-green deficient sight, and none is
// near the blue and orange of classes. t is clamped to 0..1.
gfx::Lab among_rates_color(gfx::Theme mode, float t);

}  // namespace downhill::ui
