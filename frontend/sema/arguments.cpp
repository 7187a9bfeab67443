#include "frontend/sema/arguments.h"

#include <algorithm>

#include "frontend/sema/indexing.h"
#include "frontend/sema/list_elements.h"
#include "frontend/sema/positions.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

using diag::Kind;

const Binding* local_of(const ExpressionContext& context, const ast::Expression& expression) {
  const auto* reference = std::get_if<ast::Reference>(&expression.node);
  const auto local = reference != nullptr ? context.locals.find(reference->name.text) : context.locals.end();
  return local != context.locals.end() ? &local->second : nullptr;
}

/// A family, or part of one, if the expression is its name. `usable`: false if its declaration has an error.
struct NamedFamily {
  FamilyPart part;
  bool usable = true;
};

std::optional<NamedFamily> family_of(const ExpressionContext& context, const ast::Expression& expression) {
  const auto* reference = std::get_if<ast::Reference>(&expression.node);
  if (reference == nullptr) return std::nullopt;
  if (const Binding* local = local_of(context, expression)) {
    const auto* part = std::get_if<FamilyPart>(&local->meaning);
    return part != nullptr ? std::optional(NamedFamily{*part}) : std::nullopt;
  }
  const Symbol* symbol = context.checker.find(reference->name.text);
  if (symbol == nullptr || symbol->kind != SymbolKind::family) return std::nullopt;
  return NamedFamily{{symbol->index, {}}, symbol->usable};
}

/// W, or W[g] with fewer indices than a member has.
std::optional<NamedFamily> family_part(const ExpressionContext& context, const ast::Expression& expression) {
  const auto* index = std::get_if<ast::Index>(&expression.node);
  if (index == nullptr) return family_of(context, expression);
  auto named = family_of(context, *index->operand);
  if (!named || !named->usable) return named;
  const std::vector<IndexRange>& ranges = context.checker.families[named->part.family].ranges;
  const size_t first = named->part.leading.size();
  if (first + index->indices.size() >= ranges.size()) return std::nullopt;  // a member
  for (size_t i = 0; i < index->indices.size(); ++i) {
    const IndexRange& range = ranges[first + i];
    const auto at =
        check_position(context, *index->indices[i], "an index of a family of parameters", range.first, range.last);
    if (at && at->loop) context.builder.repeat(*at->loop);  // every iteration has weights of its own
    named->usable = named->usable && at && !at->loop;
    if (at) named->part.leading.push_back(at->offset);
  }
  return named;
}

/// h[1..T] for the name of a list; null: it has no elements.
std::shared_ptr<const ast::Expression> whole_list(const TermBuilder& builder, const List& list,
                                                  const ast::Expression& name) {
  const auto number = [&](int64_t value) {
    return std::make_shared<const ast::Expression>(
        ast::Expression{ast::Number{std::to_string(value), name.span}, name.span});
  };
  ast::Index index{std::make_shared<const ast::Expression>(name), {}};
  for (const auto& [first, last] : index_ranges(builder, list)) {
    index.indices.push_back(
        std::make_shared<const ast::Expression>(ast::Expression{ast::Range{number(first), number(last)}, name.span}));
  }
  if (index.indices.empty()) return nullptr;
  return std::make_shared<const ast::Expression>(ast::Expression{std::move(index), name.span});
}

/// In the iterations of a loop that fills a list, it is another one each time.
bool is_being_filled(TermBuilder& builder, const List& list) {
  for (const Rewriting& rewriting : list.rewritten_by) builder.repeat(rewriting.loop);
  return !list.rewritten_by.empty();
}

TermId list_value(const ExpressionContext& context, const List& list, const ast::Expression& name) {
  if (list.incomplete || is_being_filled(context.builder, list)) return {};
  const auto whole = whole_list(context.builder, list, name);
  return check_expression(context, whole != nullptr ? *whole : name);
}

}  // namespace

std::optional<Binding> bind_argument(const ExpressionContext& context, const ast::Expression& argument) {
  record_names(context, argument);
  if (const auto named = family_part(context, argument)) {
    return named->usable ? std::optional(Binding{argument.span, named->part}) : std::nullopt;
  }
  const Binding* local = local_of(context, argument);
  if (local != nullptr && std::holds_alternative<Group>(local->meaning)) return *local;
  const auto* list = local != nullptr ? std::get_if<List>(&local->meaning) : nullptr;
  const TermId value = list != nullptr ? list_value(context, *list, argument) : check_expression(context, argument);
  if (!value.valid()) return std::nullopt;
  if (const auto number = context.builder.number(value)) return Binding{argument.span, *number};
  return Binding{argument.span, value};
}

TermId check_length(const ExpressionContext& context, const ast::Expression& argument, Span span) {
  record_names(context, argument);
  TermBuilder& values = context.values != nullptr ? *context.values : context.builder;
  std::optional<int64_t> length;
  const Binding* local = local_of(context, argument);
  const auto* list = local != nullptr ? std::get_if<List>(&local->meaning) : nullptr;
  const auto* value = local != nullptr ? std::get_if<TermId>(&local->meaning) : nullptr;
  if (const auto named = family_part(context, argument)) {
    if (!named->usable) return {};
    length = context.checker.families[named->part.family].ranges[named->part.leading.size()].size();
  } else if (list != nullptr) {
    if (list->incomplete || is_being_filled(values, *list)) return {};
    const auto ranges = index_ranges(values, *list);
    length = ranges.empty() ? 0 : ranges.front().last - ranges.front().first + 1;
  } else if (value != nullptr) {
    length = values.length(*value, "length", span);
  } else {
    length = context.builder.length(check_expression(context, argument), "length", span);
  }
  return length ? context.builder.constant(static_cast<double>(*length), span) : TermId();
}

}  // namespace tpc::sema
