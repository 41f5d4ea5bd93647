// Parses the text of links and scripts, "lr=0.5&stop=target%3A0.98": splits it into names and
// values and undoes the percent-encoding. Knows no names and no meanings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace downhill {

struct QueryItem {
  std::string name, value;
};

// The items in the order of the text; an empty text has none. '+' is a space, %XX is a byte.
// Refused, with a sentence that opens with "[where]": an item without '=' or without a name, a name
// given twice, a '%' without two hex digits.
Result<std::vector<QueryItem>> parse_query(std::string_view text, std::string_view where);

// The bytes of each %XX in `text`. A '%' without two hex digits, and every '+', stay as they are.
std::string decode_percents(std::string_view text);

// An error's message without the "[where] " that it begins with.
std::string without_tag(std::string_view message);

// `text` in quotes for use in a sentence: at most 40 characters, unprintable ones replaced.
std::string quoted(std::string_view text);

}  // namespace downhill
