#include "grammar/reporter.h"

#include <algorithm>
#include <initializer_list>
#include <optional>

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

/// The keyword that is misspelt, if any, and where: `parm` and `intit` where they stand, `retrun z` before the word
/// behind it.
struct Misspelt {
  std::string meant;  ///< empty: none
  Span word = {};
};

Misspelt keyword_meant(const Token* start, const Token* where, const std::string& expected) {
  if (expected == declaration_label) return {diag::nearest(where->text, declaration_keywords()), where->span()};
  if (where == start + 1) {
    return {start->is_name("return") ? "" : diag::nearest(start->text, {"return"}), start->span()};
  }
  if (where->kind != TokenKind::name) return {};
  const std::string nearest = diag::nearest(where->text, {"init", "on"});
  const bool is_expected = !nearest.empty() && expected.find("`" + nearest + "`") != std::string::npos;
  return {is_expected ? nearest : std::string(), where->span()};
}

bool is_one_of(const Token* token, std::initializer_list<std::string_view> texts) {
  return std::find(texts.begin(), texts.end(), token->text) != texts.end();
}

/// What to write instead, and if that can be said, the edit that writes it.
struct Form {
  std::string advice;  ///< empty: nothing is known
  std::optional<diag::Edit> edit = std::nullopt;
};

/// From the beginning of the first to the end of the last token.
Span from_to(const Token& first, const Token& last) { return {first.begin, last.span().end}; }

/// The same for what stands where a declaration or statement begins.
Form beginning_meant(const Token* word, bool top_level) {
  if (word->is_symbol("/") || (word->is_symbol("-") && word[1].is_symbol("-"))) {
    const bool two = word[1].is_symbol(word->text);
    return {"comments begin with `#`", two ? std::optional(diag::Edit{from_to(*word, word[1]), "#"}) : std::nullopt};
  }
  if (!top_level || word->kind != TokenKind::name) return {};
  if (is_one_of(word, {"import", "from", "include", "using"})) {
    return {"there is nothing to import: a file declares all it uses"};
  }
  if (word[1].is_symbol(":")) {
    return {"a weight is declared by `param " + std::string(word->text) + " : [n, d] init normal(std = 1)`"};
  }
  if (word[1].is_symbol("=")) {
    return {"a number is declared by `dim` or `const`, and values of the network are assigned in its `def`"};
  }
  return {};
}

/// The same for the head of a declaration.
Form declaration_meant(const Token* start, const Token* where, const std::string& expected) {
  if (start->is_name("def") && where->is_symbol(":") && expected != "`,` or `)`") {
    return {"the body of a `def` stands in braces: `def net(x : [d]) -> [k] { ... return V @ z }`"};
  }
  if (start->is_name("param") && expected == "`..`") {
    return {"a shape follows a colon, `param U : [n, d]`, and a family has a range, `param W[1..3] : [n, n]`"};
  }
  if (start->is_name("param") && where->is_symbol("=")) return {"the start is given by `init normal(std = 1)`"};
  if (start->is_name("data") && where->is_symbol("(")) return {"the fields follow a colon: `data train : x[d], y[k]`"};
  if (start->is_name("model") && where->is_symbol("-")) return {"a name has letters, digits and `_`"};
  if (where == start + 1 && where->is_symbol("=") && is_one_of(start, {"model", "width", "parametrization"})) {
    return {"write `" + std::string(start->text) + " NAME`, without `=`", diag::Edit{where->span(), ""}};
  }
  return {};
}

/// Two operators in a row that are one in other languages.
Form operator_meant(const Token& before, const Token* where) {
  if (before.span().end != where->begin || before.kind != TokenKind::symbol) return {};
  const auto replaced = [&](const char* text) { return diag::Edit{from_to(before, *where), text}; };
  if (before.is_symbol("*") && where->is_symbol("*")) {
    return {"powers are written `u^2`, with an integer", replaced("^")};
  }
  if (before.is_symbol("/") && where->is_symbol("/"))
    return {"`/` divides, and comments begin with `#`", replaced("#")};
  if (before.is_symbol("=") && where->is_symbol("=")) return {"`=` assigns; there are no comparisons", replaced("=")};
  return {};
}

/// The same in a statement, of which the first word was read.
Form statement_meant(const Token* start, const Token* where) {
  if (Form form = operator_meant(where[-1], where); !form.advice.empty()) return form;
  if (where[-1].is_symbol(".") && where->kind == TokenKind::name && where[1].is_symbol("(")) {
    const bool named = where - 2 >= start && where[-2].kind == TokenKind::name;
    return {"functions are called by their name alone: `" + std::string(where->text) + "(...)`",
            named ? std::optional(diag::Edit{{where[-2].begin, where->begin}, ""}) : std::nullopt};
  }
  if (where != start + 1 || start->kind != TokenKind::name) return {};
  const bool operation = is_one_of(where, {"+", "-", "*", "/", "@"}) && where->kind == TokenKind::symbol;
  if (operation && where[1].is_symbol("=")) {
    const std::string again = "= " + std::string(start->text) + " " + std::string(where->text);
    const bool whatever_follows = where->is_symbol("+");  // behind the others a sum would need brackets
    return {"write `" + std::string(start->text) + " " + again + " ...`",
            whatever_follows ? std::optional(diag::Edit{from_to(*where, where[1]), again}) : std::nullopt};
  }
  if (is_one_of(start, {"let", "var", "val", "auto", "float"})) {
    return {"a value needs no keyword: `z = ...`", diag::Edit{{start->begin, where->begin}, ""}};
  }
  if (operation || where->is_symbol("(") || is_one_of(start, {"if", "while", "else", "print"})) {
    return {"a statement is `z = ...`, `for l in 1..L { ... }` or `return ...`"};
  }
  return {};
}

/// What people write who come from Python or C++, with the language's own form. Empty: none of these.
Form form_meant(const Token* start, const Token* where, const std::string& expected) {
  if (where == start) return beginning_meant(where, expected == declaration_label);
  Form form = declaration_meant(start, where, expected);
  return form.advice.empty() ? statement_meant(start, where) : form;
}

/// The bracket that is missing at the end of a line, or before the next declaration, belongs behind the last word
/// before.
void suggest_closing(diag::Engine::Handle& report, const Token* where, std::string_view closing) {
  const bool ends = where->kind == TokenKind::separator || where->kind == TokenKind::end;
  if (!ends && !begins_declaration(where)) return;
  const uint32_t behind = where[-1].span().end;
  const std::string bracket(closing);
  report.fix(diag::insertion(behind, closing == "}" ? "\n}" : bracket));
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
    if (opening == nullptr) continue;
    report.note("to close this `" + std::string(opening->text) + "`", opening->span());
    suggest_closing(report, where, closing);
  }
  const Misspelt keyword = keyword_meant(start, where, expected);
  if (!keyword.meant.empty()) report.did_you_mean(keyword.meant, keyword.word);
  const Form form = form_meant(start, where, expected);
  if (!form.advice.empty()) report.note(form.advice);
  if (form.edit)
    report.fix({form.edit->text.empty() ? "leave it out" : "write `" + form.edit->text + "`", {*form.edit}});
}

}  // namespace tpc::grammar
