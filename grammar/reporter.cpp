#include "grammar/reporter.h"

#include "grammar/layout.h"

namespace tpc::grammar {
namespace {

std::string described(const Token& token) {
  constexpr size_t longest = 40;
  switch (token.kind) {
    case TokenKind::end: return "end of file";
    case TokenKind::separator: return token.text.empty() ? "end of line" : "`;`";
    case TokenKind::text: return token.text.size() > longest ? "a text" : "the text `" + std::string(token.text) + "`";
    default: break;
  }
  if (token.text.size() > longest) return token.kind == TokenKind::name ? "a name" : "a number";
  return "`" + std::string(token.text) + "`";
}

/// What the language is going to have, if the user wrote that; else empty. Read as "... not part of the language yet".
std::string future_construct(const Token* start, const Token* where) {
  if (start->is_name("width") && where == start + 2 && where->is_symbol("=")) {
    return "a second width as a ratio (`width m = 2 n`) is";
  }
  return {};
}

/// The bracket before `where` that is still open and that `closing` would close; null if there is none.
const Token* open_bracket(const Token* start, const Token* where, std::string_view closing) {
  const std::string_view opening = closing == ")" ? "(" : closing == "]" ? "[" : "{";
  int closed = 0;
  for (const Token* token = where; token != start;) {
    --token;
    if (token->is_symbol(closing)) ++closed;
    if (token->is_symbol(opening) && closed-- == 0) return token;
  }
  return nullptr;
}

/// The keyword that is misspelt, if any: `parm` and `intit` where they stand, `retrun z` at the word behind it.
std::string keyword_meant(const Token* start, const Token* where, const std::string& expected) {
  if (expected == declaration_label) return diag::nearest(where->text, declaration_keywords());
  if (where == start + 1) return start->is_name("return") ? "" : diag::nearest(start->text, {"return"});
  if (where->kind != TokenKind::name) return {};
  const std::string nearest = diag::nearest(where->text, {"init", "on"});
  const bool is_expected = !nearest.empty() && expected.find("`" + nearest + "`") != std::string::npos;
  return is_expected ? nearest : std::string();
}

}  // namespace

void Reporter::report(const Token* start, const Token* where, const std::string& expected) {
  if (where->kind == TokenKind::invalid) return;  // already reported
  if (const std::string construct = future_construct(start, where); !construct.empty()) {
    diagnostics_.report(diag::Kind::unsupported_construct, where->span(), {{"construct", construct}});
    return;
  }
  const bool no_declaration = expected == declaration_label;
  auto report = no_declaration ? diagnostics_.report(diag::Kind::unknown_declaration, where->span(),
                                                     {{"found", described(*where)}})
                               : diagnostics_.report(diag::Kind::expected, where->span(),
                                                     {{"expected", expected}, {"found", described(*where)}});
  for (const std::string_view closing : {")", "]", "}"}) {
    const bool is_expected = expected.ends_with("`" + std::string(closing) + "`");
    const Token* const opening = is_expected ? open_bracket(start, where, closing) : nullptr;
    if (opening != nullptr) report.note("to close this `" + std::string(opening->text) + "`", opening->span());
  }
  const std::string meant = keyword_meant(start, where, expected);
  if (!meant.empty()) report.note("did you mean `" + meant + "`?");
}

}  // namespace tpc::grammar
