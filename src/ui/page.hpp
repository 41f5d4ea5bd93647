// The page: one full-screen window that lays out the panels, reads a snapshot and collects
// requests. It owns what the reader has chosen to look at and nothing of the run. It knows no
// window system, no GL and no engine.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "gfx/pictures.hpp"
#include "session/race.hpp"
#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/layout.hpp"
#include "ui/panels/banner.hpp"
#include "ui/panels/curves_panel.hpp"
#include "ui/panels/experiment_sheet.hpp"
#include "ui/panels/header.hpp"
#include "ui/panels/lr_dial.hpp"
#include "ui/panels/notice.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/steps_rail.hpp"
#include "ui/panels/tools.hpp"
#include "ui/panels/transport.hpp"
#include "ui/readings.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"
#include "ui/shown.hpp"
#include "ui/spec_words.hpp"
#include "ui/theme.hpp"
#include "ui/widget_search.hpp"

namespace downhill::ui {

struct Surroundings {
  uint64_t snapshot_id = 0;  // changes with every new snapshot: EngineClient::snapshots_received()
  std::string_view engine_failure;             // EngineClient::failure()
  const RaceView* race = nullptr;              // Race::view(); null: no race yet
  std::string_view notice;                     // a message to show once: "The link is copied."
  uint64_t notices = 0;                        // said so far: the same message may come again
  uint64_t bytes_loaded = 0, bytes_total = 0;  // download of the data; total 0: unknown
  float first_speed = 0;                       // of the first Play, batches per second; 0: no limit
  bool course = false;                         // there is a course, which is not open
};

// What the page shows beside any stage: the curves, the dial's verdict, and the marks that findings
// leave on the dial, whether a panel or a script asked for them.
inline constexpr uint32_t kPartsBesideStage = kPartCurves | kPartFindings | kPartValley;

class Page {
 public:
  // Call before every frame. Sets fonts and styles when the theme, ratio or zoom has changed;
  // returns true when the font atlas was rebuilt and must be uploaded. `framebuffer_*`: device
  // pixels; `pixel_ratio`: device pixels per CSS pixel.
  bool restyle(gfx::Theme mode, float pixel_ratio, float framebuffer_width,
               float framebuffer_height, const FontFiles& fonts);

  // Call between ImGui::NewFrame and ImGui::Render. Appends to `requests`, which the caller clears.
  void draw(const Snapshot& snapshot, const Surroundings& surroundings, gfx::Pictures& pictures,
            Requests& requests);

  // The last frame's named widgets in CSS pixels, for tests that click: "play", "lr-dial",
  // "step:gradient", "model".
  std::span<const WidgetRect> widgets() const { return canvas_.widgets(); }
  // Its pictures and charts, in the same units.
  std::span<const WidgetRect> pictures() const { return canvas_.pictures_shown(); }
  std::span<const FieldPlace> fields() const { return canvas_.fields(); }
  void record_texts(bool on) { canvas_.record_texts(on); }
  std::span<const TextMark> texts() const { return canvas_.texts(); }
  // The last frame's tooltip and what it explains, in CSS pixels; empty: none.
  Rect tooltip() const { return canvas_.tooltip(); }
  Rect explained() const { return canvas_.explained(); }
  std::string_view tooltip_text() const { return canvas_.tooltip_text(); }
  // The words that explain themselves, as a text in the form of ui/words.hpp. Without it, or if it
  // is refused, none do.
  Result<void> use_words(std::string_view text);
  const Theme& theme() const { return theme_; }
  Selection& selection() { return selection_; }
  // Carries out `show`. The widget is looked for in the next frames; refuses an unknown view.
  Result<void> show(const ShowOrder& order, DataKind data = DataKind::digits);
  bool revealing() const { return search_.active(); }
  // A notice is shown, which disappears by itself: frames are needed although nothing changes.
  bool telling() const { return notice_.shown(); }
  // `tool`: a name in kTools.
  bool shows_tool(std::string_view tool) const {
    return selection_.panel == Panel::tool && kTools[selection_.tool].name == tool;
  }

 private:
  void keys(const Snapshot& snapshot, Requests& requests);
  void open_what_is_done(const Snapshot& snapshot, const Requests& requests, size_t first);
  void drop_stale_choices(const Snapshot& snapshot, const Snapshot& calm);
  void draw_parts(const Snapshot& snapshot, const Snapshot& calm, const Layout& layout,
                  Requests& requests);
  void draw_narrow(const Snapshot& snapshot, const Snapshot& calm, const Layout& layout,
                   Requests& requests);
  void draw_tab_row(Rect row, Requests& requests);
  void draw_tabs(const Snapshot& snapshot, const Snapshot& calm, const Layout& layout,
                 Requests& requests);
  void draw_stage(const Snapshot& snapshot, const Snapshot& calm, const Rect& rect, bool leads,
                  Requests& requests);
  ToolContext tool_context(const Snapshot& snapshot, Requests& requests) {
    return {snapshot, *race_, canvas_, selection_, requests};
  }
  Tool* tool() const;  // in the place of the stage; null: none
  uint32_t parts(const Layout& layout) const;

  Theme theme_;
  float zoom_ = 1, pixel_ratio_ = 0;
  bool styled_ = false;
  uint32_t parameter_count_ = 0;  // of the model that selection_ refers to
  std::string digits_;            // of the dataset that selection_ refers to
  DataKind data_ = DataKind::digits;
  const RaceView no_race_{};
  const RaceView* race_ = &no_race_;  // of the current frame
  Canvas canvas_{theme_};
  Shown shown_;
  Readings readings_;
  Selection selection_;
  WidgetSearch search_;
  SpecTexts texts_;
  Header header_;
  ExperimentSheet experiment_;
  Banner banner_;
  Notice notice_;
  Transport transport_;
  StepsRail rail_;
  Stage stage_;
  LrDial dial_;
  Tools tools_ = make_tools();
  CurvesPanel curves_;
};

}  // namespace downhill::ui
