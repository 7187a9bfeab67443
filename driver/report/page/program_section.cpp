#include <algorithm>

#include "driver/report/page/sections.h"
#include "grammar/layout.h"
#include "grammar/lexical.h"

namespace tpc::driver::page {
namespace {

using grammar::Token;
using grammar::TokenKind;

std::string painted(const char* kind, const std::string& text) {
  return "<span class=\"" + std::string(kind) + "\">" + escaped(text) + "</span>";
}

/// Blanks and comments between two tokens.
std::string between_html(const std::string& text) {
  const size_t comment = text.find('#');
  if (comment == std::string::npos) return escaped(text);
  const size_t end = std::min(text.find('\n', comment), text.size());
  return escaped(text.substr(0, comment)) + painted("comment", text.substr(comment, end - comment)) +
         between_html(text.substr(end));  // NOLINT(misc-no-recursion): once a line
}

/// The first word of a declaration; what is called; a number; a text. The others stand as they are.
std::string token_html(const grammar::Tokens& tokens, size_t i) {
  const std::string text(tokens[i].text);
  const bool begins = i == 0 || tokens[i - 1].kind == TokenKind::separator;
  const bool called = i + 1 < tokens.size() && tokens[i + 1].is_symbol("(");
  switch (tokens[i].kind) {
    case TokenKind::name:
      if (begins && std::ranges::find(grammar::declaration_keywords(), text) != grammar::declaration_keywords().end())
        return painted("keyword", text);
      return called ? painted("builtin", text) : escaped(text);
    case TokenKind::number: return painted("number-word", text);
    case TokenKind::text: return painted("string", text);
    case TokenKind::symbol:
    case TokenKind::separator:
    case TokenKind::invalid:
    case TokenKind::end: break;
  }
  return escaped(text);
}

std::string program_html(const diag::Source& source) {
  diag::Engine ignored;  // the program has been read
  const grammar::Tokens tokens = grammar::tokenize(source, ignored);
  const std::string& text = source.text();
  std::string html;
  size_t at = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const size_t begin = tokens[i].begin - source.first();
    if (tokens[i].text.empty() || begin < at) continue;
    html += between_html(text.substr(at, begin - at)) + token_html(tokens, i);
    at = begin + tokens[i].text.size();
  }
  return html + between_html(text.substr(at));
}

}  // namespace

Section program_section(const Material& material) {
  const diag::Source& source = material.classified->source;
  return {"program", "Program", "<pre tabindex=\"0\">" + program_html(source) + "</pre>\n"};
}

}  // namespace tpc::driver::page
