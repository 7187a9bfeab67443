#include "passes/width/initial_output.h"

#include "base/diag/check.h"
#include "ir/core/fields.h"
#include "ir/core/primitive_traits.h"
#include "ir/core/visit.h"
#include "passes/width/abstract_value.h"
#include "passes/width/gaussian_families.h"

namespace tpc::passes::width {

using ir::Exponent;
using ir::Kind;
using ir::PrimitiveForm;
using ir::ValueId;

namespace {

/// The leading part of a value over the draw of the weights. Of vectors it says this of the scalars they contain:
/// coordinates are independent copies given those.
enum class Law { fixed, gaussian, other };

/// By instruction, operands first; the order of magnitude decides which summands lead.
class Laws {
 public:
  explicit Laws(const ir::tp::Module& module) : module_(module), predict_(*module.find(ir::FunctionRole::predict)) {
    bool ignored = true;
    const GaussianFamilies families(module);
    values_ = evaluate(module, predict_, initial_states(module), ignored, &families);
    for (size_t i = 0; i < values_.size(); ++i) laws_.push_back(law_of(ValueId(i)));
  }

  [[nodiscard]] InitialFunction output() const {
    const ValueId output = predict_.result(ir::result_name::output);
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
    return std::visit(
        ir::Overloaded{
            [&](const ir::Read& op) { return law_of_state(module_.state(op.state)); },
            [&](const ir::tp::Moment& op) { return law_of_sum(id, op); },
            [&](const ir::Map& op) { return law_of_map(id, op); },
            [&](const ir::OneOf<ir::Softmax, ir::LogSumExp> auto&) { return law_of_curve(id, true); },
            [&](const ir::OneOf<ir::Contract, ir::Relabel, ir::tp::Matmul, ir::tp::Outer, ir::tp::StopGradient,
                                ir::Gather, ir::Scatter> auto&) { return law_of_linear(id); },
            [&](const ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex,
                                ir::tp::WidthPower> auto&) { return Law::fixed; },
            [](const ir::tp::Gradient&) -> Law {
              internal_error(__FILE__, __LINE__, "a gradient that is not expanded");
            },
            [&](const ir::OneOf<ir::OneHot, ir::Present, ir::FirstOccurrence, ir::AddRows, ir::Write> auto&) {
              return law_of_product(id) == Law::fixed ? Law::fixed : Law::other;
            }},
        predict_.at(id).op);
  }

  [[nodiscard]] Law law_of_map(ValueId id, const ir::Map& op) const {
    switch (ir::form_of(op.primitive)) {
      case PrimitiveForm::sum:
      case PrimitiveForm::difference: return law_of_sum(id, op.arguments);
      case PrimitiveForm::product:
      case PrimitiveForm::negation: return law_of_linear(id);
      case PrimitiveForm::quotient: return laws_[op.arguments[1].index] == Law::fixed ? law_of_linear(id) : Law::other;
      case PrimitiveForm::power: return law_of_curve(id, true);
      case PrimitiveForm::curve: return law_of_curve(id, !ir::traits_of(op.primitive).degree);
      case PrimitiveForm::correlation: return law_of_product(id) == Law::fixed ? Law::fixed : Law::other;
    }
    internal_error(__FILE__, __LINE__, "no such primitive");
  }

  static Law law_of_state(const ir::State& state) {
    const bool random = state.init.kind == ir::InitKind::gaussian || state.init.kind == ir::InitKind::noise;
    return random && state.type.kind == Kind::scalar ? Law::gaussian : Law::fixed;
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

  /// Coordinates of a vector are no linear combinations of the Gaussian scalars they contain.
  [[nodiscard]] Law law_of_linear(ValueId id) const {
    const Law law = law_of_product(id);
    return law == Law::gaussian && predict_.type(id).kind != Kind::scalar ? Law::other : law;
  }

  /// A nonlinear function of a Gaussian scalar is none. phi of what vanishes, if it is expanded at 0 (|s| and sign(s)
  /// are not): phi(0) if that is not 0, else linear in it if it is of the same size.
  [[nodiscard]] Law law_of_curve(ValueId id, bool expanded) const {
    if (law_of_product(id) == Law::fixed) return Law::fixed;
    const ValueId argument = ir::operands(predict_.at(id).op).front();
    if (exponent(argument) >= Exponent(0) || !expanded) return Law::other;
    if (exponent(id) == Exponent(0)) return Law::fixed;
    const bool linear = exponent(id) == exponent(argument) && predict_.type(id).kind == Kind::scalar;
    return linear ? laws_[argument.index] : Law::other;
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

  /// A sum over the width: by symmetry all of its leading part fluctuates around zero, or none of it. Where the mean
  /// vanishes in the limit only, its n terms are correlated at finite width, which is no central limit of independent
  /// terms.
  [[nodiscard]] Law law_of_sum(ValueId id, const ir::tp::Moment& op) const {
    if (law_of_product(id) != Law::fixed) return Law::other;
    const Growth one = Growth::power(0);
    std::optional<Law> law;
    for (const Term& left : growth(op.lhs).terms()) {
      for (const Term& right : (op.rhs.valid() ? growth(op.rhs) : one).terms()) {
        const Parity parity = left.parity * right.parity;
        const ir::Rational count = parity.mean_vanishes() ? ir::Rational(1, 2) : ir::Rational(1);
        if (Exponent(left.exponent + right.exponent + count) < exponent(id)) continue;
        const Law own = !parity.mean_vanishes() ? Law::fixed : parity.mean_is_zero() ? Law::gaussian : Law::other;
        law = !law || *law == own ? own : Law::other;
      }
    }
    return law.value_or(Law::fixed);
  }

  const ir::tp::Module& module_;
  const ir::tp::Function& predict_;
  AbstractValues values_;
  std::vector<Law> laws_;
};

}  // namespace

InitialFunction initial_output(const ir::tp::Module& module) { return Laws(module).output(); }

}  // namespace tpc::passes::width
