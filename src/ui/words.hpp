// The words of the field, each with a sentence that explains it: assets/course/en/words.md, which
// the course reads too (web/site/course/words.js). Finds them in what the page writes. Knows no
// drawing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

struct Word {
  std::string spelling;  // "gradients"; a small letter also stands for a capital one
  std::string name;      // its first spelling: "gradient"
  std::string sentence;
};

// Where a text has a word. `word` is null if there is none.
struct FoundWord {
  const Word* word = nullptr;
  size_t begin = 0, end = 0;
};

class Words {
 public:
  // Lines "- word, other spelling: sentence"; other lines are prose. Refuses a line that begins so
  // and goes on otherwise, and a spelling that is there twice.
  static Result<Words> parse(std::string_view text);

  bool empty() const { return words_.empty(); }
  // The longest spellings first.
  const std::vector<Word>& all() const { return words_; }
  // The first whole word at `from` or behind it; of several, the longest.
  FoundWord find(std::string_view text, size_t from = 0) const;
  // Adds a line "Gradient: …" for the words in `caption`, each once, as far as there is room.
  void explain(LongLabel& help, std::string_view caption) const;

 private:
  std::vector<Word> words_;
};

}  // namespace downhill::ui
