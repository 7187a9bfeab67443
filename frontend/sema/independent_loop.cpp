#include "frontend/sema/independent_loop.h"

#include <algorithm>

#include "frontend/sema/positions.h"

namespace tpc::sema {

IndependentLoop::IndependentLoop(const Checker& checker, TermBuilder& builder, Locals& locals, const ast::For& syntax,
                                 size_t loop)
    : checker_(checker), builder_(builder), locals_(locals), syntax_(syntax), loop_(loop) {
  collect(syntax.body);
}

void IndependentLoop::collect(const std::vector<ast::Statement>& statements) {  // NOLINT(misc-no-recursion)
  for (const ast::Statement& statement : statements) {
    if (const auto* inner = std::get_if<ast::For>(&statement.node)) collect(inner->body);
    const auto* assignment = std::get_if<ast::Assignment>(&statement.node);
    if (assignment == nullptr) continue;
    if (assignment->indices.empty()) {
      assigned_.insert(assignment->target.text);
    } else {
      filled_[assignment->target.text].push_back(assignment);
    }
  }
}

Binding* IndependentLoop::outside(const std::string& name) {
  const auto found = outside_.find(name);
  return found != outside_.end() ? &found->second : nullptr;
}

void IndependentLoop::enter() {
  for (const std::string& name : assigned_) {
    const auto known = locals_.find(name);
    if (known == locals_.end()) continue;
    const bool value =
        std::holds_alternative<TermId>(known->second.meaning) || std::holds_alternative<Carried>(known->second.meaning);
    if (!value) continue;
    outside_.emplace(name, known->second);
    known->second.meaning = Carried{loop_};
  }
  for (const auto& [name, assignments] : filled_) {
    const auto known = locals_.find(name);
    auto* list = known != locals_.end() ? std::get_if<List>(&known->second.meaning) : nullptr;
    if (list == nullptr) continue;
    Rewriting rewriting{loop_, {}};
    for (const ast::Assignment* assignment : assignments) {
      auto& place = rewriting.places.emplace_back();
      for (const auto& index : assignment->indices) place.push_back(known_integer(checker_, *index, locals_));
    }
    list->rewritten_by.push_back(std::move(rewriting));
  }
  locals_[syntax_.variable.text] = {syntax_.variable.span, Counter{loop_}};
}

/// A list over places that some iterations of this loop do not have: the last iteration has them all.
TermId IndependentLoop::without_partial_axis(TermId value) {
  if (!value.valid()) return {};
  const Shape& shape = builder_.shape(value);
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const auto partial = builder_.body().partial_axes.find(shape[axis]);
    if (partial == builder_.body().partial_axes.end()) continue;
    if (builder_.loop(partial->second.loop).bounded_by != loop_) continue;
    if (axis > 0) builder_.repeat(loop_);
    if (axis > 0) return {};
    const Span span = builder_.body().at(value).span;
    Loop all = builder_.loop(partial->second.loop);
    const size_t inner = partial->second.loop;
    const TermId element = builder_.at_counter(value, 0, inner, 1, span);
    all.bounded_by.reset();
    const size_t complete = builder_.add_loop(all);
    return builder_.all_counters(builder_.other_loop(element, inner, complete, span), complete,
                                 std::to_string(all.size), span);
  }
  return value;
}

Binding IndependentLoop::at_end(Binding binding, bool assigned) {
  TermId value = std::get<TermId>(binding.meaning);
  if (!value.valid()) return binding;
  const Loop& loop = builder_.loop(loop_);
  const Span span = syntax_.span;
  value = builder_.last_iteration(without_partial_axis(value), loop_, span);
  binding.meaning = value;
  // In an iteration of the other loop that does not have the last place, or none, the value is another one.
  if (assigned && loop.bounded_by) binding.meaning = Carried{*loop.bounded_by, value};
  return binding;
}

void IndependentLoop::leave_list(List& list) {
  std::erase_if(list.rewritten_by, [&](const Rewriting& each) { return each.loop == loop_; });
  for (ElementFamily& family : list.families) {
    std::erase(family.made_in, loop_);
    const bool own = std::ranges::any_of(family.indices, [&](const Position& each) { return each.loop == loop_; });
    if (own) continue;
    const Span span = syntax_.span;
    // Of `for j in 1..i` the last iteration has all places.
    for (Position& position : family.indices) {
      if (!position.loop || builder_.loop(*position.loop).bounded_by != loop_) continue;
      Loop all = builder_.loop(*position.loop);
      all.bounded_by.reset();
      const size_t complete = builder_.add_loop(all);
      family.value = builder_.other_loop(family.value, *position.loop, complete, span);
      position.loop = complete;
    }
    family.value = builder_.last_iteration(family.value, loop_, span);
  }
}

void IndependentLoop::leave() {
  locals_.erase(syntax_.variable.text);
  std::vector<std::string> lost;
  for (auto& [name, binding] : locals_) {
    if (auto* list = std::get_if<List>(&binding.meaning)) leave_list(*list);
    const bool assigned = assigned_.contains(name);
    if (std::holds_alternative<TermId>(binding.meaning)) binding = at_end(binding, assigned);
    const auto* carried = std::get_if<Carried>(&binding.meaning);
    if (carried == nullptr || carried->loop != loop_) continue;
    const Binding* before = outside(name);
    if (carried->at_end.valid()) {
      binding = at_end({binding.span, carried->at_end}, true);
    } else if (before != nullptr) {
      binding = *before;
    } else {
      lost.push_back(name);
    }
  }
  for (const std::string& name : lost) locals_.erase(name);
}

}  // namespace tpc::sema
