#include "frontend/sema/indexing.h"

#include "frontend/sema/constants.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// first..last as written; a single index is a range of one.
struct Positions {
  int64_t first = 0, last = 0;
  const ast::Expression* range_end = nullptr;  ///< null: a single index
};

class IndexChecker {
 public:
  IndexChecker(const ExpressionContext& context, const ast::Index& index, Span span)
      : context_(context), checker_(context.checker), builder_(context.builder), index_(index), span_(span) {}

  [[nodiscard]] TermId check() const;

 private:
  [[nodiscard]] std::optional<Positions> positions(const std::string& of, int64_t lowest, int64_t highest) const;
  [[nodiscard]] TermId of_list(const std::string& name, const Binding& binding, const List& list) const;
  [[nodiscard]] TermId of_family(const std::string& name, const Symbol& symbol) const;
  [[nodiscard]] TermId of_value(TermId value) const;
  [[nodiscard]] TermId stack(std::vector<TermId> elements, const Positions& at) const;

  const ExpressionContext& context_;
  Checker& checker_;
  TermBuilder& builder_;
  const ast::Index& index_;
  Span span_;
};

TermId IndexChecker::check() const {
  if (const auto* reference = std::get_if<ast::Reference>(&index_.operand->node)) {
    const std::string& name = reference->name.text;
    auto local = context_.locals.find(name);
    if (local != context_.locals.end()) {
      const auto* list = std::get_if<List>(&local->second.meaning);
      if (list != nullptr) return of_list(name, local->second, *list);
    } else if (const Symbol* symbol = checker_.find(name); symbol != nullptr && symbol->kind == SymbolKind::family) {
      return of_family(name, *symbol);
    }
  }
  return of_value(check_expression(context_, *index_.operand));
}

std::optional<Positions> IndexChecker::positions(const std::string& of, int64_t lowest, int64_t highest) const {
  const auto* range = std::get_if<ast::Range>(&index_.index->node);
  const std::string what = "an index of " + of;
  auto at = [&](const ast::Expression& expression, int64_t least) {
    return integer_value(checker_, expression, what, least, highest, context_.locals);
  };
  if (range == nullptr) {
    auto position = at(*index_.index, lowest);
    return position ? std::optional(Positions{*position, *position}) : std::nullopt;
  }
  auto first = at(*range->first, lowest);
  auto last = at(*range->last, lowest - 1);
  if (!first || !last) return std::nullopt;
  if (*first <= *last) return Positions{*first, *last, range->last.get()};
  checker_.diagnostics.report(
      Kind::empty_range, index_.index->span,
      {{"first", std::to_string(*first)}, {"last", std::to_string(*last)}, {"what", "a value made of a list"}});
  return std::nullopt;
}

/// The axis of `s[1..T]` is T if that is a dimension of the file, so that it fits a `def` that takes [T].
TermId IndexChecker::stack(std::vector<TermId> elements, const Positions& at) const {
  const auto* reference = std::get_if<ast::Reference>(&at.range_end->node);
  const Symbol* symbol = reference != nullptr ? checker_.find(reference->name.text) : nullptr;
  const bool whole = at.first == 1 && symbol != nullptr && symbol->kind == SymbolKind::dimension;
  const std::string axis = whole ? reference->name.text : std::to_string(elements.size());
  return builder_.stack(std::move(elements), axis, span_);
}

std::string defined_text(const List& list) {
  if (list.elements.empty()) return "it has no elements yet";
  return "its elements so far lie between " + std::to_string(list.elements.begin()->first) + " and " +
         std::to_string(list.elements.rbegin()->first);
}

TermId IndexChecker::of_list(const std::string& name, const Binding& binding, const List& list) const {
  auto at = positions("`" + name + "`", -limits::index, limits::index);
  if (!at) return {};
  std::vector<TermId> elements;
  for (int64_t i = at->first; i <= at->last; ++i) {
    auto found = list.elements.find(i);
    if (found == list.elements.end()) {
      if (list.incomplete) return {};
      checker_.diagnostics
          .report(Kind::undefined_element, span_,
                  {{"name", name}, {"index", std::to_string(i)}, {"defined", defined_text(list)}})
          .note("the list is defined here", binding.span);
      return {};
    }
    elements.push_back(found->second);
  }
  return at->range_end == nullptr ? elements.front() : stack(std::move(elements), *at);
}

TermId IndexChecker::of_family(const std::string& name, const Symbol& symbol) const {
  if (context_.place != Place::definition || std::holds_alternative<ast::Range>(index_.index->node)) {
    checker_.diagnostics.report(Kind::value_expected, span_, {{"found", "the parameter family `" + name + "`"}});
    return {};
  }
  if (!symbol.usable) return {};
  const Family& family = checker_.families[symbol.index];
  if (family.last < family.first) {
    auto position = check_position(context_, *index_.index, "`" + name + "`");
    if (!position) return {};
    checker_.diagnostics
        .report(Kind::undefined_element, span_,
                {{"name", name}, {"index", std::to_string(*position)}, {"defined", "this family has no members"}})
        .note("declared here", symbol.span);
    return {};
  }
  auto at = positions("`" + name + "`", family.first, family.last);
  if (!at) return {};
  const size_t parameter = family.parameters + static_cast<size_t>(at->first - family.first);
  return builder_.parameter(parameter, checker_.program.parameters[parameter].shape, span_);
}

TermId IndexChecker::of_value(TermId value) const {
  if (!value.valid()) return {};
  const Shape shape = builder_.shape(value);
  if (shape.empty() || shape.front() == checker_.program.width) {
    checker_.diagnostics.report(Kind::not_indexable, index_.operand->span, {{"shape", shape_text(shape)}});
    return {};
  }
  auto at = positions("the dimension `" + shape.front() + "`", 1, checker_.dimension_size(shape.front()));
  if (!at) return {};
  if (at->range_end == nullptr) return builder_.element(value, at->first, span_);
  std::vector<TermId> elements;
  for (int64_t i = at->first; i <= at->last; ++i) {
    elements.push_back(builder_.element(value, i, span_));
    if (!elements.back().valid()) return {};
  }
  return stack(std::move(elements), *at);
}

}  // namespace

TermId check_index(const ExpressionContext& context, const ast::Index& index, Span span) {
  return IndexChecker(context, index, span).check();
}

std::optional<int64_t> check_position(const ExpressionContext& context, const ast::Expression& index,
                                      const std::string& of) {
  return integer_value(context.checker, index, "an index of " + of, -limits::index, limits::index, context.locals);
}

std::string element_name(const std::string& name, int64_t index) { return name + "[" + std::to_string(index) + "]"; }

}  // namespace tpc::sema
