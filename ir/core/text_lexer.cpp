#include "ir/core/text_lexer.h"

#include "ir/core/text_format.h"

namespace tpc::ir {
namespace {

bool is_word_byte(char character) {
  return is_name_byte(static_cast<unsigned char>(character)) || character == '+' || character == '-' ||
         character == '/';
}

int hexadecimal_digit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  return -1;
}

Token invalid(Token token, std::string why) {
  token.kind = TokenKind::invalid;
  token.text = std::move(why);
  return token;
}

}  // namespace

char Lexer::peek(size_t ahead) const { return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0'; }

void Lexer::advance() {
  const auto byte = static_cast<unsigned char>(text_[position_++]);
  if (byte == '\n') {
    ++line_;
    column_ = 1;
  } else if ((byte & 0xc0) != 0x80) {  // continuation bytes of UTF-8 are no column of their own
    ++column_;
  }
}

void Lexer::skip_blanks() {
  while (!at_end()) {
    if (peek() == '/' && peek(1) == '/') {
      while (!at_end() && peek() != '\n') advance();
    } else if (peek() == ' ' || peek() == '\t' || peek() == '\r') {
      advance();
    } else {
      return;
    }
  }
}

Token Lexer::next() {
  skip_blanks();
  const auto begin = static_cast<uint32_t>(position_);
  Token token = read();
  token.span = {begin, static_cast<uint32_t>(position_)};
  return token;
}

Token Lexer::read() {
  Token token{TokenKind::end, "", line_, column_, {}};
  if (at_end()) return token;
  const char character = peek();
  if (character == '\n') return newline(std::move(token));
  if (character == '"') return quoted(std::move(token));
  if (is_word_byte(character)) return word(std::move(token));
  if (std::string_view("=:[](){},%@?").find(character) == std::string_view::npos) {
    return invalid(std::move(token), "unexpected character");
  }
  token.kind = TokenKind::symbol;
  token.text = character;
  advance();
  return token;
}

Token Lexer::newline(Token token) {
  token.kind = TokenKind::newline;
  while (!at_end() && peek() == '\n') {
    advance();
    skip_blanks();
  }
  return token;
}

Token Lexer::word(Token token) {
  token.kind = TokenKind::word;
  while (!at_end() && is_word_byte(peek()) && !(peek() == '/' && peek(1) == '/')) {
    token.text += peek();
    advance();
  }
  return token;
}

Token Lexer::quoted(Token token) {
  token.kind = TokenKind::quoted;
  for (advance(); !at_end() && peek() != '"' && peek() != '\n'; advance()) {
    if (peek() != '\\') {
      token.text += peek();
      continue;
    }
    advance();
    const char escape = peek();
    if (escape == '"' || escape == '\\') {
      token.text += escape;
    } else if (escape == 'n' || escape == 't') {
      token.text += escape == 'n' ? '\n' : '\t';
    } else if (escape == 'x' && hexadecimal_digit(peek(1)) >= 0 && hexadecimal_digit(peek(2)) >= 0) {
      token.text += static_cast<char>(16 * hexadecimal_digit(peek(1)) + hexadecimal_digit(peek(2)));
      advance();
      advance();
    } else {
      return invalid(std::move(token), "unknown escape in a quoted name");
    }
  }
  if (peek() != '"' || at_end()) return invalid(std::move(token), "a quoted name does not end on its line");
  advance();
  return token;
}

}  // namespace tpc::ir
