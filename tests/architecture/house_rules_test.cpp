// Tests the rules themselves: each finds its violation and lets an innocent look-alike pass.
#include "architecture/house_rules.hpp"

#include <doctest/doctest.h>

namespace downhill::architecture {
namespace {

const Arrows kHouse = {{"simd", {}},
                       {"base", {}},
                       {"kernels", {"simd"}},
                       {"nn", {"kernels", "base"}},
                       {"data", {"base"}},
                       {"gfx", {"base"}},
                       {"session", {"nn", "data", "base"}},
                       {"ui", {"session", "gfx", "base"}},
                       {"platform", {"session", "gfx", "base"}}};

size_t count(const std::string& path, std::string_view text) {
  return violations(path, text, kHouse).size();
}

TEST_CASE("An include against the arrows is found") {
  CHECK(count("src/nn/a.cpp", "#include \"kernels/matmul.hpp\"\n") == 0);
  CHECK(count("src/nn/a.cpp", "#include \"nn/layers.hpp\"\n") == 0);
  CHECK(count("src/nn/a.cpp", "#include \"data/loader.hpp\"\n") == 1);
  CHECK(count("src/nn/a.cpp", "  #  include   \"data/loader.hpp\"\n") == 1);
  CHECK(count("src/nn/a.cpp", "// #include \"data/loader.hpp\"\n") == 0);
  CHECK(count("src/nn/a.cpp", "#include \"layers.hpp\"\n") == 1);
  CHECK(count("src/attic/a.cpp", "int x;") == 1);
}

TEST_CASE("A foreign header in the wrong room is found") {
  CHECK(count("src/ui/a.cpp", "#include <imgui.h>\n#include <implot.h>\n") == 0);
  CHECK(count("src/session/a.cpp", "#include <imgui.h>\n") == 1);
  CHECK(count("src/session/a.cpp", "#include \"imgui.h\"\n") == 1);
  CHECK(count("src/gfx/a.cpp", "#include <imgui_internal.h>\n") == 1);
  CHECK(count("src/gfx/a.cpp", "#include <GLES3/gl3.h>\n") == 0);
  CHECK(count("src/ui/a.cpp", "#include <GLES3/gl3.h>\n") == 1);
  CHECK(count("src/nn/a.cpp", "#include <chrono>\n") == 1);
  CHECK(count("src/nn/a.cpp", "#include <random>\n") == 1);
  CHECK(count("src/platform/a.cpp", "#include <random>\n") == 1);
  CHECK(count("src/session/a.cpp", "#include <thread>\n") == 1);
  CHECK(count("src/kernels/a.cpp", "#include <emmintrin.h>\n") == 1);
}

TEST_CASE("__EMSCRIPTEN__ outside platform and simd is found") {
  CHECK(count("src/ui/a.cpp", "#ifdef __EMSCRIPTEN__\n#endif\n") == 1);
  CHECK(count("src/platform/a.cpp", "#ifdef __EMSCRIPTEN__\n#endif\n") == 0);
  CHECK(count("src/simd/a.cpp", "#ifdef __EMSCRIPTEN__\n#endif\n") == 0);
  CHECK(count("src/ui/a.cpp", "// __EMSCRIPTEN__ is not for here\n") == 0);
}

TEST_CASE("Numbers that depend on the machine are found") {
  CHECK(count("src/nn/a.cpp", "float f(float x) { return std::exp(x); }") == 1);
  CHECK(count("src/nn/a.cpp", "float f(float x) { return tanhf(x); }") == 1);
  CHECK(count("src/nn/a.cpp", "float f(float x) { return std::sqrt(x) + std::abs(x); }") == 0);
  CHECK(count("src/nn/a.cpp", "float f(float x) { return simd::exp(x); }") == 0);
  CHECK(count("src/ui/a.cpp", "float f(float x) { return std::pow(10.0f, x); }") == 0);
  CHECK(count("src/data/a.cpp", "void f() { std::shuffle(a, b, c); }") == 1);
  CHECK(count("src/data/a.cpp", "const char* f() { return \"std::shuffle(\"; }") == 0);
  CHECK(flag_violations("CMakeLists.txt", "add_compile_options(-O3 -ffast-math)").size() == 1);
  CHECK(flag_violations("CMakeLists.txt", "# never -ffast-math\n").empty());
}

TEST_CASE("Printing, OpenGL and allocation in the wrong room are found") {
  CHECK(count("src/nn/a.cpp", "void f() { printf(\"x\"); }") == 1);
  CHECK(count("src/nn/a.cpp", "void f() { std::exit(1); }") == 1);
  CHECK(count("src/nn/a.cpp", "void f() { window.exit(1); }") == 0);
  CHECK(count("src/ui/a.cpp", "void f() { glClear(0); }") == 1);
  CHECK(count("src/ui/a.cpp", "void f() { glue(0); }") == 0);
  CHECK(count("src/gfx/a.cpp", "void f() { glClear(0); }") == 0);
  CHECK(count("src/kernels/a.cpp", "void f() { std::vector<float> v; }") == 1);
  CHECK(count("src/kernels/a.cpp", "float* f() { return new float[3]; }") == 1);
  CHECK(count("src/nn/a.cpp", "std::vector<float> v() { return {}; }") == 0);
  CHECK(count("src/nn/a.cpp", "thread_local int x;") == 1);
}

TEST_CASE("A static local with state is found") {
  CHECK(count("src/ui/a.cpp", "void f() { static int clicks = 0; }") == 1);
  CHECK(count("src/ui/a.cpp", "namespace a { void f() { if (x) { static bool open; } } }") == 1);
  CHECK(count("src/ui/a.cpp", "struct A { void f() { static bool open; } };") == 1);
  CHECK(count("src/ui/a.cpp", "template <class T> void f(T x) { static T last; }") == 1);
  CHECK(count("src/ui/a.cpp", "auto g = [](int x) { static int n; };") == 1);
  CHECK(count("src/ui/a.cpp", "void f() { static constexpr int kRows = 3; }") == 0);
  CHECK(count("src/ui/a.cpp", "struct A { static A make(int x); static int n; };") == 0);
  CHECK(count("src/ui/a.cpp", "namespace a { static int helper(int x) { return x; } }") == 0);
}

TEST_CASE("A header without its paragraph or its guard is found") {
  CHECK(count("src/nn/a.hpp", "// What it is.\n#pragma once\n") == 0);
  CHECK(count("src/nn/a.hpp", "#pragma once\n") == 1);
  CHECK(count("src/nn/a.hpp", "// What it is.\nint x();\n") == 1);
}

TEST_CASE("The arrows are read as CMake means them") {
  Words complaints;
  const Arrows arrows = read_arrows(
      "downhill_room(base)  # not DEPENDS nn\n"
      "downhill_room(nn DEPENDS base PkgConfig::PNG)\n"
      "downhill_room(platform SOURCES ${world} DEPENDS nn\n  base)\n",
      complaints);
  CHECK(complaints.empty());
  CHECK(arrows.at("base").empty());
  CHECK(arrows.at("nn") == Words{"base"});
  CHECK(arrows.at("platform") == Words{"nn", "base"});
  read_arrows("downhill_room(base DEPENDS nn)\ndownhill_room(nn)\n", complaints);
  CHECK(complaints.size() == 1);
}

TEST_CASE("Arrows that the design rules out are found") {
  CHECK(forbidden_arrows(kHouse).empty());
  CHECK(forbidden_arrows({{"data", {"nn", "base"}}}).size() == 1);
  CHECK(forbidden_arrows({{"simd", {"base"}}}).size() == 1);
  CHECK(forbidden_arrows({{"session", {"ui"}}}).size() == 1);
}

}  // namespace
}  // namespace downhill::architecture
