/// \file How many coordinates vectors and matrices have, as multiples of the width n, for either IR: a program may have
/// several widths with fixed ratios (`width m = 4 n`). A vector is as long as the state it comes from; a product with
/// W [m, n] is as long as m. Rules that only ask how values grow with n need none of this, and sums over a width
/// (`moment`, `matmul`, `expect`) are n times a mean, or a mean, whatever the length.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ir/core/fields.h"
#include "ir/core/module.h"
#include "ir/core/shared_ops.h"
#include "ir/core/visit.h"

namespace tpc::ir {

/// Of a vector the rows; of a matrix both; of a number neither means anything.
struct Lengths {
  Rational rows = Rational(1), columns = Rational(1);
  friend bool operator==(const Lengths&, const Lengths&) = default;
};

/// The lengths of a function's values, one after the other, and what does not fit. `Rules` adds the operations of one
/// IR to those that both have.
template <class Rules, class Op>
class LengthRules {
 public:
  LengthRules(const Module<Op>& module, const Function<Op>& function) : module_(module), function_(function) {}

  void run() {
    for (size_t i = 0; i < function_.body.size(); ++i) {
      value_ = ValueId(i);
      lengths.push_back(std::visit(static_cast<Rules&>(*this), function_.body[i].op));
    }
  }

  std::vector<Lengths> lengths;                         ///< by value
  std::vector<std::pair<ValueId, std::string>> faults;  ///< by instruction, a sentence

  Lengths operator()(const std::monostate&) { return {}; }
  Lengths operator()(const Read& op) { return of_state(op.state); }
  Lengths operator()(const Write& op) { return into_state(op.state, op.value); }
  Lengths operator()(const AddRows& op) { return into_state(op.state, op.value); }
  Lengths operator()(const OneOf<Map, Contract, Relabel, Gather, Scatter> auto& op) { return common(op); }
  Lengths operator()(
      const OneOf<Input, Constant, DimSize, DimIndex, OneHot, Softmax, LogSumExp, Present, FirstOccurrence> auto&) {
    return {};
  }

 protected:
  /// Coordinate by coordinate: all operands that grow have one length.
  template <class Alternative>
  Lengths common(const Alternative& op) {
    std::optional<ValueId> first;
    Op any = op;
    for_each_operand(any, [&](ValueId operand) {
      const Kind kind = function_.type(operand).kind;
      if (kind == Kind::scalar) return;
      if (!first) first = operand;
      if (at(operand) != at(*first)) {
        fault("its operands have " + text(at(*first), kind) + " and " + text(at(operand), kind) + " coordinates");
      }
    });
    return first ? at(*first) : Lengths();
  }
  Lengths product(const Lengths& matrix, ValueId argument, bool transposed) {
    const Rational summed = transposed ? matrix.rows : matrix.columns;
    if (at(argument).rows != summed) {
      fault("the argument has " + at(argument).rows.str() + " n coordinates, and the matrix sums over " + summed.str() +
            " n");
    }
    return {transposed ? matrix.columns : matrix.rows};
  }
  Lengths outer_product(ValueId left, ValueId right) { return {at(left).rows, at(right).rows}; }
  [[nodiscard]] const Lengths& at(ValueId id) const { return lengths[id.index]; }
  [[nodiscard]] Lengths of_state(StateId id) const { return {module_.state(id).rows, module_.state(id).columns}; }

 private:
  static std::string text(const Lengths& of, Kind kind) {
    return of.rows.str() + " n" + (kind == Kind::vector ? "" : " x " + of.columns.str() + " n");
  }
  Lengths into_state(StateId id, ValueId value) {
    const Kind kind = module_.state(id).type.kind;
    if (kind != Kind::scalar && at(value) != of_state(id)) {
      fault("the value has " + text(at(value), kind) + " coordinates, and the state has " + text(of_state(id), kind));
    }
    return {};
  }
  void fault(std::string sentence) { faults.emplace_back(value_, std::move(sentence)); }

  const Module<Op>& module_;
  const Function<Op>& function_;
  ValueId value_;
};

}  // namespace tpc::ir
