// Puts the nodes of an expression together while it is read. What has numbers alone is computed at
// once, so the nodes are only those that a gradient passes through, and the constants beside them.
// Knows no grammar.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expression/scanner.hpp"

namespace downhill {

// A node of the list, or numbers that are not in it yet.
struct Operand {
  std::optional<uint32_t> node = {};
  ExpressionTerm numbers = {};  // without a node: what it is
  uint32_t from = 0;            // where it begins in the text
};

class ExpressionBuilder {
 public:
  // Errors go to the scanner; after one, results mean nothing.
  explicit ExpressionBuilder(ExpressionScanner& scanner) : scanner_(scanner) {}

  static Operand numbers(std::vector<float> values, bool vector, size_t from);
  // The operation on one operand, and on two, where a number meets each number of a vector.
  Operand apply(ExpressionTerm term, Operand of, TextPlace place);
  Operand join(ExpressionOp op, Operand left, Operand right, TextPlace sign);

  std::optional<uint32_t> find_name(std::string_view name) const;
  // What ends a part of the line: its node, which from here on has the name. Numbers alone become
  // an input if there is one.
  void end_part(std::string_view name, Operand value, size_t end);

  const std::vector<ExpressionTerm>& terms() const { return terms_; }
  uint32_t output() const { return output_; }

 private:
  struct Name {
    std::string word;
    uint32_t node;
  };

  const ExpressionTerm& term_of(const Operand& operand) const {
    return operand.node ? terms_[*operand.node] : operand.numbers;
  }
  Operand finish(ExpressionTerm term, std::span<Operand* const> operands, uint32_t from,
                 TextPlace place);
  uint32_t node_of(Operand operand);
  uint32_t append(ExpressionTerm term, size_t at);

  ExpressionScanner& scanner_;
  std::vector<ExpressionTerm> terms_;
  std::vector<Name> names_;
  uint32_t output_ = 0;
};

}  // namespace downhill
