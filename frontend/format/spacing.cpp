// Spaces between words that are neighbours on a line.
#include "frontend/format/render.h"

namespace tpc::format {
namespace {

using grammar::TokenKind;

/// Whether the two would be read as other words without a space: `2 .T`, `1. ..3`.
bool would_merge(const Word& before, const Word& word) {
  if (before.kind != TokenKind::number) return false;
  return word.is(".") || (word.is("..") && before.text.ends_with('.'));
}

/// `f(x)`, `W[2]`, `f(x)[1]`: the bracket belongs to what stands before it.
bool takes_bracket(const Word& before) {
  return (before.kind == TokenKind::name && before.role != Role::keyword) || before.is(")") || before.is("]");
}

bool are_parted(const Word& before, const Word& word) {
  if (would_merge(before, word)) return true;
  if (word.is(")") || word.is("]") || word.is(",") || word.is(";") || before.is("(") || before.is("[")) return false;
  if (before.is("..") || word.is("..") || before.is(".") || word.is(".")) return false;
  if (before.role == Role::sign || before.role == Role::joined || word.role == Role::joined) return false;
  if (word.is("(") || word.is("[")) return !takes_bracket(before);
  return true;
}

}  // namespace

void space_words(Text& text) {
  for (const Line& line : text.lines) {
    for (size_t i = line.first + 1; i < line.last; ++i) {
      text.words[i].spaces = are_parted(text.words[i - 1], text.words[i]) ? 1 : 0;
    }
  }
}

}  // namespace tpc::format
