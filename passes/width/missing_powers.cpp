#include "passes/width/missing_powers.h"

namespace tpc::passes::width {

using ir::Kind;
using ir::Primitive;
using ir::Rational;
using ir::ValueId;

namespace {

/// The missing power of one value, from those of its operands; one overload an operation.
class MissingPower {
 public:
  MissingPower(const ir::tp::Module& module, const std::vector<Rational>& known) : module_(module), known_(known) {}

  Rational operator()(const ir::Read& op) const { return -module_.state(op.state).a; }
  Rational operator()(const ir::tp::WidthPower& op) const { return -op.exponent; }
  Rational operator()(const ir::Relabel& op) const { return of(op.argument); }
  Rational operator()(const ir::Contract& op) const { return of(op.lhs) + of(op.rhs); }
  Rational operator()(const ir::tp::Moment& op) const { return of(op.lhs) + of(op.rhs); }
  Rational operator()(const ir::tp::Matmul& op) const { return of(op.matrix) + of(op.argument); }
  Rational operator()(const ir::tp::Outer& op) const { return of(op.left) + of(op.right); }
  Rational operator()(const ir::Map& op) const {
    switch (op.primitive) {
      case Primitive::Mul: return of(op.arguments[0]) + of(op.arguments[1]);
      case Primitive::Div: return of(op.arguments[0]) - of(op.arguments[1]);
      case Primitive::Pow: return of(op.arguments[0]) * Rational(op.power);
      case Primitive::Add:
      case Primitive::Sub:
      case Primitive::Neg: return of(op.arguments[0]);  // no rule moves a power out of one summand only
      default: return 0;                                // a nonlinearity is applied to the user's own value
    }
  }
  template <class Op>
  Rational operator()(const Op&) const {
    return 0;
  }

 private:
  [[nodiscard]] Rational of(ValueId id) const { return id.valid() ? known_[id.index] : Rational(0); }

  const ir::tp::Module& module_;
  const std::vector<Rational>& known_;
};

}  // namespace

std::vector<Rational> missing_powers(const ir::tp::Module& module, const ir::tp::Function& function,
                                     const std::vector<bool>& is_activation) {
  std::vector<Rational> missing;
  for (size_t i = 0; i < function.body.size(); ++i) {
    bool scalar_activation = is_activation[i] && function.body[i].type.kind == Kind::scalar;
    missing.push_back(scalar_activation ? Rational(0) : std::visit(MissingPower(module, missing), function.body[i].op));
  }
  return missing;
}

}  // namespace tpc::passes::width
