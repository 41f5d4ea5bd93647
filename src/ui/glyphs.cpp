#include "ui/glyphs.hpp"

#include <cstdint>

#include "imgui.h"

namespace downhill::ui {
namespace {

// The letters of Latin Extended-A, U+0100 to U+017F, without their accents.
constexpr std::string_view kBases =
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiJjJjKkkLlLlLlL"
    "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
static_assert(kBases.size() == 0x80);

struct Character {
  uint32_t code = 0;  // 0: not UTF-8
  size_t bytes = 1;
};

Character first_of(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
  if (bytes == 0 || bytes > text.size()) return {};
  uint32_t code = lead & (0xFFu >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<uint8_t>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    code = code << 6 | (next & 0x3F);
  }
  return {code, bytes};
}

bool has(const ImFont& font, uint32_t code) {
  return code == '\n' || (code >= 0x20 && code <= 0xFFFF &&
                          font.FindGlyphNoFallback(static_cast<ImWchar>(code)) != nullptr);
}

bool is_accent(uint32_t code) { return code >= 0x300 && code < 0x370; }  // after its letter

}  // namespace

std::string drawable(const ImFont& font, std::string_view text) {
  constexpr std::string_view kMissing = "…";
  std::string drawn;
  while (!text.empty()) {
    const auto [code, bytes] = first_of(text);
    if (has(font, code)) {
      drawn += text.substr(0, bytes);
    } else if (code >= 0x100 && code < 0x180) {
      drawn += kBases[code - 0x100];
    } else if (!is_accent(code) && !drawn.ends_with(kMissing)) {
      drawn += kMissing;
    }
    text.remove_prefix(bytes);
  }
  return drawn;
}

}  // namespace downhill::ui
