#include "ui/theme.hpp"

#include <algorithm>
#include <cmath>

#include "imgui.h"
#include "implot.h"

namespace downhill::ui {
namespace {

// Inter: ascent 2728 and descent 680 in an em of 2816; capital letters are 2048 high. Dear ImGui's
// font size is ascent plus descent.
constexpr float kEm = 2816.0f, kFontHeight = 2728.0f + 680.0f, kCapital = 2048.0f;

constexpr TypeMetrics type_metrics(float em, float line) { return {em, line, em * kCapital / kEm}; }
constexpr auto kTypes = std::to_array<TypeMetrics>(
    {type_metrics(11, 14), type_metrics(12.5f, 17), type_metrics(12.5f, 17), type_metrics(14, 20),
     type_metrics(14, 20), type_metrics(20, 26), type_metrics(30, 36)});
constexpr auto kSemibold = std::to_array({false, false, true, false, true, true, true});
static_assert(kTypes.size() == kTypeCount && kSemibold.size() == kTypeCount, "a type is missing");

// The whole range: the fonts in assets/fonts hold little more than the page uses, and missing
// glyphs are skipped.
constexpr std::array<ImWchar, 3> kGlyphs = {0x0020, 0xFFFD, 0};
constexpr std::array<ImWchar, 5> kIconGlyphs = {0x2100, 0x2BFF, 0xE000, 0xF8FF, 0};

gfx::Lab shifted(gfx::Lab color, float lightness) {
  color.l += lightness;
  return color;
}

uint32_t pack(const gfx::Lab& color, float alpha) {
  const gfx::Rgb rgb = gfx::to_rgb(color);
  return ImGui::ColorConvertFloat4ToU32(ImVec4(rgb.r, rgb.g, rgb.b, alpha));
}

ImFont* add_font(std::span<const uint8_t> file, float pixels, const ImWchar* ranges, bool merge) {
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.MergeMode = merge;
  config.PixelSnapH = true;
  // Above about 30 device pixels a second sample per pixel makes no visible difference; one keeps
  // the atlas small.
  config.OversampleH = pixels > 30 ? 1 : 2;
  config.OversampleV = 1;
  // The atlas does not write to the file; its signature only lacks the const.
  return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(
      const_cast<uint8_t*>(file.data()), static_cast<int>(file.size()), pixels, &config, ranges);
}

}  // namespace

gfx::Lab tone_color(gfx::Theme mode, Tone tone) {
  const gfx::Palette& p = gfx::palette(mode);
  const bool dark = mode == gfx::Theme::dark;
  switch (tone) {
    case Tone::paper:
      return p.paper;
    case Tone::surface:
      return gfx::ink(p, dark ? 0.06f : 0.035f);
    case Tone::surface_deep:
      return gfx::ink(p, dark ? 0.12f : 0.075f);
    case Tone::line:
      return gfx::ink(p, dark ? 0.16f : 0.11f);
    case Tone::line_strong:
      return gfx::ink(p, dark ? 0.34f : 0.27f);
    case Tone::faint:
      return gfx::ink(p, dark ? 0.62f : 0.62f);
    case Tone::soft:
      return gfx::ink(p, dark ? 0.76f : 0.76f);
    case Tone::ink:
      return p.ink;
    case Tone::three:
      return p.positive;
    case Tone::seven:
      return p.negative;
    case Tone::three_text:
      return shifted(p.positive, dark ? 0.02f : -0.09f);
    case Tone::seven_text:
      return shifted(p.negative, dark ? 0.02f : -0.09f);
    // oklch(0.52 0.11 165) and oklch(0.78 0.12 165): green is as far from blue as from orange.
    case Tone::rate:
      return dark ? gfx::Lab{0.78f, -0.1159f, 0.0311f} : gfx::Lab{0.52f, -0.1063f, 0.0285f};
    case Tone::count_:
      break;
  }
  return p.ink;
}

gfx::Lab among_rates_color(gfx::Theme mode, float t) {
  // The two ends were chosen; those between maximize the least CIEDE2000 difference of any two, for
  // normal sight, protanopia and deuteranopia. It is above 7.
  constexpr size_t kRates = 9;
  static constexpr std::array<gfx::Lab, kRates> kLight = {{{0.6339f, -0.0321f, 0.0277f},
                                                           {0.5719f, -0.0384f, 0.0536f},
                                                           {0.5151f, -0.0344f, 0.0804f},
                                                           {0.4221f, -0.0870f, 0.0806f},
                                                           {0.3808f, -0.0858f, 0.0438f},
                                                           {0.3498f, -0.0665f, 0.0105f},
                                                           {0.3240f, -0.0510f, -0.0181f},
                                                           {0.2826f, -0.0242f, -0.0526f},
                                                           {0.2206f, 0.0214f, -0.0223f}}};
  static constexpr std::array<gfx::Lab, kRates> kDark = {{{0.5288f, 0.0649f, -0.0591f},
                                                          {0.6036f, 0.0194f, -0.0651f},
                                                          {0.6784f, -0.0097f, -0.0471f},
                                                          {0.7585f, -0.0084f, -0.0362f},
                                                          {0.8386f, -0.0437f, -0.0516f},
                                                          {0.8760f, -0.0805f, -0.0144f},
                                                          {0.8974f, -0.0878f, 0.0195f},
                                                          {0.9188f, -0.0802f, 0.0564f},
                                                          {0.9562f, -0.0295f, 0.1083f}}};
  const std::array<gfx::Lab, kRates>& colors = mode == gfx::Theme::dark ? kDark : kLight;
  const float place = std::clamp(t, 0.0f, 1.0f) * (kRates - 1);
  const size_t below = std::min(static_cast<size_t>(place), kRates - 2);
  const float share = place - static_cast<float>(below), rest = 1 - share;
  const gfx::Lab &a = colors[below], &b = colors[below + 1];
  return {a.l * rest + b.l * share, a.a * rest + b.a * share, a.b * rest + b.b * share};
}

const TypeMetrics& Theme::metrics(Type type) const { return kTypes[static_cast<size_t>(type)]; }

uint32_t Theme::color(Tone tone, float alpha) const {
  const uint32_t solid = color(tone);
  const auto a = static_cast<uint32_t>(std::lround(std::clamp(alpha, 0.0f, 1.0f) * 255.0f));
  return (solid & ~IM_COL32_A_MASK) | (a << IM_COL32_A_SHIFT);
}

uint32_t Theme::diverging(float t) const { return pack(gfx::diverging(gfx::palette(mode_), t), 1); }

uint32_t Theme::answer_ink(float t) const {
  return pack(gfx::answer_ink(gfx::palette(mode_), t), 1);
}

uint32_t Theme::certainty_ink(float t) const {
  return pack(gfx::certainty_ink(gfx::palette(mode_), t), 1);
}

uint32_t Theme::among_rates(float t, float alpha) const {
  return pack(among_rates_color(mode_, t), std::clamp(alpha, 0.0f, 1.0f));
}

void Theme::apply(gfx::Theme mode, float scale, const FontFiles& files) {
  const bool same_fonts = fonts_[0] != nullptr && scale == scale_;
  mode_ = mode;
  scale_ = scale;
  set_tones();
  if (!same_fonts) load_fonts(files);
  style_widgets();
}

void Theme::set_tones() {
  for (size_t i = 0; i < kToneCount; ++i) {
    colors_[i] = pack(tone_color(mode_, static_cast<Tone>(i)), 1);
  }
}

void Theme::load_fonts(const FontFiles& files) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.Flags |= ImFontAtlasFlags_NoMouseCursors;
  for (size_t i = 0; i < kTypeCount; ++i) {
    const float pixels = std::round(kTypes[i].em * scale_ * kFontHeight / kEm);
    fonts_[i] =
        add_font(kSemibold[i] ? files.semibold : files.regular, pixels, kGlyphs.data(), false);
    if (!files.icons.empty()) add_font(files.icons, pixels, kIconGlyphs.data(), true);
  }
  atlas.Build();
}

// Styles only what the page still takes from Dear ImGui: text fields, scrollbars and popups.
void Theme::style_widgets() const {
  ImGuiStyle style;
  style.WindowPadding = ImVec2(0, 0);
  style.WindowBorderSize = 0;
  style.WindowMinSize = ImVec2(1, 1);
  style.ChildBorderSize = 0;
  style.PopupBorderSize = 0;
  style.PopupRounding = 8;
  style.FrameBorderSize = 0;
  style.FramePadding = ImVec2(8, 6);
  style.FrameRounding = 4;
  style.ItemSpacing = ImVec2(0, 0);
  style.ScrollbarSize = 8;
  style.ScrollbarRounding = 4;
  style.DisplaySafeAreaPadding = ImVec2(0, 0);
  style.TouchExtraPadding = ImVec2(0, 0);
  style.ScaleAllSizes(scale_);
  style.MouseCursorScale = 1;
  const auto set = [&](ImGuiCol slot, Tone tone, float alpha = 1) {
    style.Colors[slot] = ImGui::ColorConvertU32ToFloat4(color(tone, alpha));
  };
  for (int i = 0; i < ImGuiCol_COUNT; ++i) style.Colors[i] = ImVec4(0, 0, 0, 0);
  set(ImGuiCol_Text, Tone::ink);
  set(ImGuiCol_TextDisabled, Tone::faint);
  set(ImGuiCol_WindowBg, Tone::paper);
  set(ImGuiCol_PopupBg, Tone::paper);
  set(ImGuiCol_ScrollbarGrab, Tone::line_strong);
  set(ImGuiCol_ScrollbarGrabHovered, Tone::faint);
  set(ImGuiCol_ScrollbarGrabActive, Tone::faint);
  set(ImGuiCol_TextSelectedBg, Tone::rate, 0.25f);
  ImGui::GetStyle() = style;
  if (ImPlot::GetCurrentContext() == nullptr) return;
  ImPlotStyle plot;
  plot.PlotBorderSize = 0;
  plot.PlotPadding = ImVec2(0, 0);
  plot.PlotMinSize = ImVec2(1, 1);
  plot.Marker = ImPlotMarker_None;
  for (int i = 0; i < ImPlotCol_COUNT; ++i) plot.Colors[i] = ImVec4(0, 0, 0, 0);
  ImPlot::GetStyle() = plot;
}

}  // namespace downhill::ui
