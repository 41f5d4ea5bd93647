#include "ui/panels/show.hpp"

#include "base/enumerators.hpp"
#include "base/query_text.hpp"
#include "ui/panels/stage_views.hpp"
#include "ui/panels/tools.hpp"

namespace downhill::ui {
namespace {

// Calls `take(name, apply)` for everything that can be shown of these data; apply changes a
// selection.
template <class Take>
void for_each_view(DataKind data, const Take& take) {
  take("overview", [](Selection& s) {
    s.stage.reset();
    s.panel = Panel::steps;
    s.tab = Tab::stage;
    s.inspecting = false;
  });
  for (int i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    const std::span<const StageView> views = views_of(phase, data);
    for (size_t k = 0; k < views.size(); ++k) {
      const auto open = [phase, k](Selection& s) {
        s.open(phase);
        s.tabs[static_cast<size_t>(phase)] = static_cast<uint8_t>(k);
      };
      if (k == 0) take(std::string(phase_name(phase)), open);
      if (views.size() > 1)
        take(std::string(phase_name(phase)) + ":" + view_word(views[k].tab), open);
      if (views[k].draw == draw_tape_view) take("tape", open);
    }
  }
  for (size_t i = 0; i < kTools.size(); ++i) {
    take(std::string(kTools[i].name), [i](Selection& s) {
      s.panel = Panel::tool;
      s.tool = static_cast<uint8_t>(i);
      s.tab = Tab::stage;
    });
  }
  take("experiment", [](Selection& s) { s.panel = Panel::experiment; });
  take("curves", [](Selection& s) {
    s.panel = Panel::steps;
    s.tab = Tab::curves;
  });
  take("steps", [](Selection& s) {
    s.panel = Panel::steps;
    s.tab = Tab::steps;
  });
}

}  // namespace

std::string view_word(std::string_view tab) {
  std::string word;
  for (const char c : tab) {
    if (c == ' ') {
      word += '-';
    } else {
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return word;
}

Result<void> show_view(Selection& selection, std::string_view name, DataKind data) {
  bool found = false;
  std::string all;
  for_each_view(data, [&](const std::string& view, const auto& apply) {
    all.append(all.empty() ? "" : ", ").append(view);
    if (view != name) return;
    found = true;
    apply(selection);
  });
  if (found) return {};
  const DataKind others = has_points(data) ? DataKind::digits : DataKind::curve;
  for_each_view(others, [&](const std::string& view, const auto&) { found |= view == name; });
  if (!found) return Error{"[show] view " + quoted(name) + " is none of " + all};
  return Error{"[show] view " + quoted(name) +
               (has_points(data) ? " is of digits, but this experiment learns from points"
                                 : " is of points, but this experiment learns from digits")};
}

bool is_view(std::string_view name) {
  Selection unused;
  return show_view(unused, name, DataKind::digits) || show_view(unused, name, DataKind::curve);
}

}  // namespace downhill::ui
