// What went wrong, as a sentence with a remedy: the loss diverges, training has stalled, a command
// was refused, the engine is gone. It lies above the foot of the stage and moves nothing. Calm: ink
// on a shade of paper, no alarm colours.
#pragma once

#include <string>
#include <string_view>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/requests.hpp"

namespace downhill::ui {

class Banner {
 public:
  // At the foot of `stage`. Draws nothing when all is well.
  void draw(const Snapshot& snapshot, std::string_view engine_failure, Canvas& canvas,
            const Rect& stage, Requests& requests);

 private:
  enum class Kind : uint8_t { none, failure, health, error };
  Kind kind(const Snapshot& snapshot, std::string_view engine_failure) const;
  std::string sentence(Kind kind, const Snapshot& snapshot, std::string_view engine_failure) const;
  struct Remedy {
    Label label;           // of the button; empty: no button
    float width = 0;       // of the button, dp
    bool stacked = false;  // the button goes below the text
  };
  static float height(const Remedy& remedy, const Canvas& canvas, std::string_view words,
                      float width);
  // `width`: of the banner.
  static Remedy remedy(Kind kind, const Snapshot& snapshot, const Canvas& canvas, float width);

  void draw_content(Kind what, std::string_view words, const Remedy& way_out,
                    const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);

  std::string dismissed_error_;
  uint64_t dismissed_trouble_ = ~uint64_t{0};
};

}  // namespace downhill::ui
