// The rules of the house: what each room may include, name and call, and how long a file and a
// function may be. The rules work on texts that are passed in, so that they can be tested
// themselves; rooms_test.cpp passes in the real sources.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "architecture/function_sizes.hpp"
#include "architecture/source_text.hpp"

namespace downhill::architecture {

using Words = std::vector<std::string>;
using Arrows = std::map<std::string, Words, std::less<>>;  // room -> the rooms its DEPENDS names

inline bool contains(const Words& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// The arrows of every downhill_room(name … DEPENDS …) in a CMake text. A dependency that is not a
// room, a foreign library, is not an arrow. `complaints` receives each room that depends on a room
// declared below it.
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
        complaints.push_back(room + " depends on " + other +
                             ", which is declared below it: move the code that needs it up, or "
                             "declare the rooms of src/CMakeLists.txt in another order");
      }
    }
  }
  return arrows;
}

// Arrows that the design rules out even if src/CMakeLists.txt draws them. "*" is every other room.
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
        out.push_back(room + " may not depend on " + other +
                      ": pass the value in, or move the code to a room that may");
      }
    }
  }
  return out;
}

// Only these rooms may include a header whose name begins like this.
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

// Adds a sentence to `out` for each word of a source that its room may not use.
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

// Everything that is wrong with one source of src/: sentences that begin with "path: ".
inline Words violations(const std::string& path, std::string_view text, const Arrows& arrows) {
  const std::string inside = path.substr(path.find('/') + 1);  // without src/
  const std::string room = inside.substr(0, inside.find('/'));
  Words out;
  const auto own = arrows.find(room);
  if (own == arrows.end())
    return {path + ": " + room + " is not a room: declare it in src/CMakeLists.txt"};
  for (std::string include : includes(text)) {
    if (include.starts_with("\"imgui") || include.starts_with("\"implot")) include[0] = '<';
    if (include.starts_with("\"")) {
      const std::string other = include.substr(1, include.find_first_of("/\"", 1) - 1);
      if (!arrows.contains(other))
        out.push_back(include + " does not begin with a room: write \"room/file.hpp\"");
      else if (other != room && !contains(own->second, other))
        out.push_back(include + ": " + room + " does not depend on " + other +
                      ", see DEPENDS in src/CMakeLists.txt");
    }
    for (const HeaderRule& rule : header_rules()) {
      if (include.starts_with(rule.start) && !contains(rule.rooms, room)) {
        out.push_back(include + " may not be included in " + room +
                      ", see header_rules() in tests/architecture/house_rules.hpp");
      }
    }
  }
  const Words code = words(without_comments(text, true));
  check_words(room, code, out);
  for (const std::string& what : static_locals(code)) {
    out.push_back("static " + what + " … inside a function hides state: make it a member");
  }
  if (path.ends_with(".hpp") && !text.starts_with("//")) {
    out.push_back("begin the header with a comment: what this is and what it must not know");
  }
  if (path.ends_with(".hpp") && !contains(lines(text), "#pragma once")) {
    out.push_back("write #pragma once after the opening comment");
  }
  for (std::string& sentence : out) sentence = path + ": " + sentence;
  return out;
}

// A sentence for each compiler flag of a CMake text that would change the numbers.
inline Words flag_violations(const std::string& path, std::string_view cmake) {
  Words out;
  std::string code;
  for (const std::string& line : lines(cmake)) code += line.substr(0, line.find('#')) + "\n";
  for (const std::string_view flag :
       {"-ffast-math", "-Ofast", "-funsafe-math-optimizations", "-fassociative-math",
        "-freciprocal-math", "-march=native", "-mfma", "-ffp-contract=fast", "-mrelaxed-simd"}) {
    if (code.find(flag) != std::string::npos) {
      out.push_back(path + ": " + std::string(flag) +
                    " changes the numbers: take it out, the same seed gives the same bits");
    }
  }
  return out;
}

inline constexpr size_t kLongestFile = 400, kLongestFunction = 60;

// Sentences about a source that is too long, or whose functions are. Any folder, any language that
// functions() reads.
inline Words size_violations(const std::string& path, std::string_view text) {
  Words out;
  const size_t length = lines(text).size();
  if (length > kLongestFile) {
    out.push_back(path + " has " + std::to_string(length) + " lines, and a file may have " +
                  std::to_string(kLongestFile) +
                  ": part it by subject into files that are named after what they hold");
  }
  for (const FunctionSize& function : functions(path, text)) {
    if (function.lines <= kLongestFunction) continue;
    out.push_back(path + ":" + std::to_string(function.line) + ": " + function.name + " has " +
                  std::to_string(function.lines) + " lines, and a function may have " +
                  std::to_string(kLongestFunction) +
                  (function.name[0] == '"'
                       ? ": write a test case for each thing that it checks"
                       : ": give a part of it that has a name to a function of its own"));
  }
  return out;
}

}  // namespace downhill::architecture
