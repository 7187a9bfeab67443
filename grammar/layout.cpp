#include "grammar/layout.h"

#include <algorithm>

#include "grammar/limits.h"

namespace tpc::grammar {
namespace {

bool is_one_of(const Token& token, std::initializer_list<std::string_view> symbols) {
  return token.kind == TokenKind::symbol && std::find(symbols.begin(), symbols.end(), token.text) != symbols.end();
}

bool is_operator(const Token& token) { return is_one_of(token, {"+", "-", "*", "/", "@", "^"}); }
bool opens_bracket(const Token& token) { return is_one_of(token, {"(", "["}); }
bool closes_bracket(const Token& token) { return is_one_of(token, {")", "]"}); }

/// `z =`: a statement, or a keyword argument on its own line.
bool is_assignment(const Token* token) { return token->kind == TokenKind::name && token[1].is_symbol("="); }

class Layout {
 public:
  Layout(const Tokens& tokens, diag::Engine& diagnostics) : tokens_(tokens), diagnostics_(diagnostics) {}

  Tokens run() {
    kept_.reserve(tokens_.size());
    for (const Token& token : tokens_) {
      const bool is_line_end = token.kind == TokenKind::separator && token.text.empty();
      if (is_line_end && !separates(&token)) continue;
      kept_.push_back(token);
      follow(kept_.back());
    }
    return std::move(kept_);
  }

 private:
  /// Requires a token after the line end; there is one, since the last token of all is `end`.
  bool separates(const Token* line_end) {
    const Token& next = line_end[1];
    if (kept_.empty() || next.kind == TokenKind::end) return true;
    if (begins_declaration(&next)) {
      in_rows_ = false;  // the `}` of the rows is missing
      return true;
    }
    const Token& previous = kept_.back();
    const bool at_edge = previous.kind == TokenKind::separator || is_one_of(previous, {"{", "}"});
    if (in_rows_ || at_edge || next.is_name("return") || next.is_name("for")) return true;
    const bool in_list = previous.is_symbol(",") || opens_bracket(previous);
    if (is_assignment(&next)) return !in_list;
    if (brackets_ > 0) return false;
    const bool factor_follows = next.is_name("lr") && !line_end[2].is_symbol(":");  // else a line of exponents
    const bool clause_follows = next.is_name("init") || next.is_name("on") || factor_follows;
    const bool source_follows = previous.is_symbol("=") && in_data_ && braces_ == 0;
    return !clause_follows && !source_follows && !is_operator(previous) && !is_one_of(previous, {",", ":", "->"}) &&
           !is_operator(next) && !is_one_of(next, {"=", ":", "->", "{"});
  }

  /// Keeps the state up to date after a kept token.
  void follow(Token& token) {
    if (statement_begins_ && braces_ == 0) in_data_ = token.is_name("data");
    statement_begins_ = token.kind == TokenKind::separator || is_one_of(token, {"{", "}"});
    if (statement_begins_) {
      brackets_ = operators_ = 0;
      bounded_ = false;
    }
    if (token.is_symbol("{")) {
      in_rows_ = braces_++ == 0 && in_data_;
      if (braces_ == most_blocks + 1) refuse(token, diag::Kind::blocks_nested_too_deeply, most_blocks);
      if (braces_ > most_blocks) token.kind = TokenKind::invalid;  // all of them: recovery goes on inside
    } else if (token.is_symbol("}")) {
      braces_ -= braces_ > 0 ? 1 : 0;
      in_rows_ = false;
    } else if (!in_rows_) {
      bound(token);
    }
  }

  void bound(Token& token) {
    if (opens_bracket(token)) ++brackets_;
    if (closes_bracket(token) && brackets_ > 0) --brackets_;
    if (is_operator(token) || is_one_of(token, {".", "["})) ++operators_;
    if (bounded_) return;
    if (brackets_ > most_brackets) {
      refuse(token, diag::Kind::nested_too_deeply, most_brackets);
    } else if (operators_ > most_operators) {
      refuse(token, diag::Kind::expression_too_long, most_operators);
    }
  }

  void refuse(Token& token, diag::Kind kind, size_t limit) {
    diagnostics_.report(kind, token.span(), {{"limit", std::to_string(limit)}});
    token.kind = TokenKind::invalid;
    bounded_ = true;
  }

  const Tokens& tokens_;
  diag::Engine& diagnostics_;
  Tokens kept_;
  size_t braces_ = 0;
  bool in_data_ = false;          ///< in a `data` declaration
  bool in_rows_ = false;          ///< in its { }, where every line counts
  bool statement_begins_ = true;  ///< at the next token
  // Of the statement so far:
  size_t brackets_ = 0, operators_ = 0;
  bool bounded_ = false;
};

}  // namespace

Tokens lay_out(const Tokens& tokens, diag::Engine& diagnostics) { return Layout(tokens, diagnostics).run(); }

const std::vector<std::string>& declaration_keywords() {
  static const std::vector<std::string> keywords = {"model", "width", "dim",   "const",   "param",          "fn",
                                                    "def",   "data",  "train", "observe", "parametrization"};
  return keywords;
}

bool begins_declaration(const Token* token) {
  if (token->kind != TokenKind::name) return false;
  const auto& keywords = declaration_keywords();
  if (std::find(keywords.begin(), keywords.end(), token->text) == keywords.end()) return false;
  return token[1].kind == TokenKind::name || (token->text == "train" && token[1].is_symbol("{"));
}

}  // namespace tpc::grammar
