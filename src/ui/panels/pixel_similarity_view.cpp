// Pixel similarity, the classifier that learns nothing: the mean digits, and which images of the batch
// are nearer to the wrong one. Its accuracy is the line that learning has to beat.
#include <algorithm>
#include <cmath>
#include <vector>

#include "ui/image_grid.hpp"
#include "ui/panels/batch_grid.hpp"
#include "ui/panels/image_wall.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {

void draw_mean_digits(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const std::vector<float>& ideals = c.snapshot.baseline.ideals;
  const std::string& digits = c.snapshot.spec.digits;
  Rect rest = rect;
  canvas.text_in(rest.cut_top(24), Type::strong, Tone::ink, "Without learning");
  const float s = canvas.scale();
  gfx::TileGrid grid = image_grid(image_size(c.snapshot), 0);
  grid.tiles = static_cast<int>(digits.size());
  const float gap = grid.tiles > 2 ? 8.0f : 16.0f;
  float room = 0;  // dp per digit; the number of columns is the one that makes it largest
  for (int columns = 1; columns <= grid.tiles; ++columns) {
    const auto across = static_cast<float>(columns),
               down = static_cast<float>((grid.tiles + columns - 1) / columns);
    const float side = std::min((rest.width() - gap * (across - 1)) / across,
                                (rest.height() - 66 - gap * (down - 1)) / down);
    if (side > room) room = side, grid.columns = columns;
  }
  const int largest = std::max(grid.tile_width, grid.tile_height);
  grid.cell = std::max(1, static_cast<int>(room * s / static_cast<float>(largest)));
  grid.gap = static_cast<int>(gap * s);
  const Rect place =
      Rect::at(canvas.snap(rest.x0), canvas.snap(rest.y0), static_cast<float>(grid.width()) / s,
               static_cast<float>(grid.height()) / s);
  const bool fits = room + 1 > static_cast<float>(largest);
  if (fits && ideals.size() == digits.size() * image_size(c.snapshot).pixels()) {
    canvas.image(canvas.pictures().draw(20, {.values = ideals,
                                             .version = c.readings.calm_version,
                                             .grid = grid,
                                             .map = gfx::ColorMap::ink,
                                             .theme = canvas.theme().mode()}),
                 place);
    canvas.note_widget("mean-digits", place);
    for (int i = 0; i < grid.tiles; ++i) {
      const Rect tile = Rect::at(place.x0 + static_cast<float>(grid.left(i)) / s,
                                 place.y0 + static_cast<float>(grid.top(i)) / s,
                                 static_cast<float>(grid.tile_width * grid.cell) / s,
                                 static_cast<float>(grid.tile_height * grid.cell) / s);
      canvas.outline(tile.inset(-1), Tone::line);
      const char digit = digits[static_cast<size_t>(i)];
      canvas.explain(tile, Label().format("The mean of all %cs of the training set.", digit));
    }
  }
  const float side = place.height();
  if (fits) rest.cut_top(side + 12);
  const Status& st = c.snapshot.status;
  const LongLabel words = LongLabel("Picking the nearest mean digit gets ")
                              .add(percent(st.baseline_accuracy, 2))
                              .add(" of the validation images right.");
  canvas.explain(rest, LongLabel("The nearest by the mean absolute difference of the pixels. By "
                                 "their squared differences it is ")
                           .add(percent(st.baseline_accuracy_l2, 2))
                           .add("."));
  canvas.paragraph(rest, Type::small, Tone::soft, words,
                   std::max(1, static_cast<int>(rest.height() / canvas.metrics(Type::small).line)));
}

namespace {

// Finds for each image of the batch the mean digit with the least mean absolute difference, as
// PixelBaseline does with Distance::l1 on the validation set. Wrong answers come first.
void find_nearest(StageContext& c, NearestMeans& found) {
  const BatchView& batch = c.snapshot.batch;
  const std::vector<float>& ideals = c.snapshot.baseline.ideals;
  const std::string& digits = c.snapshot.spec.digits;
  const size_t pixels = image_size(c.snapshot).pixels();
  found.images.clear();
  found.pixels.clear();
  found.wrong = 0;
  if (ideals.size() != digits.size() * pixels || batch.pixels.size() != batch.shown * pixels)
    return;
  for (uint32_t i = 0; i < batch.shown; ++i) {
    NearestMean nearest{i, 0, INFINITY};
    for (size_t d = 0; d < digits.size(); ++d) {
      float sum = 0;
      for (size_t p = 0; p < pixels; ++p)
        sum += std::abs(static_cast<float>(batch.pixels[i * pixels + p]) / 255 -
                        ideals[d * pixels + p]);
      const float distance = sum / static_cast<float>(pixels);
      if (distance < nearest.distance)
        nearest = {i, static_cast<uint8_t>(digits[d] - '0'), distance};
    }
    found.images.push_back(nearest);
  }
  const auto is_wrong = [&](const NearestMean& n) { return n.answer != batch.digits[n.image]; };
  std::ranges::stable_partition(found.images, is_wrong);
  found.wrong = static_cast<uint32_t>(std::ranges::count_if(found.images, is_wrong));
  for (const NearestMean& n : found.images) {
    const auto from = batch.pixels.begin() + static_cast<std::ptrdiff_t>(n.image * pixels);
    found.pixels.insert(found.pixels.end(), from, from + static_cast<std::ptrdiff_t>(pixels));
  }
}

}  // namespace

void draw_pixel_similarity_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  NearestMeans& found = c.state.nearest_means;
  if (found.version != c.readings.calm_version) {
    find_nearest(c, found);
    found.version = c.readings.calm_version;
  }
  Rect rest = rect;
  const bool wide = rect.width() > 480;
  draw_mean_digits(c, wide ? rest.cut_left(rect.width() * 0.36f)
                           : rest.cut_top(std::min(rect.height() * 0.42f, 260.0f)));
  wide ? rest.cut_left(24) : rest.cut_top(12);
  const auto shown = static_cast<unsigned>(found.images.size());
  if (shown == 0) return;
  canvas.text_in(
      rest.cut_top(24), Type::strong, Tone::ink,
      {Label().format("%u of these %u images are nearer to the wrong mean", found.wrong, shown),
       Label().format("%u of %u wrong", found.wrong, shown)});
  const LongLabel words(
      "The first images of this batch, the mistakes first. Below each: what it is "
      "nearest to, and its mean distance per pixel, from 0 to 1.");
  rest.cut_top(canvas.paragraph(rest, Type::small, Tone::soft, words, 3) + 10);
  const BatchView& batch = c.snapshot.batch;
  const WallImages images{"nearest", 90, found.version, image_size(c.snapshot), found.pixels};
  const auto clicked = draw_image_wall(canvas, rest, images, [&](int i, const Rect& place) {
    const NearestMean& n = found.images[static_cast<size_t>(i)];
    const bool wrong = n.answer != batch.digits[n.image];
    canvas.text_in(
        {place.x0, place.y0, place.x1, place.y0 + 14}, Type::tiny, wrong ? Tone::ink : Tone::soft,
        Label().format(wrong ? "%u taken for %u" : "%u", batch.digits[n.image], n.answer));
    canvas.text_in({place.x0, place.y0 + 14, place.x1, place.y0 + 28}, Type::tiny, Tone::faint,
                   Label().format("%u: %.3f", n.answer, static_cast<double>(n.distance)));
  });
  if (clicked)
    c.selection.inspect(
        chosen_from_batch(batch, found.images[static_cast<size_t>(*clicked)].image));
}

}  // namespace downhill::ui
