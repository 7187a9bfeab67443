#include "frontend/sema/index_spaces.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// A file name or the name of a column; empty if an error was reported.
std::string check_text(Checker& checker, const ast::Expression& expression) {
  const auto* text = std::get_if<ast::Text>(&expression.node);
  if (text != nullptr && !text->value.empty()) return text->value;
  checker.diagnostics.report(Kind::index_source, expression.span);
  return {};
}

/// vocabulary("corpus.txt", first = .., min_count = ..) or vocabulary(list = "words.txt")
std::optional<IndexSource> check_vocabulary(Checker& checker, const ast::Call& call, Span span) {
  IndexSource source;
  const bool list = std::ranges::any_of(call.arguments, [](const ast::Argument& argument) {
    return argument.keyword && argument.keyword->text == "list";
  });
  source.kind = list ? IndexSource::Kind::list : IndexSource::Kind::corpus;
  const auto bound = list ? bind_arguments(checker, call, span, {{"list"}})
                          : bind_arguments(checker, call, span, {{"path"}, {"first", false}, {"min_count", false}});
  if (!bound) return std::nullopt;
  source.path = check_text(checker, *bound->at(0));
  if (source.path.empty()) return std::nullopt;
  if (list) return source;
  if (bound->at(1) != nullptr) {
    source.first = integer_value(checker, *bound->at(1), "the number of words that are read", 1, limits::rows);
    if (!source.first) return std::nullopt;
  }
  if (bound->at(2) != nullptr) {
    const auto count = integer_value(checker, *bound->at(2), "the smallest count of a word", 1, limits::rows);
    if (!count) return std::nullopt;
    source.min_count = *count;
  }
  return source;
}

/// items("ratings.csv", column = "user")
std::optional<IndexSource> check_items(Checker& checker, const ast::Call& call, Span span) {
  const auto bound = bind_arguments(checker, call, span, {{"path"}, {"column"}});
  if (!bound) return std::nullopt;
  IndexSource source;
  source.kind = IndexSource::Kind::column;
  source.path = check_text(checker, *bound->at(0));
  const auto* name = std::get_if<ast::Reference>(&bound->at(1)->node);  // a word will do
  source.column = name != nullptr ? name->name.text : check_text(checker, *bound->at(1));
  return source.path.empty() || source.column.empty() ? std::nullopt : std::optional(source);
}

}  // namespace

bool is_index_source(const ast::Expression& size) {
  const auto* call = std::get_if<ast::Call>(&size.node);
  return call != nullptr && (call->callee.text == "vocabulary" || call->callee.text == "items");
}

void declare_index_space(Checker& checker, const ast::Dim& dim) {
  const auto& call = std::get<ast::Call>(dim.size->node);
  const Span span = dim.size->span;
  FiniteDim declared{.name = dim.name.text, .size = 1, .span = dim.name.span};
  declared.source =
      call.callee.text == "items" ? check_items(checker, call, span) : check_vocabulary(checker, call, span);
  if (declared.source) declared.names = checker.files.index_names(*declared.source, span);
  if (const std::string* given = checker.override_of(dim.name.text)) {
    report_override(checker, dim.name.text, *given, "nothing: a dimension whose indices have names has their number");
  }
  if (declared.names != nullptr) declared.size = declared.names->size();
  bool usable = declared.names != nullptr;
  if (declared.size > limits::dimension) {
    report_integer_range(checker, "the size of a dimension", 1, limits::dimension, std::to_string(declared.size), span);
    usable = false;
  }
  const Symbol symbol{.kind = SymbolKind::dimension, .value = static_cast<double>(declared.size), .usable = usable};
  if (checker.declare(dim.name, symbol)) checker.program.dims.push_back(std::move(declared));
}

}  // namespace tpc::sema
