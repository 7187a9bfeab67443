/// \file List parsers: `a, b, c`, and blocks of statements that report a broken statement and go on with the next.
/// Included by the rule files only.
#pragma once

#include "grammar/layout.h"
#include "grammar/token_parsers.h"

namespace tpc::grammar {

/// item (`,` item)*: after a comma an item must follow.
template <typename Item>
auto comma_list(const Item& item) {
  return x3::expect[item] % symbol(",");
}

enum class BlockKind {
  braces,  ///< ends before `}`
  file,    ///< ends with the file
};

/// Where the item that begins at `first` and could not be read ends: at the next separator outside its own braces, or
/// where a declaration begins although braces are open.
Iterator end_of_broken_item(Iterator first, Iterator last, BlockKind kind);

/// (item (separator+ item)*)?, separators around it. An item that does not match, or does not end at a separator, is
/// reported and skipped. So this parser never fails.
template <typename Item>
struct BlockParser : x3::unary_parser<Item, BlockParser<Item>> {
  using Value = typename x3::traits::attribute_of<Item, Context>::type;
  using attribute_type = std::vector<Value>;
  static constexpr bool has_attribute = true;
  static constexpr bool handles_container = true;

  BlockParser(const Item& item, BlockKind kind_) : x3::unary_parser<Item, BlockParser<Item>>(item), kind(kind_) {}

  template <typename ContextType, typename RuleContext, typename Target>
  bool parse(Iterator& first, const Iterator& last, const ContextType& context, RuleContext& rule_context,
             Target& target) const {
    Reporter& reporter = x3::get<reporter_tag>(context);
    while (true) {
      while (first != last && first->kind == TokenKind::separator) ++first;
      if (at_end(first, last) || reporter.full()) return true;
      const Iterator start = first;
      try {
        Value value{};
        if (!this->subject.parse(first, last, context, rule_context, value)) {
          throw x3::expectation_failure<Iterator>(first, x3::what(this->subject));
        }
        x3::traits::push_back(target, std::move(value));
        const bool ends = first == last || first->kind == TokenKind::separator || at_end(first, last);
        if (!ends) throw x3::expectation_failure<Iterator>(first, "end of line");
      } catch (const x3::expectation_failure<Iterator>& failure) {
        reporter.report(start, failure.where(), failure.which());
        first = end_of_broken_item(start, last, kind);
      }
    }
  }

  [[nodiscard]] bool at_end(Iterator first, Iterator last) const {
    return first == last || (kind == BlockKind::braces && (first->is_symbol("}") || begins_declaration(first)));
  }

  BlockKind kind;
};

/// `{` items `}`
template <typename Item>
auto braces(const Item& item) {
  return symbol("{") > BlockParser<Item>(item, BlockKind::braces) > symbol("}");
}

}  // namespace tpc::grammar
