#include "frontend/sema/choices.h"

#include <algorithm>

namespace tpc::sema {

ast::Name head_of(const ast::Expression& expression) {
  if (const auto* call = std::get_if<ast::Call>(&expression.node)) return call->callee;
  if (const auto* reference = std::get_if<ast::Reference>(&expression.node)) return reference->name;
  return {"", expression.span};
}

const ast::Call* check_choice(Checker& checker, const ast::Expression& expression, const std::string& what,
                              const std::vector<std::string>& choices, const std::string& advice,
                              const std::string& article) {
  ast::Name head = head_of(expression);
  if (head.text.empty()) {
    checker.report_choice_expected(article.empty() ? "the " + what : article, head.span, choices);
    return nullptr;
  }
  if (std::find(choices.begin(), choices.end(), head.text) == choices.end()) {
    auto report = checker.report_unknown_choice(what, head, choices);
    if (!advice.empty()) report.note(advice);
    return nullptr;
  }
  const auto* call = std::get_if<ast::Call>(&expression.node);
  if (call == nullptr)
    checker.diagnostics.report(diag::Kind::arguments_expected, expression.span, {{"name", head.text}});
  return call;
}

}  // namespace tpc::sema
