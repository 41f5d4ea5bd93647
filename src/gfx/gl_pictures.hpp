// Pictures drawn by the shader heat_map.frag into textures of exactly the size they are shown at,
// so every value has crisp edges at any pixel ratio. Everything on the GPU is derived from what
// `draw` is given: after a lost context the next frame makes it all again. Owns the GL objects; the
// context itself belongs to the window.
#pragma once

#include <memory>
#include <string>

#include "gfx/pictures.hpp"

namespace downhill::gfx {

class GlPictures final : public Pictures {
 public:
  // Needs no context yet: GL objects are made by the first frame.
  GlPictures();
  ~GlPictures() override;

  TextureId draw(uint64_t key, const Picture& picture) override;

  // Once per frame: has the driver compile the shaders before they are needed, and lets go of
  // textures that were not asked for in the last frames.
  void begin_frame();
  // The context is gone and its objects with it. Call it before the first draw with the new one.
  void context_lost();
  // Why nothing is drawn: the driver refused the shader. Empty while all is well.
  const std::string& failure() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace downhill::gfx
