// Loops whose iterations are independent: values with the index of a loop. Inside of a loop with a bound that another
// loop sets, `for j in 1..i`, a value has all places of its longest run; what stands at those that an iteration does
// not have counts nowhere: it is multiplied by 0 before it is summed.
#include <algorithm>

#include "frontend/sema/term_builder.h"
#include "ir/core/primitive_traits.h"

namespace tpc::sema {

namespace {

/// What logits of absent places are lowered by: exp(x - 1e30) is 0 for every x that a network can make, and no logit of
/// a place that is there changes, x + 0.
constexpr double absent_logit = 1e30;

/// No word of the language, so that it is no name of the file's.
constexpr const char* partial_axis_prefix = "loop ";
std::string partial_axis_name(size_t loop) { return partial_axis_prefix + std::to_string(loop); }

bool contains(const std::vector<size_t>& loops, size_t loop) { return std::ranges::binary_search(loops, loop); }

}  // namespace

bool is_partial_axis_name(const std::string& axis) { return axis.starts_with(partial_axis_prefix); }

size_t TermBuilder::add_loop(const Loop& loop) {
  body_.loops.push_back(loop);
  return body_.loops.size() - 1;
}

bool TermBuilder::has_loop(TermId id, size_t loop) const { return contains(body_.at(id).loops, loop); }

void TermBuilder::repeat(size_t loop) {
  if (!loop_to_repeat_) loop_to_repeat_ = loop;
}

TermBuilder::Mark TermBuilder::mark() const {
  return {body_.terms.size(), body_.loops.size(), body_.calls.size(), budget_};
}

void TermBuilder::go_back(const Mark& mark) {
  body_.terms.erase(body_.terms.begin() + static_cast<std::ptrdiff_t>(mark.terms), body_.terms.end());
  body_.loops.resize(mark.loops);
  body_.calls.erase(body_.calls.begin() + static_cast<std::ptrdiff_t>(mark.calls), body_.calls.end());
  std::erase_if(body_.partial_axes, [&](const auto& entry) { return entry.second.loop >= mark.loops; });
  budget_ = mark.budget;
}

/// A value has the index of every loop that an operand has; sums over it and lists of it have not.
void TermBuilder::settle_loops(Term& term) const {
  for_each_operand(term, [&](TermId operand) {
    std::vector<size_t> all;
    std::ranges::set_union(term.loops, body_.at(operand).loops, std::back_inserter(all));
    term.loops = std::move(all);
  });
  const auto add = [&](size_t loop) {
    if (!contains(term.loops, loop)) term.loops.insert(std::ranges::upper_bound(term.loops, loop), loop);
  };
  if (const auto* counter = std::get_if<CounterTerm>(&term.op)) add(counter->loop);
  if (const auto* within = std::get_if<WithinTerm>(&term.op)) {
    add(within->loop);
    add(*loop(within->loop).bounded_by);
  }
  if (const auto* all = std::get_if<AllCountersTerm>(&term.op)) std::erase(term.loops, all->loop);
  if (const auto* sum = std::get_if<LoopSumTerm>(&term.op)) std::erase(term.loops, sum->loop);
  if (const auto* at = std::get_if<AtCounterTerm>(&term.op)) add(at->loop);
}

/// Of a loop alone every place is there in some iteration of the one that bounds it; a value that depends on both is
/// asked for at pairs that do not occur.
std::optional<size_t> TermBuilder::bound_it_needs(const Term& term) const {
  const auto* pointwise = std::get_if<PointwiseTerm>(&term.op);
  if (pointwise == nullptr) return std::nullopt;
  const ir::PrimitiveTraits& traits = ir::traits_of(pointwise->primitive);
  switch (traits.form) {
    case ir::PrimitiveForm::sum:
    case ir::PrimitiveForm::difference:
    case ir::PrimitiveForm::product:
    case ir::PrimitiveForm::negation: return std::nullopt;
    case ir::PrimitiveForm::quotient: break;
    case ir::PrimitiveForm::power:
      if (pointwise->power >= 0) return std::nullopt;
      break;
    case ir::PrimitiveForm::correlation:
    case ir::PrimitiveForm::curve:
      if (!traits.singular_at_zero && traits.at_infinity != ir::AtInfinity::exponential &&
          traits.smoothness != ir::Smoothness::steep_at_zero)
        return std::nullopt;
  }
  const std::vector<size_t>& loops = body_.at(pointwise->arguments.back()).loops;
  for (size_t each : loops) {
    const auto& bound = loop(each).bounded_by;
    if (bound && contains(loops, *bound)) return bound;
  }
  return std::nullopt;
}

const PartialAxis* TermBuilder::partial_axis(const std::string& axis) const {
  const auto found = body_.partial_axes.find(axis);
  return found != body_.partial_axes.end() ? &found->second : nullptr;
}

bool TermBuilder::same_bound(size_t first, size_t second) const {
  const Loop &a = loop(first), &b = loop(second);
  return a.first == b.first && a.size == b.size && a.bounded_by == b.bounded_by && a.offset == b.offset;
}

bool TermBuilder::is_presence(TermId id) const {
  const auto* all = std::get_if<AllCountersTerm>(&body_.at(id).op);
  return all != nullptr && std::holds_alternative<WithinTerm>(body_.at(all->operand).op);
}

TermId TermBuilder::counter(size_t loop, Span span) { return append(CounterTerm{loop}, {}, span); }
TermId TermBuilder::within(size_t loop, Span span) { return append(WithinTerm{loop}, {}, span); }

TermId TermBuilder::at_counter(TermId operand, size_t axis, size_t loop, int64_t first, Span span, int64_t step) {
  if (!operand.valid()) return {};
  Shape rest = shape(operand);
  const std::string along = rest[axis];
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(axis));
  const PartialAxis* partial = partial_axis(along);
  if (partial == nullptr ? is_list(along) : first != 1 || step != 1 || !same_bound(partial->loop, loop)) {
    repeat(loop);
    return {};
  }
  if (const auto value = equal_numbers(operand)) return constant(*value, span, std::move(rest));
  const auto* all = std::get_if<AllCountersTerm>(&body_.at(operand).op);
  if (all != nullptr && axis == 0 && all->loop == loop && first == 1 && step == 1) return all->operand;
  return append(AtCounterTerm{operand, axis, loop, first, step}, std::move(rest), span);
}

TermId TermBuilder::all_counters(TermId operand, size_t loop, const std::string& axis, Span span) {
  if (!operand.valid() || refuse_matrix(operand, span)) return {};
  const bool partial = this->loop(loop).bounded_by.has_value();
  const std::string name = partial ? partial_axis_name(loop) : axis;
  if (partial && partial_axis(name) == nullptr) {
    const TermId places = within(loop, span);
    if (!places.valid()) return {};
    body_.partial_axes[name] = {loop, {}};
    body_.partial_axes[name].presence = append(AllCountersTerm{places, loop}, {name}, span);
  }
  Shape whole = shape(operand);
  whole.insert(whole.begin(), name);
  if (whole.size() > limits::axes) {
    diagnostics_.report(diag::Kind::too_many_axes, span,
                        {{"count", std::to_string(whole.size())}, {"limit", std::to_string(limits::axes)}});
    return {};
  }
  if (equal_numbers(operand) == 0.0) return constant(0.0, span, std::move(whole));
  // All elements of a list that a loop has made, in its own order.
  const auto* at = std::get_if<AtCounterTerm>(&body_.at(operand).op);
  const auto* of = at != nullptr ? std::get_if<AllCountersTerm>(&body_.at(at->operand).op) : nullptr;
  if (of != nullptr && at->loop == loop && at->axis == 0 && at->step == 1 && same_bound(of->loop, loop) && !partial) {
    return append(AllCountersTerm{of->operand, of->loop}, std::move(whole), span);
  }
  return append(AllCountersTerm{operand, loop}, std::move(whole), span);
}

TermId TermBuilder::last_iteration(TermId operand, size_t loop, Span span) {
  if (!operand.valid() || !has_loop(operand, loop)) return operand;
  const int64_t size = this->loop(loop).size;
  Shape rest = shape(operand);
  const TermId all = append(
      AllCountersTerm{operand, loop},
      [&] {
        Shape whole = rest;
        whole.insert(whole.begin(), std::to_string(size));
        return whole;
      }(),
      span);
  return all.valid() ? append(ElementTerm{all, size, 0}, std::move(rest), span) : TermId();
}

TermId TermBuilder::other_loop(TermId operand, size_t from, size_t to, Span span) {
  if (!operand.valid() || !has_loop(operand, from)) return operand;
  Shape rest = shape(operand), whole = rest;
  whole.insert(whole.begin(), std::to_string(loop(from).size));
  const TermId all = append(AllCountersTerm{operand, from}, std::move(whole), span);
  return all.valid() ? append(AtCounterTerm{all, 0, to, 1}, std::move(rest), span) : TermId();
}

bool TermBuilder::is_zero_outside(TermId id, size_t loop) const {  // NOLINT(misc-no-recursion): as deep as the term
  const Term& term = body_.at(id);
  if (const auto* within = std::get_if<WithinTerm>(&term.op)) return within->loop == loop;
  if (const auto* at = std::get_if<AtCounterTerm>(&term.op)) {
    const PartialAxis* partial = partial_axis(shape(at->operand)[at->axis]);
    return at->loop == loop && partial != nullptr && is_zero_where_absent(at->operand, at->axis);
  }
  const auto* pointwise = std::get_if<PointwiseTerm>(&term.op);
  if (pointwise == nullptr || ir::form_of(pointwise->primitive) != ir::PrimitiveForm::product) return false;
  return std::ranges::any_of(pointwise->arguments, [&](TermId factor) { return is_zero_outside(factor, loop); });
}

void TermBuilder::collect_factors(TermId id, size_t loop, std::vector<TermId>& numbers,  // NOLINT(misc-no-recursion)
                                  std::vector<TermId>& others) const {
  const auto* pointwise = std::get_if<PointwiseTerm>(&body_.at(id).op);
  if (pointwise != nullptr && ir::form_of(pointwise->primitive) == ir::PrimitiveForm::product && has_loop(id, loop)) {
    for (TermId factor : pointwise->arguments) collect_factors(factor, loop, numbers, others);
  } else {
    (shape(id).empty() ? numbers : others).push_back(id);
  }
}

TermId TermBuilder::product(const std::vector<TermId>& factors, Span span) {
  TermId result;
  for (TermId factor : factors)
    result = result.valid() ? pointwise(ir::Primitive::Mul, {result, factor}, span) : factor;
  return result;
}

/// Numbers are multiplied before they meet vectors, so that no vector of all pairs of iterations is made.
TermId TermBuilder::loop_sum(TermId operand, size_t loop, Span span) {
  if (!operand.valid()) return {};
  const bool partial = this->loop(loop).bounded_by.has_value();
  if (!has_loop(operand, loop)) {
    const TermId count =
        partial ? loop_sum(within(loop, span), loop, span) : constant(static_cast<double>(this->loop(loop).size), span);
    return pointwise(ir::Primitive::Mul, {count, operand}, span);
  }
  Shape result = shape(operand);
  std::vector<TermId> numbers, others;
  collect_factors(operand, loop, numbers, others);
  if (partial && !is_zero_outside(operand, loop)) numbers.push_back(within(loop, span));
  const TermId lhs = product(others, span), rhs = product(numbers, span);
  if (loop_to_repeat_) return {};
  if (!lhs.valid()) return append(LoopSumTerm{rhs, {}, loop}, std::move(result), span);
  return append(LoopSumTerm{lhs, rhs, loop}, std::move(result), span);
}

/// As large negative numbers absent logits get the weight 0.
TermId TermBuilder::without_absent_places(TermId logits, Span span) {
  const TermId present = presence(shape(logits).front(), span);
  const TermId absent = pointwise(ir::Primitive::Sub, {present, constant(1.0, span)}, span);
  const TermId penalty = pointwise(ir::Primitive::Mul, {constant(absent_logit, span), absent}, span);
  return pointwise(ir::Primitive::Add, {logits, penalty}, span);
}

}  // namespace tpc::sema
