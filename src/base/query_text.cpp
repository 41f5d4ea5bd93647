#include "base/query_text.hpp"

#include <cstdint>
#include <utility>

#include "base/text.hpp"

namespace downhill {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Error refuse(std::string_view where, const std::string& what) {
  return Error{"[" + std::string(where) + "] " + what};
}

Result<std::string> decode(std::string_view text, std::string_view where) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      plain += ' ';
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
      if (low < 0) return refuse(where, "'%' without two hex digits in " + quoted(text));
      plain += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace

Result<std::vector<QueryItem>> parse_query(std::string_view text, std::string_view where) {
  std::vector<QueryItem> items;
  if (text.empty()) return items;
  for (std::string_view piece : split(text, '&')) {
    const size_t equals = piece.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return refuse(where, quoted(piece) + " is not of the form name=value");
    }
    Result<std::string> name = decode(piece.substr(0, equals), where);
    if (!name) return name.error();
    Result<std::string> value = decode(piece.substr(equals + 1), where);
    if (!value) return value.error();
    for (const QueryItem& earlier : items) {
      if (earlier.name == *name) return refuse(where, quoted(*name) + " is given twice");
    }
    items.push_back({std::move(*name), std::move(*value)});
  }
  return items;
}

std::string decode_percents(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) i += 2;
    plain += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
  }
  return plain;
}

std::string without_tag(std::string_view message) {
  const size_t end = message.find("] ");
  const bool tagged = message.starts_with('[') && end != std::string_view::npos;
  return std::string(tagged ? message.substr(end + 2) : message);
}

std::string quoted(std::string_view text) {
  constexpr size_t kMost = 40;
  std::string result = "'";
  for (char c : text.substr(0, kMost)) result += c >= ' ' && c <= '~' ? c : '?';
  if (text.size() > kMost) result += "…";
  return result + "'";
}

}  // namespace downhill
