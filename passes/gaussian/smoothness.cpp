#include "passes/gaussian/smoothness.h"

#include <algorithm>

#include "base/diag/check.h"
#include "ir/core/visit.h"

namespace tpc::passes::gaussian {
namespace {

namespace limit = ir::limit;
using ir::PrimitiveForm;
using ir::ValueId;
using ir::Values;

Values weaker(Values a, Values b) { return std::min(a, b); }
Values stronger(Values a, Values b) { return std::max(a, b); }
static_assert(Values::any < Values::nonnegative && Values::nonnegative < Values::positive);

/// The sign of one value, from those of its operands.
class SignOf {
 public:
  explicit SignOf(const std::vector<Values>& known) : known_(known) {}

  Values operator()(const ir::Constant& op) const {
    return op.value > 0 ? Values::positive : op.value == 0 ? Values::nonnegative : Values::any;
  }
  Values operator()(const ir::DimSize&) const { return Values::positive; }
  Values operator()(const ir::DimIndex&) const { return Values::nonnegative; }
  Values operator()(const limit::Unit&) const { return Values::positive; }
  Values operator()(const ir::Softmax&) const { return Values::positive; }
  Values operator()(const ir::OneHot&) const { return Values::nonnegative; }
  Values operator()(const limit::Area&) const { return Values::nonnegative; }
  Values operator()(const ir::Present&) const { return Values::nonnegative; }
  Values operator()(const ir::FirstOccurrence&) const { return Values::nonnegative; }
  Values operator()(const ir::Relabel& op) const { return of(op.argument); }
  /// What is absent is 0.
  Values operator()(const ir::Gather& op) const { return weaker(of(op.table), Values::nonnegative); }
  Values operator()(const ir::Scatter& op) const { return weaker(of(op.value), Values::nonnegative); }
  /// A sum or mean of positive numbers; of squares.
  template <ir::SymmetricBilinear Sum>
  Values operator()(const Sum& op) const {
    return op.rhs.valid() ? product(op.lhs, op.rhs) : of(op.lhs);
  }
  Values operator()(const ir::Map& op) const {
    const ValueId x = op.arguments[0], y = op.arguments.back();
    switch (ir::form_of(op.primitive)) {
      // One positive summand is enough if the other is not negative.
      case PrimitiveForm::sum: return weaker(of(x), of(y)) == Values::any ? Values::any : stronger(of(x), of(y));
      case PrimitiveForm::product: return product(x, y);
      case PrimitiveForm::quotient: return weaker(of(x), of(y));
      case PrimitiveForm::power: return op.power % 2 == 0 ? stronger(of(x), Values::nonnegative) : of(x);
      case PrimitiveForm::curve: return curve(ir::traits_of(op.primitive), of(x));
      case PrimitiveForm::difference:
      case PrimitiveForm::negation:
      case PrimitiveForm::correlation: break;
    }
    return Values::any;
  }
  template <ir::OneOf<std::monostate, ir::Input, ir::Read, limit::Condition, limit::Accumulated, limit::PairProduct,
                      limit::PairApply, limit::NormalRule, ir::LogSumExp, limit::Append, limit::Combine, ir::AddRows,
                      ir::Write>
                Op>
  Values operator()(const Op&) const {
    return Values::any;
  }

 private:
  [[nodiscard]] Values of(ValueId id) const { return known_[id.index]; }
  [[nodiscard]] Values product(ValueId x, ValueId y) const {
    return x == y ? stronger(of(x), Values::nonnegative) : weaker(of(x), of(y));
  }
  /// phi(x) = x^degree phi(1) > 0 for x > 0 if it is homogeneous, and none of these is negative at 0.
  static Values curve(const ir::PrimitiveTraits& traits, Values argument) {
    return traits.degree ? stronger(traits.values, argument) : traits.values;
  }

  const std::vector<Values>& known_;
};

}  // namespace

std::vector<Values> signs_of_values(const limit::Function& function) {
  std::vector<Values> signs;
  for (const limit::Instruction& instruction : function.body) {
    signs.push_back(std::visit(SignOf(signs), instruction.op));
  }
  return signs;
}

bool is_smooth_map(const limit::Function& function, const std::vector<Values>& signs, const ir::Map& map) {
  TPC_CHECK(signs.size() == function.body.size(), "signs of another function");
  return ir::is_smooth_for(map.primitive, signs[map.arguments[0].index]);
}

}  // namespace tpc::passes::gaussian
