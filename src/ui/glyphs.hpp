// Text from outside, such as the name of a file, in characters that a font can draw.
#pragma once

#include <string>
#include <string_view>

struct ImFont;

namespace downhill::ui {

// The text with what the font lacks replaced: a Latin letter by its letter without the accent
// ("żółw" becomes "zółw" where only ż is missing), anything else by one "…" for all that follow each
// other. Bytes that are no UTF-8 count as lacking.
std::string drawable(const ImFont& font, std::string_view text);

}  // namespace downhill::ui
