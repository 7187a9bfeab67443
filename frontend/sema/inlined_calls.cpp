// Calls of fn and def inlined: the terms of a body once more, with other arguments and loops of their own.
#include "frontend/sema/term_builder.h"

namespace tpc::sema {

TermId TermBuilder::copy(const Term& term, const Copies& copies, const std::vector<TermId>& arguments, Span span) {
  auto of = [&](TermId id) { return id.valid() ? copies.terms[id.index] : id; };
  auto loop_of = [&](size_t loop) { return copies.first_loop + loop; };
  auto all = [&](const std::vector<TermId>& ids) {
    std::vector<TermId> result;
    for (TermId id : ids) result.push_back(of(id));
    return result;
  };
  return std::visit(
      ir::Overloaded{
          [&](const ArgumentTerm& op) { return arguments[op.index]; },
          [&](const PointwiseTerm& op) { return pointwise(op.primitive, all(op.arguments), span, op.power); },
          [&](const TransposeTerm& op) { return transpose(of(op.operand), span); },
          [&](const ContractTerm& op) { return contract(of(op.lhs), of(op.rhs), span); },
          [&](const MeanTerm& op) {
            return op.rhs.valid() ? dot(of(op.lhs), of(op.rhs), span) : mean(of(op.lhs), span);
          },
          [&](const ElementTerm& op) { return element(of(op.operand), op.index, span, op.axis); },
          [&](const PadTerm& op) { return pad(of(op.operand), op.before, op.after, op.axis, span); },
          [&](const StackTerm& op) { return stack(all(op.elements), term.shape.front(), span); },
          [&](const SumTerm& op) { return sum(of(op.operand), span); },
          [&](const SoftmaxTerm& op) {
            if (!is_partial_axis_name(term.shape.back())) return softmax(of(op.operand), span);
            Shape same = shape(of(op.operand));  // absent places are already taken care of
            return append(SoftmaxTerm{of(op.operand)}, std::move(same), span);
          },
          [&](const LossTerm& op) { return loss({op.loss, of(op.output), of(op.target), op.class_index}, span); },
          [&](const RowMeanTerm& op) { return row_mean(of(op.operand), span); },
          [&](const AdaptedTerm& op) {
            AdaptedTerm copied = op;
            copied.before = of(op.before), copied.loss = of(op.loss);
            return adapted(copied, span);
          },
          [&](const GatherTerm& op) { return gather(of(op.operand), of(op.index), span, op.axis); },
          [&](const PresenceTerm& op) { return presence(shape(of(op.list)).front(), span); },
          [&](const CounterTerm& op) { return append(CounterTerm{loop_of(op.loop)}, {}, span); },
          [&](const WithinTerm& op) { return within(loop_of(op.loop), span); },
          [&](const AtCounterTerm& op) {
            return at_counter(of(op.operand), op.axis, loop_of(op.loop), op.first, span, op.step);
          },
          [&](const AllCountersTerm& op) {
            return all_counters(of(op.operand), loop_of(op.loop), term.shape.front(), span);
          },
          [&](const LoopSumTerm& op) {
            Shape same = term.shape;
            return append(LoopSumTerm{of(op.lhs), of(op.rhs), loop_of(op.loop)}, std::move(same), span);
          },
          [&](const ParameterTerm& op) { return parameter(op.index, term.shape, span); },
          [&](const NumberTerm& op) { return append(op, term.shape, span); }},
      term.op);
}

TermId TermBuilder::inline_call(const Body& callee, const std::vector<TermId>& arguments, Span span, bool keep_spans) {
  if (!callee.result.valid()) return {};
  for (TermId argument : arguments) {
    if (!argument.valid()) return {};
  }
  const std::vector<bool> needed = terms_needed_for(callee, callee.result);
  const size_t first_loop = body_.loops.size();
  for (Loop loop : callee.loops) {
    if (loop.bounded_by) *loop.bounded_by += first_loop;
    add_loop(loop);
  }
  Copies made{std::vector<TermId>(callee.terms.size()), first_loop};
  std::vector<TermId>& copies = made.terms;
  for (size_t i = 0; i < callee.terms.size(); ++i) {
    if (!needed[i]) continue;
    const Term& term = callee.terms[i];
    size_t before = body_.terms.size();
    copies[i] = copy(term, made, arguments, keep_spans ? term.span : span);
    if (!copies[i].valid()) return {};
    if (keep_spans && copies[i].index >= before) body_.terms[copies[i].index].name = term.name;
  }
  for (const DefinitionCall& call : callee.calls) {
    DefinitionCall copied{call.definition, {}, copies[call.result.index]};
    if (!copied.result.valid()) continue;
    for (const TermId argument : call.arguments) {
      copied.arguments.push_back(argument.valid() ? copies[argument.index] : argument);
    }
    body_.calls.push_back(std::move(copied));
  }
  return copies[callee.result.index];
}

}  // namespace tpc::sema
