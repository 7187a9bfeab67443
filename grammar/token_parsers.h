/// \file The primitive Spirit parsers: one token each. Included by the rule files only.
#pragma once

#include <algorithm>
#include <boost/spirit/home/x3.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "frontend/ast/ast.h"
#include "grammar/reporter.h"
#include "grammar/text.h"
#include "grammar/token.h"

namespace tpc::grammar {

namespace x3 = boost::spirit::x3;

using Iterator = const Token*;

/// The rules' only context: where list rules report errors.
struct reporter_tag;
using Context = x3::context<reporter_tag, Reporter>;

/// One token; Derived says which (`matches`) and what it makes of it (`make`). `label` is what messages say was
/// expected.
template <typename Derived, typename Attribute>
struct TokenParser : x3::parser<Derived> {
  using attribute_type = Attribute;
  static constexpr bool has_attribute = !std::is_same_v<Attribute, x3::unused_type>;
  static constexpr bool is_token_parser = true;

  explicit TokenParser(std::string label_) : label(std::move(label_)) {}

  template <typename ContextType, typename RuleContext, typename Target>
  bool parse(Iterator& first, const Iterator& last, const ContextType&, RuleContext&, Target& target) const {
    if (first == last || !this->derived().matches(*first)) return false;
    x3::traits::move_to(this->derived().make(*first), target);
    ++first;
    return true;
  }

  std::string label;
};

/// `(`, `=`, `->`
struct SymbolParser : TokenParser<SymbolParser, x3::unused_type> {
  explicit SymbolParser(std::string_view text_) : SymbolParser(text_, "`" + std::string(text_) + "`") {}
  SymbolParser(std::string_view text_, std::string label_) : TokenParser(std::move(label_)), text(text_) {}
  [[nodiscard]] bool matches(const Token& token) const { return token.is_symbol(text); }
  [[nodiscard]] x3::unused_type make(const Token&) const { return {}; }
  std::string_view text;
};

/// `def`, `return`: a name that has a meaning in its place
struct KeywordParser : TokenParser<KeywordParser, x3::unused_type> {
  explicit KeywordParser(std::string_view text_) : TokenParser("`" + std::string(text_) + "`"), text(text_) {}
  [[nodiscard]] bool matches(const Token& token) const { return token.is_name(text); }
  [[nodiscard]] x3::unused_type make(const Token&) const { return {}; }
  std::string_view text;
};

/// A token kept as written with its span: an ast::Name, ast::Number or ast::ShapeEntry.
template <typename Node>
struct WordParser : TokenParser<WordParser<Node>, Node> {
  WordParser(std::initializer_list<TokenKind> kinds_, std::string label_)
      : TokenParser<WordParser<Node>, Node>(std::move(label_)), kinds(kinds_) {}
  [[nodiscard]] bool matches(const Token& token) const {
    // A line that begins with `return` or `for` is always that statement.
    return std::find(kinds.begin(), kinds.end(), token.kind) != kinds.end() && !token.is_name("return") &&
           !token.is_name("for");
  }
  [[nodiscard]] Node make(const Token& token) const { return Node{std::string(token.text), token.span()}; }
  std::vector<TokenKind> kinds;
};

struct TextParser : TokenParser<TextParser, ast::Text> {
  TextParser() : TokenParser("a text in quotes") {}
  [[nodiscard]] bool matches(const Token& token) const { return token.kind == TokenKind::text; }
  [[nodiscard]] ast::Text make(const Token& token) const { return ast::Text{text_value(token)}; }
};

/// One of the binary operators of a level.
struct OperatorParser : TokenParser<OperatorParser, Token> {
  explicit OperatorParser(std::string_view symbols_) : TokenParser("an operator"), symbols(symbols_) {}
  [[nodiscard]] bool matches(const Token& token) const {
    return token.kind == TokenKind::symbol && token.text.size() == 1 && symbols.find(token.text) != symbols.npos;
  }
  [[nodiscard]] const Token& make(const Token& token) const { return token; }
  std::string_view symbols;
};

/// Reads nothing; matches where a statement ends. Says what else could have come, after an optional part: "a number".
struct AtStatementEnd : TokenParser<AtStatementEnd, x3::unused_type> {
  using TokenParser::TokenParser;
  template <typename ContextType, typename RuleContext, typename Target>
  bool parse(Iterator& first, const Iterator& last, const ContextType&, RuleContext&, Target&) const {
    return first == last || first->kind == TokenKind::separator || first->is_symbol("}");
  }
};

inline SymbolParser symbol(std::string_view text) { return SymbolParser(text); }
inline KeywordParser keyword(std::string_view text) { return KeywordParser(text); }
inline const WordParser<ast::Name> name({TokenKind::name}, "a name");
inline const WordParser<ast::Number> number({TokenKind::number}, "a number");
inline const WordParser<ast::ShapeEntry> dimension({TokenKind::name, TokenKind::number}, "a dimension");
inline const TextParser text;
/// The end of a list in brackets.
inline const SymbolParser list_end(")", "`,` or `)`");

/// The part of the source text that tokens [first, last) cover; not empty.
inline Span span_of(Iterator first, Iterator last) { return {first->begin, last[-1].span().end}; }

/// Base of the tags of rules without actions whose attribute has a `span`: sets it to all the rule has read.
struct SetsSpan {
  template <typename Node, typename ContextType>
  void on_success(Iterator first, Iterator last, Node& node, const ContextType&) {
    node.span = span_of(first, last);
  }
};

/// The same for rules with actions, whose on_success does not see the attribute (Spirit hands it to the actions only).
template <typename Definition>
auto with_span(const Definition& definition) {
  const auto set_span = [](auto& context) {
    const auto& read = x3::_attr(context);
    x3::_val(context).span = span_of(read.begin(), read.end());
  };
  return x3::raw[definition][set_span];
}

}  // namespace tpc::grammar

// How messages name the parsers that are no rules (Spirit's default is the mangled type).
namespace boost::spirit::x3 {

template <typename Parser>
struct get_info<Parser, std::enable_if_t<Parser::is_token_parser>> {
  using result_type = std::string;
  std::string operator()(const Parser& parser) const { return parser.label; }
};

template <typename Subject, typename Action>
struct get_info<action<Subject, Action>> {
  using result_type = std::string;
  std::string operator()(const action<Subject, Action>& parser) const { return what(parser.subject); }
};

template <typename Subject>
struct get_info<expect_directive<Subject>> {
  using result_type = std::string;
  std::string operator()(const expect_directive<Subject>& parser) const { return what(parser.subject); }
};

template <typename Item, typename Comma>
struct get_info<list<Item, Comma>> {
  using result_type = std::string;
  std::string operator()(const list<Item, Comma>& parser) const { return what(parser.left); }
};

template <typename Left, typename Right>
struct get_info<sequence<Left, Right>> {
  using result_type = std::string;
  std::string operator()(const sequence<Left, Right>& parser) const { return what(parser.left); }
};

}  // namespace boost::spirit::x3
