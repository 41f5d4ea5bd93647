// One weight's gradient, taken apart: what the weight saw, times the gradient of what it went into,
// summed over everything it was used for.
#include <algorithm>
#include <cmath>

#include "ui/panels/tape_parts.hpp"
#include "ui/panels/tape_words.hpp"

namespace downhill::ui {
namespace {

constexpr uint64_t kWeightKey = 910, kSeenKey = 911, kSlopeKey = 912, kTermKey = 913;

// "0.0123 × −0.4 = −0.005"
LongLabel product_words(float a, float b) {
  return LongLabel(signed_number(a))
      .add(" × ")
      .add(signed_number(b))
      .add(" = ")
      .add(signed_number(a * b));
}

bool is_filter(const TapeProduct& product) { return product.down * product.across > 1; }

// The weights of the unit by their gradients, of which one is chosen.
float draw_unit(StageContext& c, const Rect& rect, const TapeView& tape, bool known) {
  const TapeProduct& product = *tape.product;
  Rect rest = rect;
  const bool filter = is_filter(product);
  if (const auto unit =
          draw_tape_stepper(c.canvas, rest.cut_top(30), "tape-unit", filter ? "filter" : "unit",
                            product.unit, product.units, "Whose weights are shown."))
    c.requests.add(CommandKind::tape).tape.unit = *unit;
  const bool gradients = known && !product.gradients.empty();
  const TapePicture picture{
      .title = gradients ? "gradient of its weights: choose one" : "its weights: choose one",
      .help = "Click a weight: its gradient is taken apart below.",
      .missing = "too many to show",
      .widget = "tape-weight",
      .key = kWeightKey,
      .values = gradients ? product.gradients : product.weights,
      .channels = product.planes,
      .rows = product.rows,
      .columns = product.columns,
      .marked = product.weight,
  };
  const TapePicked picked = draw_tape_picture(c, rest, picture, 140);
  if (picked.index) c.requests.add(CommandKind::tape).tape.weight = *picked.index;
  return 30 + picked.height;
}

struct Factor {
  std::string_view title, help;
  uint64_t key;
  std::span<const float> values;
};

TapePicture picture_of(const Factor& factor, const TapeProduct& product, uint32_t image) {
  TapePicture picture;
  picture.title = factor.title;
  picture.help = factor.help;
  picture.key = factor.key;
  picture.values = factor.values;
  if (is_filter(product)) {
    picture.rows = product.down;
    picture.columns = product.across;
  } else {
    picture.columns = static_cast<uint32_t>(factor.values.size());
    picture.marked = image;
  }
  return picture;
}

// Of a linear layer the factors are a row and a column, with a number for each image.
float draw_row_by_column(StageContext& c, const Rect& rect, const TapeView& tape) {
  const TapeProduct& p = *tape.product;
  Rect rest = rect;
  const std::string_view item = item_word(c.snapshot);
  const Label seen = Label("row of xᵀ: what the weight saw, by ").add(item),
              slopes = Label("× column of dz: the unit’s gradient, by ").add(item),
              adds = Label("What each ").add(item).add(" adds to the weight’s gradient.");
  for (const Factor& factor :
       {Factor{seen, "The input of this weight.", kSeenKey, p.seen},
        Factor{slopes, "Of the loss by the unit’s sum. With a fused ReLU it is 0 where the ReLU is.",
               kSlopeKey, p.slopes},
        Factor{"= their products", adds, kTermKey, p.terms}}) {
    rest.cut_top(draw_tape_picture(c, rest, picture_of(factor, p, tape.image), 56).height);
  }
  if (tape.image < p.terms.size() && tape.image < p.slopes.size()) {
    const LongLabel brief = product_words(p.seen[tape.image], p.slopes[tape.image]);
    const LongLabel words =
        LongLabel(item).format(" %u: ", tape.image + 1).add(brief);
    c.canvas.text_in(rest.cut_top(20), Type::small, Tone::ink, {words.view(), brief.view()});
  }
  return rest.y0 - rect.y0;
}

// Of a filter they are two maps of the chosen image, a number for each position.
float draw_map_by_map(StageContext& c, const Rect& rect, const TapeView& tape) {
  const TapeProduct& p = *tape.product;
  constexpr float kBetween = 16;
  Rect rest = rect;
  const float width = (rest.width() - kBetween) / 2;
  const Rect left = Rect::at(rest.x0, rest.y0, width, rest.height());
  const Rect right = left.moved(width + kBetween, 0);
  const float a =
      draw_tape_picture(c, left,
                        picture_of({"what the weight saw",
                                    "At each position of the filter in this image; 0 beyond "
                                    "the edges.",
                                    kSeenKey, p.seen},
                                   p, tape.image),
                        112)
          .height;
  const float b =
      draw_tape_picture(
          c, right,
          picture_of(
              {"× gradient there",
               "Of the loss by what the filter found at each position. With a fused ReLU it is "
               "0 where the ReLU is.",
               kSlopeKey, p.slopes},
              p, tape.image),
          112)
          .height;
  rest.cut_top(std::max(a, b));
  if (tape.image < p.terms.size()) {
    const LongLabel brief = LongLabel()
                                .format("∑ over %u positions = ", p.down * p.across)
                                .add(signed_number(p.terms[tape.image]));
    const LongLabel words = LongLabel().format("image %u: ", tape.image + 1).add(brief);
    c.canvas.text_in(rest.cut_top(20), Type::small, Tone::ink, {words.view(), brief.view()});
  }
  TapePicture terms;
  terms.title = "image by image";
  terms.help = "What each image adds to the weight’s gradient.";
  terms.key = kTermKey;
  terms.values = p.terms;
  terms.columns = static_cast<uint32_t>(p.terms.size());
  terms.marked = tape.image;
  rest.cut_top(draw_tape_picture(c, rest, terms, 56).height);
  return rest.y0 - rect.y0;
}

// The sum of the products is the gradient on the tape.
void draw_sum(StageContext& c, const Rect& rect, const TapeView& tape) {
  Canvas& canvas = c.canvas;
  const TapeProduct& p = *tape.product;
  LongLabel words =
      LongLabel()
          .format("∑ over %u ", tape.images)
          .add(item_word(c.snapshot))
          .add("s = ")
          .add(signed_number(p.sum));
  LongLabel brief = LongLabel("∑ = ").add(signed_number(p.sum));
  if (!std::isfinite(p.gradient)) {
    words.add(", but the layer is frozen");
  } else if (tape.adds_up) {
    words = LongLabel("this batch ")
                .add(signed_number(p.sum))
                .add(", before it ")
                .add(signed_number(p.gradient - p.sum))
                .add(": gradient ")
                .add(signed_number(p.gradient));
    brief = LongLabel("gradient ").add(signed_number(p.gradient));
  } else {
    words.add(" = its gradient on the tape");
    brief.add(" = gradient");
  }
  canvas.text_in(rect, Type::small_strong, Tone::ink, {words.view(), brief.view()});
  canvas.explain(rect,
                 "The sum is taken again here, in double precision; the tape has the "
                 "gradient that training uses. They are equal but for rounding.");
}

}  // namespace

float draw_tape_product(StageContext& c, const Rect& rect, const TapeView& tape) {
  const TapeProduct& product = *tape.product;
  Rect rest = rect;
  c.canvas.rule(rest.x0, rest.x1, rest.y0 + 4);
  rest.cut_top(10);
  c.canvas.text_in(rest.cut_top(22), Type::small_strong, Tone::ink,
                   {"One weight’s gradient: row by column", "One weight’s gradient"});
  const bool known = tape.backward && tape.active && *tape.active <= tape.row;
  rest.cut_top(draw_unit(c, rest, tape, known));
  if (!known || product.terms.empty()) {
    const float used = c.canvas.paragraph(
        rest, Type::small, Tone::soft,
        "Its two factors are multiplied when the way back comes through this row.", 3);
    return rest.y0 + used - rect.y0;
  }
  rest.cut_top(is_filter(product) ? draw_map_by_map(c, rest, tape)
                                  : draw_row_by_column(c, rest, tape));
  draw_sum(c, rest.cut_top(24), tape);
  return rest.y0 - rect.y0;
}

}  // namespace downhill::ui
