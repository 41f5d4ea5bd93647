// RAII owners of GL objects (OpenGL ES 3.0 = WebGL 2) that survive the loss of the context. An
// object remembers the epoch it was made in; one from an earlier epoch is dead: it is not deleted
// and must be made again. Only the sources of this room include this header.
#pragma once

#include <GLES3/gl3.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace downhill::gfx {

// The number of the current context; one counter per window. Must outlive every object made under
// it.
class GlEpoch {
 public:
  uint32_t now() const { return now_; }
  void context_lost() { ++now_; }

 private:
  uint32_t now_ = 1;
};

// Kind: { static GLuint make(); static void destroy(GLuint); }
template <class Kind>
class GlObject {
 public:
  GlObject() = default;
  explicit GlObject(const GlEpoch& epoch)
      : epoch_(&epoch), made_(epoch.now()), name_(Kind::make()) {}
  // Takes over an existing name.
  GlObject(const GlEpoch& epoch, GLuint name) : epoch_(&epoch), made_(epoch.now()), name_(name) {}
  ~GlObject() {
    if (alive()) Kind::destroy(name_);
  }
  GlObject(GlObject&& other) noexcept { swap(other); }
  GlObject& operator=(GlObject&& other) noexcept {
    swap(other);
    return *this;
  }
  GlObject(const GlObject&) = delete;
  GlObject& operator=(const GlObject&) = delete;

  bool alive() const { return name_ != 0 && epoch_->now() == made_; }
  GLuint name() const { return name_; }

 private:
  void swap(GlObject& other) noexcept {
    std::swap(epoch_, other.epoch_);
    std::swap(made_, other.made_);
    std::swap(name_, other.name_);
  }

  const GlEpoch* epoch_ = nullptr;
  uint32_t made_ = 0;
  GLuint name_ = 0;
};

struct TextureKind {
  static GLuint make();
  static void destroy(GLuint name) { glDeleteTextures(1, &name); }
};
struct FramebufferKind {
  static GLuint make();
  static void destroy(GLuint name) { glDeleteFramebuffers(1, &name); }
};
struct VertexArrayKind {
  static GLuint make();
  static void destroy(GLuint name) { glDeleteVertexArrays(1, &name); }
};
struct ShaderKind {  // made by start_program, which knows the stage
  static void destroy(GLuint name) { glDeleteShader(name); }
};
struct ProgramKind {
  static GLuint make() { return glCreateProgram(); }
  static void destroy(GLuint name) { glDeleteProgram(name); }
};

using GlTexture = GlObject<TextureKind>;
using GlFramebuffer = GlObject<FramebufferKind>;
using GlVertexArray = GlObject<VertexArrayKind>;
using GlShader = GlObject<ShaderKind>;
using GlProgram = GlObject<ProgramKind>;

// Compiles and links GLSL ES 3.00 in two parts, because asking for the result waits for it. The
// first part only gives the driver its work (in a browser, in another process); the second asks.
// The error carries the log of the driver, which is empty if the context was lost meanwhile.
struct GlBuild {
  GlProgram program;
  std::array<GlShader, 2> shaders;
};
GlBuild start_program(const GlEpoch& epoch, std::string_view vertex_source,
                      std::string_view fragment_source);
Result<void> finish_program(const GlBuild& build, std::string_view name);

}  // namespace downhill::gfx
