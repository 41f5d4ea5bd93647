// The top of the page: the name, the most important choices of the experiment, and access to all
// others, to files and to a link. Every control is a field of the spec's table: its label, help and
// choices come from there, and a change is sent as `set?field=value`.
#pragma once

#include <string_view>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/field_menu.hpp"
#include "ui/panels/experiment_groups.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"
#include "ui/spec_words.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {

class Header {
 public:
  void draw(const Snapshot& snapshot, const SpecTexts& texts, const Loading& loading,
            Canvas& canvas, const Rect& rect, Selection& selection, Requests& requests);

 private:
  struct Frame {  // what every part needs
    const Snapshot& snapshot;
    const SpecTexts& texts;
    const Loading& loading;
    Canvas& canvas;
    Selection& selection;
    Requests& requests;
  };
  void draw_wordmark(Canvas& canvas, Vec at) const;
  void draw_controls(Frame& f, const Rect& rect, float extra);
  void draw_field(Frame& f, std::string_view name, const Rect& rect);
  void draw_digits(Frame& f, const SpecField& field, const Rect& rect);
  void draw_model(Frame& f, const SpecField& field, const Rect& rect);
  void draw_choice(Frame& f, const SpecField& field, const Rect& rect);
  void draw_seed(Frame& f, const SpecField& field, const Rect& rect);
  void draw_experiment_button(Frame& f, const Rect& rect);
  void draw_words(Frame& f, const Rect& place);  // narrow: the experiment in words
  void draw_files(Frame& f, const Rect& rect);
  void draw_link(Frame& f, const Rect& rect);

  TextField seed_, batch_;
  FieldMenu menu_;
};

}  // namespace downhill::ui
