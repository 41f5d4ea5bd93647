// The cards of the pipeline view: each stage of an image's way from the file into the batch, with its
// picture and the numbers of the same few pixels. Knows no layout.
#pragma once

#include <array>

#include "ui/image_grid.hpp"
#include "ui/panels/stage_views.hpp"

namespace downhill::ui {

inline constexpr int kPipelineCards = 6;

struct PipelineCard {
  int number = 0;
  Rect title, picture, words;
};

// A few pixels in a row of the image as it enters the network, and where they come from.
struct PixelRun {
  static constexpr int kPixels = 4;
  int row = 0, column = 0;            // in `entered`
  int from_row = 0, from_column = 0;  // in the image of the file
  int pad_row = 0, pad_column = 0;    // in the padded image
};
// The run whose neighbours differ most, among those that lie in the image of the file, too.
PixelRun choose_run(const Pipeline& p, ImageSize size, Augment augment);

struct PipelineContext {
  StageContext& stage;
  const Pipeline& p;
  ImageSize size;
  PixelRun run;
  Canvas& canvas() const { return stage.canvas; }
  Augment augment() const { return stage.snapshot.spec.augment; }
};

// Whether the experiment has this stage.
bool is_used(const PipelineContext& c, int number);
// An empty `picture` leaves out the frame of a stage that is off.
void draw_pipeline_card(PipelineContext& c, const PipelineCard& card);

}  // namespace downhill::ui
