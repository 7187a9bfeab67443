// Functions of one Gaussian variable: as pieces of the rule table, their symmetry, their values at a point.
#include "base/diag/check.h"
#include "passes/gaussian/random_values.h"

namespace tpc::passes::gaussian {
namespace {

using Pieces = std::optional<std::vector<Piece>>;

Pieces products(Scalars& f, const Pieces& left, const Pieces& right) {
  if (!left || !right) return std::nullopt;
  std::vector<Piece> result;
  for (const Piece& g : *left) {
    for (const Piece& h : *right) {
      const auto both = product(f, g, h);
      if (!both) return std::nullopt;
      result.push_back(*both);
    }
  }
  return result;
}

Parity times(Parity a, Parity b) {
  if (a == Parity::neither || b == Parity::neither) return Parity::neither;
  return a == b ? Parity::even : Parity::odd;
}

}  // namespace

Pieces RandomValues::pieces(ValueId id, ValueId root) {  // NOLINT(misc-no-recursion)
  if (id == root) return std::vector{Piece{f_.number(1), 1, Curve::one, {}, {}}};
  if (is_scalar(id)) return std::vector{Piece{renamed(id), 0, Curve::one, {}, {}}};
  const auto* op = std::get_if<ir::Map>(&source_.at(id).op);
  if (op == nullptr) return std::nullopt;
  const ValueId x = op->arguments[0];
  switch (ir::form_of(op->primitive)) {
    case PrimitiveForm::sum:
    case PrimitiveForm::difference: {
      Pieces left = pieces(x, root), right = pieces(op->arguments[1], root);
      if (!left || !right) return std::nullopt;
      for (Piece piece : *right) {
        if (op->primitive == Primitive::Sub) piece.coefficient = f_.neg(piece.coefficient);
        left->push_back(piece);
      }
      return left;
    }
    case PrimitiveForm::negation:
      return products(f_, std::vector{Piece{f_.number(-1), 0, Curve::one, {}, {}}}, pieces(x, root));
    case PrimitiveForm::product: return products(f_, pieces(x, root), pieces(op->arguments[1], root));
    case PrimitiveForm::quotient:
      if (!is_scalar(op->arguments[1])) return std::nullopt;
      return products(f_, pieces(x, root),
                      std::vector{Piece{f_.div(f_.number(1), renamed(op->arguments[1])), 0, Curve::one, {}, {}}});
    case PrimitiveForm::power: {
      constexpr int largest = 8;
      if (op->power < 0 || op->power > largest) return std::nullopt;
      Pieces result = std::vector{Piece{f_.number(1), 0, Curve::one, {}, {}}};
      for (int i = 0; i < op->power; ++i) result = products(f_, result, pieces(x, root));
      return result;
    }
    case PrimitiveForm::curve: return curve_pieces(*op, root);
    case PrimitiveForm::correlation: break;
  }
  return std::nullopt;
}

/// phi(a u), and exp(-alpha u^2).
Pieces RandomValues::curve_pieces(const ir::Map& op, ValueId root) {  // NOLINT(misc-no-recursion)
  const Pieces inner = pieces(op.arguments[0], root);
  if (!inner || inner->size() != 1 || inner->front().curve != Curve::one || inner->front().decay.valid()) return {};
  const Piece& argument = inner->front();
  const ValueId a = argument.coefficient, one = f_.number(1);
  if (argument.power == 2 && op.primitive == Primitive::Exp && f_.known(a) && *f_.known(a) < 0) {
    return std::vector{Piece{one, 0, Curve::one, {}, f_.neg(a)}};
  }
  if (argument.power != 1 || !a.valid()) return {};
  auto of = [&](Curve curve) { return std::vector{Piece{one, 0, curve, a, {}}}; };
  auto absolute = [&](double factor) {
    return Piece{f_.mul(factor, f_.map(Primitive::Abs, a)), 1, Curve::sign, {}, {}};
  };
  auto sign = [&](double factor) { return Piece{f_.mul(factor, f_.map(Primitive::Sign, a)), 0, Curve::sign, {}, {}}; };
  switch (op.primitive) {
    case Primitive::Erf: return of(Curve::erf);
    case Primitive::Exp: return of(Curve::exp);
    case Primitive::Sin: return of(Curve::sin);
    case Primitive::Cos: return of(Curve::cos);
    case Primitive::Abs: return std::vector{absolute(1.0)};
    case Primitive::Sign: return std::vector{sign(1.0)};
    case Primitive::Step: {  // (sign^2 + sign) / 2: 0 at 0
      const ValueId slope = f_.map(Primitive::Abs, f_.map(Primitive::Sign, a));
      return std::vector{Piece{f_.mul(0.5, slope), 0, Curve::one, {}, {}, true}, sign(0.5)};
    }
    case Primitive::Relu: return std::vector{Piece{f_.mul(0.5, a), 1, Curve::one, {}, {}}, absolute(0.5)};
    case Primitive::Tanh:
    case Primitive::Sigmoid:
    case Primitive::Softplus:
    case Primitive::Sqrt:
    case Primitive::Log:
    case Primitive::Asin: return {};  // no rule of the table
    case Primitive::Add:
    case Primitive::Sub:
    case Primitive::Mul:
    case Primitive::Div:
    case Primitive::Neg:
    case Primitive::Pow:
    case Primitive::Correlation: break;
  }
  internal_error(__FILE__, __LINE__, "arithmetic is no curve");
}

Parity RandomValues::parity(ValueId id, ValueId root) const {  // NOLINT(misc-no-recursion)
  if (id == root) return Parity::odd;
  if (is_scalar(id)) return Parity::even;
  const auto* op = std::get_if<ir::Map>(&source_.at(id).op);
  if (op == nullptr) return Parity::neither;
  const Parity x = parity(op->arguments[0], root);
  const Parity y = op->arguments.size() > 1 ? parity(op->arguments[1], root) : Parity::even;
  if (x == Parity::even && y == Parity::even) return Parity::even;
  auto zero = [&](ValueId value) { return is_scalar(value) && f_.known(renamed(value)) == 0.0; };
  switch (ir::form_of(op->primitive)) {
    case PrimitiveForm::sum:
    case PrimitiveForm::difference:
      if (zero(op->arguments[0])) return y;
      return x == y || zero(op->arguments[1]) ? x : Parity::neither;
    case PrimitiveForm::product:
    case PrimitiveForm::quotient: return times(x, y);
    case PrimitiveForm::power: return ir::composed(op->power % 2 == 0 ? Parity::even : Parity::odd, x);
    case PrimitiveForm::negation: return x;
    case PrimitiveForm::curve: return ir::composed(ir::traits_of(op->primitive).parity, x);
    case PrimitiveForm::correlation: break;
  }
  return Parity::neither;
}

std::optional<Primitive> RandomValues::bend(ValueId id) const {  // NOLINT(misc-no-recursion)
  const auto* op = std::get_if<ir::Map>(&source_.at(id).op);
  if (is_scalar(id) || op == nullptr) return std::nullopt;
  if (!is_smooth_map(source_, signs_, *op)) return op->primitive;
  for (ValueId argument : op->arguments) {
    if (const auto found = bend(argument)) return found;
  }
  return std::nullopt;
}

ValueId RandomValues::substitute(ValueId id, ValueId root, ValueId value) {  // NOLINT(misc-no-recursion)
  if (id == root) return value;
  if (is_scalar(id)) return renamed(id);
  const auto& op = std::get<ir::Map>(source_.at(id).op);
  std::vector<ValueId> arguments;
  for (ValueId argument : op.arguments) arguments.push_back(substitute(argument, root, value));
  return f_.build.map(op.primitive, std::move(arguments), op.power);
}

}  // namespace tpc::passes::gaussian
