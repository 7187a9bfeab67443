#include "frontend/sema/roles.h"

#include <algorithm>

#include "ir/core/primitive_traits.h"

namespace tpc::sema {
namespace {

/// What becomes of the rows P[i] of a table P : [T, n], as far as sums and multiples of them go.
class RowUses {
 public:
  RowUses(const Body& body, size_t parameter, const Program& program)
      : body_(body), parameter_(parameter), program_(program), rows_(body.terms.size()) {
    for (size_t i = 0; i < body.terms.size(); ++i) follow(TermId(i));
  }

  /// The network takes rows, and makes vectors of them: the table stands where an input weight [n, T] does. Where rows
  /// only stand before vectors of the width, W[i] @ h, they are parts of a readout W @ h.
  [[nodiscard]] bool give_inputs() const { return takes_rows_ && !whole_ && as_vector_; }

 private:
  [[nodiscard]] bool is_table(TermId id) const {
    const auto* parameter = std::get_if<ParameterTerm>(&body_.at(id).op);
    return parameter != nullptr && parameter->index == parameter_;
  }
  [[nodiscard]] bool is_row(TermId id) const { return rows_[id.index]; }
  [[nodiscard]] bool grows(TermId id) const { return width_count(program_, body_.at(id).shape) > 0; }

  void take_row(TermId id, TermId operand) {
    if (is_table(operand)) takes_rows_ = true;
    rows_[id.index] = is_table(operand) || is_row(operand);
  }

  void follow(TermId id) {
    const Term& term = body_.at(id);
    std::visit(
        ir::Overloaded{
            [&](const ElementTerm& op) { take_row(id, op.operand); },
            [&](const GatherTerm& op) { take_row(id, op.operand); },
            [&](const AtCounterTerm& op) { take_row(id, op.operand); },
            [&](const ir::OneOf<SumTerm, TransposeTerm, AllCountersTerm> auto& op) { pass_on(id, term, op.operand); },
            [&](const LoopSumTerm& op) {
              use_table(term);
              rows_[id.index] = is_row(op.lhs) || (op.rhs.valid() && is_row(op.rhs));
            },
            [&](const ContractTerm& op) { contract(id, term, op); },
            [&](const PointwiseTerm& op) { combine(id, term, op); },
            [&](const ir::OneOf<NumberTerm, ParameterTerm, ArgumentTerm, MeanTerm, PadTerm, StackTerm, SoftmaxTerm,
                                LossTerm, RowMeanTerm, AdaptedTerm, PresenceTerm, CounterTerm, WithinTerm> auto&) {
              use_all(term);
            }},
        term.op);
  }

  void pass_on(TermId id, const Term& term, TermId operand) {
    use_table(term);
    rows_[id.index] = is_row(operand);
  }
  /// r @ h of a row r is an output; any other sum over the width takes it for a vector. Sums over places are rows.
  void contract(TermId id, const Term& term, const ContractTerm& op) {
    use_table(term);
    if (width_of(program_, body_.at(op.rhs).shape.front()) != nullptr) {
      as_vector_ = as_vector_ || is_row(op.rhs);
    } else {
      rows_[id.index] = is_row(op.lhs) || is_row(op.rhs);
    }
  }
  /// Sums of rows and their multiples by numbers are rows.
  void combine(TermId id, const Term& term, const PointwiseTerm& op) {
    use_table(term);
    const auto rows = std::ranges::count_if(op.arguments, [&](TermId each) { return is_row(each); });
    const auto vectors = std::ranges::count_if(op.arguments, [&](TermId each) { return grows(each); });
    if (rows == 0) return;
    rows_[id.index] = vectors == rows && is_linear(op, rows);
    as_vector_ = as_vector_ || !rows_[id.index];
  }
  /// In the rows, of which it has as many.
  [[nodiscard]] bool is_linear(const PointwiseTerm& op, std::ptrdiff_t rows) const {
    switch (ir::form_of(op.primitive)) {
      case ir::PrimitiveForm::sum:
      case ir::PrimitiveForm::difference:
      case ir::PrimitiveForm::negation: return true;
      case ir::PrimitiveForm::product: return rows == 1;
      case ir::PrimitiveForm::quotient: return rows == 1 && is_row(op.arguments.front());
      case ir::PrimitiveForm::power:
      case ir::PrimitiveForm::correlation:
      case ir::PrimitiveForm::curve: break;
    }
    return false;
  }
  void use_all(const Term& term) {
    use_table(term);
    for_each_operand(term, [&](TermId operand) { as_vector_ = as_vector_ || is_row(operand); });
  }
  void use_table(const Term& term) {
    for_each_operand(term, [&](TermId operand) { whole_ = whole_ || is_table(operand); });
  }

  const Body& body_;
  size_t parameter_;
  const Program& program_;
  std::vector<bool> rows_;  ///< by term: sums and multiples of rows
  bool takes_rows_ = false, whole_ = false, as_vector_ = false;
};

}  // namespace

void settle_roles(Checker& checker, const Body& body) {
  for (size_t i = 0; i < checker.program.parameters.size(); ++i) {
    Parameter& parameter = checker.program.parameters[i];
    if (parameter.role != ir::Role::output) continue;
    if (RowUses(body, i, checker.program).give_inputs()) parameter.role = ir::Role::input;
  }
}

}  // namespace tpc::sema
