#include "expression/scanner.hpp"

#include <algorithm>

#include "base/query_text.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_plain(char c) { return c >= ' ' && c <= '~'; }
bool continues_character(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// How many characters there are before `at`.
size_t characters(std::string_view text, size_t at) {
  return at - static_cast<size_t>(std::ranges::count_if(text.substr(0, at), continues_character));
}

}  // namespace

bool ExpressionScanner::digit(size_t ahead) const {
  return at_ + ahead < text_.size() && is_digit(text_[at_ + ahead]);
}

bool ExpressionScanner::letter(size_t ahead) const {
  return at_ + ahead < text_.size() && is_letter(text_[at_ + ahead]);
}

void ExpressionScanner::skip_spaces() {
  while (!at_end() && is_space(text_[at_])) ++at_;
}

size_t ExpressionScanner::end() const {
  size_t end = at_;
  while (end > 0 && is_space(text_[end - 1])) --end;
  return end;
}

bool ExpressionScanner::skip(std::string_view word) {
  skip_spaces();
  if (!next_is(word)) return false;
  at_ += word.size();
  return true;
}

std::string_view ExpressionScanner::word() {
  const size_t from = at_;
  while (letter() || (at_ > from && digit())) ++at_;
  return text_.substr(from, at_ - from);
}

void ExpressionScanner::digits() {
  while (digit()) ++at_;
}

std::string_view ExpressionScanner::number_word() {
  const size_t from = at_;
  digits();
  const size_t point = at_;
  if (next_is('.') && !letter(1)) ++at_;  // 3.relu() is not a number with a point
  digits();
  // "3." ends with its point, which parse_float does not take.
  size_t size = at_ == point + 1 ? point - from : at_ - from;
  const bool sign = at_ + 1 < text_.size() && (text_[at_ + 1] == '+' || text_[at_ + 1] == '-');
  if ((next_is('e') || next_is('E')) && digit(sign ? 2 : 1) && at_ != point + 1) {
    at_ += sign ? 2 : 1;
    digits();
    size = at_ - from;
  }
  return text_.substr(from, size);
}

void ExpressionScanner::fail_here(const std::string& what) {
  size_t end = at_;
  while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
  if (end == at_ && end < text_.size()) ++end;
  while (end < text_.size() && continues_character(text_[end])) ++end;
  fail(at_, end - at_, what);
}

void ExpressionScanner::fail(size_t at, size_t size, const std::string& what) {
  if (!ok()) return;
  at = std::min(at, text_.size());
  size = std::min(size, text_.size() - at);
  wrong_ = place_of(at, size);
  error_ = "character " + print(uint64_t{characters(text_, at) + 1});
  const std::string_view word = text_.substr(at, size);
  if (size > 0 && std::ranges::all_of(word, is_plain)) error_ += ", " + quoted(word);
  error_ += ": " + what;
}

}  // namespace downhill
