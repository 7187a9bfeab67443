#include "passes/width/missing_powers.h"

#include <optional>

namespace tpc::passes::width {

using ir::Kind;
using ir::Primitive;
using ir::Rational;
using ir::ValueId;

namespace {

/// What a value lacks; empty: the value is 0 as the program says (0 * h), and no power of the width is seen in it.
using Missing = std::optional<Rational>;

Missing product(const Missing& lhs, const Missing& rhs) { return lhs && rhs ? Missing(*lhs + *rhs) : Missing(); }

/// The missing power of one value, from those of its operands; one overload an operation.
class MissingPower {
 public:
  MissingPower(const ir::tp::Module& module, const std::vector<Missing>& known) : module_(module), known_(known) {}

  Missing operator()(const ir::Read& op) const { return -module_.state(op.state).a; }
  Missing operator()(const ir::Constant& op) const { return op.value == 0.0 ? Missing() : Missing(0); }
  Missing operator()(const ir::tp::WidthPower& op) const { return -op.exponent; }
  Missing operator()(const ir::Relabel& op) const { return of(op.argument); }
  Missing operator()(const ir::Contract& op) const { return product(of(op.lhs), of(op.rhs)); }
  Missing operator()(const ir::tp::Moment& op) const { return product(of(op.lhs), of(op.rhs)); }
  Missing operator()(const ir::tp::Matmul& op) const { return product(of(op.matrix), of(op.argument)); }
  Missing operator()(const ir::tp::Outer& op) const { return product(of(op.left), of(op.right)); }
  Missing operator()(const ir::Map& op) const {
    const Missing first = of(op.arguments[0]);
    switch (op.primitive) {
      case Primitive::Mul: return product(first, of(op.arguments[1]));
      case Primitive::Div: return product(first, inverse(of(op.arguments[1])));
      case Primitive::Pow: return power(first, op.power);
      case Primitive::Add:
      case Primitive::Sub: return first ? first : of(op.arguments[1]);  // no power is moved out of one summand only
      case Primitive::Neg: return first;
      default: return Rational(0);  // a nonlinearity is applied to the user's own value
    }
  }
  template <class Op>
  Missing operator()(const Op&) const {
    return Rational(0);
  }

 private:
  [[nodiscard]] Missing of(ValueId id) const { return id.valid() ? known_[id.index] : Missing(0); }
  static Missing inverse(const Missing& missing) { return -missing.value_or(0); }
  static Missing power(const Missing& base, int exponent) {
    if (!base && exponent > 0) return {};
    return base.value_or(0) * Rational(exponent);
  }

  const ir::tp::Module& module_;
  const std::vector<Missing>& known_;
};

}  // namespace

std::vector<Rational> missing_powers(const ir::tp::Module& module, const ir::tp::Function& function,
                                     const std::vector<bool>& is_activation) {
  std::vector<Missing> known;
  for (size_t i = 0; i < function.body.size(); ++i) {
    bool scalar_activation = is_activation[i] && function.body[i].type.kind == Kind::scalar;
    Missing of_operation = std::visit(MissingPower(module, known), function.body[i].op);
    known.push_back(scalar_activation && of_operation ? Missing(0) : of_operation);
  }
  std::vector<Rational> missing;
  for (const Missing& power : known) missing.push_back(power.value_or(0));
  return missing;
}

}  // namespace tpc::passes::width
