// What the parts of a snapshot are made of: plain structs, each with the list of its members. The
// struct of a new part goes here, and parts.hpp declares the part itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/drawing.hpp"
#include "expression/view.hpp"
#include "nn/network_spec.hpp"
#include "session/schema/members.hpp"
#include "session/schema/tape.hpp"
#include "train/findings.hpp"
#include "train/fit.hpp"
#include "train/recorder.hpp"
#include "train/valley.hpp"

namespace downhill {

struct Curves {
  uint32_t generation = 0;  // changes when earlier points no longer hold: then start over
  std::vector<CurvePoint> steps;
  std::vector<EpochPoint> epochs;
  std::vector<LrMark> marks;
};

// One layer with parameters: each unit sees planes × rows × columns numbers. Its weights are in
// Parameters::values at weight_offset as torch has them, [out][planes][rows][columns]; its biases
// at bias_offset as [out]. The first linear layer sees 28 × 28 pixels, a conv 3 × 3 of each of its
// planes, later linear layers a list (planes and rows 1). In a norm, `weight` is gamma, one number
// per channel, and `bias` is beta.
struct LayerInfo {
  std::string name;  // "layer1", "norm1"
  LayerKind kind = LayerKind::linear;
  uint32_t in = 0, out = 0;  // in = planes · rows · columns
  uint32_t planes = 1, rows = 1, columns = 1;
  uint32_t weight_offset = 0;
  bool has_bias = true;
  uint32_t bias_offset = 0;  // 0 without a bias
  bool frozen = false;
};

// Slabs in display order (see LayerInfo).
struct Parameters {
  std::vector<LayerInfo> layers;
  std::vector<float> values;
  // Of the last backward pass, kept for showing after the step. Empty before the first one.
  std::vector<float> gradients;
  // How far each weight moves: in the next step when the gradient has just been computed, otherwise
  // in the last step. Empty before the first gradient.
  std::vector<float> changes;
};

// Its images, and those of the structs below, are of Status::image_rows × image_columns pixels.
struct BatchView {
  uint32_t size = 0;               // images in the whole batch
  uint32_t shown = 0;              // the first of them, described below
  bool predicted = false;          // predictions are of these images (step 2 was done)
  uint32_t outputs_per_image = 1;  // 1 or the number of classes
  std::vector<uint8_t> pixels;     // [shown][rows][columns], 0 paper … 255 ink: the originals
  std::vector<uint8_t> entered;    // the same after augmentation; empty without it
  std::vector<uint32_t> indices;   // place in the training set
  std::vector<uint8_t> digits;     // what the image shows
  std::vector<uint8_t> labels;     // what its label says; another digit where the label is wrong
  std::vector<float> outputs;      // [shown][outputs_per_image], before any sigmoid or softmax
  // [shown][outputs_per_image], see Objective::scores. A single output scores the first digit.
  std::vector<float> scores;
  std::vector<uint8_t> answers;  // the digit that the model answers
  std::vector<float> losses;     // of each image; their mean over the batch is the loss
};

// The automatic test, image by image, of the weights of Status::tested_epoch.
struct EvaluationView {
  uint32_t classes = 0;
  std::vector<uint32_t> confusion;  // [classes][classes]: rows are the truth, columns the answer
  // The images with the greatest losses, the greatest first.
  std::vector<uint32_t> indices;  // place in the validation set
  std::vector<uint8_t> pixels;    // [n][rows][columns]
  std::vector<uint8_t> digits, answers;
  std::vector<float> losses;
};

// The images of one cell of the confusion matrix, the greatest loss first.
struct ExamplesView {
  uint8_t truth = 0, answer = 0;  // digits
  uint32_t count = 0;             // images in the cell; the first of them follow
  std::vector<uint32_t> indices;  // place in the validation set
  std::vector<uint8_t> pixels;    // [n][rows][columns]
  std::vector<float> losses;
};

// Pixel similarity: the ideal digits, the mean image of each class.
struct Baseline {
  std::vector<float> ideals;  // [classes][rows][columns], 0..1, as in spec.digits
};

// One weight moved a little up and down: rise over run, beside the gradient.
struct Probe {
  uint32_t parameter = 0;  // index into Parameters::values
  float value = 0, gradient = 0;
  float nudge = 0;                             // h
  float loss = 0, loss_up = 0, loss_down = 0;  // at w, w + h, w - h, on the current batch
  float slope = 0;                             // (loss_up - loss_down) / 2h
};

// One image of the current batch on its way from the file into the network.
struct Pipeline {
  uint32_t file_images = 0, valid_file_images = 0;  // in the two files
  uint32_t file_number = 0;                         // its place in the file, from 0
  uint32_t index = 0;                               // its place in the training set
  uint32_t place = 0;                               // its place in the batch, from 0
  uint32_t batch_images = 0;                        // images in the batch
  uint64_t batch = 0, epoch = 0;                    // of this batch in its epoch; both from 1
  uint8_t digit = 0, label = 0;                     // what it shows, and what its label says
  std::vector<uint8_t> pixels;                      // [rows][columns], as in the file
  // With crop: the image with `pad` zeros on every side, and the corner of the window that chance
  // chose in it.
  uint32_t pad = 0;
  std::vector<uint8_t> padded;  // [rows + 2 · pad][columns + 2 · pad]
  uint32_t window_row = 0, window_column = 0;
  // With shift, rotate and affine: pixels, the tangent of half the angle (counterclockwise), a factor.
  float right = 0, down = 0, tan_half = 0, scale = 1;
  std::vector<uint8_t> entered;   // [rows][columns], after augmentation
  float mean = 0, deviation = 1;  // number = (byte / 255 − mean) / deviation
  std::vector<float> numbers;     // [rows][columns], as the network gets them
};

// What the model makes of the digit drawn by hand.
struct DrawingVerdict {
  bool centred = true;  // as in the drawing
  uint8_t answer = 0;   // a digit
  std::vector<float> scores;
};

// The digit drawn by hand, and its way to the model.
struct DrawingView {
  Drawing drawing;
  PreparedDrawing prepared;
  DrawingVerdict verdict;
};

// What tools have found out. Each finding stays until its tool runs again or the run is another.
struct Findings {
  std::optional<LrSweep> lr_sweep;
  std::optional<Sharpness> sharpness;
  std::optional<LossLine> loss_line;
};

template <>
inline constexpr auto kMembers<CurvePoint> = list(&CurvePoint::step, &CurvePoint::loss,
                                                  &CurvePoint::gradient_norm, &CurvePoint::lr,
                                                  &CurvePoint::momentum);
template <>
inline constexpr auto kMembers<EpochPoint> = list(&EpochPoint::epoch, &EpochPoint::step,
                                                  &EpochPoint::train_loss, &EpochPoint::valid_loss,
                                                  &EpochPoint::valid_accuracy);
template <>
inline constexpr auto kMembers<LrMark> = list(&LrMark::step, &LrMark::from, &LrMark::to);
template <>
inline constexpr auto kMembers<Curves> = list(&Curves::generation, &Curves::steps, &Curves::epochs,
                                              &Curves::marks);
template <>
inline constexpr auto kMembers<LayerInfo> = list(&LayerInfo::name, &LayerInfo::kind, &LayerInfo::in,
                                                 &LayerInfo::out, &LayerInfo::planes,
                                                 &LayerInfo::rows, &LayerInfo::columns,
                                                 &LayerInfo::weight_offset, &LayerInfo::has_bias,
                                                 &LayerInfo::bias_offset, &LayerInfo::frozen);
template <>
inline constexpr auto kMembers<BatchView> = list(&BatchView::size, &BatchView::shown,
                                                 &BatchView::predicted,
                                                 &BatchView::outputs_per_image, &BatchView::pixels,
                                                 &BatchView::entered, &BatchView::indices,
                                                 &BatchView::digits, &BatchView::labels,
                                                 &BatchView::outputs, &BatchView::scores,
                                                 &BatchView::answers, &BatchView::losses);
template <>
inline constexpr auto kMembers<EvaluationView> =
    list(&EvaluationView::classes, &EvaluationView::confusion, &EvaluationView::indices,
         &EvaluationView::pixels, &EvaluationView::digits, &EvaluationView::answers,
         &EvaluationView::losses);
template <>
inline constexpr auto kMembers<ExamplesView> = list(&ExamplesView::truth, &ExamplesView::answer,
                                                    &ExamplesView::count, &ExamplesView::indices,
                                                    &ExamplesView::pixels, &ExamplesView::losses);
template <>
inline constexpr auto kMembers<Baseline> = list(&Baseline::ideals);
template <>
inline constexpr auto kMembers<Probe> = list(&Probe::parameter, &Probe::value, &Probe::gradient,
                                             &Probe::nudge, &Probe::loss, &Probe::loss_up,
                                             &Probe::loss_down, &Probe::slope);
template <>
inline constexpr auto kMembers<Pipeline> =
    list(&Pipeline::file_images, &Pipeline::valid_file_images, &Pipeline::file_number,
         &Pipeline::index, &Pipeline::place, &Pipeline::batch_images, &Pipeline::batch,
         &Pipeline::epoch, &Pipeline::digit, &Pipeline::label, &Pipeline::pixels, &Pipeline::pad,
         &Pipeline::padded, &Pipeline::window_row, &Pipeline::window_column, &Pipeline::right,
         &Pipeline::down, &Pipeline::tan_half, &Pipeline::scale, &Pipeline::entered,
         &Pipeline::mean, &Pipeline::deviation, &Pipeline::numbers);
template <>
inline constexpr auto kMembers<Activation> = list(&Activation::line, &Activation::rows,
                                                  &Activation::columns, &Activation::channels,
                                                  &Activation::values);
template <>
inline constexpr auto kMembers<Inspection> = list(&Inspection::pixels, &Inspection::digit,
                                                  &Inspection::answer, &Inspection::loss,
                                                  &Inspection::outputs, &Inspection::scores,
                                                  &Inspection::layers, &Inspection::saliency);
template <>
inline constexpr auto kMembers<Spread> = list(&Spread::not_finite, &Spread::mean,
                                              &Spread::deviation, &Spread::least, &Spread::greatest,
                                              &Spread::zeros, &Spread::counts);
template <>
inline constexpr auto kMembers<LayerStatistics> = list(&LayerStatistics::line,
                                                       &LayerStatistics::outputs,
                                                       &LayerStatistics::gradients);
template <>
inline constexpr auto kMembers<Drawing> = list(&Drawing::points, &Drawing::strokes,
                                               &Drawing::pixels, &Drawing::pen, &Drawing::centred);
template <>
inline constexpr auto kMembers<PreparedDrawing> = list(&PreparedDrawing::ink, &PreparedDrawing::box,
                                                       &PreparedDrawing::rows,
                                                       &PreparedDrawing::columns,
                                                       &PreparedDrawing::fitted,
                                                       &PreparedDrawing::pixels);
template <>
inline constexpr auto kMembers<DrawingVerdict> =
    pack(Member{&DrawingVerdict::centred, "centred", "it was prepared as the images of MNIST were"},
         Member{&DrawingVerdict::answer, "answer", "the digit that the model predicts"},
         Member{&DrawingVerdict::scores, "scores",
                "of each digit of the experiment; a single one is that of the first"});
template <>
inline constexpr auto kMembers<DrawingView> = list(&DrawingView::drawing, &DrawingView::prepared,
                                                   &DrawingView::verdict);
template <>
inline constexpr auto kMembers<LrSweep> = pack(
    Member{&LrSweep::step, "step", "optimizer steps that the run had done"},
    Member{&LrSweep::lrs, "lrs", "the rates, one batch each"},
    Member{&LrSweep::losses, "losses", "of each batch, before its step"},
    Member{&LrSweep::smooth, "smooth", "the losses, smoothed as in fastai"},
    Member{&LrSweep::exploded, "exploded",
           "it ended because the smooth loss was four times its lowest, or not finite"},
    Member{
        &LrSweep::fell, "fell",
        "the smooth loss fell by more than single batches differ; otherwise nothing is suggested"},
    Member{&LrSweep::first, "first", "index of the first rate that may be suggested"},
    Member{&LrSweep::last, "last", "index of the first rate behind those"},
    Member{&LrSweep::valley, "valley", "fastai's suggestion of that name; 0: none"},
    Member{&LrSweep::slide, "slide", "fastai's suggestion of that name; 0: none"},
    Member{&LrSweep::minimum, "minimum", "a tenth of the rate with the lowest loss; 0: none"},
    Member{&LrSweep::steep, "steep", "fastai's suggestion of that name; 0: none"});
template <>
inline constexpr auto kMembers<Sharpness> = pack(
    Member{&Sharpness::step, "step", "optimizer steps that the run had done: its weights"},
    Member{&Sharpness::batch, "batch", "number of the batch, counted from 1: its loss"},
    Member{&Sharpness::eigenvalue, "eigenvalue",
           "λ, the eigenvalue of the Hessian with the largest magnitude"},
    Member{&Sharpness::residual, "residual", "|Hv − λv| / |λ|, how far v is from an eigenvector"},
    Member{&Sharpness::converged, "converged", "the residual is at most 0.01"},
    Member{&Sharpness::estimates, "estimates", "of λ, after each iteration"});
template <>
inline constexpr auto kMembers<LossLine> =
    pack(Member{&LossLine::step, "step", "optimizer steps that the run had done: its weights"},
         Member{&LossLine::batch, "batch", "number of the batch, counted from 1: its loss"},
         Member{&LossLine::lr, "lr", "learning rate of the next step"},
         Member{&LossLine::loss, "loss", "of the weights as they are"},
         Member{&LossLine::slope, "slope", "of the loss per step there: −lr · |gradient|²"},
         Member{&LossLine::distances, "distances", "in steps of plain SGD with that rate"},
         Member{&LossLine::losses, "losses", "at these distances"});
template <>
inline constexpr auto kMembers<ExpressionLink> = pack(
    Member{&ExpressionLink::node, "node", "which node of `nodes` the input is"},
    Member{&ExpressionLink::local, "local",
           "derivative of the node by this input; empty until the gradient has come this way"},
    Member{&ExpressionLink::product, "product",
           "gradient of the node times that: what this way adds to the gradient of the input"});
template <>
inline constexpr auto kMembers<ExpressionNode> = pack(
    Member{&ExpressionNode::name, "name", "that the line gives it, or `null`"},
    Member{&ExpressionNode::op, "op", "as it is written: `+`, `**2`, `relu`; `null`: a number"},
    Member{&ExpressionNode::vector, "vector", "it is a vector"},
    Member{&ExpressionNode::requires_grad, "requiresGrad", "it gets a gradient"},
    Member{&ExpressionNode::value, "value", "its numbers; empty until they are computed"},
    Member{&ExpressionNode::gradient, "gradient",
           "of the result by these numbers, as far as it has come; empty: nothing has"},
    Member{&ExpressionNode::inputs, "inputs", "what it is computed from, see below"});
template <>
inline constexpr auto kMembers<ExpressionCurve> =
    pack(Member{&ExpressionCurve::input, "input", "the name of the input"},
         Member{&ExpressionCurve::output, "output", "the name of the result, or `null`"},
         Member{&ExpressionCurve::x, "x", "the value of the input"},
         Member{&ExpressionCurve::y, "y", "the result there"},
         Member{&ExpressionCurve::slope, "slope", "of the tangent: the gradient on the tape"},
         Member{&ExpressionCurve::xs}, Member{&ExpressionCurve::ys},
         Member{&ExpressionCurve::nudges, "nudges", "how far to the right of x"},
         Member{&ExpressionCurve::nudged, "nudged", "the results there"},
         Member{&ExpressionCurve::slopes, "slopes", "rise over run from x to there"});
template <>
inline constexpr auto kMembers<ExpressionView> = pack(
    Member{&ExpressionView::text, "text", "the line"},
    Member{&ExpressionView::refused, "refused", "a later line that was refused, or `null`"},
    Member{&ExpressionView::error, "error",
           "what is wrong with it, and where: a sentence, or `null`"},
    Member{&ExpressionView::error_at, "errorAt", "bytes of it before what is wrong"},
    Member{&ExpressionView::error_size, "errorSize", "bytes of what is wrong"},
    Member{&ExpressionView::nodes, "nodes", "in the order of computing, see below"},
    Member{&ExpressionView::output, "output", "the node that the gradient is of"},
    Member{&ExpressionView::position, "position", "steps done"},
    Member{&ExpressionView::forward, "forward", "steps forward, one for each computed node"},
    Member{&ExpressionView::last, "last", "steps there are, those of the way back included"},
    Member{&ExpressionView::passes, "passes",
           "backward passes that the gradients of the inputs add up, the present one included"},
    Member{&ExpressionView::active, "active", "the node of the last step, or `null`"},
    Member{&ExpressionView::backward, "backward", "that was a step of the way back"},
    Member{&ExpressionView::curve, "curve",
           "`null`, or for a result that depends on one number alone an object, see below"});
template <>
inline constexpr auto kMembers<Fit> = list(&Fit::step, &Fit::times, &Fit::targets, &Fit::outputs,
                                           &Fit::in_batch, &Fit::means, &Fit::deviations,
                                           &Fit::curve_times, &Fit::curve, &Fit::other_curve,
                                           &Fit::loss);
template <>
inline constexpr auto kMembers<Valley> = list(&Valley::step, &Valley::made, &Valley::lr, &Valley::loss,
                                              &Valley::first, &Valley::slope, &Valley::best,
                                              &Valley::rates, &Valley::losses, &Valley::near_rates,
                                              &Valley::near_losses, &Valley::ahead_lr,
                                              &Valley::ahead);
template <>
inline constexpr auto kMembers<Findings> = pack(Member{&Findings::lr_sweep, "lrSweep"},
                                                Member{&Findings::sharpness, "sharpness"},
                                                Member{&Findings::loss_line, "lossLine"});

}  // namespace downhill
