// The text of an expression while it is read: where the reader is, what comes next, and the first
// thing that is wrong. Knows no grammar.
#pragma once

#include <string>
#include <string_view>

#include "expression/expression.hpp"

namespace downhill {

class ExpressionScanner {
 public:
  explicit ExpressionScanner(std::string_view text) : text_(text) {}

  std::string_view text() const { return text_; }
  size_t at() const { return at_; }
  void go(size_t to) { at_ = to; }
  bool at_end() const { return at_ == text_.size(); }
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool next_is(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  bool part_ends() const { return at_end() || next_is(';') || next_is('\n'); }
  bool digit(size_t ahead = 0) const;
  bool letter(size_t ahead = 0) const;

  void skip_spaces();
  size_t end() const;                // of what was read: without the spaces behind it
  bool skip(std::string_view word);  // spaces, then the word, if it comes
  std::string_view word();           // a name, or nothing
  std::string_view number_word();    // digits, a point, an exponent, if they come

  bool ok() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  TextPlace wrong() const { return wrong_; }
  void fail(size_t at, size_t size, const std::string& what);
  void fail_here(const std::string& what);  // the next word or character is wrong

 private:
  void digits();

  std::string_view text_;
  size_t at_ = 0;
  std::string error_;
  TextPlace wrong_;
};

inline TextPlace place_of(size_t begin, size_t size) {
  return {static_cast<uint32_t>(begin), static_cast<uint32_t>(size)};
}

}  // namespace downhill
