#include "passes/limit/map_limit.h"

#include "base/diag/check.h"

namespace tpc::passes {
namespace {

constexpr double two_over_sqrt_pi = 1.1283791670955126;
constexpr double log_two = 0.6931471805599453;

UnaryLimitRule homogeneous(ir::Rational degree) { return {degree, 0.0, 0.0}; }
UnaryLimitRule smooth(double value_at_zero, double slope_at_zero) {
  return {std::nullopt, value_at_zero, slope_at_zero};
}

}  // namespace

UnaryLimitRule unary_limit_rule(ir::Primitive primitive, int power) {
  using ir::Primitive;
  switch (primitive) {
    case Primitive::Neg: return homogeneous(1);
    case Primitive::Pow: return homogeneous(power);
    case Primitive::Relu: return homogeneous(1);
    case Primitive::Abs: return homogeneous(1);
    case Primitive::Sign: return homogeneous(0);
    case Primitive::Step: return homogeneous(0);
    case Primitive::Sqrt: return homogeneous({1, 2});
    case Primitive::Tanh: return smooth(0.0, 1.0);
    case Primitive::Sigmoid: return smooth(0.5, 0.25);
    case Primitive::Softplus: return smooth(log_two, 0.5);
    case Primitive::Asin: return smooth(0.0, 1.0);
    case Primitive::Erf: return smooth(0.0, two_over_sqrt_pi);
    case Primitive::Sin: return smooth(0.0, 1.0);
    case Primitive::Cos: return smooth(1.0, 0.0);
    case Primitive::Exp: return smooth(1.0, 1.0);
    case Primitive::Add:
    case Primitive::Sub:
    case Primitive::Mul:
    case Primitive::Div:
    case Primitive::Correlation: break;
  }
  TPC_CHECK(false, "not a unary primitive");
}

}  // namespace tpc::passes
