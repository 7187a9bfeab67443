/// \file The text to be formatted as words on lines, with comments; and what a word is where it stands.
#pragma once

#include <string_view>
#include <vector>

#include "base/diag/diagnostic.h"
#include "frontend/ast/ast.h"
#include "grammar/token.h"

namespace tpc::format {

/// What the spaces around a word depend on, beside the word.
enum class Role {
  plain,
  keyword,  ///< `init`, `on`, `return`, ...: no operand, and no name of a function
  sign,     ///< the `-` of `-x`, with its operand
  joined,   ///< between two words that belong together: `1/2` of an exponent, the `:` of `U[:, i]`
};

struct Word {
  std::string_view text;
  grammar::TokenKind kind{};
  uint32_t begin = 0;  ///< as spans count
  Role role = Role::plain;
  size_t spaces = 0;  ///< before it, on its line

  [[nodiscard]] bool is(std::string_view text_) const { return text == text_; }
};

struct Line {
  size_t first = 0, last = 0;  ///< its words: [first, last)
  std::string_view comment;    ///< with its `#`; empty: none
  size_t comment_column = 0;   ///< where that began
  bool blank_before = false;
  bool continues = false;  ///< what an earlier line began; a line without words: so does the next with words
  size_t depth = 0;        ///< blocks open at its beginning

  [[nodiscard]] bool has_words() const { return first != last; }
};

struct Text {
  std::vector<Word> words;
  std::vector<Line> lines;

  [[nodiscard]] const Word& first_word(const Line& line) const { return words[line.first]; }
  [[nodiscard]] const Word& last_word(const Line& line) const { return words[line.last - 1]; }
};

/// The lines of a source that could be parsed. `laid_out`: its tokens after grammar::lay_out, which says what
/// continues.
Text read_lines(const diag::Source& source, const grammar::Tokens& tokens, const grammar::Tokens& laid_out);

/// Gives every word its role. `rows`: of all inline data, in the order of the text; a sign there is never an operator.
void find_roles(Text& text, const std::vector<Span>& rows);

/// Columns that a text takes: code points.
size_t width_of(std::string_view text);
/// Columns of the words [first, last) on one line, with the spaces between them.
size_t width_of(const Text& text, size_t first, size_t last);

}  // namespace tpc::format
