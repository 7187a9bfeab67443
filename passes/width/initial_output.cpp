#include "passes/width/initial_output.h"

#include <algorithm>

#include "base/diag/check.h"
#include "ir/core/fields.h"
#include "passes/width/abstract_value.h"

namespace tpc::passes::width {

using ir::Exponent;
using ir::Kind;
using ir::Primitive;
using ir::ValueId;

namespace {

/// The leading part of a value over the draw of the weights. Of vectors it says this of the scalars they contain:
/// coordinates are independent copies given those.
enum class Law { fixed, gaussian, other };

/// |s| or sign(s): no Taylor series at 0.
bool is_homogeneous(Primitive primitive) {
  switch (primitive) {
#define TPC_HOMOGENEOUS(name, parity, degree) case Primitive::name:
#define TPC_SMOOTH(name, parity, taylor, at_infinity)
#include "passes/width/curves.def"
    return true;
    default: return false;
  }
}

/// By instruction, operands first; the order of magnitude decides which summands lead.
class Laws {
 public:
  explicit Laws(const ir::tp::Module& module) : module_(module), predict_(*module.find("predict")) {
    bool ignored = true;
    values_ = evaluate(module, predict_, initial_states(module), ignored);
    for (size_t i = 0; i < values_.size(); ++i) laws_.push_back(law_of(ValueId(i)));
  }

  [[nodiscard]] InitialFunction output() const {
    const ValueId output = predict_.result("output");
    if (exponent(output) < Exponent(0)) return InitialFunction::zero;
    switch (laws_[output.index]) {
      case Law::fixed: return InitialFunction::deterministic;
      case Law::gaussian: return InitialFunction::gaussian_process;
      case Law::other: return InitialFunction::other;
    }
    internal_error(__FILE__, __LINE__, "no such law");
  }

 private:
  [[nodiscard]] const Growth& growth(ValueId id) const { return values_[id.index].value.initial; }
  [[nodiscard]] Exponent exponent(ValueId id) const { return growth(id).exponent(); }

  [[nodiscard]] Law law_of(ValueId id) const {
    const auto& op = predict_.at(id).op;
    if (const auto* read = std::get_if<ir::Read>(&op)) return law_of_state(module_.state(read->state));
    if (const auto* moment = std::get_if<ir::tp::Moment>(&op)) return law_of_sum(id, *moment);
    const auto* map = std::get_if<ir::Map>(&op);
    if (map != nullptr && (map->primitive == Primitive::Add || map->primitive == Primitive::Sub)) {
      return law_of_sum(id, map->arguments);
    }
    const Law law = law_of_product(id);
    if (law == Law::fixed || (law == Law::gaussian && is_linear(id, map))) return law;
    return is_curve(id, map) ? law_at_zero(id) : Law::other;
  }

  static Law law_of_state(const ir::State& state) {
    return state.type.kind == Kind::scalar && state.init.kind == ir::InitKind::gaussian ? Law::gaussian : Law::fixed;
  }

  /// Of operations whose result is linear in any one operand.
  [[nodiscard]] Law law_of_product(ValueId id) const {
    Law law = Law::fixed;
    for (ValueId operand : ir::operands(predict_.at(id).op)) {
      const Law factor = laws_[operand.index];
      if (factor != Law::fixed) law = law == Law::fixed ? factor : Law::other;
    }
    return law;
  }

  [[nodiscard]] bool is_curve(ValueId id, const ir::Map* map) const {
    const auto& op = predict_.at(id).op;
    return std::holds_alternative<ir::Softmax>(op) || (map != nullptr && map->arguments.size() == 1);
  }

  /// phi of what vanishes: phi(0) if that is not 0, else linear in it if it is of the same size.
  [[nodiscard]] Law law_at_zero(ValueId id) const {
    const ValueId argument = ir::operands(predict_.at(id).op).front();
    const auto* map = std::get_if<ir::Map>(&predict_.at(id).op);
    if (exponent(argument) >= Exponent(0) || (map != nullptr && is_homogeneous(map->primitive))) return Law::other;
    if (exponent(id) == Exponent(0)) return Law::fixed;
    const bool linear = exponent(id) == exponent(argument) && predict_.type(id).kind == Kind::scalar;
    return linear ? laws_[argument.index] : Law::other;
  }
  /// A nonlinear function of a Gaussian scalar is none; neither is a quotient with one below.
  [[nodiscard]] bool is_linear(ValueId id, const ir::Map* map) const {
    if (predict_.type(id).kind != Kind::scalar) return false;
    if (map == nullptr) return !std::holds_alternative<ir::Softmax>(predict_.at(id).op);
    if (map->primitive == Primitive::Div) return laws_[map->arguments[1].index] == Law::fixed;
    return map->primitive == Primitive::Mul || map->primitive == Primitive::Neg;
  }

  /// The summands that lead have one law, or the sum has none of these.
  [[nodiscard]] Law law_of_sum(ValueId id, const std::vector<ValueId>& summands) const {
    std::optional<Law> law;
    for (ValueId summand : summands) {
      const Law own = laws_[summand.index];
      const bool scalar = predict_.type(id).kind == Kind::scalar;
      if (exponent(summand) < exponent(id) || growth(summand).is_zero()) continue;
      law = !law || *law == own ? own : Law::other;
      if (!scalar && *law != Law::fixed) law = Law::other;
    }
    return law.value_or(Law::fixed);
  }

  /// A sum over the width: by symmetry all of its leading part fluctuates around zero, or none of it.
  [[nodiscard]] Law law_of_sum(ValueId id, const ir::tp::Moment& op) const {
    if (law_of_product(id) != Law::fixed) return Law::other;
    const Growth one = Growth::power(0);
    bool fluctuates = false, averages = false;
    for (const Term& left : growth(op.lhs).terms()) {
      for (const Term& right : (op.rhs.valid() ? growth(op.rhs) : one).terms()) {
        const bool vanishes = (left.parity * right.parity).mean_vanishes();
        const ir::Rational count = vanishes ? ir::Rational(1, 2) : ir::Rational(1);
        if (Exponent(left.exponent + right.exponent + count) < exponent(id)) continue;
        (vanishes ? fluctuates : averages) = true;
      }
    }
    return fluctuates && averages ? Law::other : fluctuates ? Law::gaussian : Law::fixed;
  }

  const ir::tp::Module& module_;
  const ir::tp::Function& predict_;
  AbstractValues values_;
  std::vector<Law> laws_;
};

}  // namespace

InitialFunction initial_output(const ir::tp::Module& module) { return Laws(module).output(); }

}  // namespace tpc::passes::width
