// One layer's weights or gradients as a heat map: images for units that see pixels, kernels
// for filters, a matrix for units that see a list, bars for norms. Reads parameters, asks gfx for
// the picture and reports what is under the mouse. A colour bar prints the scale.
#pragma once

#include <optional>
#include <string_view>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/layer_tiles.hpp"

namespace downhill::ui {

struct HeatSubject {
  std::string_view name = {};          // the widget's: "weights"
  uint64_t key = 0;                    // the picture's, one per place on the page
  std::span<const float> values = {};  // the whole slab of Parameters, or empty
  const LayerInfo* layer = nullptr;
  int unit = -1;  // show this unit alone, large; -1: all
  int page = 0;   // page of tiles, where not all fit
  float scale = 1;
  uint64_t version = 0;  // changes when values do
};

struct HeatFrame {  // where things were drawn, for the caller's own marks
  Rect rect;        // of the picture
  LayerTiles tiles;
  TilePlan plan;
  bool known = false;               // there are values
  std::optional<uint32_t> hovered;  // index into the slab
  int hovered_unit = -1;
  bool clicked = false;

  int first_unit() const { return plan.first / tiles.planes; }
  int units_shown() const { return plan.grid.tiles / tiles.planes; }
};

// Draws the picture from the top left of `room`. Marks the parameter `pointed`, which is under the
// mouse here or in a picture beside this one, and more strongly `probed`.
HeatFrame draw_heat(Canvas& canvas, const Rect& room, const HeatSubject& subject,
                    std::optional<uint32_t> pointed, std::optional<uint32_t> probed);

// Where the picture shows this parameter; nothing when it does not.
std::optional<Rect> parameter_rect(const Canvas& canvas, const HeatFrame& frame,
                                   const LayerInfo& layer, uint32_t parameter);

// Fills the ground under a picture of many small tiles, so that their gaps show as edges.
void draw_tile_ground(Canvas& canvas, const Rect& picture, const gfx::TileGrid& grid, float shrink);

// What the two colours of a scale stand for, in full and in a word.
struct ScaleWords {
  Label low = {}, high = {}, low_briefly = {}, high_briefly = {};
};

// A colour bar with its ends and its zero labelled, `width` wide from `at`. Takes 26 dp of height, or
// 39 with words.
// `beyond`: some values lie beyond its ends.
void draw_color_bar(Canvas& canvas, Vec at, float width, float scale, bool beyond = false,
                    const ScaleWords& words = {});

// The same in one line, "−0.5 ▬▬▬ +0.5", ending at `right`. Returns its width.
float draw_scale_line(Canvas& canvas, float right, float center_y, float scale);

}  // namespace downhill::ui
