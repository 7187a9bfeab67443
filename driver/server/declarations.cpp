#include "driver/server/declarations.h"

#include <algorithm>
#include <vector>

namespace tpc::driver::server {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const size_t first = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The loop with this variable; null: none of these.
const ast::For* loop_of(const std::vector<ast::Statement>& statements, Span variable) {
  for (const ast::Statement& statement : statements) {
    const auto* loop = std::get_if<ast::For>(&statement.node);  // NOLINT(misc-no-recursion): limited by the grammar
    if (loop == nullptr) continue;
    if (loop->variable.span == variable) return loop;
    if (const ast::For* inner = loop_of(loop->body, variable)) return inner;
  }
  return nullptr;
}

}  // namespace

Span span_of(const ast::Declaration& declaration) {
  return std::visit([](const auto& alternative) { return alternative.span; }, declaration);
}

const ast::Declaration* declaration_around(const Analysis& analysis, Span span) {
  if (analysis.compilation.syntax == nullptr) return nullptr;
  const auto& declarations = analysis.compilation.syntax->declarations;
  const auto found = std::ranges::find_if(declarations, [&](const ast::Declaration& declaration) {
    const Span around = span_of(declaration);
    return around.begin <= span.begin && span.end <= around.end;
  });
  return found != declarations.end() ? &*found : nullptr;
}

Span scope_of(const Analysis& analysis, const sema::NameUse& use) {
  const ast::Declaration* around = declaration_around(analysis, use.declared);
  if (around == nullptr) return use.declared;
  const auto* def = std::get_if<ast::Def>(around);
  const ast::For* loop = def != nullptr ? loop_of(def->body, use.declared) : nullptr;
  return loop != nullptr ? loop->span : span_of(*around);
}

std::string head_of(const diag::Source& source, Span declaration) {
  const diag::Source& text = source.of(declaration);
  const std::string_view whole =
      std::string_view(text.text()).substr(declaration.begin - text.first(), declaration.end - declaration.begin);
  constexpr size_t longest = 1000;
  return std::string(trimmed(whole.substr(0, std::min(whole.find('{'), longest))));
}

LibraryDef library_def(const diag::Source& source, const ast::Def& def) {
  LibraryDef result{head_of(source, def.span), ""};
  const diag::Source& text = source.of(def.span);
  for (int line = text.position(def.span.begin).line - 1; line >= 1; --line) {
    std::string_view above = text.line(line);
    if (!above.starts_with('#')) break;
    above.remove_prefix(1);
    result.comment = std::string(trimmed(above)) + (result.comment.empty() ? "" : " ") + result.comment;
  }
  return result;
}

const ast::Def* find_library_def(const Analysis& analysis, Span name) {
  const auto& syntax = analysis.compilation.syntax;
  if (syntax == nullptr || syntax->library == nullptr) return nullptr;
  const auto found = std::ranges::find(*syntax->library, name, [](const ast::Def& def) { return def.name.span; });
  return found != syntax->library->end() ? &*found : nullptr;
}

}  // namespace tpc::driver::server
