#include "gfx/gl_pictures.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "gfx/gl.hpp"
#include "gfx/shaders.hpp"  // written by the build from shaders/

namespace downhill::gfx {
namespace {

// Texels per row of the texture of values, whatever the shape of the tiles: well below the 2048
// that every WebGL 2 supports.
constexpr int kRow = 1024;
// A texture is released when it has not been requested for this many frames.
constexpr uint64_t kUnusedFrames = 120;

struct Uniforms {
  GLint values, row, tile_size, tiles, columns, cell, gap, scale, inked, paper, unsure, positive,
      negative, not_finite;
};

struct Slot {
  GlTexture values;  // R32F or R8, kRow wide
  GlTexture shown;   // RGBA8, grid.width() x grid.height()
  int rows = 0;      // allocated in `values`
  bool bytes = false;
  Picture drawn;  // what `shown` shows; its spans are cleared
  uint64_t last_frame = 0;
};

bool same_look(const Picture& a, const Picture& b) {
  return a.version == b.version && a.grid == b.grid && a.map == b.map && a.scale == b.scale &&
         a.theme == b.theme;
}

size_t value_count(const Picture& picture) {
  const TileGrid& grid = picture.grid;
  const size_t tile = static_cast<size_t>(grid.tile_width) * static_cast<size_t>(grid.tile_height);
  return static_cast<size_t>(grid.tiles) * (tile + (has_tile_numbers(picture.map) ? 1 : 0));
}

bool drawable(const Picture& picture) {
  if (!picture.grid.valid() || !(picture.scale > 0)) return false;
  const size_t count = value_count(picture);
  if (has_tile_numbers(picture.map) && !picture.bytes.empty()) return false;
  return picture.bytes.empty() ? picture.values.size() == count
                               : picture.values.empty() && picture.bytes.size() == count;
}

// Sets the filters of the bound texture; `minify` applies where it is drawn below its size.
void set_filters(GLint minify) {
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, minify);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
}

// Uploads values to the bound texture: all full rows at once, then the rest of the last row.
void upload_rows(GLenum format, GLenum type, const void* data, size_t element_size, size_t count) {
  const int full = static_cast<int>(count / kRow), rest = static_cast<int>(count % kRow);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  if (full > 0) glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, kRow, full, format, type, data);
  if (rest > 0) {
    const auto* tail =
        static_cast<const uint8_t*>(data) + static_cast<size_t>(full) * kRow * element_size;
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, full, rest, 1, format, type, tail);
  }
}

void set_color(GLint uniform, const Lab& color) { glUniform3f(uniform, color.l, color.a, color.b); }

void set_colors(const Uniforms& at, const Picture& picture) {
  const Palette& colors = palette(picture.theme);
  const bool signs = picture.map == ColorMap::diverging || picture.map == ColorMap::answers;
  const Lab& least = has_tile_numbers(picture.map) ? colors.unsure : colors.paper;
  glUniform1i(at.inked, has_tile_numbers(picture.map) ? 1 : 0);
  set_color(at.paper, colors.paper);
  set_color(at.unsure, colors.unsure);
  set_color(at.positive, signs ? colors.positive : colors.ink);
  set_color(at.negative, signs ? colors.negative : least);
  set_color(at.not_finite, colors.ink);
}

// Unbinds what GlPictures binds, instead of restoring earlier bindings. The frame is always drawn
// into the window, and code that draws next sets its own viewport. Asking GL for the earlier
// bindings would make a browser wait until it has drawn everything sent so far.
void unbind() {
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glBindTexture(GL_TEXTURE_2D, 0);
  glBindVertexArray(0);
  glUseProgram(0);
}

}  // namespace

struct GlPictures::State {
  GlEpoch epoch;
  GlBuild build;          // alive once the driver is compiling
  bool finished = false;  // the driver has linked it
  GlFramebuffer target;
  GlVertexArray triangle;
  Uniforms at{};
  std::unordered_map<uint64_t, Slot> slots;
  uint64_t frame = 0;
  std::string failure;

  void start();
  bool prepare();
  void upload(Slot& slot, const Picture& picture);
  void render(Slot& slot, const Picture& picture);
};

void GlPictures::State::start() {
  if (build.program.alive() || !failure.empty()) return;
  build = start_program(epoch, shaders::full_screen_vert, shaders::heat_map_frag);
  finished = false;
}

bool GlPictures::State::prepare() {
  start();
  if (finished || !failure.empty()) return failure.empty();
  if (auto done = finish_program(build, "heat_map"); !done) {
    failure = done.error().message;
    return false;
  }
  finished = true;
  target = GlFramebuffer(epoch);
  triangle = GlVertexArray(epoch);
  const GLuint p = build.program.name();
  at = {.values = glGetUniformLocation(p, "values"),
        .row = glGetUniformLocation(p, "row"),
        .tile_size = glGetUniformLocation(p, "tile_size"),
        .tiles = glGetUniformLocation(p, "tiles"),
        .columns = glGetUniformLocation(p, "columns"),
        .cell = glGetUniformLocation(p, "cell"),
        .gap = glGetUniformLocation(p, "gap"),
        .scale = glGetUniformLocation(p, "scale"),
        .inked = glGetUniformLocation(p, "inked"),
        .paper = glGetUniformLocation(p, "paper"),
        .unsure = glGetUniformLocation(p, "unsure"),
        .positive = glGetUniformLocation(p, "positive"),
        .negative = glGetUniformLocation(p, "negative"),
        .not_finite = glGetUniformLocation(p, "not_finite")};
  return true;
}

void GlPictures::State::upload(Slot& slot, const Picture& picture) {
  const bool bytes = !picture.bytes.empty();
  const size_t count = value_count(picture);
  const int rows = static_cast<int>((count + kRow - 1) / kRow);
  if (!slot.values.alive() || slot.rows != rows || slot.bytes != bytes) {
    slot.values = GlTexture(epoch);
    slot.rows = rows;
    slot.bytes = bytes;
    glBindTexture(GL_TEXTURE_2D, slot.values.name());
    glTexStorage2D(GL_TEXTURE_2D, 1, bytes ? GL_R8 : GL_R32F, kRow, rows);
    set_filters(GL_NEAREST);  // linear filtering of floats needs an extension
  }
  glBindTexture(GL_TEXTURE_2D, slot.values.name());
  if (bytes) {
    upload_rows(GL_RED, GL_UNSIGNED_BYTE, picture.bytes.data(), 1, count);
  } else {
    upload_rows(GL_RED, GL_FLOAT, picture.values.data(), sizeof(float), count);
  }
}

void GlPictures::State::render(Slot& slot, const Picture& picture) {
  const TileGrid& grid = picture.grid;
  const bool fits = slot.shown.alive() && slot.drawn.grid.width() == grid.width() &&
                    slot.drawn.grid.height() == grid.height();
  if (!fits) {
    slot.shown = GlTexture(epoch);
    glBindTexture(GL_TEXTURE_2D, slot.shown.name());
    glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, grid.width(), grid.height());
    set_filters(GL_LINEAR);
  }
  glBindFramebuffer(GL_FRAMEBUFFER, target.name());
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, slot.shown.name(), 0);
  glViewport(0, 0, grid.width(), grid.height());
  glDisable(GL_BLEND);
  glDisable(GL_SCISSOR_TEST);
  glDisable(GL_CULL_FACE);
  glDisable(GL_DEPTH_TEST);
  glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);

  glUseProgram(build.program.name());
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, slot.values.name());
  glUniform1i(at.values, 0);
  glUniform1i(at.row, kRow);
  glUniform2i(at.tile_size, grid.tile_width, grid.tile_height);
  glUniform1i(at.tiles, grid.tiles);
  glUniform1i(at.columns, grid.columns);
  glUniform1i(at.cell, grid.cell);
  glUniform1i(at.gap, grid.gap);
  // A normal number, because a driver that flushes subnormals to zero would divide by zero.
  glUniform1f(at.scale, std::max(picture.scale, std::numeric_limits<float>::min()));
  set_colors(at, picture);
  glBindVertexArray(triangle.name());
  glDrawArrays(GL_TRIANGLES, 0, 3);
}

GlPictures::GlPictures() : state_(std::make_unique<State>()) {}
GlPictures::~GlPictures() = default;

TextureId GlPictures::draw(uint64_t key, const Picture& picture) {
  State& state = *state_;
  if (!drawable(picture) || !state.prepare()) return 0;
  Slot& slot = state.slots[key];
  slot.last_frame = state.frame;
  const bool current = slot.shown.alive() && slot.values.alive() && same_look(slot.drawn, picture);
  if (!current) {
    const bool fresh_values = slot.values.alive() && slot.drawn.version == picture.version &&
                              slot.bytes == !picture.bytes.empty() &&
                              value_count(slot.drawn) == value_count(picture);
    if (!fresh_values) state.upload(slot, picture);
    state.render(slot, picture);
    slot.drawn = picture;
    slot.drawn.values = {};
    slot.drawn.bytes = {};
    unbind();
  }
  return static_cast<TextureId>(slot.shown.name());
}

void GlPictures::begin_frame() {
  State& state = *state_;
  state.start();
  ++state.frame;
  std::erase_if(state.slots, [&](const auto& entry) {
    return entry.second.last_frame + kUnusedFrames < state.frame;
  });
}

void GlPictures::context_lost() {
  state_->epoch.context_lost();
  state_->slots.clear();
  state_->failure.clear();
}

const std::string& GlPictures::failure() const { return state_->failure; }

}  // namespace downhill::gfx
