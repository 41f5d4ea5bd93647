// Heat maps as textures: `ui` says what to show, and an implementation turns values into colours on
// the GPU. This header has no GL in it, so that panels can be tested with a fake that only records
// the requests.
#pragma once

#include <cstdint>
#include <span>

#include "gfx/color.hpp"
#include "gfx/tile_grid.hpp"

namespace downhill::gfx {

// A texture as Dear ImGui takes it (ImTextureID); 0 is "nothing to show".
using TextureId = uintptr_t;

enum class ColorMap : uint8_t {
  diverging,  // -scale orange, 0 paper, +scale blue
  ink,        // 0 paper, scale ink
  answers,    // 0 paper, scale the ink of the tile: answer_ink of the tile's number
  certainty,  // the same with certainty_ink
};

// True when each tile begins with a number.
constexpr bool has_tile_numbers(ColorMap map) {
  return map == ColorMap::answers || map == ColorMap::certainty;
}

struct Picture {
  // Exactly one of the two is set, with tiles * tile_height * tile_width values: [tile][y][x], y
  // down. A byte means byte / 255. A value that is not finite is drawn as a chequered square in no
  // colour of the map. The maps `answers` and `certainty` need `values`, and one more for each tile,
  // before those of the tile: how sure the answer is.
  std::span<const float> values = {};
  std::span<const uint8_t> bytes = {};
  // A number that changes with the values, such as a step count. The texture is redrawn only when
  // it, the grid or the colours change.
  uint64_t version = 0;
  TileGrid grid = {};  // also the size of the texture: grid.width() x grid.height() device pixels
  ColorMap map = ColorMap::diverging;
  float scale = 1;  // > 0; larger values are clamped. Print it beside the picture.
  Theme theme = Theme::light;
};

class Pictures {
 public:
  virtual ~Pictures() = default;
  // Returns a texture that shows `picture`, valid until the end of the frame; gaps are transparent.
  // Row 0 of the texture is the top of the picture (draw it with uv (0,0)-(1,1)). `key` names the
  // place on the page: there is one texture per key, released when it has not been requested for a
  // while. Returns 0 if the sizes do not match or nothing can be drawn now.
  virtual TextureId draw(uint64_t key, const Picture& picture) = 0;
};

}  // namespace downhill::gfx
