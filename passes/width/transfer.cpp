// The rule of each operation of TP IR (math.md section 4): sum = union of terms, product = sum of exponents.
#include <utility>

#include "base/diag/check.h"
#include "ir/core/primitive_traits.h"
#include "ir/tp/entries.h"
#include "passes/width/abstract_value.h"
#include "passes/width/gaussian_families.h"
#include "passes/width/normalised.h"

namespace tpc::passes::width {

using ir::Exponent;
using ir::Kind;
using ir::Primitive;
using ir::PrimitiveForm;
using ir::Rational;
using ir::StateId;
using ir::ValueId;

namespace {

Value sum_over_width(const Value& lhs, const Value& rhs) {
  return {sum_over_width(lhs.initial, rhs.initial),
          sum_over_width(lhs.initial, rhs.change) + sum_over_width(lhs.change, rhs.total())};
}

MatrixValue operator+(MatrixValue a, const MatrixValue& b) {
  a.gaussian.insert(a.gaussian.end(), b.gaussian.begin(), b.gaussian.end());
  for (const RankOneTerm& terms : b.rank_one) add(a.rank_one, terms);
  return a;
}

MatrixValue operator*(MatrixValue matrix, const Value& scalar) {
  for (GaussianTerm& term : matrix.gaussian) term.coefficient = term.coefficient * scalar;
  for (RankOneTerm& term : matrix.rank_one) term.coefficient = term.coefficient * scalar;
  return matrix;
}

/// The entries of a matrix: their size, and their reaction to flips of what stands on either side alone: a function of
/// sum_i u_i(w) x_i(w') for two independent points w, w'.
struct Entries {
  Value size;
  Parity left, right;
};

/// A quantity of this size, even under every flip.
Growth size_of(const Growth& growth) {
  return growth.is_zero() ? Growth() : Growth::power(growth.exponent().rational());
}
Value size_of(const Value& value) { return {size_of(value.initial), size_of(value.change)}; }

/// What a product of two quantities is to each of them, and phi of one.
Parity parity_of_map(const ir::Map& op, const Parity& first, const Parity* second) {
  switch (ir::form_of(op.primitive)) {
    case PrimitiveForm::sum:
    case PrimitiveForm::difference: return join(first, *second);
    case PrimitiveForm::product:
    case PrimitiveForm::quotient: return first * *second;
    case PrimitiveForm::negation: return first;
    case PrimitiveForm::power: return op.power % 2 == 0 ? first.through(FunctionParity::even) : first;
    case PrimitiveForm::correlation: return first * *second;
    case PrimitiveForm::curve: return first.through(ir::traits_of(op.primitive).parity);
  }
  internal_error(__FILE__, __LINE__, "no such primitive");
}

/// Evaluates one instruction; one overload an operation.
class Transfer {
 public:
  Transfer(const ir::tp::Module& module, const ir::tp::Function& function, ValueId id, const AbstractStates& states,
           const AbstractValues& values, bool& power_law, const GaussianFamilies* families)
      : module_(module),
        function_(function),
        id_(id),
        states_(states),
        values_(values),
        power_law_(power_law),
        families_(families) {}

  AbstractValue operator()(const std::monostate&) const { return {}; }
  AbstractValue operator()(const ir::Input&) const { return scalar(0); }
  AbstractValue operator()(const ir::Constant& op) const { return op.value == 0.0 ? AbstractValue{} : scalar(0); }
  AbstractValue operator()(const ir::DimSize&) const { return scalar(0); }
  AbstractValue operator()(const ir::DimIndex&) const { return scalar(0); }
  AbstractValue operator()(const ir::tp::WidthPower& op) const { return scalar(op.exponent); }
  AbstractValue operator()(const ir::Read& op) const { return states_[op.state.index]; }
  AbstractValue operator()(const ir::Relabel& op) const { return values_[op.argument.index]; }
  AbstractValue operator()(const ir::OneHot&) const { return scalar(0); }
  AbstractValue operator()(const ir::Softmax& op) const;
  AbstractValue operator()(const ir::LogSumExp& op) const;
  // Whatever row is taken, its coordinates are of the table's size; a sum over finitely many of them is, too.
  AbstractValue operator()(const ir::Gather& op) const { return values_[op.table.index]; }
  AbstractValue operator()(const ir::Scatter& op) const { return values_[op.value.index]; }
  AbstractValue operator()(const ir::Present&) const { return scalar(0); }
  AbstractValue operator()(const ir::FirstOccurrence&) const { return scalar(0); }
  AbstractValue operator()(const ir::AddRows&) const { return {}; }
  AbstractValue operator()(const ir::Write&) const { return {}; }

  AbstractValue operator()(const ir::Map& op) const {
    if (function_.type(id_).kind == Kind::matrix) {
      return {{}, ir::tp::is_linear_in_matrices(function_, op) ? matrix_map(op) : entry_map(op)};
    }
    return {vector_map(op), {}};
  }
  AbstractValue operator()(const ir::Contract& op) const { return {value(op.lhs) * value_or_one(op.rhs), {}}; }
  AbstractValue operator()(const ir::tp::Moment& op) const {
    return {sum_over_width(value(op.lhs), value_or_one(op.rhs)), {}};
  }
  AbstractValue operator()(const ir::tp::Outer& op) const {
    return {{}, {{}, {{{id_}, constant_value(0), value(op.left), value(op.right)}}}};
  }
  AbstractValue operator()(const ir::tp::Matmul& op) const;
  AbstractValue operator()(const ir::tp::Gradient&) const {
    internal_error(__FILE__, __LINE__, "a gradient that is not expanded");
  }
  AbstractValue operator()(const ir::tp::StopGradient& op) const { return values_[op.argument.index]; }

 private:
  static AbstractValue scalar(const Rational& exponent) { return {constant_value(exponent), {}}; }
  [[nodiscard]] const Value& value(ValueId id) const { return values_[id.index].value; }
  [[nodiscard]] Value value_or_one(ValueId id) const { return id.valid() ? value(id) : constant_value(0); }
  [[nodiscard]] Value apply_gaussian_term(const GaussianTerm& term, const ir::tp::Matmul& op) const;
  [[nodiscard]] MatrixValue matrix_map(const ir::Map& op) const;
  [[nodiscard]] Entries entries(ValueId id) const;
  [[nodiscard]] MatrixValue entry_map(const ir::Map& op) const;
  /// `second`: of a map of two arguments.
  [[nodiscard]] Value coordinate_map(const ir::Map& op, const Value& first, const Value* second) const;
  [[nodiscard]] Value vector_map(const ir::Map& op) const;
  [[nodiscard]] Value integer_power(const Value& base, int power) const;

  const ir::tp::Module& module_;
  const ir::tp::Function& function_;
  ValueId id_;
  const AbstractStates& states_;
  const AbstractValues& values_;
  bool& power_law_;
  const GaussianFamilies* families_;
};

Value Transfer::apply_gaussian_term(const GaussianTerm& term, const ir::tp::Matmul& op) const {
  const Rational entry = -module_.state(term.state).b;
  const Value& argument = value(op.argument);
  Growth initial = families_ == nullptr
                       ? apply_gaussian(entry, term.state.index, argument.initial)
                       : families_->product({function_.key, id_, term.state, op.transposed}, argument.initial);
  return term.coefficient * Value{std::move(initial), apply_gaussian(entry, term.state.index, argument.change)};
}

AbstractValue Transfer::operator()(const ir::tp::Matmul& op) const {
  const MatrixValue& matrix = values_[op.matrix.index].matrix;
  const Value& argument = value(op.argument);
  Value sum;
  for (const GaussianTerm& term : matrix.gaussian) sum = sum + apply_gaussian_term(term, op);
  for (const RankOneTerm& term : matrix.rank_one) {
    const Value& met = op.transposed ? term.left : term.right;
    const Value& made = op.transposed ? term.right : term.left;
    sum = sum + term.coefficient * sum_over_width(met, argument) * made;
  }
  return {sum, {}};
}

MatrixValue Transfer::matrix_map(const ir::Map& op) const {
  auto matrix = [&](size_t i) -> const MatrixValue& { return values_[op.arguments[i].index].matrix; };
  const size_t which = function_.type(op.arguments[0]).kind == Kind::matrix ? 0 : 1;
  switch (ir::form_of(op.primitive)) {
    case PrimitiveForm::sum:
    case PrimitiveForm::difference: return matrix(0) + matrix(1);
    case PrimitiveForm::negation: return matrix(0);
    case PrimitiveForm::product: return matrix(which) * value(op.arguments[1 - which]);
    case PrimitiveForm::quotient: return matrix(0) * reciprocal(value(op.arguments[1]), power_law_);
    case PrimitiveForm::power:
    case PrimitiveForm::correlation:
    case PrimitiveForm::curve: break;
  }
  internal_error(__FILE__, __LINE__, "no such linear map of matrices");
}

Entries Transfer::entries(ValueId id) const {
  if (function_.type(id).kind != Kind::matrix) return {size_of(value(id)), {}, {}};
  Entries sum;
  bool first = true;
  const auto add = [&](const Value& size, const Parity& left, const Parity& right) {
    sum.size = sum.size + size_of(size);
    sum.left = first ? left : join(sum.left, left);
    sum.right = first ? right : join(sum.right, right);
    first = false;
  };
  const MatrixValue& matrix = values_[id.index].matrix;
  for (const RankOneTerm& term : matrix.rank_one) {
    const Value size = term.coefficient * term.left * term.right;
    if (size.total().is_zero()) continue;
    add(size, term.left.total().leading_parity(), term.right.total().leading_parity());
  }
  for (const GaussianTerm& term : matrix.gaussian) {  // entries that belong to no side
    const Parity noise = join(Parity(), Parity::odd_in(term.state.index));
    add(term.coefficient * constant_value(-module_.state(term.state).b), noise, noise);
  }
  return sum;
}

/// A matrix of other than linear functions of entries: like a rank-one matrix, it meets what it is applied to on one
/// side and is made of the other (Yang and Littwin 2023, section 2.9).
MatrixValue Transfer::entry_map(const ir::Map& op) const {
  const Entries first = entries(op.arguments[0]);
  const Entries second = op.arguments.size() > 1 ? entries(op.arguments[1]) : Entries{};
  const Value size = size_of(coordinate_map(op, first.size, &second.size));
  if (size.total().is_zero()) return {};
  const Value left{Growth::power(0, parity_of_map(op, first.left, &second.left)), {}};
  const Value right{Growth::power(0, parity_of_map(op, first.right, &second.right)), {}};
  return {{}, {{{{id_}, size, left, right}}}};
}

Value Transfer::coordinate_map(const ir::Map& op, const Value& first, const Value* second) const {
  switch (ir::form_of(op.primitive)) {
    case PrimitiveForm::sum:
    case PrimitiveForm::difference: return first + *second;
    case PrimitiveForm::negation: return first;
    case PrimitiveForm::product: return first * *second;
    case PrimitiveForm::quotient: return first * reciprocal(*second, power_law_);
    case PrimitiveForm::power: return integer_power(first, op.power);
    case PrimitiveForm::correlation:
      return first * reciprocal(apply_curve(Primitive::Sqrt, *second, power_law_), power_law_);
    case PrimitiveForm::curve: return apply_curve(op.primitive, first, power_law_);
  }
  internal_error(__FILE__, __LINE__, "no such primitive");
}

Value Transfer::vector_map(const ir::Map& op) const {
  const Value* second = op.arguments.size() > 1 ? &value(op.arguments[1]) : nullptr;
  const Value result = coordinate_map(op, value(op.arguments[0]), second);
  if (ir::form_of(op.primitive) != PrimitiveForm::quotient) return result;
  const auto most = normalised_size(function_, op);
  return most ? Value{result.initial.capped(*most), result.change.capped(*most)} : result;
}

/// By repeated squaring: powers are products, whatever the exponents.
Value Transfer::integer_power(const Value& base, int power) const {
  Value square = power < 0 ? reciprocal(base, power_law_) : base;
  Value result = constant_value(0);
  for (unsigned rest = static_cast<unsigned>(power < 0 ? -power : power); rest != 0; rest >>= 1) {
    if (rest & 1U) result = result * square;
    if (rest > 1) square = square * square;
  }
  return result;
}

/// Positive numbers that add up to 1, whatever the arguments. Their change has the size of the arguments' change while
/// both are bounded; a growing argument picks one index exponentially fast, which is no power of the width.
AbstractValue Transfer::operator()(const ir::Softmax& op) const {
  const Value& argument = value(op.argument);
  auto grows = [](const Growth& growth) { return growth.exponent() > Exponent(0); };
  if (!grows(argument.initial) && !grows(argument.change)) return {{Growth::power(0), argument.change}, {}};
  power_law_ = false;
  return {{Growth::power(0), argument.change.is_zero() ? Growth() : Growth::power(0)}, {}};
}

/// Between the largest number and that plus log of their count, and no change of the numbers is exceeded by its own:
/// max x <= y <= max x + log T, |y(x) - y(x')| <= max |x - x'|. This holds for arguments that grow, too.
AbstractValue Transfer::operator()(const ir::LogSumExp& op) const {
  return {value(op.argument) + constant_value(0), {}};
}

}  // namespace

AbstractValue evaluate_instruction(const ir::tp::Module& module, const ir::tp::Function& function, ValueId id,
                                   const AbstractStates& states, const AbstractValues& values, bool& power_law,
                                   const GaussianFamilies* families) {
  return std::visit(Transfer(module, function, id, states, values, power_law, families), function.at(id).op);
}

AbstractValues evaluate(const ir::tp::Module& module, const ir::tp::Function& function, const AbstractStates& states,
                        bool& power_law, const GaussianFamilies* families) {
  AbstractValues values(function.body.size());
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = evaluate_instruction(module, function, ValueId(i), states, values, power_law, families);
  }
  return values;
}

}  // namespace tpc::passes::width
