#include "gfx/gl.hpp"

#include <string>

namespace downhill::gfx {
namespace {

// Attaches a compiled shader; it is deleted together with the program.
Result<void> attach(GLuint program, GLenum kind, std::string_view name, std::string_view source) {
  const GLuint shader = glCreateShader(kind);
  const char* text = source.data();
  const GLint length = static_cast<GLint>(source.size());
  glShaderSource(shader, 1, &text, &length);
  glCompileShader(shader);
  GLint done = GL_FALSE;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &done);
  if (done == GL_TRUE) {
    glAttachShader(program, shader);
    glDeleteShader(shader);
    return {};
  }
  std::string log(1024, '\0');
  GLsizei used = 0;
  glGetShaderInfoLog(shader, static_cast<GLsizei>(log.size()), &used, log.data());
  log.resize(static_cast<size_t>(used));
  glDeleteShader(shader);
  return Error{"[gfx] the shader " + std::string(name) + " does not compile: " + log};
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

Result<GlProgram> make_program(const GlEpoch& epoch, std::string_view name,
                               std::string_view vertex_source, std::string_view fragment_source) {
  GlProgram program(epoch);
  if (auto done = attach(program.name(), GL_VERTEX_SHADER, name, vertex_source); !done) {
    return done.error();
  }
  if (auto done = attach(program.name(), GL_FRAGMENT_SHADER, name, fragment_source); !done) {
    return done.error();
  }
  glLinkProgram(program.name());
  GLint done = GL_FALSE;
  glGetProgramiv(program.name(), GL_LINK_STATUS, &done);
  if (done == GL_TRUE) return program;
  std::string log(1024, '\0');
  GLsizei used = 0;
  glGetProgramInfoLog(program.name(), static_cast<GLsizei>(log.size()), &used, log.data());
  log.resize(static_cast<size_t>(used));
  return Error{"[gfx] the program " + std::string(name) + " does not link: " + log};
}

}  // namespace downhill::gfx
