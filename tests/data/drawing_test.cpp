#include "data/drawing.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

namespace downhill {
namespace {

Drawing line(float x0, float y0, float x1, float y1, float pen = 0.1f) {
  Drawing drawing;
  drawing.points = {x0, y0, x1, y1};
  drawing.strokes = {2};
  drawing.pen = pen;
  return drawing;
}

// The centre of mass, in pixels from the upper left corner.
std::array<float, 2> centre(const std::vector<uint8_t>& pixels, uint32_t columns) {
  float sum = 0, x = 0, y = 0;
  for (uint32_t i = 0; i < pixels.size(); ++i) {
    const auto dark = static_cast<float>(pixels[i]);
    sum += dark;
    x += dark * (static_cast<float>(i % columns) + 0.5f);
    y += dark * (static_cast<float>(i / columns) + 0.5f);
  }
  return {x / sum, y / sum};
}

}  // namespace

TEST_CASE("nothing drawn is a blank image") {
  const PreparedDrawing blank = prepare({});
  CHECK(blank.pixels == std::vector<uint8_t>(784, 0));
  CHECK(blank.box == std::array<uint32_t, 4>{});
  CHECK(blank.fitted.empty());
}

TEST_CASE("the ink of a line is as wide as its pen and as long as the line with two round ends") {
  const PreparedDrawing drawn = prepare(line(0.25f, 0.5f, 0.75f, 0.5f));
  // Of 112 pixels: from 28 - 5.6 to 84 + 5.6 across, 56 ± 5.6 down, with a soft edge.
  CHECK(drawn.box == std::array<uint32_t, 4>{50, 22, 12, 68});
  const auto area = std::accumulate(drawn.ink.begin(), drawn.ink.end(), 0.0) / 255;
  CHECK(area == doctest::Approx(56 * 11.2 + 3.14159 * 5.6 * 5.6).epsilon(0.01));
}

TEST_CASE("a point is a dot") {
  Drawing dot;
  dot.points = {0.5f, 0.5f};
  dot.strokes = {1};
  const PreparedDrawing drawn = prepare(dot);
  CHECK(drawn.box[2] == drawn.box[3]);
  CHECK(drawn.rows == kFittedSide);
}

TEST_CASE("a centred digit fits 20 × 20, keeps its proportions, and has its mass in the middle") {
  const std::array<float, 2> places[] = {{0.0f, 0.0f}, {0.25f, 0.0625f}, {0.5f, 0.4375f}};
  std::vector<std::vector<uint8_t>> images;
  for (const auto& [x, y] : places) {
    Drawing drawing = line(x + 0.05f, y + 0.05f, x + 0.25f, y + 0.45f, 0.05f);
    const PreparedDrawing drawn = prepare(drawing);
    CHECK(drawn.rows == 20);
    CHECK(drawn.columns == 11);  // 0.25 × 0.45 of the square, with the pen
    const auto [across, down] = centre(drawn.pixels, 28);
    CHECK(across == doctest::Approx(14).epsilon(0.04));
    CHECK(down == doctest::Approx(14).epsilon(0.04));
    images.push_back(drawn.pixels);
  }
  // Where it was drawn does not matter.
  for (size_t i = 0; i < 784; ++i) {
    CHECK(std::abs(images[0][i] - images[1][i]) <= 2);
    CHECK(std::abs(images[0][i] - images[2][i]) <= 2);
  }
}

TEST_CASE("a thin line becomes as dark as a thick one") {
  for (const float pen : {0.02f, 0.2f}) {
    const PreparedDrawing drawn = prepare(line(0.1f, 0.1f, 0.9f, 0.8f, pen));
    CHECK(*std::ranges::max_element(drawn.pixels) == 255);
  }
}

TEST_CASE("scaling keeps the mean darkness") {
  const PreparedDrawing drawn = prepare(line(0.1f, 0.1f, 0.9f, 0.9f, 0.2f));
  const auto [top, left, rows, columns] = drawn.box;
  const double before = std::accumulate(drawn.ink.begin(), drawn.ink.end(), 0.0) /
                        (static_cast<double>(rows) * columns);
  const double after = std::accumulate(drawn.fitted.begin(), drawn.fitted.end(), 0.0) /
                       static_cast<double>(drawn.fitted.size());
  CHECK(after == doctest::Approx(before).epsilon(0.01));
}

TEST_CASE("without centring the square is only made smaller") {
  Drawing drawing = line(0.05f, 0.05f, 0.15f, 0.2f);
  drawing.centred = false;
  const PreparedDrawing drawn = prepare(drawing);
  CHECK(drawn.fitted.empty());
  const auto [across, down] = centre(drawn.pixels, 28);
  const auto [ink_across, ink_down] = centre(drawn.ink, kInkSide);
  CHECK(std::abs(across - ink_across / 4) < 0.3f);
  CHECK(std::abs(down - ink_down / 4) < 0.3f);
}

TEST_CASE("a digit far from the centre of its own mass stays inside") {
  Drawing drawing = line(0.1f, 0.1f, 0.9f, 0.1f, 0.02f);
  for (int i = 0; i < 40; ++i) {  // much ink at one end
    drawing.points.insert(drawing.points.end(), {0.9f, 0.1f + 0.001f * static_cast<float>(i)});
  }
  drawing.strokes = {42};
  drawing.pen = 0.02f;
  const PreparedDrawing drawn = prepare(drawing);
  const auto sum = [](const std::vector<uint8_t>& pixels) {
    return std::accumulate(pixels.begin(), pixels.end(), 0u);
  };
  CHECK(sum(drawn.pixels) == sum(drawn.fitted));
}

TEST_CASE("pixels are taken as they are, and strokes take their place again") {
  DrawOrder order;
  order.pixels = std::vector<uint8_t>(784, 7);
  Drawing drawing = changed(line(0, 0, 1, 1), order);
  CHECK(drawing.points.empty());
  CHECK(prepare(drawing).pixels == std::vector<uint8_t>(784, 7));
  order = {};
  order.points = {0.5f, 0.5f};
  order.strokes = {1};
  drawing = changed(drawing, order);
  CHECK(drawing.pixels.empty());
  CHECK_FALSE(drawing.blank());
  order.points->clear();
  order.strokes.clear();
  CHECK(changed(drawing, order).blank());
}

TEST_CASE("a drawing that does not fit itself is not sound") {
  const Drawing good = line(0, 0, 1, 1);
  CHECK(is_sound(good));
  CHECK(is_sound({}));
  const auto without = [&](auto change) {
    Drawing bad = good;
    change(bad);
    return is_sound(bad);
  };
  CHECK_FALSE(without([](Drawing& d) { d.points.pop_back(); }));
  CHECK_FALSE(without([](Drawing& d) { d.strokes = {3}; }));
  CHECK_FALSE(without([](Drawing& d) { d.strokes = {2, 0}; }));
  CHECK_FALSE(without([](Drawing& d) { d.strokes = {0xffffffffu, 3}; }));
  CHECK_FALSE(without([](Drawing& d) { d.points[0] = 1.01f; }));
  CHECK_FALSE(without([](Drawing& d) { d.points[0] = std::numeric_limits<float>::quiet_NaN(); }));
  CHECK_FALSE(without([](Drawing& d) { d.pen = 0; }));
  CHECK_FALSE(without([](Drawing& d) { d.pixels.assign(783, 0); }));
}

}  // namespace downhill
