#include "frontend/sema/named_vectors.h"

#include <algorithm>
#include <sstream>

#include "frontend/ast/printer.h"
#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

using diag::Kind;

struct Form {
  const char* name;
  NamedVectors::Kind kind;
  std::vector<ParameterSpec> parameters;
  int64_t default_count;
};

const std::vector<Form>& forms() {
  static const std::vector<Form> known = {
      {"analogies", NamedVectors::Kind::analogies, {{"vectors"}, {"path"}, {"top", false}}, limits::dimension},
      {"nearest", NamedVectors::Kind::nearest, {{"vectors"}, {"names"}, {"count", false}}, 10},
      {"pca", NamedVectors::Kind::pca, {{"vectors"}, {"path"}}, 0},
  };
  return known;
}

/// A parameter [words, n] of a dimension with names. False: reported.
bool check_table(Checker& checker, const ast::Expression& expression, NamedVectors& result) {
  const auto* reference = std::get_if<ast::Reference>(&expression.node);
  const Symbol* symbol = reference != nullptr ? checker.find(reference->name.text) : nullptr;
  if (symbol == nullptr || symbol->kind != SymbolKind::parameter) {
    if (reference != nullptr && symbol == nullptr) {
      checker.report_unknown(reference->name, checker.names_of({SymbolKind::parameter}));
    } else {
      checker.diagnostics.report(Kind::named_table_expected, expression.span, {{"width", checker.program.width}});
    }
    return false;
  }
  record_name(checker, reference->name);
  if (!symbol->usable) return false;
  const Shape& shape = checker.program.parameters[symbol->index].shape;
  const auto dim = std::ranges::find(checker.program.dims, shape.front(), &FiniteDim::name);
  const bool named = dim != checker.program.dims.end() && dim->names != nullptr;
  if (!named || shape.size() != 2 || shape.back() != checker.program.width) {
    checker.diagnostics.report(Kind::named_table_expected, expression.span, {{"width", checker.program.width}});
    return false;
  }
  result.parameter = symbol->index;
  result.space = shape.front();
  return true;
}

/// The names in a text, each of which the space must have. False: reported.
bool check_names(Checker& checker, const std::string& text, Span span, NamedVectors& result) {
  const auto dim = std::ranges::find(checker.program.dims, result.space, &FiniteDim::name);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (dim->names->find(word) >= 0) {
      result.of.push_back(word);
      continue;
    }
    checker.diagnostics.report(Kind::unknown_index_name, span, {{"name", word}, {"space", result.space}});
    return false;
  }
  return true;
}

}  // namespace

bool check_named_vectors(Checker& checker, const ast::Observe& observe) {
  const auto* call = std::get_if<ast::Call>(&observe.value->node);
  const auto form = call == nullptr ? forms().end() : std::ranges::find(forms(), call->callee.text, &Form::name);
  if (form == forms().end() || checker.find(call->callee.text) != nullptr) return false;
  const Span span = observe.value->span;
  NamedVectors result;
  result.kind = form->kind;
  result.text = ast::written(*observe.value);
  result.span = observe.span;
  result.count = form->default_count;
  if (!observe.data_sets.empty()) {
    checker.diagnostics.report(Kind::vectors_on_data, observe.data_sets.front().span, {{"name", form->name}});
    return true;
  }
  const auto bound = bind_arguments(checker, *call, span, form->parameters);
  if (!bound || !check_table(checker, *bound->at(0), result)) return true;
  const auto* text = std::get_if<ast::Text>(&bound->at(1)->node);
  if (text == nullptr || text->value.empty()) {
    checker.diagnostics.report(Kind::path_expected, bound->at(1)->span, {{"format", "txt"}});
    return true;
  }
  if (form->kind == NamedVectors::Kind::nearest) {
    if (!check_names(checker, text->value, bound->at(1)->span, result)) return true;
  } else {
    result.path = text->value;
  }
  if (bound->size() > 2 && bound->at(2) != nullptr) {
    const auto count = integer_value(checker, *bound->at(2), "the number of names", 1, limits::dimension);
    if (!count) return true;
    result.count = *count;
  }
  checker.program.named_vectors.push_back(std::move(result));
  return true;
}

}  // namespace tpc::sema
