// Tests how functions are found and measured, in each language and with look-alikes.
#include "architecture/function_sizes.hpp"

#include <doctest/doctest.h>

#include "architecture/house_rules.hpp"

namespace downhill::architecture {
namespace {

// "name:line:lines" of each function, with a blank between them.
std::string found(const std::string& path, std::string_view text) {
  std::string out;
  for (const FunctionSize& f : functions(path, text)) {
    out += (out.empty() ? "" : " ") + f.name + ":" + std::to_string(f.line) + ":" +
           std::to_string(f.lines);
  }
  return out;
}

TEST_CASE("A C++ function is counted from its declaration to its closing brace") {
  CHECK(found("a.cpp", "int f() { return 1; }\n") == "f:1:1");
  CHECK(found("a.cpp", "#include <cmath>\n\n// What it does.\nint\nf(int a,\n  int b) {\n\n}\n") ==
        "f:4:5");
  CHECK(found("a.cpp", "int f();\nextern int g(int);\nint x = f();\n") == "");
  CHECK(found("a.cpp", "int f() {\n}\nvoid A::g() const {\n}\n") == "f:1:2 A::g:3:2");
  CHECK(found("a.cpp", "template <class T, int = f<3>()>\nT f(T x) {\n  return x;\n}\n") ==
        "f:2:3");
  CHECK(found("a.cpp", "A operator+(A a, A b) {\n}\nauto f(int x) -> int {\n}\n") ==
        "operator:1:2 f:3:2");
  CHECK(found("a.cpp", "#define F(x) \\\n  void x() {\nint f() {\n}\n") == "f:3:2");
}

TEST_CASE("A lambda and a local type count as part of their function") {
  CHECK(found("a.cpp", "void f() {\n  g([](int x) {\n    if (x) { h(); }\n  });\n}\n") == "f:1:5");
  CHECK(found("a.cpp", "void f() {\n  struct A { void g() {} };\n}\nvoid h() {}\n") ==
        "f:1:3 h:4:1");
  CHECK(found("a.cpp", "const auto f = [](int x) {\n  return x;\n};\n") == "f:1:3");
}

TEST_CASE("A namespace, a type, a test suite and a table are not functions") {
  CHECK(found("a.hpp", "namespace a {\n\nvoid f() {\n}\n\n}\n") == "f:3:2");
  CHECK(found("a.hpp", "class A {\n public:\n  A() {\n  }\n  int x;\n};\n") == "A:3:2");
  CHECK(found("a.hpp", "struct alignas(16) A {\n  int x;\n};\n") == "");
  CHECK(found("a.cpp", "TEST_SUITE(\"a\") {\n  TEST_CASE(\"b c\") {\n  }\n}\n") == "\"b c\":2:2");
  CHECK(found("a.cpp", "const Row rows[] = {\n  {1, 2},\n};\nextern \"C\" {\nint x;\n}\n") == "");
}

TEST_CASE("An initializer in braces is not the body of a function") {
  CHECK(found("a.cpp", "A::A(int x)\n    : a_{x}, b_(f({x})) {\n}\n") == "A::A:1:3");
  CHECK(found("a.cpp", "void f(Pass pass = {},\n       int x = 3) {\n}\n") == "f:1:3");
  CHECK(found("a.cpp", "const Row row(A{1}, {2});\nint f() {\n}\n") == "f:2:2");
}

TEST_CASE("Comments and literals are not code") {
  CHECK(found("a.cpp", "void f() {\n  g(\"}\");  // }\n  h('}');\n}\n") == "f:1:4");
  CHECK(found("a.mjs", "function f() {\n  g('}', `}${h({a: 1})}}`, /[/}]}/);  // }\n}\n") ==
        "f:1:3");
  CHECK(found("a.mjs", "function f(a) {\n  return a / 2 + g(a) / 3; // }\n}\n") == "f:1:3");
}

TEST_CASE("JavaScript: functions, arrows, methods and tests") {
  CHECK(found("a.js", "async function f(a, {b, c}) {\n  g(() => {\n  });\n}\n") == "f:1:4");
  CHECK(found("a.js", "const f = async (a) => {\n  return a;\n};\nconst x = {};\n") == "f:1:3");
  CHECK(found("a.js", "class A {\n  go() {\n  }\n}\nconst b = {\n  go() {\n  },\n};\n") ==
        "go:2:2 go:6:2");
  CHECK(found("a.mjs", "test('a b', {only: 1}, async () => {\n  g();\n});\n") == "\"a b\":1:3");
}

TEST_CASE("Python: a function ends with its last indented line") {
  CHECK(found("a.py", "def f(a):\n    return a\n\n\nx = 1\n") == "f:1:2");
  CHECK(found("a.py",
              "class A:\n    def f(self,\n          a):\n        pass\n\n    def g(self):\n"
              "        def h():\n            pass\n") == "f:2:3 g:6:3");
  CHECK(found("a.py", "def f():\n    \"\"\"One.\n\nTwo.\n\"\"\"\n    pass\nprint(1)\n") == "f:1:6");
}

TEST_CASE("A file or a function that is too long is named, with its line and its length") {
  const auto body = [](size_t count) {
    std::string text = "// A.\nint f() {\n";
    for (size_t i = 2; i < count; ++i) text += "  g();\n";
    return text + "}\n";
  };
  CHECK(size_violations("tests/a.cpp", body(60)).empty());
  const Words longer = size_violations("tests/a.cpp", body(61));
  REQUIRE(longer.size() == 1);
  CHECK(longer[0].starts_with("tests/a.cpp:2: f has 61 lines"));
  std::string file;
  for (int i = 0; i < 400; ++i) file += "int x;\n";
  CHECK(size_violations("src/a.hpp", file).empty());
  const Words split = size_violations("src/a.hpp", file + "int y;\n");
  REQUIRE(split.size() == 1);
  CHECK(split[0].starts_with("src/a.hpp has 401 lines"));
}

}  // namespace
}  // namespace downhill::architecture
