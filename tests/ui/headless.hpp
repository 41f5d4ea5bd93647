// The page without a screen: Dear ImGui and ImPlot with no backend, pictures that only record what
// was asked for, and a mouse that the test moves.
#pragma once

#include <imgui.h>
#include <implot.h>

#include <string>
#include <string_view>
#include <vector>

#include "gfx/pictures.hpp"
#include "session/snapshot.hpp"
#include "support/files.hpp"
#include "test_paths.hpp"
#include "ui/page.hpp"

namespace downhill::test {

// Puts a tool of ui::kTools in the place of the stage, without asking for its work.
inline void show_tool(ui::Selection& selection, std::string_view name) {
  selection.panel = ui::Panel::tool;
  selection.tool = static_cast<uint8_t>(ui::tool_named(name));
}

// Records whether everything that was asked for could be drawn.
class NotedPictures final : public gfx::Pictures {
 public:
  gfx::TextureId draw(uint64_t key, const gfx::Picture& picture) override {
    const gfx::TileGrid& grid = picture.grid;
    const size_t tile = static_cast<size_t>(grid.tile_width) * grid.tile_height +
                        (gfx::has_tile_numbers(picture.map) ? 1 : 0);
    const size_t wanted = static_cast<size_t>(grid.tiles) * tile;
    const size_t given = picture.values.empty() ? picture.bytes.size() : picture.values.size();
    if (!grid.valid() || given != wanted || !(picture.scale > 0)) all_valid = false;
    drawn += 1;
    if (key == watched) {
      seen = picture;
      seen_values.assign(picture.values.begin(), picture.values.end());
    }
    return 1;
  }
  // The picture with this key as it was drawn last, with a copy of its values.
  uint64_t watched = ~uint64_t{0};
  gfx::Picture seen;
  std::vector<float> seen_values;
  int drawn = 0;
  bool all_valid = true;  // sizes fit together, scales are positive
};

struct ScreenSize {
  float width, height, ratio;  // CSS pixels, device pixels per CSS pixel
};

class HeadlessPage {
 public:
  explicit HeadlessPage(ScreenSize size, gfx::Theme theme = gfx::Theme::light)
      : size_(size), theme_(theme) {
    const std::string fonts = std::string(DOWNHILL_SOURCE_DIR) + "/assets/fonts/";
    regular_ = read_file(fonts + "ui-regular.ttf");
    semibold_ = read_file(fonts + "ui-semibold.ttf");
    icons_ = read_file(fonts + "ui-icons.ttf");
    const std::vector<uint8_t> words =
        read_file(std::string(DOWNHILL_SOURCE_DIR) + "/assets/course/en/words.md");
    const Result<void> used =
        page.use_words({reinterpret_cast<const char*>(words.data()), words.size()});
    REQUIRE_MESSAGE(used, used.error().message);
    surroundings.course = true;
    ImGui::CreateContext();
    ImPlot::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DeltaTime = 1.0f / 60;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  }
  ~HeadlessPage() {
    ImPlot::DestroyContext();
    ImGui::DestroyContext();
  }
  HeadlessPage(const HeadlessPage&) = delete;
  HeadlessPage& operator=(const HeadlessPage&) = delete;

  // Draws some frames of a snapshot; requests pile up in `requests`.
  void frames(const Snapshot& snapshot, int count = 3) {
    surroundings.snapshot_id += 1;
    draw_only(snapshot, count);
  }
  // The same, but no new snapshot arrives.
  void draw_only(const Snapshot& snapshot, int count) {
    for (int i = 0; i < count; ++i) {
      ImGuiIO& io = ImGui::GetIO();
      io.DisplaySize = {size_.width * size_.ratio, size_.height * size_.ratio};
      if (page.restyle(theme_, size_.ratio, io.DisplaySize.x, io.DisplaySize.y,
                       {regular_, semibold_, icons_})) {
        io.Fonts->SetTexID(reinterpret_cast<ImTextureID>(uintptr_t{2}));
      }
      ImGui::NewFrame();
      page.draw(snapshot, surroundings, pictures, requests);
      ImGui::Render();
    }
  }
  // CSS pixels.
  void move(float x, float y) { ImGui::GetIO().AddMousePosEvent(x * size_.ratio, y * size_.ratio); }
  void press(bool down) { ImGui::GetIO().AddMouseButtonEvent(ImGuiMouseButton_Left, down); }
  // Moves to the middle of a widget, presses and releases, some frames each, as a hand does.
  void click(const Snapshot& snapshot, std::string_view widget) {
    const ui::Rect place = rect(widget);
    REQUIRE_MESSAGE(!place.empty(), "no widget ", std::string(widget));
    click_at(snapshot, place.center());
  }
  void click_at(const Snapshot& snapshot, ui::Vec at) {
    move(at.x, at.y);
    frames(snapshot, 2);
    press(true);
    frames(snapshot, 2);
    press(false);
    frames(snapshot, 2);
  }
  void type(const Snapshot& snapshot, std::string_view text) {
    for (const char c : text) ImGui::GetIO().AddInputCharacter(static_cast<unsigned>(c));
    frames(snapshot, 2);
    key(snapshot, ImGuiKey_Enter);
  }
  // Over all that the field holds, without Enter.
  void paste(const Snapshot& snapshot, const std::string& text) {
    ImGui::SetClipboardText(text.c_str());
    ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, true);
    key(snapshot, ImGuiKey_A);
    key(snapshot, ImGuiKey_V);
    ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, false);
    frames(snapshot, 2);
  }
  void key(const Snapshot& snapshot, ImGuiKey key) {
    ImGui::GetIO().AddKeyEvent(key, true);
    frames(snapshot, 1);
    ImGui::GetIO().AddKeyEvent(key, false);
    frames(snapshot, 1);
  }
  // CSS pixels; empty when there is no widget of that name.
  ui::Rect rect(std::string_view widget) const {
    for (const ui::WidgetRect& w : page.widgets()) {
      if (w.name.view() == widget) return w.rect;
    }
    return {};
  }
  bool has(std::string_view widget) const { return !rect(widget).empty(); }
  // The edits of all `set` requests so far, one per line.
  std::string edits() const {
    std::string all;
    for (const Command& command : requests.commands) {
      if (command.kind == CommandKind::set) all += command.edits + "\n";
    }
    return all;
  }
  int asked(CommandKind kind) const {
    int n = 0;
    for (const Command& command : requests.commands) n += command.kind == kind ? 1 : 0;
    return n;
  }

  ui::Page page;
  ui::Requests requests;
  NotedPictures pictures;
  ui::Surroundings surroundings;

 private:
  ScreenSize size_;
  gfx::Theme theme_;
  std::vector<uint8_t> regular_, semibold_, icons_;
};

}  // namespace downhill::test
