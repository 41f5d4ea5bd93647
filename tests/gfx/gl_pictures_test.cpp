// Compares the shaders, run by a real OpenGL ES 3 without a screen, with the colours that the CPU
// computes.
#include "gfx/gl_pictures.hpp"

#include <GLES3/gl3.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "headless_gl.hpp"

namespace downhill::gfx {
namespace {

constexpr TileGrid kOneImage{.tile_width = 28, .tile_height = 28};

struct Pixels {
  int width = 0;
  std::vector<uint8_t> rgba;
  const uint8_t* at(int x, int y) const { return &rgba[static_cast<size_t>(y * width + x) * 4]; }
};

// Row 0 of the texture, the top of the picture, comes first.
Pixels read_back(TextureId texture, int width, int height) {
  Pixels pixels{width, std::vector<uint8_t>(static_cast<size_t>(width * height) * 4)};
  GLuint target = 0;
  glGenFramebuffers(1, &target);
  glBindFramebuffer(GL_FRAMEBUFFER, target);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D,
                         static_cast<GLuint>(texture), 0);
  REQUIRE(glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE);
  glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.rgba.data());
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glDeleteFramebuffers(1, &target);
  return pixels;
}

void check_color(const uint8_t* pixel, const Lab& expected) {
  const Rgb rgb = to_rgb(expected);
  CHECK(std::abs(pixel[0] - 255.0f * rgb.r) <= 1.01f);
  CHECK(std::abs(pixel[1] - 255.0f * rgb.g) <= 1.01f);
  CHECK(std::abs(pixel[2] - 255.0f * rgb.b) <= 1.01f);
  CHECK(pixel[3] == 255);
}

std::vector<float> ramp(int count, float low, float high) {
  std::vector<float> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(low + (high - low) * static_cast<float>(i) / static_cast<float>(count - 1));
  }
  return values;
}

TEST_CASE("the shader's colours are those of the CPU, in both themes and beyond the scale") {
  const HeadlessGl gl;
  GlPictures pictures;
  const std::vector<float> values = ramp(201, -3, 3);
  uint64_t key = 0;
  for (Theme theme : {Theme::light, Theme::dark}) {
    for (ColorMap map : {ColorMap::diverging, ColorMap::ink}) {
      Picture picture{.values = values,
                      .grid = {201, 1, 1, 1, 1, 0},
                      .map = map,
                      .scale = 2.5f,
                      .theme = theme};
      const TextureId texture = pictures.draw(++key, picture);
      REQUIRE(texture != 0);
      const Pixels pixels = read_back(texture, 201, 1);
      for (int i = 0; i < 201; ++i) {
        const float t = values[static_cast<size_t>(i)] / picture.scale;
        const Palette& p = palette(theme);
        check_color(pixels.at(i, 0), map == ColorMap::ink ? ink(p, t) : diverging(p, t));
      }
    }
  }
}

TEST_CASE(
    "tiles stand where TileGrid says, the first row on top, gaps transparent, every edge sharp") {
  const HeadlessGl gl;
  GlPictures pictures;
  const TileGrid grid{
      .tile_width = 28, .tile_height = 28, .tiles = 7, .columns = 3, .cell = 3, .gap = 5};
  const std::vector<float> values = ramp(7 * 784, -1, 1);
  const TextureId texture = pictures.draw(1, {.values = values, .grid = grid});
  const Pixels pixels = read_back(texture, grid.width(), grid.height());
  const Palette& p = palette(Theme::light);
  for (int y = 0; y < grid.height(); y += 1) {
    for (int x = y % 3; x < grid.width(); x += 3) {
      const auto at = grid.at(x, y);
      if (!at) {
        CHECK(pixels.at(x, y)[3] == 0);
        continue;
      }
      const int index = (at->tile * 28 + at->y) * 28 + at->x;
      check_color(pixels.at(x, y), diverging(p, values[static_cast<size_t>(index)]));
    }
  }
}

TEST_CASE("a tile that begins with a number is drawn in the ink of that number") {
  const HeadlessGl gl;
  GlPictures pictures;
  // Tiles of 3 × 1: a number, then a pixel without ink, one half inked and one full.
  const std::vector<float> numbers = {-1, -0.4f, 0, 0.4f, 1, 7};
  std::vector<float> values;
  for (const float number : numbers) values.insert(values.end(), {number, 0, 0.5f, 1});
  const TileGrid grid{.tile_width = 3, .tile_height = 1, .tiles = 6, .columns = 2, .gap = 1};
  uint64_t key = 0;
  for (Theme theme : {Theme::light, Theme::dark}) {
    for (ColorMap map : {ColorMap::answers, ColorMap::certainty}) {
      const TextureId texture =
          pictures.draw(++key, {.values = values, .grid = grid, .map = map, .theme = theme});
      REQUIRE(texture != 0);
      const Pixels pixels = read_back(texture, grid.width(), grid.height());
      const Palette& p = palette(theme);
      for (int tile = 0; tile < grid.tiles; ++tile) {
        const float number = numbers[static_cast<size_t>(tile)];
        const Lab full =
            map == ColorMap::answers ? answer_ink(p, number) : certainty_ink(p, number);
        const Palette inked{
            .paper = p.paper, .ink = full, .positive = {}, .negative = {}, .unsure = {}};
        for (int x = 0; x < 3; ++x)
          check_color(pixels.at(grid.left(tile) + x, grid.top(tile)),
                      ink(inked, static_cast<float>(x) / 2));
      }
    }
  }
  // The same values are no picture without their numbers, and bytes have none.
  CHECK(pictures.draw(99, {.values = values, .grid = grid}) == 0);
  const std::vector<uint8_t> bytes(24);
  CHECK(pictures.draw(99, {.bytes = bytes, .grid = grid, .map = ColorMap::answers}) == 0);
}

TEST_CASE("bytes are ink from 0 to 255") {
  const HeadlessGl gl;
  GlPictures pictures;
  std::vector<uint8_t> bytes(256);
  for (size_t i = 0; i < 256; ++i) bytes[i] = static_cast<uint8_t>(i);
  const TextureId texture =
      pictures.draw(1, {.bytes = bytes, .grid = {256, 1, 1, 1, 1, 0}, .map = ColorMap::ink});
  const Pixels pixels = read_back(texture, 256, 1);
  for (int i = 0; i < 256; ++i) {
    check_color(pixels.at(i, 0), ink(palette(Theme::light), static_cast<float>(i) / 255));
  }
}

TEST_CASE("a value that is not finite is a chequered square and not a colour of the map") {
  const HeadlessGl gl;
  GlPictures pictures;
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> values = {std::nanf(""), infinity, -infinity, 0.5f};
  const TextureId texture = pictures.draw(1, {.values = values, .grid = {4, 1, 1, 1, 8, 0}});
  const Pixels pixels = read_back(texture, 32, 8);
  const Palette& p = palette(Theme::light);
  for (int i = 0; i < 3; ++i) {
    check_color(pixels.at(i * 8 + 1, 1), p.ink);
    check_color(pixels.at(i * 8 + 6, 1), p.paper);
    check_color(pixels.at(i * 8 + 1, 6), p.paper);
    check_color(pixels.at(i * 8 + 6, 6), p.ink);
  }
  check_color(pixels.at(28, 4), diverging(p, 0.5f));
}

TEST_CASE(
    "a picture is drawn again when its version, grid, scale or theme changes, and only then") {
  const HeadlessGl gl;
  GlPictures pictures;
  std::vector<float> values = {1, 1, 1, 1};
  Picture picture{.values = values, .version = 1, .grid = {2, 2, 1, 1, 1, 0}};
  const Palette& p = palette(Theme::light);
  check_color(read_back(pictures.draw(1, picture), 2, 2).at(0, 0), diverging(p, 1));

  values.assign(4, -1.0f);  // without telling the picture
  check_color(read_back(pictures.draw(1, picture), 2, 2).at(0, 0), diverging(p, 1));
  picture.version = 2;
  check_color(read_back(pictures.draw(1, picture), 2, 2).at(0, 0), diverging(p, -1));
  picture.scale = 2;
  check_color(read_back(pictures.draw(1, picture), 2, 2).at(0, 0), diverging(p, -0.5f));
  picture.theme = Theme::dark;
  check_color(read_back(pictures.draw(1, picture), 2, 2).at(0, 0),
              diverging(palette(Theme::dark), -0.5f));
  picture.grid.cell = 5;
  check_color(read_back(pictures.draw(1, picture), 10, 10).at(9, 9),
              diverging(palette(Theme::dark), -0.5f));
}

TEST_CASE("after a lost context the next draw makes everything again") {
  HeadlessGl gl;
  GlPictures pictures;
  const std::vector<float> values = {-1, 1};
  const Picture picture{.values = values, .grid = {2, 1, 1, 1, 1, 0}};
  REQUIRE(pictures.draw(1, picture) != 0);
  gl.lose_context();
  pictures.context_lost();
  const Pixels pixels = read_back(pictures.draw(1, picture), 2, 1);
  check_color(pixels.at(0, 0), diverging(palette(Theme::light), -1));
  check_color(pixels.at(1, 0), diverging(palette(Theme::light), 1));
  CHECK(glGetError() == GL_NO_ERROR);
}

TEST_CASE("sizes that do not fit together draw nothing") {
  const HeadlessGl gl;
  GlPictures pictures;
  const std::vector<float> values(783);
  CHECK(pictures.draw(1, {.values = values, .grid = kOneImage}) == 0);
  CHECK(pictures.draw(1, {.grid = kOneImage}) == 0);
  const std::vector<float> enough(784);
  CHECK(pictures.draw(1, {.values = enough, .grid = {.cell = 0}}) == 0);
  CHECK(pictures.draw(1, {.values = enough, .grid = kOneImage, .scale = 0}) == 0);
  CHECK(pictures.draw(1, {.values = enough, .grid = kOneImage, .scale = std::nanf("")}) == 0);
  CHECK(pictures.draw(1, {.values = enough, .grid = kOneImage}) != 0);
}

TEST_CASE("a picture leaves nothing bound, so that the frame goes on in the window") {
  const HeadlessGl gl;
  GlPictures pictures;
  const std::vector<float> values(784);
  REQUIRE(pictures.draw(1, {.values = values, .grid = kOneImage}) != 0);
  for (const GLenum place : {GL_FRAMEBUFFER_BINDING, GL_CURRENT_PROGRAM, GL_TEXTURE_BINDING_2D,
                             GL_VERTEX_ARRAY_BINDING}) {
    GLint bound = -1;
    glGetIntegerv(place, &bound);
    CHECK(bound == 0);
  }
  CHECK(glGetError() == GL_NO_ERROR);
}

TEST_CASE("textures that are no longer drawn are deleted, the others stay") {
  const HeadlessGl gl;
  GlPictures pictures;
  const std::vector<float> values(784);
  const Picture picture{.values = values, .grid = kOneImage};
  const TextureId kept = pictures.draw(1, picture);
  const TextureId left = pictures.draw(2, picture);
  for (int frame = 0; frame < 200; ++frame) {
    pictures.begin_frame();
    CHECK(pictures.draw(1, picture) == kept);
  }
  CHECK(glIsTexture(static_cast<GLuint>(kept)) == GL_TRUE);
  CHECK(glIsTexture(static_cast<GLuint>(left)) == GL_FALSE);
}

}  // namespace
}  // namespace downhill::gfx
