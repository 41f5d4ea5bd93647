#include "ui/words.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace downhill::ui {
namespace {

constexpr bool is_small(char c) { return c >= 'a' && c <= 'z'; }
constexpr char capital(char c) { return static_cast<char>(is_small(c) ? c - 'a' + 'A' : c); }

// Letters beyond ASCII count, too.
constexpr bool is_letter(char c) {
  return (c >= '0' && c <= '9') || is_small(c) || (c >= 'A' && c <= 'Z') || c == '_' ||
         (c & 0x80) != 0;
}

bool begins_with(std::string_view text, std::string_view spelling) {
  if (text.size() < spelling.size()) return false;
  for (size_t i = 0; i < spelling.size(); ++i) {
    if (text[i] != spelling[i] && text[i] != capital(spelling[i])) return false;
  }
  return text.size() == spelling.size() || !is_letter(text[spelling.size()]);
}

std::string_view without_spaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Error refuse(size_t line, std::string_view what, std::string_view why) {
  return Error{"[words] line " + std::to_string(line) + ": “" + std::string(what) + "” " +
               std::string(why)};
}

}  // namespace

Result<Words> Words::parse(std::string_view text) {
  Words made;
  size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (!line.starts_with("- ")) continue;
    const size_t colon = line.find(':');
    const std::string_view behind =
        colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    const std::string_view sentence = without_spaces(behind);
    if (!behind.starts_with(' ') || sentence.empty())
      return refuse(number, line.substr(0, 40), "is not of the form “- word: sentence”");
    std::string_view name;
    for (const std::string_view part : split(line.substr(2, colon - 2), ',')) {
      const std::string_view spelling = without_spaces(part);
      if (spelling.empty()) return refuse(number, line.substr(0, 40), "has an empty spelling");
      if (std::ranges::find(made.words_, spelling, &Word::spelling) != made.words_.end())
        return refuse(number, spelling, "is there twice");
      if (name.empty()) name = spelling;
      made.words_.push_back({std::string(spelling), std::string(name), std::string(sentence)});
    }
  }
  std::ranges::stable_sort(made.words_, std::ranges::greater(),
                           [](const Word& word) { return word.spelling.size(); });
  return made;
}

FoundWord Words::find(std::string_view text, size_t from) const {
  for (size_t i = from; i < text.size(); ++i) {
    if (i > 0 && is_letter(text[i - 1])) continue;
    for (const Word& word : words_) {
      if (begins_with(text.substr(i), word.spelling)) return {&word, i, i + word.spelling.size()};
    }
  }
  return {};
}

void Words::explain(LongLabel& help, std::string_view caption) const {
  for (FoundWord at = find(caption); at.word != nullptr; at = find(caption, at.end)) {
    const Word& word = *at.word;
    if (help.view().find(word.sentence) != std::string_view::npos) continue;
    constexpr size_t kAround = 3;  // the line break, ": "
    if (help.room() < word.name.size() + word.sentence.size() + kAround) return;
    if (!help.empty()) help.add("\n");
    const bool is_code = word.name.find('_') != std::string::npos;
    const char first = is_code ? word.name[0] : capital(word.name[0]);
    help.add(std::string_view(&first, 1)).add(std::string_view(word.name).substr(1)).add(": ");
    help.add(word.sentence);
  }
}

}  // namespace downhill::ui
