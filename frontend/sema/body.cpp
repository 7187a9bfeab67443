#include "frontend/sema/body.h"

#include "frontend/sema/adaptation.h"
#include "frontend/sema/comparison.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/indexing.h"
#include "frontend/sema/list_elements.h"
#include "frontend/sema/positions.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {

using diag::Kind;

void BodyChecker::check(const std::vector<ast::Statement>& statements) {
  for (const ast::Statement& statement : statements) {
    if (builder_.loop_to_repeat()) return;  // what follows is read again
    std::visit(*this, statement.node);
  }
}

bool BodyChecker::refuse_after_return(Span span) {
  if (returned_) checker_.diagnostics.report(Kind::statement_after_return, span);
  return returned_;
}

void BodyChecker::operator()(const ast::Return& statement) {
  if (refuse_after_return(statement.span)) return;
  if (in_loop()) {
    checker_.diagnostics.report(Kind::return_in_loop, statement.span);
    misplaced_return_ = true;
    return;
  }
  returned_ = true;
  returned_span_ = statement.value->span;
  result_ = check_expression(context(), *statement.value);
}

void BodyChecker::operator()(const ast::Assignment& assignment) {
  if (refuse_after_return(assignment.span) || accumulate(assignment)) return;
  const size_t before = builder_.body().terms.size();
  const TermId value = check_expression(context(), *assignment.value);
  if (!assignment.indices.empty()) {
    assign_element(assignment, value, before);
  } else {
    assign_value(assignment, value, before);
  }
}

/// w_1 = w_0 - rate dloss/dw at w_0, and so on: each step's loss is that of the parameters as the step before left
/// them.
void BodyChecker::operator()(const ast::Adapt& adapt) {
  if (!refuse_after_return(adapt.span) && !this->adapt(adapt)) adaptation_failed_ = true;
}

bool BodyChecker::adapt(const ast::Adapt& statement) {
  for (const IndependentLoop& loop : independent_) builder_.repeat(loop.loop());  // every iteration adapts again
  if (builder_.loop_to_repeat()) return false;
  const auto rule = check_adaptation(checker_, statement, locals_);
  if (!rule) return false;
  BodyLosses losses(checker_);
  for (int64_t step = 0; step < rule->steps; ++step) {
    const ExpressionContext inner{checker_, builder_, locals_, Place::definition, &losses};
    const Span span = statement.loss->span;
    const TermId loss = builder_.row_mean(check_expression(inner, *statement.loss), span);
    if (!loss.valid()) return false;
    if (const auto& loops = builder_.body().at(loss).loops; !loops.empty()) {
      builder_.repeat(loops.front());
      return false;
    }
    if (!builder_.shape(loss).empty()) {
      checker_.diagnostics.report(Kind::loss_shape, span, {{"found", shape_text(builder_.shape(loss))}});
      return false;
    }
    if (!adapt_parameters(checker_, builder_, *rule, loss, statement.span)) return false;
  }
  return true;
}

void BodyChecker::assign_value(const ast::Assignment& assignment, TermId value, size_t terms_before) {
  const ast::Name& target = assignment.target;
  auto known = locals_.find(target.text);
  if (known == locals_.end()) {
    if (checker_.report_if_taken(target)) return;
  } else if (std::holds_alternative<double>(known->second.meaning) ||
             std::holds_alternative<Counter>(known->second.meaning)) {
    checker_.diagnostics.report(Kind::shadowing, target.span, {{"name", target.text}, {"what", "a loop's variable"}})
        .note("declared here", known->second.span);
    return;
  } else if (std::holds_alternative<List>(known->second.meaning)) {
    checker_.diagnostics
        .report(Kind::list_and_value, target.span,
                {{"name", target.text},
                 {"what", "a list"},
                 {"advice", "assign an element, `" + target.text + "[1] = ...`"}})
        .note("its elements are defined here", known->second.span);
    return;
  }
  for (const IndependentLoop& loop : independent_) {
    if (loop.is_sum(target.text)) builder_.repeat(loop.loop());
  }
  locals_[target.text] = {target.span, value};
  record_binding(checker_, builder_, target, NameKind::value, value);
  name_term(value, terms_before, target.text + loop_suffix());
}

/// The list of this name, new if there is none; null if an error was reported.
List* BodyChecker::list_of(const ast::Name& name) {
  auto known = locals_.find(name.text);
  if (known == locals_.end()) {
    if (checker_.report_if_taken(name)) return nullptr;
    known = locals_.emplace(name.text, Binding{name.span, List{}}).first;
  }
  if (auto* list = std::get_if<List>(&known->second.meaning)) return list;
  checker_.diagnostics
      .report(Kind::list_and_value, name.span,
              {{"name", name.text}, {"what", "a value"}, {"advice", "its elements cannot be assigned"}})
      .note("declared here", known->second.span);
  return nullptr;
}

void BodyChecker::assign_element(const ast::Assignment& assignment, TermId value, size_t terms_before) {
  const std::string& name = assignment.target.text;
  const auto indices = check_positions(context(), assignment.indices, "`" + name + "`");
  List* list = list_of(assignment.target);
  if (list == nullptr) return;
  record_local(context(), assignment.target, locals_.at(name));
  const size_t count = list->index_count().value_or(assignment.indices.size());
  if (!indices || !check_index_count(checker_, name, assignment.indices, count)) {
    list->incomplete = true;
    return;
  }
  std::vector<int64_t> numbers;
  for (const Position& position : *indices) {
    if (position.loop && !is_consecutive(position)) return builder_.repeat(*position.loop);
    if (!position.loop) numbers.push_back(position.offset);
  }
  if (numbers.size() < indices->size()) {
    std::vector<size_t> open;
    for (const IndependentLoop& loop : independent_) open.push_back(loop.loop());
    assign_family(builder_, *list, *indices, value, open);
    return name_term(value, terms_before, numbers.empty() ? name : element_name(name, numbers));
  }
  if (!independent_.empty()) return builder_.repeat(independent_.back().loop());  // each iteration assigns it again
  if (!list->families.empty()) write_out_families(builder_, *list, assignment.span);
  const bool rebound = list->elements.contains(numbers);
  list->elements[numbers] = value;
  name_term(value, terms_before, element_name(name, numbers) + (rebound ? loop_suffix() : ""));
}

/// "[2]" in the second iteration of a loop, "[2,3]" in nested ones: every rebinding of a name can be told apart.
std::string BodyChecker::loop_suffix() const {
  std::string suffix;
  for (int64_t value : loop_values_) suffix += (suffix.empty() ? "[" : ",") + std::to_string(value);
  return suffix.empty() ? suffix : suffix + "]";
}

/// Weights keep their own name, and `h = x` makes no new value. Of a list that a def has filled its elements have it.
void BodyChecker::name_term(TermId value, size_t terms_before, const std::string& name) {
  while (value.valid() && value.index >= terms_before) {
    const auto* all = std::get_if<AllCountersTerm>(&builder_.body().at(value).op);
    if (all == nullptr) break;
    value = all->operand;
  }
  if (!value.valid() || value.index < terms_before) return;
  Term& term = builder_.body().terms[value.index];
  if (!std::holds_alternative<ParameterTerm>(term.op)) term.name = name;
}

bool BodyChecker::bind_variable(const ast::Name& name) {
  if (checker_.report_if_taken(name)) return false;
  auto known = locals_.find(name.text);
  if (known == locals_.end()) return true;
  checker_.diagnostics
      .report(Kind::shadowing, name.span, {{"name", name.text}, {"what", "another value of this `def`"}})
      .note("declared here", known->second.span);
  return false;
}

void BodyChecker::operator()(const ast::For& loop) {
  if (refuse_after_return(loop.span)) return;
  const auto& range = std::get<ast::Range>(loop.range->node);
  auto bound = [&](const ast::Expression& value) {
    return check_position(context(), value, "the bound of a loop", -limits::index, limits::index);
  };
  const auto first = bound(*range.first);
  const auto last = bound(*range.last);
  if (first && first->loop) return builder_.repeat(*first->loop);
  if (last && last->loop && !is_consecutive(*last)) return builder_.repeat(*last->loop);
  record_binding(checker_, builder_, loop.variable, NameKind::variable);
  if (!bind_variable(loop.variable) || !first || !last) return forgive(loop);
  declare_lists(loop.body);
  Loop dimension{first->offset, range_of(builder_, *last).last - first->offset + 1};
  if (last->loop) dimension.bounded_by = last->loop, dimension.offset = last->offset;
  if (read_once(loop, dimension) || builder_.loop_to_repeat()) return;
  if (last->loop) return builder_.repeat(*last->loop);
  repeat(loop, first->offset, last->offset);
  locals_.erase(loop.variable.text);
}

bool BodyChecker::read_once(const ast::For& loop, const Loop& dimension) {
  if (checker_.overrides.repeat_loops || dimension.size < 2 || dimension.size > limits::loop ||
      dependent_.contains(&loop))
    return false;
  const TermBuilder::Mark mark = builder_.mark();
  const Locals locals = locals_;
  const diag::Engine diagnostics = checker_.diagnostics;
  const std::set<std::string> failed_instances = checker_.failed_instances;
  const size_t index = builder_.add_loop(dimension);
  independent_.emplace_back(checker_, builder_, locals_, loop, index);
  independent_.back().enter();
  check(loop.body);
  if (!builder_.loop_to_repeat()) independent_.back().leave();
  independent_.pop_back();
  std::optional<size_t>& to_repeat = builder_.loop_to_repeat();
  if (!to_repeat && checker_.diagnostics.all().size() == diagnostics.all().size()) return true;
  if (to_repeat == index) to_repeat.reset();
  if (!to_repeat) dependent_.insert(&loop);
  builder_.go_back(mark);
  locals_ = locals;
  checker_.diagnostics = diagnostics;
  checker_.failed_instances = failed_instances;
  return false;
}

namespace {

struct Summand {
  const ast::Expression* value;
  bool negative;
};

void collect_summands(const ast::Expression& expression, bool negative, std::vector<Summand>& summands) {
  const auto* binary = std::get_if<ast::Binary>(&expression.node);  // NOLINT(misc-no-recursion): limited by the grammar
  const bool sum = binary != nullptr && binary->op == ast::BinaryOperator::add;
  const bool difference = binary != nullptr && binary->op == ast::BinaryOperator::subtract;
  if (!sum && !difference) return summands.push_back({&expression, negative});
  collect_summands(*binary->lhs, negative, summands);
  collect_summands(*binary->rhs, negative != difference, summands);
}

}  // namespace

bool BodyChecker::accumulate(const ast::Assignment& assignment) {
  const std::string& name = assignment.target.text;
  const auto known = locals_.find(name);
  const auto* carried = known != locals_.end() ? std::get_if<Carried>(&known->second.meaning) : nullptr;
  if (carried == nullptr || !assignment.indices.empty() || carried->at_end.valid()) return false;
  std::vector<Summand> summands;
  collect_summands(*assignment.value, false, summands);
  const auto itself = std::ranges::find_if(summands, [&](const Summand& summand) {
    const auto* reference = std::get_if<ast::Reference>(&summand.value->node);
    return reference != nullptr && reference->name.text == name && !summand.negative;
  });
  if (itself == summands.end()) return false;
  record_names(context(), *itself->value);
  record_local(context(), assignment.target, known->second);
  summands.erase(itself);
  for (const Summand& summand : summands) {
    add_to(name, check_expression(context(), *summand.value), summand.negative, assignment.span);
  }
  return true;
}

/// The sum over all the loops that add to the name goes to what it was before them.
void BodyChecker::add_to(const std::string& name, TermId summand, bool negative, Span span) {
  Binding* target = &locals_.at(name);
  while (const auto* carried = std::get_if<Carried>(&target->meaning)) {
    const auto loop = std::ranges::find(independent_, carried->loop, &IndependentLoop::loop);
    Binding* outside = loop != independent_.end() && !carried->at_end.valid() ? loop->outside(name) : nullptr;
    if (outside == nullptr) return builder_.repeat(carried->loop);
    const bool matrix = summand.valid() && builder_.width_count(builder_.shape(summand)) > 1;
    if (matrix) return builder_.repeat(carried->loop);
    loop->mark_sum(name);
    summand = builder_.loop_sum(summand, carried->loop, span);
    target = outside;
  }
  auto* value = std::get_if<TermId>(&target->meaning);
  const size_t before = builder_.body().terms.size();
  if (value == nullptr || !value->valid() || !summand.valid()) return;
  *value = builder_.pointwise(negative ? ir::Primitive::Sub : ir::Primitive::Add, {*value, summand}, span);
  name_term(*value, before, name + loop_suffix());
}

void BodyChecker::repeat(const ast::For& loop, int64_t first, int64_t last) {
  const size_t errors = checker_.diagnostics.all().size();
  loop_values_.push_back(first);
  for (int64_t i = first; i <= last; ++i) {
    loop_values_.back() = i;
    locals_[loop.variable.text] = {loop.variable.span, static_cast<double>(i)};
    if (builder_.spend(loop.range->span)) check(loop.body);
    // Once is enough for an error in a loop.
    if (checker_.diagnostics.all().size() == errors && !checker_.diagnostics.full()) continue;
    forgive(loop.body);
    break;
  }
  loop_values_.pop_back();
}

void BodyChecker::declare_lists(const std::vector<ast::Statement>& statements) {
  for (const ast::Statement& statement : statements) {
    if (const auto* loop = std::get_if<ast::For>(&statement.node)) declare_lists(loop->body);
    const auto* assignment = std::get_if<ast::Assignment>(&statement.node);
    if (assignment == nullptr || assignment->indices.empty()) continue;
    const ast::Name& name = assignment->target;
    if (checker_.find(name.text) == nullptr) locals_.emplace(name.text, Binding{name.span, List{}});
  }
}

void BodyChecker::forgive(const ast::For& loop) {
  const bool bound = locals_.emplace(loop.variable.text, Binding{loop.variable.span, Counter{}}).second;
  forgive(loop.body);
  if (bound) locals_.erase(loop.variable.text);
}

void BodyChecker::forgive(const std::vector<ast::Statement>& statements) {
  declare_lists(statements);
  for (const ast::Statement& statement : statements) {
    if (const auto* loop = std::get_if<ast::For>(&statement.node)) forgive(*loop);
    record_unchecked(context(), statement);
    const auto* assignment = std::get_if<ast::Assignment>(&statement.node);
    if (assignment == nullptr) continue;
    const ast::Name& name = assignment->target;
    auto known = locals_.emplace(name.text, Binding{name.span, TermId()}).first;
    record_local(context(), name, known->second);
    if (auto* list = std::get_if<List>(&known->second.meaning)) list->incomplete = true;
  }
}

bool check_result(Checker& checker, const ast::Def& def, const BodyChecker& body, const TermBuilder& builder) {
  if (!body.returned()) {
    checker.report_missing(Kind::missing_return, def.name.span, {{"name", def.name.text}});
    return false;
  }
  std::optional<Shape> declared;
  if (def.result) {
    declared = check_shape(checker, *def.result, true);
    if (!declared) return false;
  }
  if (!body.result().valid()) return false;
  const Shape& found = builder.shape(body.result());
  if (!declared || builder.fit(found, *declared)) return true;
  checker.diagnostics
      .report(Kind::result_shape, body.returned_span(),
              {{"name", def.name.text}, {"found", shape_text(found)}, {"declared", shape_text(*declared)}})
      .note("declared here", def.result->span);
  return false;
}

}  // namespace tpc::sema
