/// \file Splits IR text into tokens. Bounded: one pass, no recursion, every byte is consumed once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/diag/span.h"

namespace tpc::ir {

enum class TokenKind {
  word,     ///< a name, keyword or number: letters, digits, _ . ' + - / and bytes of UTF-8 sequences
  quoted,   ///< "..." with its escapes resolved
  symbol,   ///< one of = : [ ] ( ) { } , % @ ?
  newline,  ///< one or more line ends
  end,
  invalid,  ///< text that is no token; `text` says why
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;
  int line = 1;
  int column = 1;  ///< in Unicode code points
  Span span;       ///< in bytes
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  /// The next token; `end` or `invalid` again and again once reached.
  Token next();

 private:
  Token read();

  [[nodiscard]] bool at_end() const { return position_ >= text_.size(); }
  [[nodiscard]] char peek(size_t ahead = 0) const;
  void advance();
  void skip_blanks();
  Token word(Token token);
  Token quoted(Token token);
  Token newline(Token token);

  std::string_view text_;
  size_t position_ = 0;
  int line_ = 1;
  int column_ = 1;
};

}  // namespace tpc::ir
