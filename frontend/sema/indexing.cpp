#include "frontend/sema/indexing.h"

#include <algorithm>

#include "frontend/sema/constants.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// first..last as written; a single index is a range of one.
struct Positions {
  int64_t first = 0, last = 0;
  const ast::Expression* range_end = nullptr;  ///< null: a single index
};

std::string index_text(const std::vector<int64_t>& indices) {
  std::string text;
  for (int64_t index : indices) text += (text.empty() ? "" : ",") + std::to_string(index);
  return text;
}

class IndexChecker {
 public:
  IndexChecker(const ExpressionContext& context, const ast::Index& index, Span span)
      : context_(context), checker_(context.checker), builder_(context.builder), index_(index), span_(span) {}

  [[nodiscard]] TermId check();

 private:
  [[nodiscard]] std::optional<Positions> positions(const ast::Expression& index, const std::string& of, int64_t lowest,
                                                   int64_t highest) const;
  [[nodiscard]] TermId of_list(const std::string& name, const Binding& binding, const List& list);
  [[nodiscard]] TermId list_part(const std::string& name, const Binding& binding, const List& list, size_t level);
  [[nodiscard]] TermId list_element(const std::string& name, const Binding& binding, const List& list) const;
  [[nodiscard]] TermId of_family(const std::string& name, const Symbol& symbol);
  [[nodiscard]] TermId of_value(TermId value, size_t axis, size_t level);
  [[nodiscard]] TermId index_field(const ast::Expression& index) const;
  [[nodiscard]] bool refuse_plain_field(const ast::Expression& index) const;
  [[nodiscard]] TermId stack(std::vector<TermId> elements, const Positions& at) const;

  const ExpressionContext& context_;
  Checker& checker_;
  TermBuilder& builder_;
  const ast::Index& index_;
  Span span_;
  std::vector<Positions> ranges_;  ///< of a list or family, for every index
  std::vector<int64_t> at_;        ///< the element that is looked at
};

TermId IndexChecker::check() {
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
  return of_value(check_expression(context_, *index_.operand), 0, 0);
}

std::optional<Positions> IndexChecker::positions(const ast::Expression& index, const std::string& of, int64_t lowest,
                                                 int64_t highest) const {
  const auto* range = std::get_if<ast::Range>(&index.node);
  const std::string what = "an index of " + of;
  auto at = [&](const ast::Expression& expression, int64_t least) {
    return integer_value(checker_, expression, what, least, highest, context_.locals);
  };
  if (range == nullptr) {
    auto position = at(index, lowest);
    return position ? std::optional(Positions{*position, *position}) : std::nullopt;
  }
  auto first = at(*range->first, lowest);
  auto last = at(*range->last, lowest - 1);
  if (!first || !last) return std::nullopt;
  if (*first <= *last) return Positions{*first, *last, range->last.get()};
  checker_.diagnostics.report(
      Kind::empty_range, index.span,
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
  return "its elements so far lie between " + index_text(list.elements.begin()->first) + " and " +
         index_text(list.elements.rbegin()->first);
}

TermId IndexChecker::of_list(const std::string& name, const Binding& binding, const List& list) {
  const size_t count = list.elements.empty() ? index_.indices.size() : list.elements.begin()->first.size();
  if (!check_index_count(checker_, name, index_.indices, count)) return {};
  for (const ast::ExpressionPtr& index : index_.indices) {
    auto at = positions(*index, "`" + name + "`", -limits::index, limits::index);
    if (!at) return {};
    ranges_.push_back(*at);
  }
  return list_part(name, binding, list, 0);
}

/// Every range is an axis of the value, in the order of the indices.
TermId IndexChecker::list_part(const std::string& name, const Binding& binding, const List& list, size_t level) {
  if (level == ranges_.size()) return list_element(name, binding, list);
  const Positions& range = ranges_[level];
  std::vector<TermId> elements;
  for (int64_t i = range.first; i <= range.last; ++i) {
    at_.push_back(i);
    elements.push_back(list_part(name, binding, list, level + 1));
    at_.pop_back();
    if (!elements.back().valid()) return {};
  }
  return range.range_end == nullptr ? elements.front() : stack(std::move(elements), range);
}

TermId IndexChecker::list_element(const std::string& name, const Binding& binding, const List& list) const {
  auto found = list.elements.find(at_);
  if (found != list.elements.end()) return found->second;
  if (list.incomplete) return {};
  checker_.diagnostics
      .report(Kind::undefined_element, span_,
              {{"name", name}, {"index", index_text(at_)}, {"defined", defined_text(list)}})
      .note("the list is defined here", binding.span);
  return {};
}

TermId IndexChecker::of_family(const std::string& name, const Symbol& symbol) {
  const bool one_member = std::all_of(index_.indices.begin(), index_.indices.end(), [](const auto& index) {
    return !std::holds_alternative<ast::Range>(index->node);
  });
  if (context_.place < Place::definition || !one_member) {
    checker_.diagnostics.report(Kind::value_expected, span_, {{"found", "the parameter family `" + name + "`"}});
    return {};
  }
  if (!symbol.usable) return {};
  const Family& family = checker_.families[symbol.index];
  if (!check_index_count(checker_, name, index_.indices, family.ranges.size())) return {};
  if (family.empty()) {
    auto indices = check_positions(context_, index_.indices, "`" + name + "`");
    if (!indices) return {};
    checker_.diagnostics
        .report(Kind::undefined_element, span_,
                {{"name", name}, {"index", index_text(*indices)}, {"defined", "this family has no members"}})
        .note("declared here", symbol.span);
    return {};
  }
  for (size_t i = 0; i < family.ranges.size(); ++i) {
    auto at = positions(*index_.indices[i], "`" + name + "`", family.ranges[i].first, family.ranges[i].last);
    if (!at) return {};
    at_.push_back(at->first);
  }
  const size_t parameter = family.parameter_at(at_);
  return builder_.parameter(parameter, checker_.program.parameters[parameter].shape, span_);
}

/// A data field that has numbers, not indices, where an index stands; reported.
bool IndexChecker::refuse_plain_field(const ast::Expression& index) const {
  const auto* reference = std::get_if<ast::Reference>(&index.node);
  const auto local = reference != nullptr ? context_.locals.find(reference->name.text) : context_.locals.end();
  const auto* value = local != context_.locals.end() ? std::get_if<TermId>(&local->second.meaning) : nullptr;
  const bool field =
      value != nullptr && value->valid() && std::holds_alternative<ArgumentTerm>(builder_.body().at(*value).op);
  if (field) checker_.diagnostics.report(Kind::index_field_expected, index.span, {{"name", reference->name.text}});
  return field;
}

/// The value of a name whose values are indices: `word` of U[word]. Not valid: it is something else.
TermId IndexChecker::index_field(const ast::Expression& index) const {
  const auto* member = std::get_if<ast::Member>(&index.node);
  const auto* reference = std::get_if<ast::Reference>(member != nullptr ? &member->operand->node : &index.node);
  const auto local = reference != nullptr ? context_.locals.find(reference->name.text) : context_.locals.end();
  if (local == context_.locals.end()) return {};
  TermId value;
  if (const auto* plain = std::get_if<TermId>(&local->second.meaning); plain != nullptr && member == nullptr) {
    value = *plain;
  } else if (const auto* group = std::get_if<Group>(&local->second.meaning); group != nullptr && member != nullptr) {
    const auto field = group->fields.find(member->name.text);
    if (field != group->fields.end()) value = field->second;
  }
  return value.valid() && !builder_.body().at(value).space.empty() ? value : TermId();
}

/// The indices from `level` on, of the axes from `axis` on.
TermId IndexChecker::of_value(TermId value, size_t axis, size_t level) {
  if (!value.valid()) return {};
  if (level == index_.indices.size()) return value;
  const ast::Expression& index = *index_.indices[level];
  const Shape shape = builder_.shape(value);
  const bool whole = std::holds_alternative<ast::Whole>(index.node);
  if (axis >= shape.size() || (!whole && shape[axis] == checker_.program.width)) {
    auto handle =
        checker_.diagnostics.report(Kind::not_indexable, index_.operand->span, {{"shape", shape_text(shape)}});
    if (level == 0 && shape.size() == 2 && shape[1] != checker_.program.width) {
      handle.note("a column is written like `U[:, 1]`");
    }
    return {};
  }
  if (whole) return of_value(value, axis + 1, level + 1);
  if (const TermId field = index_field(index); field.valid()) {
    const size_t places = builder_.shape(field).size();
    return of_value(builder_.gather(value, field, span_, axis), axis + places, level + 1);
  }
  if (refuse_plain_field(index)) return {};
  auto at = positions(index, "the dimension `" + shape[axis] + "`", 1, checker_.dimension_size(shape[axis]));
  if (!at) return {};
  if (at->range_end == nullptr) return of_value(builder_.element(value, at->first, span_, axis), axis, level + 1);
  if (axis > 0) {
    checker_.diagnostics.report(Kind::value_expected, index.span, {{"found", "a range after `:`"}});
    return {};
  }
  std::vector<TermId> elements;
  for (int64_t i = at->first; i <= at->last; ++i) {
    elements.push_back(of_value(builder_.element(value, i, span_, axis), axis, level + 1));
    if (!elements.back().valid()) return {};
  }
  return stack(std::move(elements), *at);
}

}  // namespace

TermId check_index(const ExpressionContext& context, const ast::Index& index, Span span) {
  return IndexChecker(context, index, span).check();
}

std::optional<std::vector<int64_t>> check_positions(const ExpressionContext& context,
                                                    const std::vector<ast::ExpressionPtr>& indices,
                                                    const std::string& of) {
  std::vector<int64_t> result;
  for (const ast::ExpressionPtr& index : indices) {
    auto position =
        integer_value(context.checker, *index, "an index of " + of, -limits::index, limits::index, context.locals);
    if (!position) return std::nullopt;
    result.push_back(*position);
  }
  return result;
}

bool check_index_count(Checker& checker, const std::string& name, const std::vector<ast::ExpressionPtr>& indices,
                       size_t expected) {
  if (indices.size() == expected) return true;
  checker.diagnostics.report(Kind::index_count, indices.front()->span,
                             {{"name", name},
                              {"expected", std::to_string(expected) + (expected == 1 ? " index" : " indices")},
                              {"found", std::to_string(indices.size())}});
  return false;
}

std::string element_name(const std::string& name, const std::vector<int64_t>& indices) {
  return name + "[" + index_text(indices) + "]";
}

}  // namespace tpc::sema
