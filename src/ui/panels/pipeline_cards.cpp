#include "ui/panels/pipeline_cards.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "ui/heat_view.hpp"
#include "ui/panels/batch_grid.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {
namespace {

constexpr uint64_t kPictureKey = 110;  // plus the number of the card
constexpr int kRun = PixelRun::kPixels;

// A picture of `rows` × `columns` values in the middle of `box`, in whole device pixels per value.
struct Placed {
  gfx::TileGrid grid;
  Rect rect;
  float cell = 1;  // dp
};
Placed place_picture(const Canvas& canvas, const Rect& box, uint32_t rows, uint32_t columns) {
  const float s = canvas.scale();
  const float side =
      std::min(box.width() / static_cast<float>(columns), box.height() / static_cast<float>(rows));
  Placed placed;
  placed.grid = image_grid({rows, columns}, side * s * static_cast<float>(columns));
  placed.cell = static_cast<float>(placed.grid.cell) / s;
  placed.rect =
      Rect::at(canvas.snap(box.x0), canvas.snap(box.y0), placed.cell * static_cast<float>(columns),
               placed.cell * static_cast<float>(rows));
  return placed;
}

void mark_run(Canvas& canvas, const Placed& placed, int row, int column) {
  const Rect run = Rect::at(placed.rect.x0 + placed.cell * static_cast<float>(column),
                            placed.rect.y0 + placed.cell * static_cast<float>(row),
                            placed.cell * kRun, placed.cell);
  canvas.outline(run.inset(-2), Tone::paper, 0, 1);
  canvas.outline(run.inset(-1), Tone::rate, 0, 1.5f);
}

Placed draw_bytes(PipelineContext& c, const PipelineCard& card, std::span<const uint8_t> bytes,
                  uint32_t rows, uint32_t columns) {
  Canvas& canvas = c.canvas();
  const Placed placed = place_picture(canvas, card.picture, rows, columns);
  canvas.image(canvas.pictures().draw(kPictureKey + static_cast<uint64_t>(card.number),
                                      {.bytes = bytes,
                                       .version = c.stage.readings.calm_version,
                                       .grid = placed.grid,
                                       .map = gfx::ColorMap::ink,
                                       .theme = canvas.theme().mode()}),
               placed.rect);
  canvas.outline(placed.rect.inset(-1), Tone::line_strong);
  return placed;
}

// The numbers of the followed pixels, from the first of them on.
template <class Number>
LongLabel run_words(const PipelineContext& c, int row, int column, const Number& number) {
  LongLabel words;
  const size_t first = static_cast<size_t>(row) * c.size.columns + static_cast<size_t>(column);
  for (size_t i = first; i < std::min<size_t>(first + kRun, c.size.pixels()); ++i)
    words.add(i == first ? "" : "  ").add(number(i));
  return words;
}

// The words of a card: the numbers of the run in one line, if any, then sentences.
void draw_words(Canvas& canvas, const PipelineCard& card, std::string_view numbers,
                std::string_view sentences) {
  Rect rest = card.words;
  const float line = canvas.metrics(Type::small).line;
  if (!numbers.empty()) {  // as many of them as fit
    const float width = rest.width();
    while (canvas.width(Type::small, numbers) > width && numbers.rfind("  ") != numbers.npos)
      numbers = numbers.substr(0, numbers.rfind("  "));
    canvas.text_in(rest.cut_top(line), Type::small, Tone::ink, numbers);
  }
  const int lines = static_cast<int>((rest.height() + 1) / line);
  if (lines > 0) canvas.paragraph(rest, Type::small, Tone::soft, sentences, lines);
}

LongLabel byte_words(const PipelineContext& c, int row, int column,
                     std::span<const uint8_t> bytes) {
  return run_words(c, row, column,
                   [&](size_t at) { return Label().format("%u", unsigned{bytes[at]}); });
}

// --- the cards

// One of the two files as a bar, as full as the share of its images that are used, wherever in the
// file these are; and a mark at this image.
void draw_file_bar(Canvas& canvas, const Rect& rect, uint32_t images, uint32_t most, uint32_t used,
                   std::optional<uint32_t> mark) {
  const auto share = [&](uint32_t n) {
    return rect.width() * static_cast<float>(n) / static_cast<float>(std::max(most, 1u));
  };
  const Rect whole{rect.x0, rect.y0, rect.x0 + std::max(2.0f, share(images)), rect.y1};
  const float part = static_cast<float>(used) / static_cast<float>(std::max(images, 1u));
  canvas.fill({whole.x0, whole.y1 - std::max(1.0f, part * whole.height()), whole.x1, whole.y1},
              Tone::line_strong);
  canvas.outline(whole.inset(-1), Tone::line_strong);
  if (!mark) return;
  const float x = rect.x0 + share(*mark);
  canvas.rule_down(x, whole.y0 - 4, whole.y1 + 4, Tone::ink);
  canvas.triangle({x - 4, whole.y0 - 8}, {x + 4, whole.y0 - 8}, {x, whole.y0 - 2}, Tone::ink);
}

void draw_file(PipelineContext& c, const PipelineCard& card) {
  Canvas& canvas = c.canvas();
  const Status& st = c.stage.snapshot.status;
  const Pipeline& p = c.p;
  const float line = canvas.metrics(Type::small).line;
  Rect rest = card.picture;
  const uint32_t most = std::max(p.file_images, p.valid_file_images);
  const auto file = [&](std::initializer_list<std::string_view> title, uint32_t images,
                        uint32_t used, std::optional<uint32_t> mark) {
    canvas.text_in(rest.cut_top(line), Type::small, Tone::ink, title);
    rest.cut_top(10);
    draw_file_bar(canvas, rest.cut_top(10), images, most, used, mark);
    rest.cut_top(12);
  };
  const Label train = count(st.train_count), valid = count(st.valid_count);
  const Label all = count(p.file_images);
  file({LongLabel(train).add(" of ").add(all).add(" to learn from"),
        LongLabel(train).add(" to learn from")},
       p.file_images, st.train_count, p.file_number);
  file({LongLabel(valid).add(" of ").add(count(p.valid_file_images)).add(" for validation"),
        LongLabel(valid).add(" for validation")},
       p.valid_file_images, st.valid_count, std::nullopt);
  LongLabel sentence = LongLabel("Image ").add(count(p.file_number)).add(" of the file");
  sentence.format(", a %u", p.digit);
  if (p.label != p.digit) sentence.format(", labelled %u", p.label);
  PipelineCard words = card;
  words.words.y0 = rest.y0;
  draw_words(canvas, words, {}, sentence.add(". Validation images are never learned from."));
}

void draw_numbers(PipelineContext& c, const PipelineCard& card) {
  const Placed placed = draw_bytes(c, card, c.p.pixels, c.size.rows, c.size.columns);
  mark_run(c.canvas(), placed, c.run.from_row, c.run.from_column);
  const LongLabel numbers = byte_words(c, c.run.from_row, c.run.from_column, c.p.pixels);
  draw_words(c.canvas(), card, numbers, "The framed pixels of the file: 0 is paper, 255 is ink.");
}

void draw_padded(PipelineContext& c, const PipelineCard& card) {
  const Pipeline& p = c.p;
  const Placed placed =
      draw_bytes(c, card, p.padded, c.size.rows + 2 * p.pad, c.size.columns + 2 * p.pad);
  const Rect window = Rect::at(placed.rect.x0 + placed.cell * static_cast<float>(p.window_column),
                               placed.rect.y0 + placed.cell * static_cast<float>(p.window_row),
                               placed.cell * static_cast<float>(c.size.columns),
                               placed.cell * static_cast<float>(c.size.rows));
  c.canvas().outline(window, Tone::ink, 0, 2);
  mark_run(c.canvas(), placed, c.run.pad_row, c.run.pad_column);
  draw_words(
      c.canvas(), card, {},
      LongLabel().format("%u zeros on every side. The frame is the window that chance chose: "
                         "rows %u–%u, columns %u–%u.",
                         p.pad, p.window_row, p.window_row + c.size.rows - 1, p.window_column,
                         p.window_column + c.size.columns - 1));
}

// What the augmentation has done to this image.
LongLabel augment_words(const PipelineContext& c) {
  const Pipeline& p = c.p;
  LongLabel words;
  const auto turned = [&] {
    const auto degrees = static_cast<double>(2 * std::atan(std::abs(p.tan_half)) * 57.29578f);
    words.format("Turned %.1f° to the %s. ", degrees, p.tan_half < 0 ? "right" : "left");
  };
  const auto moved = [&](const char* pattern) {
    words.format(pattern, static_cast<double>(std::abs(p.right)), p.right < 0 ? "left" : "right",
                 static_cast<double>(std::abs(p.down)), p.down < 0 ? "up" : "down");
  };
  switch (c.augment()) {
    case Augment::none:
      break;
    case Augment::crop:
      words = "What the window shows. ";
      break;
    case Augment::shift:
      moved("Moved by %.0f to the %s and %.0f %s. ");
      break;
    case Augment::rotate:
      turned();
      break;
    case Augment::affine:
      turned();
      words.format("Scaled by %.2f. ", static_cast<double>(p.scale));
      moved("Moved by %.1f to the %s and %.1f %s. ");
      break;
    case Augment::noise:
      words = "A random number is added to each pixel. ";
      break;
  }
  return words.add("Each epoch draws anew.");
}

void draw_augmented(PipelineContext& c, const PipelineCard& card) {
  const Placed placed = draw_bytes(c, card, c.p.entered, c.size.rows, c.size.columns);
  mark_run(c.canvas(), placed, c.run.row, c.run.column);
  const LongLabel numbers = byte_words(c, c.run.row, c.run.column, c.p.entered);
  draw_words(c.canvas(), card, numbers, augment_words(c));
}

void draw_normalized(PipelineContext& c, const PipelineCard& card) {
  Canvas& canvas = c.canvas();
  const Pipeline& p = c.p;
  const bool on = c.stage.snapshot.spec.normalize;
  float most = 0;
  for (const float number : p.numbers) most = std::max(most, std::abs(number));
  const float scale = on ? color_ceil(most) : 1;
  PipelineCard room = card;
  if (on) room.picture.y1 -= 30;
  const Placed placed = place_picture(canvas, room.picture, c.size.rows, c.size.columns);
  canvas.image(canvas.pictures().draw(kPictureKey + static_cast<uint64_t>(card.number),
                                      {.values = p.numbers,
                                       .version = c.stage.readings.calm_version,
                                       .grid = placed.grid,
                                       .map = on ? gfx::ColorMap::diverging : gfx::ColorMap::ink,
                                       .scale = scale,
                                       .theme = canvas.theme().mode()}),
               placed.rect);
  canvas.outline(placed.rect.inset(-1), Tone::line_strong);
  mark_run(canvas, placed, c.run.row, c.run.column);
  if (on) draw_color_bar(canvas, {placed.rect.x0, placed.rect.y1 + 8}, placed.rect.width(), scale);
  const LongLabel numbers = run_words(c, c.run.row, c.run.column, [&](size_t at) {
    const float number = p.numbers[at];
    return Label(number < 0 ? "−" : "")
        .format(on ? "%.2f" : "%.3g", static_cast<double>(std::abs(number)));
  });
  LongLabel words;
  if (on) {
    words.format("(byte ÷ 255 − %.4f) ÷ %.4f, the mean and the deviation of the training images.",
                 static_cast<double>(p.mean), static_cast<double>(p.deviation));
  } else {
    words = "Off in this experiment: each byte is only divided by 255.";
  }
  draw_words(canvas, card, numbers, words);
}

// The batch as it enters the network, with this image framed; a click follows another image.
void draw_batch_card(PipelineContext& c, const PipelineCard& card) {
  Canvas& canvas = c.canvas();
  const BatchView& batch = c.stage.snapshot.batch;
  const Pipeline& p = c.p;
  const float s = canvas.scale();
  const bool entered = batch.entered.size() == batch.pixels.size();
  gfx::TileGrid grid = gfx::fit_grid(
      static_cast<int>(c.size.columns), static_cast<int>(c.size.rows),
      static_cast<int>(batch.shown), static_cast<int>(card.picture.width() * s),
      static_cast<int>(card.picture.height() * s), std::max(1, static_cast<int>(2 * s)));
  // Below a pixel for a value, only as many as fit.
  const int rows_that_fit = (static_cast<int>(card.picture.height() * s) + grid.gap) /
                            (grid.tile_height * grid.cell + grid.gap);
  grid.tiles = std::min(grid.tiles, std::max(1, rows_that_fit) * grid.columns);
  const size_t pixels = c.size.pixels();
  if (grid.tiles < 1 || batch.pixels.size() < static_cast<size_t>(grid.tiles) * pixels) return;
  const Rect rect =
      Rect::at(canvas.snap(card.picture.x0), canvas.snap(card.picture.y0),
               static_cast<float>(grid.width()) / s, static_cast<float>(grid.height()) / s);
  const std::span<const uint8_t> all = entered ? batch.entered : batch.pixels;
  canvas.image(canvas.pictures().draw(kPictureKey + static_cast<uint64_t>(card.number),
                                      {.bytes = all.first(static_cast<size_t>(grid.tiles) * pixels),
                                       .version = c.stage.readings.calm_version,
                                       .grid = grid,
                                       .map = gfx::ColorMap::ink,
                                       .theme = canvas.theme().mode()}),
               rect);
  const auto tile_rect = [&](int i) {
    return Rect::at(rect.x0 + static_cast<float>(grid.left(i)) / s,
                    rect.y0 + static_cast<float>(grid.top(i)) / s,
                    static_cast<float>(grid.tile_width * grid.cell) / s,
                    static_cast<float>(grid.tile_height * grid.cell) / s);
  };
  if (p.place < static_cast<uint32_t>(grid.tiles))
    canvas.outline(tile_rect(static_cast<int>(p.place)).inset(-2), Tone::rate, 2, 2);
  const Hit hit = canvas.hit("pipeline-batch", rect);
  if (hit.hovered || hit.clicked) {
    const auto at = grid.at(static_cast<int>((canvas.mouse().x - rect.x0) * s),
                            static_cast<int>((canvas.mouse().y - rect.y0) * s));
    if (at && hit.hovered) canvas.outline(tile_rect(at->tile).inset(-2), Tone::ink, 2, 1);
    if (at && hit.clicked)
      c.stage.selection.image = chosen_from_batch(batch, static_cast<size_t>(at->tile));
  }
  LongLabel words =
      LongLabel("Image ").add(count(p.place + 1)).add(" of ").add(count(p.batch_images));
  words.add(" in batch ").add(count(p.batch)).add(" of epoch ").add(count(p.epoch)).add(". ");
  words.add(c.stage.snapshot.spec.shuffle ? "Each epoch has a new order."
                                          : "Each epoch has the order of the file.");
  draw_words(canvas, card, {}, words.add(" Click an image to follow it."));
}

struct Look {
  std::string_view title, off;  // `off`: what the stage would do
  void (*draw)(PipelineContext& c, const PipelineCard& card);
  bool used = true;
};

std::array<Look, kPipelineCards> looks_of(Augment augment, const Pipeline& p) {
  std::string_view title = "Augment";
  switch (augment) {
    case Augment::none:
      break;
    case Augment::crop:
      title = "Random crop";
      break;
    case Augment::shift:
      title = "Random shift";
      break;
    case Augment::rotate:
      title = "Random turn";
      break;
    case Augment::affine:
      title = "Random affine map";
      break;
    case Augment::noise:
      title = "Random noise";
      break;
  }
  return {{{"Two files", {}, draw_file},
           {"28 × 28 numbers", {}, draw_numbers},
           {"Pad to 34", "Off in this experiment. Crop would put 3 zeros on every side.",
            draw_padded, p.pad > 0},
           {title, "Off in this experiment. An augmentation would change the image a little.",
            draw_augmented, augment != Augment::none},
           {"Normalize", {}, draw_normalized},
           {"Batch", {}, draw_batch_card}}};
}

}  // namespace

PixelRun choose_run(const Pipeline& p, ImageSize size, Augment augment) {
  const auto rows = static_cast<int>(size.rows), columns = static_cast<int>(size.columns);
  const auto pad = static_cast<int>(p.pad);
  const bool shift = augment == Augment::shift;
  const int down = shift ? -static_cast<int>(p.down) : static_cast<int>(p.window_row) - pad;
  const int right = shift ? -static_cast<int>(p.right) : static_cast<int>(p.window_column) - pad;
  PixelRun best;
  int most = -1;
  for (int r = std::max(0, -down); r < std::min(rows, rows - down); ++r) {
    for (int c = std::max(0, -right); c + PixelRun::kPixels <= std::min(columns, columns - right);
         ++c) {
      int sum = 0;
      for (int i = 1; i < PixelRun::kPixels; ++i) {
        const auto at = static_cast<size_t>(r * columns + c + i);
        sum += std::abs(int{p.entered[at]} - int{p.entered[at - 1]});
      }
      if (sum <= most) continue;
      most = sum;
      best = {r, c, r + down, c + right, r + down + pad, c + right + pad};
    }
  }
  return best;
}

bool is_used(const PipelineContext& c, int number) {
  return looks_of(c.augment(), c.p)[static_cast<size_t>(number)].used;
}

void draw_pipeline_card(PipelineContext& c, const PipelineCard& card) {
  const Look look = looks_of(c.augment(), c.p)[static_cast<size_t>(card.number)];
  Canvas& canvas = c.canvas();
  Rect title = card.title;
  const Label number = Label().format("%d", card.number + 1);
  title.x0 += canvas.text(title.x0, canvas.baseline(Type::strong, title.center().y), Type::strong,
                          Tone::faint, number) +
              8;
  LongLabel name(look.title);
  if (card.number == 1 && !(c.size == kMnistSize))
    name = LongLabel().format("%u × %u numbers", c.size.rows, c.size.columns);
  if (card.number == 2 && c.p.pad > 0)
    name = LongLabel().format("Pad to %u", c.size.columns + 2 * c.p.pad);
  canvas.text_in(title, Type::strong, look.used ? Tone::ink : Tone::faint, name);
  if (look.used) return look.draw(c, card);
  if (card.picture.width() <= 0) return draw_words(canvas, card, {}, look.off);
  const Placed frame = place_picture(canvas, card.picture, c.size.rows, c.size.columns);
  const Rect& r = frame.rect;
  const Vec corners[] = {{r.x0, r.y0}, {r.x1, r.y0}, {r.x1, r.y1}, {r.x0, r.y1}};
  for (size_t i = 0; i < 4; ++i)
    canvas.dashed(corners[i], corners[(i + 1) % 4], Tone::line_strong, 4);
  draw_words(canvas, card, {}, look.off);
}

}  // namespace downhill::ui
