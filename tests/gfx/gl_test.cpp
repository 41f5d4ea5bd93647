#include "gfx/gl.hpp"

#include <doctest/doctest.h>

#include "headless_gl.hpp"

namespace downhill::gfx {
namespace {

constexpr char kVertex[] =
    "#version 300 es\nout vec2 at;\nvoid main() { at = vec2(0); gl_Position = vec4(at, 0, 1); }";
constexpr char kFragment[] =
    "#version 300 es\nprecision highp float;\nin vec2 at;\nout vec4 color;\nvoid main() { color = "
    "vec4(at, 0, 1); }";

TEST_CASE("a program that links has no error") {
  const HeadlessGl gl;
  const GlEpoch epoch;
  const GlBuild build = start_program(epoch, kVertex, kFragment);
  CHECK(finish_program(build, "plain"));
  CHECK(glGetError() == GL_NO_ERROR);
}

TEST_CASE("a shader that does not compile is named, with what the driver says") {
  const HeadlessGl gl;
  const GlEpoch epoch;
  const GlBuild build =
      start_program(epoch, kVertex, "#version 300 es\nvoid main() { nonsense = 1; }");
  const auto done = finish_program(build, "broken");
  REQUIRE_FALSE(done);
  CHECK(done.error().message.starts_with("[gfx] the shader program broken does not compile: "));
  CHECK(done.error().message.find("nonsense") != std::string::npos);
}

TEST_CASE("shaders that do not fit together are told from those that do not compile") {
  const HeadlessGl gl;
  const GlEpoch epoch;
  const GlBuild build =
      start_program(epoch, kVertex,
                    "#version 300 es\nprecision highp float;\nin vec3 at;\nout vec4 color;\n"
                    "void main() { color = vec4(at, 1); }");
  const auto done = finish_program(build, "torn");
  REQUIRE_FALSE(done);
  CHECK(done.error().message.starts_with("[gfx] the shader program torn does not link: "));
  CHECK(done.error().message.find("at") != std::string::npos);
}

}  // namespace
}  // namespace downhill::gfx
