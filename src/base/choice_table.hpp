// A choice that a person makes (an activation, an optimizer) as a table: one row per enumerator, in
// the order of the enumeration. The compiler refuses a table that lacks a row. Links, files, menus,
// help, documents and tests read the words from here. Knows nothing of what is chosen.
//
//   enum class Fruit : uint8_t { apple, pear };
//   struct FruitRow { Fruit kind; ChoiceWords words; bool sweet; };
//   inline constexpr auto kFruits = choice_table<FruitRow>({
//       {Fruit::apple, {.word = "apple", .label = "Apple", .meaning = "grows on trees"}, true},
//       {Fruit::pear, {.word = "pear", .label = "Pear", .meaning = "likewise"}, true},
//   });
//   kFruits[Fruit::pear].sweet;  kFruits.find("pear")->kind;
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/enumerators.hpp"

namespace downhill {

// What is said about one choice.
struct ChoiceWords {
  std::string_view word;          // in links and files, lower case: "leakyrelu"
  std::string_view label = {};    // in menus: "leaky ReLU"
  std::string_view meaning = {};  // a phrase for help, without a full stop
  std::string_view torch = {};    // PyTorch's name: "LeakyReLU"; empty if PyTorch has none
};

// Not constexpr: a table that calls it does not compile, and the message names this function.
inline void rows_must_be_in_the_order_of_the_enumeration() {}

template <class Row, size_t N>
class ChoiceTable {
 public:
  using Kind = decltype(Row::kind);
  static_assert(N == kEnumeratorCount<Kind>,
                "an enumerator has no row: add one to the table of its choice");

  consteval explicit ChoiceTable(const Row (&rows)[N]) {
    for (size_t i = 0; i < N; ++i) {
      if (rows[i].kind != static_cast<Kind>(i)) rows_must_be_in_the_order_of_the_enumeration();
      rows_[i] = rows[i];
      words_[i] = rows[i].words;
    }
  }

  static constexpr size_t size() { return N; }
  constexpr const Row* begin() const { return rows_.data(); }
  constexpr const Row* end() const { return rows_.data() + N; }
  constexpr const Row& operator[](Kind kind) const { return rows_[static_cast<size_t>(kind)]; }

  // The row of a word; null if there is none.
  constexpr const Row* find(std::string_view word) const {
    for (const Row& row : rows_) {
      if (row.words.word == word) return &row;
    }
    return nullptr;
  }

  // The words of all rows, for code that serves every choice.
  constexpr std::span<const ChoiceWords> words() const { return words_; }

 private:
  std::array<Row, N> rows_{};
  std::array<ChoiceWords, N> words_{};
};

template <class Row, size_t N>
consteval auto choice_table(const Row (&rows)[N]) {
  return ChoiceTable<Row, N>(rows);
}

}  // namespace downhill
