// Answers the renderer of Dear ImGui when it asks for the GL state that it restores after a frame.
// The answers are constants, because this program never relies on that state: all drawing code sets
// what it needs. Asking GL would take most of a frame: in a browser GL lives in another process,
// which answers only after drawing everything sent before (measured in Chromium with software GL:
// nine tenths of the time of a frame).
#include <GLES3/gl3.h>

extern "C" void downhill_imgui_asks_gl(GLenum name, GLint* value) {
  switch (name) {
    case GL_ACTIVE_TEXTURE:
      *value = GL_TEXTURE0;
      return;
    case GL_CURRENT_PROGRAM:
    case GL_TEXTURE_BINDING_2D:
    case GL_SAMPLER_BINDING:
    case GL_ARRAY_BUFFER_BINDING:
    case GL_VERTEX_ARRAY_BINDING:
      *value = 0;
      return;
    case GL_VIEWPORT:
    case GL_SCISSOR_BOX:
      for (int i = 0; i < 4; ++i) value[i] = 0;
      return;
    case GL_BLEND_SRC_RGB:
    case GL_BLEND_SRC_ALPHA:
      *value = GL_ONE;
      return;
    case GL_BLEND_DST_RGB:
    case GL_BLEND_DST_ALPHA:
      *value = GL_ZERO;
      return;
    case GL_BLEND_EQUATION_RGB:
    case GL_BLEND_EQUATION_ALPHA:
      *value = GL_FUNC_ADD;
      return;
    default:  // versions and limits, asked for once
      glGetIntegerv(name, value);
  }
}
