#include "passes/simplify/simplify.h"

#include <algorithm>
#include <cmath>

#include "ir/core/primitive_traits.h"
#include "ir/core/visit.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/rewriter.h"
#include "passes/simplify/simplify_rules.h"

namespace tpc::passes {
namespace {

using ir::Primitive;
using ir::ValueId;
using Replacement = std::optional<ValueId>;

// ---- constant folding -----------------------------------------------------------------------------------------------

template <class M>
Replacement fold(M& m, const ir::Map& map) {
  std::vector<double> numbers;
  for (ValueId argument : map.arguments) {
    const std::optional<double> number = m.number(argument);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  const double value = ir::evaluate_primitive(map.primitive, numbers, map.power);
  // What is not finite stays visible as the operation that makes it.
  return std::isfinite(value) ? Replacement(m.build.constant(value)) : std::nullopt;
}
template <class M>
Replacement fold(M& m, const ir::DimSize& op) {
  const std::optional<int64_t> size = m.build.module().dim(op.dim).size;
  return size ? Replacement(m.build.constant(static_cast<double>(*size))) : std::nullopt;
}
template <class M>
Replacement fold(M& m, const ir::tp::WidthPower& op) {
  return op.exponent.is_zero() ? Replacement(m.build.constant(1)) : std::nullopt;
}
/// Operations on data, states and arrays: nothing of them is known before the program runs.
template <class Op>
concept Unknown = ir::OneOf<Op, std::monostate, ir::Input, ir::Constant, ir::DimIndex, ir::Read, ir::Contract,
                            ir::Relabel, ir::OneHot, ir::Softmax, ir::LogSumExp, ir::Write, ir::tp::Matmul,
                            ir::tp::Moment, ir::tp::Outer, ir::tp::Gradient, ir::tp::StopGradient, ir::limit::Unit,
                            ir::limit::Condition, ir::limit::Accumulated, ir::limit::PairProduct, ir::limit::PairApply,
                            ir::limit::Expect, ir::limit::Area, ir::limit::NormalRule, ir::limit::Append,
                            ir::limit::Combine, ir::Gather, ir::Scatter, ir::Present, ir::FirstOccurrence, ir::AddRows>;
template <class M, Unknown Op>
Replacement fold(M&, const Op&) {
  return std::nullopt;
}

// ---- rules of operations --------------------------------------------------------------------------------------------

template <class M>
Replacement simplify_op(M& m, const ir::Map& map) {
  const ValueId x = map.arguments[0];
  const ValueId y = map.arguments.size() > 1 ? map.arguments[1] : ValueId{};
  const bool commutes = ir::commutes(map.primitive);
  for (const auto& rule : simplify_rules<M>()) {
    if (rule.primitive != map.primitive) continue;
    ValueId result = rule.apply(m, x, y, map.power);
    if (!result.valid() && commutes) result = rule.apply(m, y, x, map.power);
    if (result.valid()) return result;
  }
  return std::nullopt;
}

/// A plain scalar or a sign leaves an operation that is linear in `operand`: one product of the result is left, instead
/// of one of every operand. `with` makes the operation with another operand, anew.
template <class M, class With>
Replacement pull_out(M& m, ValueId operand, With&& with) {
  const auto product = m.factored(operand);
  if (product && m.is_plain(product.factor) && !m.is_plain(product.rest)) {
    const ValueId rest = m.without_factor(with(product.rest), product.factor);
    return m.build.mul(product.factor, rest);
  }
  const ValueId negated = m.argument(operand, Primitive::Neg);
  return negated.valid() ? Replacement(m.build.neg(m.without_factor(with(negated)))) : std::nullopt;
}

/// A factor of a small scalar array stays there if the result is a vector.
template <class M, ir::SymmetricBilinear Sum>
Replacement pull_out_of_sum(M& m, const Sum& sum) {
  auto kind = [&](ValueId id) { return m.build.type(id).kind; };
  Replacement result;
  if (!sum.rhs.valid() || kind(sum.lhs) >= kind(sum.rhs)) {
    result = pull_out(m, sum.lhs, [&](ValueId lhs) { return m.build.insert(Sum{lhs, sum.rhs, sum.over}); });
  }
  if (!result && sum.rhs.valid() && kind(sum.rhs) >= kind(sum.lhs)) {
    result = pull_out(m, sum.rhs, [&](ValueId rhs) { return m.build.insert(Sum{sum.lhs, rhs, sum.over}); });
  }
  return result;
}

template <class M, ir::SymmetricBilinear Sum>
Replacement simplify_op(M& m, const Sum& sum) {
  return pull_out_of_sum(m, sum);
}

/// A row of an identity matrix adds up to 1.
template <class M>
Replacement simplify_op(M& m, const ir::Contract& sum) {
  const auto* row = m.template as<ir::OneHot>(sum.lhs);
  if (row != nullptr && !sum.rhs.valid() && sum.over == std::vector{row->dim}) {
    return m.build.map(Primitive::Pow, {row->argument}, 0);
  }
  return pull_out_of_sum(m, sum);
}

/// (s W) x = s (W x): n numbers are scaled instead of n^2. Factors of x stay with x.
template <class M>
Replacement simplify_op(M& m, const ir::tp::Matmul& op) {
  return pull_out(m, op.matrix,
                  [&](ValueId matrix) { return m.build.insert(ir::tp::Matmul{matrix, op.argument, op.transposed}); });
}

/// A factor of a table is one of the rows that are taken.
template <class M>
Replacement simplify_op(M& m, const ir::Gather& op) {
  return pull_out(m, op.table, [&](ValueId table) { return m.build.insert(ir::Gather{table, op.index, op.dim}); });
}

template <class M>
Replacement simplify_op(M& m, const ir::Scatter& op) {
  return pull_out(m, op.value,
                  [&](ValueId value) { return m.build.insert(ir::Scatter{value, op.index, op.dim, op.over}); });
}

/// Leaves, what is not linear, and linear operations whose factors stay where they are.
template <class Op>
concept Irreducible =
    ir::OneOf<Op, std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex, ir::tp::WidthPower, ir::Read,
              ir::Relabel, ir::OneHot, ir::Softmax, ir::LogSumExp, ir::Write, ir::tp::Outer, ir::tp::Gradient,
              ir::tp::StopGradient, ir::limit::Unit, ir::limit::Condition, ir::limit::Accumulated,
              ir::limit::PairProduct, ir::limit::PairApply, ir::limit::Area, ir::limit::NormalRule, ir::limit::Append,
              ir::limit::Combine, ir::Present, ir::FirstOccurrence, ir::AddRows>;
template <class M, Irreducible Op>
Replacement simplify_op(M&, const Op&) {
  return std::nullopt;
}

// ---- engine ---------------------------------------------------------------------------------------------------------

/// One sweep over a function; the number of replacements.
template <class ModuleType>
size_t sweep(ModuleType& module, ir::Function<typename ModuleType::Op>& function, bool with_rules) {
  using M = Matcher<ModuleType>;
  return rewrite(module, function, [&](ir::Builder<ModuleType>& builder, const auto& op, const auto& instruction) {
    M matcher(builder, instruction.scale);
    return std::visit(
        [&](const auto& alternative) {
          Replacement result = fold(matcher, alternative);
          return result || !with_rules ? result : simplify_op(matcher, alternative);
        },
        op);
  });
}

/// What a dead h = n^e y leaves behind is the value h but for n^e, which is in the scale of y: y gets the name. Not in
/// a training step: its forward part is a copy named before, and derivatives have no names of the user's to keep.
void hand_on_names(ir::tp::Function& function) {
  if (std::ranges::any_of(function.body, [](const auto& instruction) { return has_effect(instruction.op); })) return;
  const std::vector<bool> live = live_instructions(function);
  for (size_t i = function.body.size(); i-- > 0;) {
    const ir::tp::Instruction& dead = function.body[i];
    const auto* product = std::get_if<ir::Map>(&dead.op);
    if (live[i] || dead.name.empty() || product == nullptr || product->primitive != Primitive::Mul) continue;
    for (size_t factor : {0, 1}) {
      const auto* power = std::get_if<ir::tp::WidthPower>(&function.at(product->arguments[factor]).op);
      ir::tp::Instruction& rest = function.body[product->arguments[1 - factor].index];
      if (power == nullptr || !rest.name.empty() || rest.scale != dead.scale + power->exponent) continue;
      rest.name = dead.name;
    }
  }
}
void hand_on_names(ir::limit::Function&) {}  // no powers of n

template <class ModuleType>
void simplify_module(ModuleType& module) {
  for (auto& function : module.functions) {
    // Every rule shortens a product, or moves a number or sign outwards past one of finitely many operations.
    size_t sweeps_left = 100 + function.body.size();
    while (sweep(module, function, true) != 0) {
      hand_on_names(function);
      eliminate_dead_code(function);
      TPC_CHECK(sweeps_left-- > 0, "simplification does not end");
    }
    eliminate_dead_code(function);
  }
}

template <class ModuleType>
void fold_module(ModuleType& module) {
  for (auto& function : module.functions) sweep(module, function, false);
}

}  // namespace

void simplify(ir::tp::Module& module) { simplify_module(module); }
void simplify(ir::limit::Module& module) { simplify_module(module); }
void fold_constants(ir::tp::Module& module) { fold_module(module); }
void fold_constants(ir::limit::Module& module) { fold_module(module); }

}  // namespace tpc::passes
