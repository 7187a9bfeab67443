#include "frontend/sema/indexing.h"

#include <algorithm>

#include "frontend/sema/constants.h"
#include "frontend/sema/list_elements.h"
#include "frontend/sema/positions.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// first..last as written; a single index is a range of one.
struct Positions {
  Position first, last;
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
  [[nodiscard]] TermId list_range(const std::string& name, const Binding& binding, const List& list, size_t level);
  [[nodiscard]] TermId list_leaf(const std::string& name, const Binding& binding, const List& list) const;
  [[nodiscard]] TermId value_range(TermId value, const Positions& at, size_t level);
  [[nodiscard]] std::optional<size_t> loop_over(const Positions& range) const;
  [[nodiscard]] TermId of_family(const std::string& name, Span declared, const FamilyPart& part);
  [[nodiscard]] TermId of_value(TermId value, size_t axis, size_t level);
  [[nodiscard]] TermId index_field(const ast::Expression& index) const;
  [[nodiscard]] bool refuse_plain_field(const ast::Expression& index) const;
  [[nodiscard]] std::string axis_of(const Positions& at) const;

  const ExpressionContext& context_;
  Checker& checker_;
  TermBuilder& builder_;
  const ast::Index& index_;
  Span span_;
  std::vector<Positions> ranges_;  ///< of a list or family, for every index
  std::vector<Position> at_;       ///< the element that is looked at
};

TermId IndexChecker::check() {
  if (const auto* reference = std::get_if<ast::Reference>(&index_.operand->node)) {
    const std::string& name = reference->name.text;
    auto local = context_.locals.find(name);
    if (local != context_.locals.end()) {
      const auto* list = std::get_if<List>(&local->second.meaning);
      if (list != nullptr) return of_list(name, local->second, *list);
      const auto* part = std::get_if<FamilyPart>(&local->second.meaning);
      if (part != nullptr) return of_family(name, local->second.span, *part);
    } else if (const Symbol* symbol = checker_.find(name); symbol != nullptr && symbol->kind == SymbolKind::family) {
      return symbol->usable ? of_family(name, symbol->span, {symbol->index, {}}) : TermId();
    }
  }
  return of_value(check_expression(context_, *index_.operand), 0, 0);
}

std::optional<Positions> IndexChecker::positions(const ast::Expression& index, const std::string& of, int64_t lowest,
                                                 int64_t highest) const {
  const auto* range = std::get_if<ast::Range>(&index.node);
  const std::string what = "an index of " + of;
  auto at = [&](const ast::Expression& expression, int64_t least) {
    return check_position(context_, expression, what, least, highest);
  };
  if (range == nullptr) {
    auto position = at(index, lowest);
    return position ? std::optional(Positions{*position, *position}) : std::nullopt;
  }
  auto first = at(*range->first, lowest);
  auto last = at(*range->last, lowest - 1);
  if (!first || !last) return std::nullopt;
  const Position* dependent = first->loop ? &*first : last->loop && !is_consecutive(*last) ? &*last : nullptr;
  if (dependent != nullptr) {
    builder_.repeat(*dependent->loop);
    return std::nullopt;
  }
  // In the first iteration it is shortest.
  const int64_t shortest = last->loop ? builder_.loop(*last->loop).first + last->offset : last->offset;
  if (first->offset <= shortest) return Positions{*first, *last, range->last.get()};
  checker_.diagnostics.report(Kind::empty_range, index.span,
                              {{"first", std::to_string(first->offset)},
                               {"last", std::to_string(shortest)},
                               {"what", "a value made of a list"}});
  return std::nullopt;
}

/// The axis of `s[1..T]` is T if that is a dimension of the file, so that it fits a `def` that takes [T].
std::string IndexChecker::axis_of(const Positions& at) const {
  const auto* reference = std::get_if<ast::Reference>(&at.range_end->node);
  const Symbol* symbol = reference != nullptr ? checker_.find(reference->name.text) : nullptr;
  const bool whole = at.first.offset == 1 && symbol != nullptr && symbol->kind == SymbolKind::dimension;
  return whole ? reference->name.text : std::to_string(range_of(builder_, at.last).last - at.first.offset + 1);
}

/// A loop that runs over the range, for what is read at its places.
std::optional<size_t> IndexChecker::loop_over(const Positions& range) const {
  if (range.range_end == nullptr) return std::nullopt;
  Loop loop{range.first.offset, range_of(builder_, range.last).last - range.first.offset + 1};
  if (range.last.loop) loop.bounded_by = range.last.loop, loop.offset = range.last.offset;
  return builder_.add_loop(loop);
}

/// Between which indices elements have been assigned.
std::string defined_text(const TermBuilder& builder, const List& list) {
  std::vector<int64_t> first, last;
  for (const PositionRange& range : index_ranges(builder, list))
    first.push_back(range.first), last.push_back(range.last);
  if (first.empty()) return "it has no elements yet";
  return "its elements so far lie between " + index_text(first) + " and " + index_text(last);
}

TermId IndexChecker::of_list(const std::string& name, const Binding& binding, const List& list) {
  const size_t count = list.index_count().value_or(index_.indices.size());
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
  if (level == ranges_.size()) return list_leaf(name, binding, list);
  const Positions& range = ranges_[level];
  if (range.range_end != nullptr && !list.families.empty()) {
    const TermId whole = list_range(name, binding, list, level);
    if (whole.valid() || range.last.loop || builder_.loop_to_repeat()) return whole;
  }
  if (range.last.loop && range.range_end != nullptr) {
    builder_.repeat(*range.last.loop);
    return {};
  }
  if (range.range_end == nullptr) {
    at_.push_back(range.first);
    const TermId element = list_part(name, binding, list, level + 1);
    at_.pop_back();
    return element;
  }
  std::vector<TermId> elements;
  for (int64_t i = range.first.offset; i <= range.last.offset; ++i) {
    at_.push_back({std::nullopt, i});
    elements.push_back(list_part(name, binding, list, level + 1));
    at_.pop_back();
    if (!elements.back().valid()) return {};
  }
  return builder_.stack(std::move(elements), axis_of(range), span_);
}

/// All elements of the range at once, where one loop has assigned them. Not valid(): it has not, and nothing was made.
TermId IndexChecker::list_range(const std::string& name, const Binding& binding, const List& list, size_t level) {
  const auto mark = builder_.mark();
  const size_t loop = *loop_over(ranges_[level]);
  at_.push_back({loop, 0});
  const diag::Engine before = checker_.diagnostics;
  const TermId value = list_part(name, binding, list, level + 1);
  at_.pop_back();
  if (value.valid()) return builder_.all_counters(value, loop, axis_of(ranges_[level]), span_);
  auto& repeat = builder_.loop_to_repeat();
  if (repeat && *repeat >= mark.loops) {
    repeat.reset();
    if (ranges_[level].last.loop) builder_.repeat(*ranges_[level].last.loop);
  }
  if (repeat) return {};
  builder_.go_back(mark);
  checker_.diagnostics = before;
  return {};
}

TermId IndexChecker::list_leaf(const std::string& name, const Binding& binding, const List& list) const {
  const auto found = list_element(builder_, list, at_, span_);
  if (found) return *found;
  if (list.incomplete) return {};
  std::vector<int64_t> indices;
  for (const Position& position : at_) {
    if (position.loop) builder_.repeat(*position.loop);
    indices.push_back(position.offset);
  }
  if (builder_.loop_to_repeat()) return {};
  checker_.diagnostics
      .report(Kind::undefined_element, span_,
              {{"name", name}, {"index", index_text(indices)}, {"defined", defined_text(builder_, list)}})
      .note("the list is defined here", binding.span);
  return {};
}

TermId IndexChecker::of_family(const std::string& name, Span declared, const FamilyPart& part) {
  const bool one_member = std::all_of(index_.indices.begin(), index_.indices.end(), [](const auto& index) {
    return !std::holds_alternative<ast::Range>(index->node);
  });
  if (context_.place < Place::definition || !one_member) {
    checker_.diagnostics.report(Kind::value_expected, span_, {{"found", "the parameter family `" + name + "`"}});
    return {};
  }
  const Family& family = checker_.families[part.family];
  std::vector<int64_t> members = part.leading;
  if (!check_index_count(checker_, name, index_.indices, family.ranges.size() - members.size())) return {};
  if (family.empty()) {
    auto indices = check_positions(context_, index_.indices, "`" + name + "`");
    if (!indices) return {};
    std::vector<int64_t> wanted;
    for (const Position& position : *indices) {
      if (position.loop) builder_.repeat(*position.loop);
      wanted.push_back(position.offset);
    }
    if (builder_.loop_to_repeat()) return {};
    checker_.diagnostics
        .report(Kind::undefined_element, span_,
                {{"name", name}, {"index", index_text(wanted)}, {"defined", "this family has no members"}})
        .note("declared here", declared);
    return {};
  }
  for (const ast::ExpressionPtr& index : index_.indices) {
    const IndexRange& range = family.ranges[members.size()];
    auto at = positions(*index, "`" + name + "`", range.first, range.last);
    if (!at) return {};
    if (at->first.loop) {  // every iteration has a weight of its own
      builder_.repeat(*at->first.loop);
      return {};
    }
    members.push_back(at->first.offset);
  }
  const size_t parameter = family.parameter_at(members);
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
  if (axis >= shape.size() || (!whole && builder_.grows(shape[axis]))) {
    auto handle =
        checker_.diagnostics.report(Kind::not_indexable, index_.operand->span, {{"shape", shape_text(shape)}});
    if (level == 0 && shape.size() == 2 && !builder_.grows(shape[1])) {
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
  const int64_t size = builder_.size_of(shape[axis]);
  auto at = positions(index, "the dimension `" + shape[axis] + "`", 1, size);
  if (!at) return {};
  if (at->last.loop && size < range_of(builder_, at->last).last) {
    builder_.repeat(*at->last.loop);
    return {};
  }
  if (at->range_end != nullptr) {
    if (axis == 0) return value_range(value, *at, level);
    checker_.diagnostics.report(Kind::value_expected, index.span, {{"found", "a range after `:`"}});
    return {};
  }
  if (at->first.loop && range_of(builder_, at->first).first < 1) {
    builder_.repeat(*at->first.loop);
    return {};
  }
  const int64_t first = first_place(builder_, at->first);
  const TermId part = at->first.loop ? builder_.at_counter(value, axis, *at->first.loop, first, span_, at->first.step)
                                     : builder_.element(value, first, span_, axis);
  return of_value(part, axis, level + 1);
}

TermId IndexChecker::value_range(TermId value, const Positions& at, size_t level) {
  if (at.last.loop) {
    const size_t loop = *loop_over(at);
    const TermId part = of_value(builder_.at_counter(value, 0, loop, at.first.offset, span_), 0, level + 1);
    return builder_.all_counters(part, loop, axis_of(at), span_);
  }
  std::vector<TermId> elements;
  for (int64_t i = at.first.offset; i <= at.last.offset; ++i) {
    elements.push_back(of_value(builder_.element(value, i, span_), 0, level + 1));
    if (!elements.back().valid()) return {};
  }
  return builder_.stack(std::move(elements), axis_of(at), span_);
}

}  // namespace

TermId check_index(const ExpressionContext& context, const ast::Index& index, Span span) {
  return IndexChecker(context, index, span).check();
}

std::optional<std::vector<Position>> check_positions(const ExpressionContext& context,
                                                     const std::vector<ast::ExpressionPtr>& indices,
                                                     const std::string& of) {
  std::vector<Position> result;
  for (const ast::ExpressionPtr& index : indices) {
    auto position = check_position(context, *index, "an index of " + of, -limits::index, limits::index);
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
