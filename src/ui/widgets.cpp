#include "ui/widgets.hpp"

#include <algorithm>
#include <cmath>

#include "imgui.h"

namespace downhill::ui {
namespace {

constexpr float kRadius = 6;

float text_block_width(const Canvas& canvas, const ButtonText& text) {
  float w = 0;
  if (!text.icon.empty()) w += canvas.width(Type::body, text.icon);
  if (!text.icon.empty() && !text.label.empty()) w += 6;
  return w + canvas.width(Type::body, text.label);
}

struct MenuColumns {
  float label = 0, explanation = 0, name = 0;  // widths in dp; 0: there is no room for it
};

MenuColumns menu_columns(const Canvas& canvas, float least,
                         std::span<const std::string_view> labels,
                         std::span<const std::string_view> explanations,
                         std::span<const std::string_view> names) {
  const float page = canvas.page().width() - 16;
  MenuColumns columns;
  for (const std::string_view label : labels)
    columns.label = std::max(columns.label, canvas.width(Type::body, label) + 44);
  for (const std::string_view text : explanations)
    columns.explanation = std::max(columns.explanation, canvas.width(Type::small, text) + 16);
  for (const std::string_view name : names) {
    if (!name.empty()) columns.name = std::max(columns.name, canvas.width(Type::small, name) + 16);
  }
  if (columns.label + columns.explanation + columns.name > page) columns.explanation = 0;
  if (columns.label + columns.name > page) columns.name = 0;
  columns.label = std::max(columns.label, least - columns.explanation - columns.name);
  return columns;
}

}  // namespace

bool button(Canvas& canvas, std::string_view name, const Rect& rect, ButtonLook look,
            const ButtonText& text, bool enabled, int part) {
  Hit hit;
  if (enabled) {
    hit = canvas.hit(name, rect, part);
  } else {
    canvas.note_widget(name, rect, part);
  }
  canvas.explain(rect, text.help, text.label);
  const bool primary = look == ButtonLook::primary && enabled;
  if (primary) {
    canvas.fill(rect, Tone::ink, kRadius, hit.held ? 0.8f : hit.hovered ? 0.9f : 1.0f);
  } else {
    if (hit.hovered || hit.held)
      canvas.fill(rect, hit.held ? Tone::surface_deep : Tone::surface, kRadius);
    if (look != ButtonLook::quiet) canvas.outline(rect, Tone::line, kRadius);
  }
  const Tone tone = primary ? Tone::paper : enabled ? Tone::ink : Tone::faint;
  const float room = rect.width() - 8;
  float w = text_block_width(canvas, text);
  if (text.icon.empty()) {
    canvas.text_in(rect.inset(4, 0), Type::body, tone, text.label, Align::center);
    return hit.clicked;
  }
  const float y = canvas.baseline(Type::body, rect.center().y);
  const bool with_label = !text.label.empty() && w <= room;
  if (!with_label) w = canvas.width(Type::body, text.icon);
  float x = rect.center().x - w / 2;
  x += canvas.text(x, y, Type::body, tone, text.icon) + 6;
  if (with_label) canvas.text(x, y, Type::body, tone, text.label);
  return hit.clicked;
}

float segmented_width(const Canvas& canvas, std::span<const std::string_view> choices) {
  float w = 4;
  for (const std::string_view choice : choices) w += canvas.width(Type::body, choice) + 20;
  return w;
}

std::optional<int> segmented(Canvas& canvas, std::string_view name, const Rect& rect,
                             std::span<const std::string_view> choices, int chosen,
                             std::string_view help, std::span<const std::string_view> helps) {
  std::optional<int> clicked;
  canvas.fill(rect, Tone::surface_deep, kRadius);
  canvas.note_widget(name, rect);
  float natural = 0;
  for (const std::string_view choice : choices) natural += canvas.width(Type::body, choice);
  const float share = (rect.width() - 4 - natural) / static_cast<float>(choices.size());
  float x = rect.x0 + 2;
  for (int i = 0; i < static_cast<int>(choices.size()); ++i) {
    const std::string_view label = choices[static_cast<size_t>(i)];
    const float w = canvas.width(Type::body, label) + share;
    const Rect part{x, rect.y0 + 2, x + w, rect.y1 - 2};
    x += w;
    const Hit hit = canvas.hit(name, part, i);
    if (i == chosen) canvas.fill(part, Tone::paper, kRadius - 2);
    const Tone tone = i == chosen || hit.hovered ? Tone::ink : Tone::soft;
    canvas.text_in(part.inset(2, 0), Type::body, tone, label, Align::center);
    if (hit.clicked && i != chosen) clicked = i;
    const bool has_help = i < static_cast<int>(helps.size());
    canvas.explain(part, has_help ? helps[static_cast<size_t>(i)] : "", label);
  }
  canvas.explain(rect, help);
  return clicked;
}

BasicLabel<48> menu_id(std::string_view name) { return BasicLabel<48>(name).add(" menu"); }

std::optional<int> menu(Canvas& canvas, std::string_view name, const Rect& rect,
                        std::span<const std::string_view> labels,
                        std::span<const std::string_view> explanations, int chosen,
                        std::string_view help, std::span<const std::string_view> names) {
  const Hit hit = canvas.hit(name, rect);
  const BasicLabel<48> id = menu_id(name);
  const bool open = ImGui::IsPopupOpen(id.c_str());
  if (hit.hovered || open) canvas.fill(rect, open ? Tone::surface_deep : Tone::surface, kRadius);
  canvas.outline(rect, Tone::line, kRadius);
  const std::string_view shown = chosen >= 0 && chosen < static_cast<int>(labels.size())
                                     ? labels[static_cast<size_t>(chosen)]
                                     : "";
  if (!open) canvas.explain(rect, help);
  canvas.text_in({rect.x0 + 10, rect.y0, rect.x1 - 22, rect.y1}, Type::body, Tone::ink, shown);
  const Vec c{rect.x1 - 13, rect.center().y};
  canvas.line({c.x - 3.5f, c.y - 1.75f}, {c.x, c.y + 1.75f}, Tone::soft, 1.25f);
  canvas.line({c.x, c.y + 1.75f}, {c.x + 3.5f, c.y - 1.75f}, Tone::soft, 1.25f);
  if (hit.clicked) ImGui::OpenPopup(id.c_str());
  std::optional<int> clicked = menu_list(canvas, name, rect, labels, explanations, chosen, names);
  if (clicked == chosen) clicked.reset();
  return clicked;
}

std::optional<int> menu_list(Canvas& canvas, std::string_view name, const Rect& rect,
                             std::span<const std::string_view> labels,
                             std::span<const std::string_view> explanations, int chosen,
                             std::span<const std::string_view> names) {
  const BasicLabel<48> id = menu_id(name);
  std::optional<int> clicked;
  if (!ImGui::IsPopupOpen(id.c_str())) return clicked;
  const float row = canvas.touch() ? 44.0f : 32.0f;
  const MenuColumns columns = menu_columns(canvas, rect.width(), labels, explanations, names);
  const float left = columns.label, right = columns.explanation;
  const Vec size{left + right + columns.name, row * static_cast<float>(labels.size()) + 8};
  const float s = canvas.scale();
  const float x = std::clamp(rect.x0, 8.0f, std::max(8.0f, canvas.page().x1 - size.x - 8));
  float y = rect.y1 + 4;
  if (y + size.y > canvas.page().y1 - 8) y = std::max(8.0f, rect.y0 - 4 - size.y);
  ImGui::SetNextWindowPos({std::round(x * s), std::round(y * s)});
  ImGui::SetNextWindowSize({size.x * s, size.y * s});
  if (!ImGui::BeginPopup(id.c_str(), ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoMove))
    return clicked;
  canvas.enter_layer(1);
  const Rect box = Rect::at(x, y, size.x, size.y);
  canvas.outline(box, Tone::line_strong, 8);
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    const Rect item =
        Rect::at(box.x0 + 4, box.y0 + 4 + row * static_cast<float>(i), size.x - 8, row);
    const BasicLabel<48> item_name =
        BasicLabel<48>(name).add(":").add(labels[static_cast<size_t>(i)]);
    const Hit on = canvas.hit(item_name, item);
    if (on.hovered) canvas.fill(item, Tone::surface_deep, 4);
    if (i == chosen) canvas.dot({item.x0 + 12, item.center().y}, 2.5f, Tone::ink);
    canvas.text_in({item.x0 + 24, item.y0, box.x0 + left, item.y1}, Type::body, Tone::ink,
                   labels[static_cast<size_t>(i)]);
    if (right > 0 && i < static_cast<int>(explanations.size())) {
      canvas.text_in({box.x0 + left, item.y0, box.x0 + left + right - 8, item.y1}, Type::small,
                     Tone::faint, explanations[static_cast<size_t>(i)]);
    }
    if (columns.name > 0 && i < static_cast<int>(names.size())) {
      canvas.text_in({box.x0 + left + right, item.y0, item.x1 - 8, item.y1}, Type::small,
                     Tone::soft, names[static_cast<size_t>(i)]);
    }
    if (on.clicked) {
      clicked = i;
      ImGui::CloseCurrentPopup();
    }
  }
  if (ImGui::IsKeyPressed(ImGuiKey_Escape, false)) ImGui::CloseCurrentPopup();
  ImGui::EndPopup();
  canvas.leave_layer();
  return clicked;
}

std::optional<int> chips(Canvas& canvas, std::string_view name, const Rect& rect,
                         std::span<const std::string_view> labels, int columns, uint32_t on,
                         std::string_view help) {
  constexpr float kBetween = 4;
  const int n = static_cast<int>(labels.size()), rows = (n + columns - 1) / columns;
  const float w = (rect.width() - kBetween * static_cast<float>(columns - 1)) /
                  static_cast<float>(columns),
              h = (rect.height() - kBetween * static_cast<float>(rows - 1)) /
                  static_cast<float>(rows);
  std::optional<int> clicked;
  for (int i = 0; i < n; ++i) {
    const Rect chip = Rect::at(rect.x0 + (w + kBetween) * static_cast<float>(i % columns),
                               rect.y0 + (h + kBetween) * static_cast<float>(i / columns), w, h);
    const Hit hit = canvas.hit(name, chip, i);
    const bool chosen = (on >> i & 1) != 0;
    if (chosen) {
      canvas.fill(chip, Tone::ink, kRadius, hit.hovered ? 0.85f : 1.0f);
    } else {
      if (hit.hovered) canvas.fill(chip, Tone::surface, kRadius);
      canvas.outline(chip, Tone::line, kRadius);
    }
    canvas.text_in(chip.inset(2, 0), Type::body, chosen ? Tone::paper : Tone::ink,
                   labels[static_cast<size_t>(i)], Align::center);
    // Beside all of them, so that it hides none.
    if (hit.hovered) canvas.explain(rect, {}, labels[static_cast<size_t>(i)]);
    if (hit.clicked) clicked = i;
  }
  canvas.explain(rect, help);
  return clicked;
}

bool toggle(Canvas& canvas, std::string_view name, const Rect& rect, bool on,
            std::string_view help) {
  const Hit hit = canvas.hit(name, rect);
  canvas.explain(rect, help);
  const Rect track = Rect::at(rect.x0, rect.center().y - 9, 32, 18);
  canvas.fill(track, on ? Tone::ink : Tone::line_strong, 9, hit.hovered ? 0.85f : 1.0f);
  canvas.dot({on ? track.x1 - 9 : track.x0 + 9, track.center().y}, 6.5f, Tone::paper);
  return hit.clicked;
}

bool escape_pressed() {
  return ImGui::IsKeyPressed(ImGuiKey_Escape, false) && !ImGui::GetIO().WantTextInput &&
         !ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId);
}

bool EditState::ended(bool entered, bool active) {
  const bool begun = wants_focus;
  wants_focus = false;
  editing = true;
  if (active) was_active = true;  // Dear ImGui gives the focus only a frame or two later
  if (!entered && !(was_active && !active && !begun)) return false;
  editing = was_active = false;
  return true;
}

int grow_text(ImGuiInputTextCallbackData* data) {
  auto& text = *static_cast<std::string*>(data->UserData);
  text.resize(static_cast<size_t>(data->BufTextLen));
  data->Buf = text.data();
  return 0;
}

std::optional<std::string_view> TextField::draw(Canvas& canvas, std::string_view name,
                                                const Rect& rect, std::string_view value, Type type,
                                                std::string_view help, Align align) {
  canvas.note_field(rect, keyboard_);
  canvas.explain(rect, state_.editing ? std::string_view() : help);
  if (!state_.editing && !state_.wants_focus) {  // looks like text until it is clicked
    const Hit hit = canvas.hit(name, rect, -1, false);
    if (hit.hovered) {
      ImGui::SetMouseCursor(ImGuiMouseCursor_TextInput);
      canvas.fill(rect, Tone::surface, kRadius);
    }
    canvas.outline(rect, Tone::line, kRadius);
    canvas.text_in(rect.inset(10, 0), type, Tone::ink, value, align);
    if (hit.clicked) state_.wants_focus = true;
    return std::nullopt;
  }
  canvas.note_widget(name, rect);
  if (state_.wants_focus) text_ = value;
  const float s = canvas.scale();
  canvas.outline(rect, Tone::ink, kRadius);
  ImGui::PushFont(canvas.theme().font(type));
  const float pad_y = (rect.height() * s - ImGui::GetFontSize()) / 2;
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(10 * s, std::max(0.0f, pad_y)));
  ImGui::SetCursorScreenPos({std::round(rect.x0 * s), std::round(rect.y0 * s)});
  ImGui::SetNextItemWidth(rect.width() * s);
  const BasicLabel<48> id = BasicLabel<48>("##").add(name).add(" field");
  if (state_.wants_focus) ImGui::SetKeyboardFocusHere();
  const bool entered = ImGui::InputText(
      id.c_str(), text_.data(), text_.capacity() + 1,
      ImGuiInputTextFlags_AutoSelectAll | ImGuiInputTextFlags_EnterReturnsTrue |
          ImGuiInputTextFlags_NoHorizontalScroll | ImGuiInputTextFlags_CallbackResize,
      grow_text, &text_);
  const bool active = ImGui::IsItemActive();
  const bool escaped = ImGui::IsKeyPressed(ImGuiKey_Escape);
  ImGui::PopStyleVar();
  ImGui::PopFont();
  if (!state_.ended(entered || text_.size() > kMostTyped, active)) return std::nullopt;
  if (escaped || text_ == value) return std::nullopt;
  return text_;
}

float fact_row(Canvas& canvas, float x0, float x1, float y, std::string_view name,
               std::string_view value, Tone tone) {
  canvas.text(x0, y, Type::small, Tone::faint, name);
  canvas.text_right(x1, y, Type::small_strong, tone, value);
  return y + kFactRow;
}

void progress_bar(Canvas& canvas, const Rect& track, float share) {
  const float radius = track.height() / 2, width = track.width() * std::clamp(share, 0.0f, 1.0f);
  canvas.fill(track, Tone::surface_deep, radius);
  if (width > 0) canvas.fill({track.x0, track.y0, track.x0 + width, track.y1}, Tone::ink, radius);
}

std::optional<float> slider(Canvas& canvas, std::string_view name, const Rect& rect, float position,
                            Tone tone, std::string_view help) {
  const Hit hit = canvas.hit(name, rect);
  canvas.explain(rect, help);
  constexpr float kKnob = 8;
  const float y = rect.center().y;
  const float x0 = rect.x0 + kKnob, x1 = rect.x1 - kKnob;
  std::optional<float> moved;
  if (hit.held && x1 > x0) {
    const float to = std::clamp((canvas.mouse().x - x0) / (x1 - x0), 0.0f, 1.0f);
    if (to != position) moved = to;
    position = to;
  }
  const float x = x0 + (x1 - x0) * std::clamp(position, 0.0f, 1.0f);
  canvas.fill({x0, y - 1.5f, x1, y + 1.5f}, Tone::line, 1.5f);
  canvas.fill({x0, y - 1.5f, x, y + 1.5f}, tone, 1.5f);
  if (hit.hovered || hit.held) canvas.dot({x, y}, kKnob + 3, tone, 0.15f);
  canvas.dot({x, y}, hit.held ? kKnob : kKnob - 1, tone);
  return moved;
}

}  // namespace downhill::ui
