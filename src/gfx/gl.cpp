#include "gfx/gl.hpp"

#include <string>

namespace downhill::gfx {
namespace {

// Gives a shader to the driver to compile, without waiting for the result.
GlShader attach(const GlEpoch& epoch, const GlProgram& program, GLenum stage,
                std::string_view source) {
  GlShader shader(epoch, glCreateShader(stage));
  const char* text = source.data();
  const GLint length = static_cast<GLint>(source.size());
  glShaderSource(shader.name(), 1, &text, &length);
  glCompileShader(shader.name());
  glAttachShader(program.name(), shader.name());
  return shader;
}

constexpr GLsizei kLogBytes = 1024;

// The driver's log; empty if the shader compiled.
std::string compile_log(GLuint shader) {
  GLint compiled = GL_FALSE;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &compiled);
  if (compiled == GL_TRUE) return {};
  std::string log(kLogBytes, '\0');
  GLsizei used = 0;
  glGetShaderInfoLog(shader, kLogBytes, &used, log.data());
  log.resize(static_cast<size_t>(used));
  return log;
}

}  // namespace

GLuint TextureKind::make() {
  GLuint name = 0;
  glGenTextures(1, &name);
  return name;
}

GLuint FramebufferKind::make() {
  GLuint name = 0;
  glGenFramebuffers(1, &name);
  return name;
}

GLuint VertexArrayKind::make() {
  GLuint name = 0;
  glGenVertexArrays(1, &name);
  return name;
}

GlBuild start_program(const GlEpoch& epoch, std::string_view vertex_source,
                      std::string_view fragment_source) {
  GlBuild build;
  build.program = GlProgram(epoch);
  build.shaders = {attach(epoch, build.program, GL_VERTEX_SHADER, vertex_source),
                   attach(epoch, build.program, GL_FRAGMENT_SHADER, fragment_source)};
  glLinkProgram(build.program.name());
  return build;
}

Result<void> finish_program(const GlBuild& build, std::string_view name) {
  GLint done = GL_FALSE;
  glGetProgramiv(build.program.name(), GL_LINK_STATUS, &done);
  if (done == GL_TRUE) return {};
  for (const GlShader& shader : build.shaders) {
    if (const std::string log = compile_log(shader.name()); !log.empty()) {
      return Error{"[gfx] the shader program " + std::string(name) + " does not compile: " + log};
    }
  }
  std::string log(kLogBytes, '\0');
  GLsizei used = 0;
  glGetProgramInfoLog(build.program.name(), kLogBytes, &used, log.data());
  log.resize(static_cast<size_t>(used));
  return Error{"[gfx] the shader program " + std::string(name) + " does not link: " + log};
}

}  // namespace downhill::gfx
