// A real OpenGL ES 3 without a screen: EGL's surfaceless platform, with Mesa's software renderer if
// there is no GPU.
#pragma once

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <doctest/doctest.h>

namespace downhill::gfx {

class HeadlessGl {
 public:
  HeadlessGl() {
    const auto get_display = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(
        eglGetProcAddress("eglGetPlatformDisplayEXT"));
    REQUIRE((get_display != nullptr));
    display_ = get_display(EGL_PLATFORM_SURFACELESS_MESA, nullptr, nullptr);
    REQUIRE(eglInitialize(display_, nullptr, nullptr) == EGL_TRUE);
    REQUIRE(eglBindAPI(EGL_OPENGL_ES_API) == EGL_TRUE);
    make_context();
  }
  ~HeadlessGl() {
    drop_context();
    eglTerminate(display_);
  }
  HeadlessGl(const HeadlessGl&) = delete;
  HeadlessGl& operator=(const HeadlessGl&) = delete;

  void lose_context() {
    drop_context();
    make_context();
  }

 private:
  void make_context() {
    const EGLint version[] = {EGL_CONTEXT_CLIENT_VERSION, 3, EGL_NONE};
    context_ = eglCreateContext(display_, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version);
    REQUIRE(context_ != EGL_NO_CONTEXT);
    REQUIRE(eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_) == EGL_TRUE);
  }
  void drop_context() {
    eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(display_, context_);
  }

  EGLDisplay display_ = EGL_NO_DISPLAY;
  EGLContext context_ = EGL_NO_CONTEXT;
};

}  // namespace downhill::gfx
