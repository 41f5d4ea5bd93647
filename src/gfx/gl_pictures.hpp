// Draws pictures with the shader heat_map.frag into textures of exactly the size in which they are
// shown, so values have crisp edges at any pixel ratio. Everything on the GPU follows from the
// arguments of `draw`: after the loss of a context the next frame makes it again. Owns the GL
// objects; the context itself belongs to the window.
#pragma once

#include <memory>
#include <string>

#include "gfx/pictures.hpp"

namespace downhill::gfx {

class GlPictures final : public Pictures {
 public:
  // Needs no context yet: the first frame makes the GL objects.
  GlPictures();
  ~GlPictures() override;

  TextureId draw(uint64_t key, const Picture& picture) override;

  // Call it once per frame. Starts compiling the shaders before they are needed, and releases
  // textures that were not requested in recent frames.
  void begin_frame();
  // The context and its objects are gone. Call it before the first draw in the new context.
  void context_lost();
  // Why nothing is drawn: the driver refused the shader. Empty if all is well.
  const std::string& failure() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace downhill::gfx
