/// \file The words of a `.tp` text. The rules (expression.cpp and so on) read these, not characters.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/diag/span.h"

namespace tpc::grammar {

enum class TokenKind : uint8_t {
  name,       ///< z1, train, eta: also every keyword; no word is reserved outside its place
  number,     ///< 2, 0.5, 1e-3: no sign
  text,       ///< "a.csv", with its quotes
  symbol,     ///< ( ) [ ] { } , : = + - * / @ ^ . .. ->
  separator,  ///< the end of a line, or `;`
  invalid,    ///< already reported; no rule reads past it
  end,        ///< of the file; every token list has one, last
};

struct Token {
  std::string_view text;  ///< in the source text; empty at the end of a line and of the file
  uint32_t begin = 0;
  TokenKind kind = TokenKind::end;

  [[nodiscard]] Span span() const { return {begin, begin + static_cast<uint32_t>(text.size())}; }
  [[nodiscard]] bool is(TokenKind kind_, std::string_view text_) const { return kind == kind_ && text == text_; }
  [[nodiscard]] bool is_symbol(std::string_view text_) const { return is(TokenKind::symbol, text_); }
  [[nodiscard]] bool is_name(std::string_view text_) const { return is(TokenKind::name, text_); }
};

using Tokens = std::vector<Token>;

}  // namespace tpc::grammar
