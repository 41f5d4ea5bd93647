// Finds the functions of a C++, JavaScript or Python source, with the line in which each begins and
// the number of its lines. A lambda and a nested function count as part of the function around
// them. A test case is a function; a namespace, a class and a test suite are not. There is no
// grammar: C++ and JavaScript are scanned by words and braces, Python by its indentation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "architecture/source_text.hpp"

namespace downhill::architecture {

struct FunctionSize {
  std::string name;
  size_t line = 0;   // of the first word of its declaration, from 1
  size_t lines = 0;  // from there to its closing brace
};

// The text of a JavaScript source with its comments, strings, templates and regular expressions
// made blank, as without_comments() does for C++. Line breaks stay.
inline std::string without_js_literals(std::string_view text) {
  std::string out(text);
  std::vector<size_t> templates;  // open ${ of templates: braces that are open within each
  bool in_template = false;
  char last = '(';  // last visible character of code: tells a division from a regular expression
  for (size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    size_t end = i + 1;
    bool code = false;
    if (in_template) {
      if (rest.starts_with("${")) {
        end = i + 2;
        templates.push_back(0);
        in_template = false;
        last = '(';
      } else if (text[i] == '`') {
        in_template = false;
        last = ')';
      } else if (text[i] == '\\') {
        end = i + 2;
      }
    } else if (rest.starts_with("//")) {
      end = std::min(text.find('\n', i), text.size());
    } else if (rest.starts_with("/*")) {
      end = std::min(text.find("*/", i + 2), text.size() - 2) + 2;
    } else if (text[i] == '`') {
      in_template = true;
    } else if (text[i] == '}' && !templates.empty() && templates.back() == 0) {
      templates.pop_back();
      in_template = true;
    } else if (text[i] == '"' || text[i] == '\'' ||
               (text[i] == '/' && !is_word(last) && last != ')' && last != ']')) {
      bool set = false;  // within the [ ] of a regular expression
      while (end < text.size() && (set || text[end] != text[i]) && text[end] != '\n') {
        if (text[i] == '/' && (text[end] == '[' || text[end] == ']')) set = text[end] == '[';
        end += text[end] == '\\' ? 2 : 1;
      }
      ++end;
      last = ')';
    } else {
      code = true;
      if (!std::isspace(static_cast<unsigned char>(text[i]))) last = text[i];
      if (!templates.empty() && text[i] == '{') ++templates.back();
      if (!templates.empty() && text[i] == '}') --templates.back();
    }
    end = std::min(end, text.size());
    if (!code) {
      for (size_t j = i; j < end; ++j) {
        if (out[j] != '\n') out[j] = ' ';
      }
    }
    i = end;
  }
  return out;
}

struct Word {
  std::string text;
  size_t line = 0;
};

// The words of a text in which comments and literals are blank, each with its line. Directives of
// the preprocessor are left out.
inline std::vector<Word> placed_words(std::string_view code, bool preprocessed) {
  std::vector<Word> out;
  size_t number = 0;
  bool directive = false;
  for (const std::string& line : lines(code)) {
    ++number;
    const size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos) {
      directive = false;
      continue;
    }
    const bool begins = preprocessed && line[first] == '#';
    if (!begins && !directive) {
      for (std::string& word : words(line)) out.push_back({std::move(word), number});
    }
    directive = (begins || directive) && line.ends_with('\\');
  }
  return out;
}

inline bool is_access(const std::string& word) {
  return word == "public" || word == "private" || word == "protected";
}

inline bool opens_scope(const std::string& word) {
  return word == "namespace" || word == "struct" || word == "class" || word == "union" ||
         word == "enum" || word == "extern" || word == "TEST_SUITE";
}

// Whether a { opens the body of a function whose parameters stand before it, and not the
// initializer of a member, a default argument or an argument. `parentheses`: how many are open.
inline bool opens_body(const std::string& before, size_t parentheses, bool initializers) {
  if (before == ")" || before == ">" || before == "]" || before == "}") return true;
  return is_word(before[0]) && parentheses == 0 && !initializers;  // const {, noexcept {, -> int {
}

// The name of the function whose declaration begins at `declared` and opens its first parenthesis
// behind `name`. A lambda has the name of its variable.
inline std::string name_of(const std::vector<Word>& code, size_t declared, size_t name) {
  for (size_t i = declared + 1; i <= name; ++i) {
    if (code[i].text == "=") return code[i - 1].text;
  }
  while (name > declared && !is_word(code[name].text[0])) --name;  // operator+
  const bool member = name >= declared + 2 && code[name - 1].text == "::";
  return (member ? code[name - 2].text + "::" : "") + code[name].text;
}

// The functions of a text of braces, see placed_words().
inline std::vector<FunctionSize> functions_of_braces(const std::vector<Word>& code) {
  constexpr size_t kNone = static_cast<size_t>(-1);
  std::vector<FunctionSize> found;
  size_t depth = 0;           // braces that are open within a function or within an initializer
  bool body = false;          // … it is a function
  size_t angles = 0;          // depth within template <…>
  size_t declared = kNone;    // the first word since the last ; { } outside of functions
  size_t name = kNone;        // the word before the first ( since then
  size_t parentheses = 0;     // those that are open since then
  bool scope = false;         // the words since then open a namespace or a type
  bool initializers = false;  // … or are the initializers of a constructor
  const auto forget = [&] {
    declared = name = kNone;
    parentheses = 0;
    scope = initializers = false;
  };
  for (size_t i = 0; i < code.size(); ++i) {
    const std::string& word = code[i].text;
    const std::string before = i > 0 ? code[i - 1].text : " ";
    if (depth > 0) {
      depth += word == "{" ? 1 : 0;
      if (word != "}" || --depth > 0 || !body) continue;
      found.back().lines = code[i].line - found.back().line + 1;
      forget();
    } else if (before == "template" && word == "<") {
      angles = 1;
    } else if (angles > 0) {
      angles += word == "<" ? 1 : 0;
      angles -= word == ">" ? 1 : 0;
    } else if (word == ";" || word == "}" || (word == ":" && is_access(before))) {
      forget();
    } else if (word != "template") {
      if (declared == kNone) declared = i;
      const bool parameters = name != kNone;
      if (word == "(" && !parameters) name = i == declared ? i : i - 1;
      if (word == "(") ++parentheses;
      if (word == ")" && parentheses > 0) --parentheses;
      if (word == ":" && parameters && before == ")") initializers = true;
      if (!parameters && opens_scope(word)) scope = true;
      if (word != "{") continue;
      if (scope || !parameters) {
        forget();
        continue;
      }
      depth = 1;
      body = opens_body(before, parentheses, initializers) || code[name].text == "EM_JS";
      if (!body) continue;
      found.push_back({name_of(code, declared, name), code[declared].line, 0});
    }
  }
  return found;
}

// The functions of a Python source: a def ends with the last line that is indented deeper.
inline std::vector<FunctionSize> functions_of_python(std::string_view text) {
  std::vector<FunctionSize> found;
  size_t number = 0, indent = 0;
  bool inside = false, quoted = false;  // in the function found last; in a """text"""
  for (const std::string& line : lines(text)) {
    ++number;
    const size_t first = line.find_first_not_of(' ');
    if (first == std::string::npos) continue;
    const bool was_quoted = quoted;
    for (size_t at = line.find("\"\"\""); at != std::string::npos;
         at = line.find("\"\"\"", at + 3)) {
      quoted = !quoted;
    }
    const std::string_view rest = std::string_view(line).substr(first);
    // `):` at the depth of its def closes a list of parameters of several lines.
    if (inside && !was_quoted && first <= indent && !rest.starts_with(")")) inside = false;
    if (inside) {
      found.back().lines = number - found.back().line + 1;
    } else if (!was_quoted && (rest.starts_with("def ") || rest.starts_with("async def "))) {
      const size_t begin = rest.find("def ") + 4;
      found.push_back({std::string(rest.substr(begin, rest.find('(') - begin)), number, 1});
      inside = true;
      indent = first;
    }
  }
  return found;
}

// The functions of a source, by the ending of its name.
inline std::vector<FunctionSize> functions(std::string_view path, std::string_view text) {
  if (path.ends_with(".py")) return functions_of_python(text);
  const bool cpp = path.ends_with(".cpp") || path.ends_with(".hpp");
  const std::string code = cpp ? without_comments(text, true) : without_js_literals(text);
  std::vector<FunctionSize> found = functions_of_braces(placed_words(code, cpp));
  const std::vector<std::string> source = lines(text);
  for (FunctionSize& function : found) {  // a test case is known by its sentence
    if (function.name != "TEST_CASE" && function.name != "test") continue;
    std::string sentence = source[function.line - 1];
    if (function.line < source.size()) sentence += source[function.line];
    const size_t quote = sentence.find_first_of("\"'`");
    if (quote == std::string::npos) continue;
    const size_t end = sentence.find(sentence[quote], quote + 1);
    function.name = "\"" + sentence.substr(quote + 1, end - quote - 1) + "\"";
  }
  return found;
}

}  // namespace downhill::architecture
