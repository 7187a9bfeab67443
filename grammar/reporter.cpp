#include "grammar/reporter.h"

#include <algorithm>
#include <initializer_list>

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

bool is_one_of(const Token* token, std::initializer_list<std::string_view> texts) {
  return std::find(texts.begin(), texts.end(), token->text) != texts.end();
}

/// The same for what stands where a declaration or statement begins.
std::string beginning_meant(const Token* word, bool top_level) {
  if (word->is_symbol("/") || (word->is_symbol("-") && word[1].is_symbol("-"))) return "comments begin with `#`";
  if (!top_level || word->kind != TokenKind::name) return {};
  if (is_one_of(word, {"import", "from", "include", "using"})) {
    return "there is nothing to import: a file declares all it uses";
  }
  if (word[1].is_symbol(":")) {
    return "a weight is declared by `param " + std::string(word->text) + " : [n, d] init normal(std = 1)`";
  }
  if (word[1].is_symbol("=")) {
    return "a number is declared by `dim` or `const`, and values of the network are assigned in its `def`";
  }
  return {};
}

/// The same for the head of a declaration.
std::string declaration_meant(const Token* start, const Token* where, const std::string& expected) {
  if (start->is_name("def") && where->is_symbol(":") && expected != "`,` or `)`") {
    return "the body of a `def` stands in braces: `def net(x : [d]) -> [k] { ... return V @ z }`";
  }
  if (start->is_name("param") && expected == "`..`") {
    return "a shape follows a colon, `param U : [n, d]`, and a family has a range, `param W[1..3] : [n, n]`";
  }
  if (start->is_name("param") && where->is_symbol("=")) return "the start is given by `init normal(std = 1)`";
  if (start->is_name("data") && where->is_symbol("(")) return "the fields follow a colon: `data train : x[d], y[k]`";
  if (start->is_name("model") && where->is_symbol("-")) return "a name has letters, digits and `_`";
  if (where == start + 1 && where->is_symbol("=") && is_one_of(start, {"model", "width", "parametrization"})) {
    return "write `" + std::string(start->text) + " NAME`, without `=`";
  }
  return {};
}

/// The same in a statement, of which the first word was read.
std::string statement_meant(const Token* start, const Token* where) {
  const Token& before = where[-1];
  const bool adjacent = before.span().end == where->begin && before.kind == TokenKind::symbol;
  if (adjacent && before.is_symbol("*") && where->is_symbol("*")) return "powers are written `u^2`, with an integer";
  if (adjacent && before.is_symbol("/") && where->is_symbol("/")) return "`/` divides, and comments begin with `#`";
  if (adjacent && before.is_symbol("=") && where->is_symbol("=")) return "`=` assigns; there are no comparisons";
  if (before.is_symbol(".") && where->kind == TokenKind::name && where[1].is_symbol("(")) {
    return "functions are called by their name alone: `" + std::string(where->text) + "(...)`";
  }
  if (where != start + 1 || start->kind != TokenKind::name) return {};
  const bool operation = is_one_of(where, {"+", "-", "*", "/", "@"}) && where->kind == TokenKind::symbol;
  if (operation && where[1].is_symbol("=")) {
    const std::string name(start->text);
    return "write `" + name + " = " + name + " " + std::string(where->text) + " ...`";
  }
  if (is_one_of(start, {"let", "var", "val", "auto", "float"})) return "a value needs no keyword: `z = ...`";
  if (operation || where->is_symbol("(") || is_one_of(start, {"if", "while", "else", "print"})) {
    return "a statement is `z = ...`, `for l in 1..L { ... }` or `return ...`";
  }
  return {};
}

/// What people write who come from Python or C++, with the language's own form. Empty: none of these.
std::string form_meant(const Token* start, const Token* where, const std::string& expected) {
  if (where == start) return beginning_meant(where, expected == declaration_label);
  const std::string form = declaration_meant(start, where, expected);
  return form.empty() ? statement_meant(start, where) : form;
}

}  // namespace

void Reporter::report(const Token* start, const Token* where, const std::string& expected) {
  if (where->kind == TokenKind::invalid) return;  // already reported
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
  const std::string form = form_meant(start, where, expected);
  if (!form.empty()) report.note(form);
}

}  // namespace tpc::grammar
