// Reads C++ and CMake sources as far as the rules of the house need: the includes, the words of the
// code without its comments and literals, and each `static` that is local to a function. It has no
// grammar, only scanners over words and braces.
#pragma once

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace downhill::architecture {

inline bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// The text with its comments made blank, and the contents of its literals too if `literals` is
// true. Line breaks stay. A raw string must not contain its own closing bracket and quote: )".
inline std::string without_comments(std::string_view text, bool literals) {
  std::string out(text);
  const auto blank = [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && i < out.size(); ++i) {
      if (out[i] != '\n') out[i] = ' ';
    }
  };
  size_t i = 0;
  while (i < text.size()) {
    const std::string_view rest = text.substr(i);
    size_t end = i + 1;
    if (rest.starts_with("//")) {
      end = std::min(text.find('\n', i), text.size());
      blank(i, end);
    } else if (rest.starts_with("/*")) {
      end = std::min(text.find("*/", i + 2), text.size() - 2) + 2;
      blank(i, end);
    } else if (rest.starts_with("R\"") && (i == 0 || !is_word(text[i - 1]))) {
      end = std::min(text.find(")\"", i), text.size() - 2) + 2;
      if (literals) blank(i + 2, end - 1);
    } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !is_word(text[i - 1])))) {
      while (end < text.size() && text[end] != text[i] && text[end] != '\n') {
        end += text[end] == '\\' ? 2 : 1;
      }
      if (literals) blank(i + 1, end);
      ++end;
    }
    i = end;
  }
  return out;
}

// The words of a text. Every other visible character is a word of its own, but "::" is one word.
inline std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    if (is_word(text[i])) {
      while (end < text.size() && is_word(text[end])) ++end;
    } else if (text.substr(i).starts_with("::")) {
      end = i + 2;
    }
    if (!std::isspace(static_cast<unsigned char>(text[i])))
      out.emplace_back(text.substr(i, end - i));
    i = end;
  }
  return out;
}

inline std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// The includes of a source, with their brackets: "<cmath>", "\"base/arena.hpp\"".
inline std::vector<std::string> includes(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string& line : lines(without_comments(text, false))) {
    std::string compact;
    for (const char c : line) {
      if (!std::isspace(static_cast<unsigned char>(c))) compact += c;
    }
    constexpr std::string_view kInclude = "#include";
    if (compact.starts_with(kInclude)) out.push_back(compact.substr(kInclude.size()));
  }
  return out;
}

// The word after each `static` inside a function, unless it is constant: the state that it hides.
inline std::vector<std::string> static_locals(const std::vector<std::string>& code) {
  std::vector<std::string> found;
  std::vector<bool> in_function;  // one per open brace
  bool scope = false;             // the words since the last ; { } open a namespace or a type
  bool parameters = false;        // they contain the parameters of a function
  int angles = 0;                 // depth within template <…>
  for (size_t i = 0; i < code.size(); ++i) {
    const std::string& word = code[i];
    if (word == "template" && i + 1 < code.size() && code[i + 1] == "<") {
      angles = 1;
      ++i;
      continue;
    }
    if (angles > 0) {
      angles += word == "<" ? 1 : word == ">" ? -1 : 0;
      continue;
    }
    const bool local = !in_function.empty() && in_function.back();
    if (word == "namespace" || word == "extern" || word == "struct" || word == "class" ||
        word == "union" || word == "enum") {
      scope = true;
    } else if (word == "(") {
      parameters = true;
    } else if (word == "{") {
      in_function.push_back(scope && !parameters ? false : local || parameters);
    } else if (word == "}" && !in_function.empty()) {
      in_function.pop_back();
    } else if (word == "static" && local && i + 1 < code.size() && code[i + 1] != "constexpr" &&
               code[i + 1] != "const") {
      found.push_back(code[i + 1]);
    }
    if (word == ";" || word == "{" || word == "}") scope = parameters = false;
  }
  return found;
}

}  // namespace downhill::architecture
