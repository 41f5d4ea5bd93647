// The rules of the house: which room may include, name and call what. Works on texts that it is
// given, so that the rules themselves can be tested; rooms_test.cpp feeds it the real sources.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "architecture/source_text.hpp"

namespace downhill::architecture {

using Words = std::vector<std::string>;
using Arrows = std::map<std::string, Words, std::less<>>;  // room -> the rooms its DEPENDS names

inline bool contains(const Words& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Every downhill_room(name … DEPENDS …) of a CMake text. A dependency that is no room (a foreign
// library) is no arrow. `complaints` receives a room that depends on one declared below it.
inline Arrows read_arrows(std::string_view cmake, Words& complaints) {
  std::string code;
  for (const std::string& line : lines(cmake)) code += line.substr(0, line.find('#')) + "\n";
  const Words all = words(code);
  Arrows arrows;
  Words names;
  for (size_t i = 0; i + 2 < all.size(); ++i) {
    if (all[i] == "downhill_room" && all[i + 1] == "(") names.push_back(all[i + 2]);
  }
  for (size_t i = 0; i + 2 < all.size(); ++i) {
    if (all[i] != "downhill_room" || all[i + 1] != "(") continue;
    const std::string& room = all[i + 2];
    Words& depends = arrows[room];
    bool listing = false;
    for (size_t j = i + 3; j < all.size() && all[j] != ")"; ++j) {
      if (all[j] == "DEPENDS" || all[j] == "SOURCES")
        listing = all[j] == "DEPENDS";
      else if (listing && contains(names, all[j]))
        depends.push_back(all[j]);
    }
    for (const std::string& other : depends) {
      if (!arrows.contains(other) || other == room) {
        complaints.push_back(room + " depends on " + other + ", which stands below it");
      }
    }
  }
  return arrows;
}

// Arrows that the design rules out, however they are drawn. "*" is every other room.
inline Words forbidden_arrows(const Arrows& arrows) {
  const std::map<std::string, Words> never = {
      {"simd", {"*"}},
      {"data", {"autograd", "nn", "train", "session"}},
      {"files", {"autograd", "nn", "train", "session", "data"}},
      {"nn", {"data", "train", "session"}},
      {"gfx", {"autograd", "nn", "train", "session", "data", "ui", "platform"}},
      {"session", {"gfx", "ui", "platform"}},
      {"ui", {"platform", "autograd", "kernels"}},
      {"platform", {"ui", "train", "autograd"}},
  };
  Words out;
  for (const auto& [room, depends] : arrows) {
    const auto rule = never.find(room);
    if (rule == never.end()) continue;
    for (const std::string& other : depends) {
      if (contains(rule->second, "*") || contains(rule->second, other)) {
        out.push_back(room + " may not know " + other);
      }
    }
  }
  return out;
}

// A header that only some rooms may include: any whose name starts like this.
struct HeaderRule {
  std::string_view start;
  Words rooms;
};

inline const std::vector<HeaderRule>& header_rules() {
  static const std::vector<HeaderRule> rules = {
      {"<imgui", {"ui", "platform"}},
      {"<implot", {"ui", "platform"}},
      {"<GL", {"gfx", "platform"}},
      {"<GLFW/", {"platform"}},
      {"<emscripten", {"platform"}},
      {"<wasm_simd128", {"simd"}},
      {"<emmintrin", {"simd"}},
      {"<immintrin", {"simd"}},
      {"<xmmintrin", {"simd"}},
      {"<arm_neon", {"simd"}},
      {"<chrono>", {"platform"}},
      {"<ctime>", {"platform"}},
      {"<time.h>", {"platform"}},
      {"<thread>", {"platform"}},
      {"<mutex>", {"platform"}},
      {"<atomic>", {"platform"}},
      {"<condition_variable>", {"platform"}},
      {"<future>", {"platform"}},
      {"<fstream>", {"platform"}},
      {"<filesystem>", {"platform"}},
      {"<iostream>", {}},
      {"<random>", {}},
      {"<zlib", {"platform"}},
      {"<png", {"platform"}},
  };
  return rules;
}

inline bool is_core(std::string_view room) {
  return room != "gfx" && room != "ui" && room != "platform";
}

// What the words of one source say that its room may not say.
inline void check_words(std::string_view room, const Words& code, Words& out) {
  const Words libm = {"exp",  "exp2",  "expm1", "log",  "log2", "log10",  "log1p", "tanh", "sinh",
                      "cosh", "sin",   "cos",   "tan",  "atan", "atan2",  "asin",  "acos", "pow",
                      "cbrt", "hypot", "erf",   "erfc", "fma",  "lgamma", "tgamma"};
  const Words prints = {"printf", "fprintf", "puts",  "fputs", "putchar",
                        "cout",   "cerr",    "abort", "exit"};
  const Words unordered = {"shuffle",          "random_shuffle", "reduce",
                           "transform_reduce", "rand",           "srand"};
  const auto at = [&](size_t i) { return i < code.size() ? std::string_view(code[i]) : ""; };
  for (size_t i = 0; i < code.size(); ++i) {
    const std::string& word = code[i];
    const bool of_std = i >= 2 && code[i - 1] == "::" && code[i - 2] == "std";
    const bool of_other =
        i >= 1 && (code[i - 1] == "::" || code[i - 1] == "." || code[i - 1] == ">");
    const bool call = at(i + 1) == "(";
    if (word == "__EMSCRIPTEN__" && room != "platform" && room != "simd") {
      out.push_back("__EMSCRIPTEN__ belongs to platform and simd");
    }
    if (of_std && contains(unordered, word)) {
      out.push_back("std::" + word +
                    " gives other numbers elsewhere: use base/rng.hpp or a plain loop");
    }
    const bool float_name = word.size() > 1 && word.back() == 'f' && call && !of_other &&
                            contains(libm, word.substr(0, word.size() - 1));
    if (is_core(room) && ((of_std && contains(libm, word)) || float_name)) {
      out.push_back(word + " of libm gives other bits elsewhere: use simd/math.hpp");
    }
    if (room != "platform" && call && contains(prints, word) && (of_std || !of_other)) {
      out.push_back(word + ": a room never prints and never ends the program, it returns a Result");
    }
    if (room != "gfx" && room != "platform" && call && word.size() > 2 && word.starts_with("gl") &&
        std::isupper(static_cast<unsigned char>(word[2]))) {
      out.push_back(word + " is OpenGL, which belongs to gfx and platform");
    }
    if (word == "thread_local") out.push_back("thread_local is a global: pass the state along");
    if ((room == "kernels" || room == "simd") &&
        (word == "new" || word == "malloc" || (of_std && (word == "vector" || word == "string")))) {
      out.push_back(word + ": " + std::string(room) + " may not allocate");
    }
  }
}

// Everything that is wrong with one source: sentences, each opened by "path: ".
inline Words violations(const std::string& path, std::string_view text, const Arrows& arrows) {
  const std::string inside = path.substr(path.find('/') + 1);  // without src/
  const std::string room = inside.substr(0, inside.find('/'));
  Words out;
  const auto own = arrows.find(room);
  if (own == arrows.end()) return {path + ": " + room + " is no room of src/CMakeLists.txt"};
  for (std::string include : includes(text)) {
    if (include.starts_with("\"imgui") || include.starts_with("\"implot")) include[0] = '<';
    if (include.starts_with("\"")) {
      const std::string other = include.substr(1, include.find_first_of("/\"", 1) - 1);
      if (!arrows.contains(other))
        out.push_back(include + " does not begin with a room");
      else if (other != room && !contains(own->second, other))
        out.push_back(include + ": no arrow leads from " + room + " to " + other);
    }
    for (const HeaderRule& rule : header_rules()) {
      if (include.starts_with(rule.start) && !contains(rule.rooms, room)) {
        out.push_back(include + " may not be included in " + room);
      }
    }
  }
  const Words code = words(without_comments(text, true));
  check_words(room, code, out);
  for (const std::string& what : static_locals(code)) {
    out.push_back("static " + what + " … inside a function hides state: make it a member");
  }
  if (path.ends_with(".hpp") && !text.starts_with("//")) {
    out.push_back("a header opens with a paragraph: what this is and what it must not know");
  }
  if (path.ends_with(".hpp") && !contains(lines(text), "#pragma once")) {
    out.push_back("#pragma once is missing");
  }
  for (std::string& sentence : out) sentence = path + ": " + sentence;
  return out;
}

// Compiler flags that would change the numbers, in a CMake text.
inline Words flag_violations(const std::string& path, std::string_view cmake) {
  Words out;
  std::string code;
  for (const std::string& line : lines(cmake)) code += line.substr(0, line.find('#')) + "\n";
  for (const std::string_view flag :
       {"-ffast-math", "-Ofast", "-funsafe-math-optimizations", "-fassociative-math",
        "-freciprocal-math", "-march=native", "-mfma", "-ffp-contract=fast", "-mrelaxed-simd"}) {
    if (code.find(flag) != std::string::npos) {
      out.push_back(path + ": " + std::string(flag) + " changes the numbers");
    }
  }
  return out;
}

}  // namespace downhill::architecture
