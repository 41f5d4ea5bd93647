#include "main/desktop_script.hpp"

#include <cstdio>
#include <cstdlib>

namespace downhill {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Result<ScriptPart> parse_part(const std::string& text) {
  const size_t space = text.find(' ');
  const std::string verb = text.substr(0, space);
  const std::string rest =
      space == std::string::npos ? "" : std::string(trimmed(std::string_view(text).substr(space)));
  ScriptPart part;
  if (verb == "click" || verb == "hover") {
    part.kind = verb == "click" ? ScriptPart::Kind::click : ScriptPart::Kind::hover;
    if (rest.empty()) return Error{"[script] " + verb + " what? A widget's name, or x,y"};
    if (std::sscanf(rest.c_str(), "%f,%f", &part.x, &part.y) != 2) part.text = rest;
    return part;
  }
  if (verb == "wait" || verb == "frames") {
    part.kind = verb == "wait" ? ScriptPart::Kind::wait : ScriptPart::Kind::frames;
    char* end = nullptr;
    part.amount = std::strtod(rest.c_str(), &end);
    if (rest.empty() || *end != '\0' || !(part.amount >= 0)) {
      return Error{"[script] " + verb + " needs a number, not '" + rest + "'"};
    }
    return part;
  }
  part.text = text;
  return part;
}

}  // namespace

Result<std::vector<ScriptPart>> parse_script(std::string_view text) {
  std::vector<ScriptPart> parts;
  while (!text.empty()) {
    const size_t end = text.find(';');
    const std::string_view piece = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (piece.empty()) continue;
    Result<ScriptPart> part = parse_part(std::string(piece));
    if (!part) return part.error();
    parts.push_back(std::move(*part));
  }
  return parts;
}

}  // namespace downhill
