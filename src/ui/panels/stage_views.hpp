// The views of the stage. A new view is its own file and, here, its declaration and a row of
// kStageViews, or kPointViews: the stage draws the row, asks for its parts of the snapshot, and offers a choice
// where a phase has several rows. Knows no view from inside.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/chart.hpp"
#include "ui/expression_layout.hpp"
#include "ui/monotone_curve.hpp"
#include "ui/readings.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"
#include "ui/text_area.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {

// The mean digit that an image is nearest to.
struct NearestMean {
  uint32_t image = 0;  // of the batch
  uint8_t answer = 0;  // digit
  float distance = 0;
};
struct NearestMeans {
  uint64_t version = ~uint64_t{0};
  std::vector<NearestMean> images;  // the wrong ones first
  std::vector<uint8_t> pixels;      // in that order
  uint32_t wrong = 0;
};

// The digit that the visitor draws, while the engine does not have all of it yet.
struct OwnDigit {
  Drawing drawing;
  double sent_at = -1e9;  // seconds
};

struct ExpressionState {
  TextArea line{{.breaks = " ;+-*/,(", .spaces = true, .new_line = "; ", .least_lines = 1}};
  bool asked = false;          // for the first expression
  ExpressionLayout layout;     // of the expression and the width below
  std::string laid_out;        // its text
  float width = 0;             //
  std::optional<float> moved;  // where the point was dragged last
  int nudge = 0;               // which of the nudges is shown
};

// What the views keep from one frame to the next.
struct ViewState {
  NearestMeans nearest_means;
  OwnDigit own_digit;
  Chart chart;
  MonotoneCurve valley_curve;
  ExpressionState expression;
  float tape_height = 0;  // of the opened row, as it was drawn last
  TextField stop_target, stop_patience, stop_seconds;
};

struct StageContext {
  const Snapshot& snapshot;
  Readings& readings;
  Canvas& canvas;
  Selection& selection;
  Requests& requests;
  ViewState& state;
  bool leads = false;  // the steps are not beside it, so it has the button of the next one
  Rect beside_tabs{};  // to the right of the choice of views, for the view's own choices and words
};

// dp, with the choice of views; a lower stage scrolls.
struct LeastHeight {
  float narrow;                 // of a stage up to `from` wide
  float from = 1e9f, wide = 0;  // of a wider one
  constexpr float at(float width) const { return width > from ? wide : narrow; }
};

struct StageView {
  std::optional<Phase> phase;  // none: the overview
  void (*draw)(StageContext& c, const Rect& rect);
  uint32_t (*parts)(const Selection& selection);  // what it needs of a snapshot: SnapshotPart bits
  LeastHeight least;                              // with which it shows all it has
  std::string_view tab{}, help{};                 // its name and meaning where there is a choice
  std::string_view title{};                       // above it; empty: the phase's
};

// For a view whose parts do not depend on the selection.
template <uint32_t kParts>
uint32_t always(const Selection&) {
  return kParts;
}

void draw_overview(StageContext& c, const Rect& rect);
uint32_t overview_parts(const Selection& selection);
void draw_initialize_view(StageContext& c, const Rect& rect);
uint32_t initialize_parts(const Selection& selection);
void draw_pixel_similarity_view(StageContext& c, const Rect& rect);
void draw_predict_view(StageContext& c, const Rect& rect);
void draw_pipeline_view(StageContext& c, const Rect& rect);
void draw_own_digit_view(StageContext& c, const Rect& rect);
void draw_loss_view(StageContext& c, const Rect& rect);
void draw_gradient_view(StageContext& c, const Rect& rect);
uint32_t gradient_parts(const Selection& selection);
void draw_step_view(StageContext& c, const Rect& rect);
void draw_valley_view(StageContext& c, const Rect& rect);
void draw_expression_view(StageContext& c, const Rect& rect);
void draw_tape_view(StageContext& c, const Rect& rect);
void draw_repeat_view(StageContext& c, const Rect& rect);
void draw_epochs_view(StageContext& c, const Rect& rect);
void draw_confusion_view(StageContext& c, const Rect& rect);
void draw_worst_view(StageContext& c, const Rect& rect);
uint32_t evaluation_parts(const Selection& selection);
void draw_inspect_view(StageContext& c, const Rect& rect);
void draw_points_view(StageContext& c, const Rect& rect);
uint32_t points_parts(const Selection& selection);

// Of every experiment, whatever its data.
inline constexpr StageView kExpressionView{Phase::gradient,
                                           draw_expression_view,
                                           always<kPartExpression>,
                                           {964, 519, 500},
                                           "Expression",
                                           "A line of arithmetic, node by node forward and back.",
                                           "The gradient of a line of arithmetic"};
inline constexpr StageView kTapeView{
    Phase::gradient,
    draw_tape_view,
    always<kPartTape>,
    {1220, 648, 460},
    "Tape",
    "What autograd has written down of this batch, row by row.",
    "What autograd has written down"};

// By phase, the overview first. A phase opens with its first row.
inline constexpr std::array kStageViews = {
    StageView{{}, draw_overview, overview_parts, {392, 460, 300}},
    StageView{Phase::initialize,
              draw_initialize_view,
              initialize_parts,
              {664, 520, 464},
              "Weights",
              "The weights and how they are distributed."},
    StageView{Phase::initialize,
              draw_pixel_similarity_view,
              always<kPartBatch | kPartBaseline>,
              {560, 480, 380},
              "Without learning",
              "Which mean digit is nearer, pixel by pixel.",
              "Telling digits apart without learning"},
    StageView{Phase::predict,
              draw_predict_view,
              always<kPartBatch>,
              {344, 560, 240},
              "Predictions",
              "Every image of the batch with the model's prediction."},
    StageView{Phase::predict,
              draw_pipeline_view,
              always<kPartBatch | kPartPipeline>,
              {964, 500, 570},
              "From the file",
              "One image on its way from the file into the batch.",
              "One image on its way into the batch"},
    StageView{Phase::predict,
              draw_own_digit_view,
              always<kPartDrawing>,
              {640, 500, 320},
              "Your digit",
              "Draw a digit, and see what the model makes of it.",
              "What the model makes of your digit"},
    StageView{Phase::loss, draw_loss_view, always<kPartBatch>, {300}},
    StageView{Phase::gradient,
              draw_gradient_view,
              gradient_parts,
              {544, 700, 384},
              "Every weight",
              "Weights and gradient side by side."},
    StageView{Phase::gradient,
              draw_valley_view,
              always<kPartValley>,
              {420, 540, 300},
              "The valley",
              "The loss along the line that the step takes.",
              "The loss on the way downhill"},
    kExpressionView,
    kTapeView,
    StageView{Phase::step,
              draw_valley_view,
              always<kPartValley>,
              {420, 540, 300},
              "The valley",
              "The loss along the line that the step takes.",
              "How far one step goes"},
    StageView{Phase::step,
              draw_step_view,
              always<kPartWeights | kPartGradients | kPartChanges>,
              {520, 560, 420},
              "Every weight",
              "The weights before and after."},
    StageView{Phase::repeat, draw_repeat_view, always<kPartBatch>, {510, 652, 386}},
    StageView{Phase::stop,
              draw_epochs_view,
              always<kPartBaseline>,
              {604, 520, 424},
              "Epochs",
              "Validation, epoch by epoch."},
    StageView{Phase::stop,
              draw_confusion_view,
              evaluation_parts,
              {560, 500, 424},
              "Confusion",
              "Which digits are taken for which.",
              "Which digits are taken for which"},
    StageView{Phase::stop,
              draw_worst_view,
              evaluation_parts,
              {320},
              "Worst",
              "The validation images with the highest loss.",
              "The worst predictions"},
};

// One image's way through the model, in place of the phase's view.
inline constexpr StageView kInspectView{{}, draw_inspect_view, always<kPartInspection>, {300}};

// The same where the model learns from points, which are no images and have no classes.
inline constexpr LeastHeight kPointsHeight{500};
inline constexpr std::array kPointViews = {
    StageView{{}, draw_points_view, points_parts, kPointsHeight},
    StageView{Phase::initialize, draw_points_view, points_parts, kPointsHeight},
    StageView{Phase::predict, draw_points_view, points_parts, kPointsHeight},
    StageView{Phase::loss, draw_points_view, points_parts, kPointsHeight},
    StageView{Phase::gradient, draw_points_view, points_parts, kPointsHeight, "Every parameter",
              "The points, the curve, and the parameters with their gradients.",
              "Which way is downhill, for every parameter"},
    StageView{Phase::gradient,
              draw_valley_view,
              always<kPartValley>,
              {420, 540, 300},
              "The valley",
              "The loss along the line that the step takes.",
              "The loss on the way downhill"},
    kExpressionView,
    kTapeView,
    StageView{Phase::step, draw_points_view, points_parts, kPointsHeight, "Every parameter",
              "The curve before and after, and what is added to each parameter.",
              "Every parameter moves against its gradient"},
    StageView{Phase::step,
              draw_valley_view,
              always<kPartValley>,
              {420, 540, 300},
              "The valley",
              "The loss along the line that the step takes.",
              "How far one step goes"},
    StageView{Phase::repeat, draw_repeat_view, always<kPartFit>, {652, 652, 510}},
    StageView{Phase::stop, draw_epochs_view, always<0>, {424}},
};

// Of all phases, for these data.
constexpr std::span<const StageView> stage_views(DataKind data = DataKind::digits) {
  if (has_points(data)) return kPointViews;
  return kStageViews;
}
constexpr std::span<const StageView> views_of(const std::optional<Phase>& phase,
                                              DataKind data = DataKind::digits) {
  return std::ranges::equal_range(stage_views(data), phase, {}, &StageView::phase);
}

consteval bool complete(DataKind data) {
  const std::span<const StageView> views = stage_views(data);
  const auto unnamed = [data](const StageView& view) {
    return view.tab.empty() && views_of(view.phase, data).size() > 1;
  };
  const auto missing = [data](int phase) { return views_of(Phase(phase), data).empty(); };
  return std::ranges::is_sorted(views, {}, &StageView::phase) &&
         std::ranges::none_of(std::views::iota(0, kPhaseCount), missing) &&
         views_of(std::nullopt, data).size() == 1 && std::ranges::none_of(views, unnamed);
}
static_assert(complete(DataKind::digits) && complete(DataKind::curve),
              "The views are in the order of the phases, every phase has one, the overview one "
              "only, and where a phase has several, each has a tab.");

}  // namespace downhill::ui
