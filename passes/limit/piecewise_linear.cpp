#include "passes/limit/piecewise_linear.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

#include "base/diag/check.h"
#include "ir/core/primitive_traits.h"
#include "ir/core/visit.h"
#include "ir/limit/random.h"

namespace tpc::passes {
namespace {

namespace limit = ir::limit;
namespace tp = ir::tp;
using ir::Kind;
using ir::PrimitiveForm;
using ir::ValueId;

/// Of a homogeneous random variable. Nothing: it is zero, which has every degree.
using HomogeneousDegree = std::optional<int>;

struct NotPiecewiseLinear : std::runtime_error {
  using std::runtime_error::runtime_error;
};

bool bends_at_zero(ir::Primitive primitive) {
  const ir::Smoothness smoothness = ir::traits_of(primitive).smoothness;
  return ir::form_of(primitive) == PrimitiveForm::curve &&
         (smoothness == ir::Smoothness::bend_at_zero || smoothness == ir::Smoothness::jump_at_zero);
}

/// One pass over a function, from the degrees of the states; numbers have degree 0.
class HomogeneousDegrees {
 public:
  HomogeneousDegrees(const limit::Function& function, std::vector<HomogeneousDegree>& states)
      : function_(function), states_(states), next_(states) {}

  /// Throws NotPiecewiseLinear; whether a state has got a degree.
  bool run() {
    for (const limit::Instruction& instruction : function_.body) {
      of_values_.push_back(std::visit([&](const auto& op) { return of(op); }, instruction.op));
    }
    const bool changed = next_ != states_;
    states_ = next_;
    return changed;
  }

 private:
  [[nodiscard]] HomogeneousDegree at(ValueId id) const { return id.valid() ? of_values_[id.index] : 0; }
  [[nodiscard]] bool is_random(ValueId id) const { return limit::is_random(function_, id); }

  static HomogeneousDegree joined(HomogeneousDegree a, HomogeneousDegree b) {
    if (a && b && *a != *b) throw NotPiecewiseLinear("it adds random variables that grow differently with the weights");
    return a ? a : b;
  }
  static HomogeneousDegree product(HomogeneousDegree a, HomogeneousDegree b) {
    return a && b ? HomogeneousDegree(*a + *b) : std::nullopt;
  }

  template <ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex, ir::OneHot, ir::Softmax,
                      ir::LogSumExp, ir::Present, ir::FirstOccurrence>
                Op>
  HomogeneousDegree of(const Op&) {
    return 0;
  }
  template <ir::OneOf<limit::Condition, limit::Accumulated, limit::PairProduct, limit::PairApply, limit::Append,
                      limit::Combine>
                Op>
  HomogeneousDegree of(const Op&) {
    throw NotPiecewiseLinear("a matrix that grows in both directions brings new Gaussian dimensions at every step");
  }
  template <ir::OneOf<limit::Unit, limit::Area, limit::NormalRule> Op>
  HomogeneousDegree of(const Op&) {
    throw NotPiecewiseLinear("it is not written in random variables alone");
  }
  HomogeneousDegree of(const ir::Read& op) { return states_[op.state.index]; }
  HomogeneousDegree of(const ir::Relabel& op) { return at(op.argument); }
  HomogeneousDegree of(const ir::Gather& op) { return at(op.table); }
  HomogeneousDegree of(const ir::Scatter& op) { return at(op.value); }
  HomogeneousDegree of(const ir::Contract& op) { return product(at(op.lhs), at(op.rhs)); }
  HomogeneousDegree of(const limit::Expect& op) {
    const HomogeneousDegree degree = product(at(op.lhs), at(op.rhs));
    if (degree && *degree != 2)
      throw NotPiecewiseLinear("it takes an expectation that is not quadratic in the weights");
    return 0;
  }
  HomogeneousDegree of(const ir::AddRows& op) {
    return write(op.state, op.value, joined(states_[op.state.index], at(op.value)));
  }
  HomogeneousDegree of(const ir::Write& op) { return write(op.state, op.value, at(op.value)); }
  HomogeneousDegree of(const ir::Map& op) {
    const ValueId first = op.arguments[0], last = op.arguments.back();
    if (!is_random(first) && !is_random(last)) return 0;
    switch (ir::form_of(op.primitive)) {
      case PrimitiveForm::sum:
      case PrimitiveForm::difference: return joined(at(first), at(last));
      case PrimitiveForm::negation: return at(first);
      case PrimitiveForm::product: return product(at(first), at(last));
      case PrimitiveForm::quotient:
        if (!is_random(last)) return at(first);
        break;
      case PrimitiveForm::power:
        if (op.power >= 1) return at(first) ? HomogeneousDegree(*at(first) * op.power) : std::nullopt;
        break;
      case PrimitiveForm::curve:
        if (bends_at_zero(op.primitive)) return of_curve(op.primitive, at(first));
        break;
      case PrimitiveForm::correlation: break;
    }
    throw NotPiecewiseLinear(std::string(ir::primitive_name(op.primitive)) + " is not piecewise linear");
  }

  static HomogeneousDegree of_curve(ir::Primitive primitive, HomogeneousDegree argument) {
    const ir::Rational degree = *ir::homogeneous_degree(primitive, 0);
    if (argument && *argument != 1) throw NotPiecewiseLinear("its kinks are not where a linear function is 0");
    if (degree == ir::Rational(0)) return 0;
    return argument;
  }

  HomogeneousDegree write(ir::StateId state, ValueId value, HomogeneousDegree degree) {
    if (!is_random(value)) return 0;
    if (degree && *degree != 1) throw NotPiecewiseLinear("training adds to a weight what does not grow like it");
    next_[state.index] = joined(next_[state.index], degree);
    return 0;
  }

  const limit::Function& function_;
  std::vector<HomogeneousDegree>& states_;
  std::vector<HomogeneousDegree> next_;
  std::vector<HomogeneousDegree> of_values_;
};

std::vector<HomogeneousDegree> initial_homogeneous_degrees(const limit::Module& module) {
  std::vector<HomogeneousDegree> degrees;
  for (const ir::State& state : module.states) {
    const bool random = state.type.kind == Kind::vector;
    if (state.init.kind == ir::InitKind::noise) throw NotPiecewiseLinear("the output starts as a Gaussian process");
    if (random && state.init.kind == ir::InitKind::constant) {
      throw NotPiecewiseLinear("`" + state.name + "` starts as a constant");
    }
    if (!random && state.init.kind == ir::InitKind::gaussian) {
      throw NotPiecewiseLinear("the numbers `" + state.name + "` are drawn at random");
    }
    degrees.push_back(!random                                     ? HomogeneousDegree(0)
                      : state.init.kind == ir::InitKind::gaussian ? HomogeneousDegree(1)
                                                                  : std::nullopt);
  }
  return degrees;
}

/// A function of the limit as one of vectors.
tp::Function function_at_points(const limit::Function& source) {
  tp::Function result;
  result.key = source.key;
  result.results = source.results;
  const ir::Overloaded at_points{
      [](const limit::Expect& expect) -> tp::Op { return tp::Moment{expect.lhs, expect.rhs, expect.over}; },
      [](const ir::OneOf<limit::Unit, limit::Condition, limit::Accumulated, limit::PairProduct, limit::PairApply,
                         limit::Append, limit::Combine, limit::Area, limit::NormalRule> auto&) -> tp::Op {
        internal_error(__FILE__, __LINE__, "an operation that obstacle_to_cones refuses");
      },
      [](const ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex, ir::Read, ir::Map,
                         ir::Contract, ir::Relabel, ir::OneHot, ir::Softmax, ir::LogSumExp, ir::Gather, ir::Scatter,
                         ir::Present, ir::FirstOccurrence, ir::AddRows, ir::Write> auto& shared) -> tp::Op {
        return shared;
      }};
  for (const limit::Instruction& instruction : source.body) {
    result.body.push_back(
        {std::visit(at_points, instruction.op), instruction.type, instruction.name, instruction.span});
  }
  return result;
}

/// As far as the last kink: what is written comes after.
tp::Function kinks_at_points(const tp::Function& source) {
  tp::Function result;
  result.key = kinks_of(source.key);
  size_t end = 0;
  for (const tp::Instruction& instruction : source.body) {
    const auto* map = std::get_if<ir::Map>(&instruction.op);
    if (map == nullptr || instruction.type.kind != Kind::vector || !bends_at_zero(map->primitive)) continue;
    const ValueId argument = map->arguments[0];
    if (std::ranges::find(result.results, argument, &ir::Result::value) != result.results.end()) continue;
    result.results.push_back({std::to_string(result.results.size()), argument});
    end = std::max<size_t>(end, argument.index + 1);
  }
  result.body.assign(source.body.begin(), source.body.begin() + static_cast<std::ptrdiff_t>(end));
  for (const tp::Instruction& instruction : result.body) {
    TPC_CHECK(instruction.type.kind != Kind::none, "a function writes before its last kink");
  }
  return result;
}

}  // namespace

std::string obstacle_to_cones(const limit::Module& module) {
  try {
    std::vector<HomogeneousDegree> states = initial_homogeneous_degrees(module);
    // A state gets its degree once, so that there are finitely many rounds.
    for (bool changed = true; changed;) {
      changed = false;
      for (const limit::Function& function : module.functions) {
        changed = HomogeneousDegrees(function, states).run() || changed;
      }
    }
  } catch (const NotPiecewiseLinear& failure) {
    return failure.what();
  }
  return {};
}

ir::FunctionKey kinks_of(const ir::FunctionKey& function) {
  return ir::FunctionKey("kinks of " + ir::spelling(function));
}

tp::Module at_points(const limit::Module& module) {
  tp::Module result;
  result.name = module.name;
  result.width = module.width;
  result.dims = module.dims;
  result.states = module.states;
  for (const limit::Function& function : module.functions) {
    tp::Function own = function_at_points(function);
    tp::Function kinks = kinks_at_points(own);
    result.functions.push_back(std::move(own));
    if (!kinks.results.empty()) result.functions.push_back(std::move(kinks));
  }
  return result;
}

}  // namespace tpc::passes
