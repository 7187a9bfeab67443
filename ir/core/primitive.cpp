#include "ir/core/primitive.h"

#include <algorithm>
#include <cmath>

namespace tpc::ir {

std::string_view primitive_name(Primitive primitive) {
  switch (primitive) {
#define TPC_PRIMITIVE(enumerator, spelling, arity) \
  case Primitive::enumerator: return #spelling;
#include "ir/core/primitives.def"
  }
  return "?";
}

int primitive_arity(Primitive primitive) {
  switch (primitive) {
#define TPC_PRIMITIVE(enumerator, spelling, arity) \
  case Primitive::enumerator: return arity;
#include "ir/core/primitives.def"
  }
  return 0;
}

std::optional<Primitive> primitive_from_name(std::string_view name) {
#define TPC_PRIMITIVE(enumerator, spelling, arity) \
  if (name == #spelling) return Primitive::enumerator;
#include "ir/core/primitives.def"
  return std::nullopt;
}

double evaluate_primitive(Primitive primitive, std::span<const double> arguments, int power) {
  const double x = arguments[0];
  const double y = arguments.size() > 1 ? arguments[1] : 0.0;
  switch (primitive) {
    case Primitive::Add: return x + y;
    case Primitive::Sub: return x - y;
    case Primitive::Mul: return x * y;
    case Primitive::Div: return x / y;
    case Primitive::Neg: return -x;
    case Primitive::Pow: return std::pow(x, power);
    case Primitive::Relu: return x > 0 ? x : 0.0;
    case Primitive::Abs: return std::fabs(x);
    case Primitive::Sign: return x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0;
    case Primitive::Step: return x > 0 ? 1.0 : 0.0;
    case Primitive::Tanh: return std::tanh(x);
    case Primitive::Sigmoid: return 1.0 / (1.0 + std::exp(-x));
    case Primitive::Softplus: return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
    case Primitive::Erf: return std::erf(x);
    case Primitive::Sin: return std::sin(x);
    case Primitive::Cos: return std::cos(x);
    case Primitive::Exp: return std::exp(x);
    case Primitive::Sqrt: return std::sqrt(x);
    case Primitive::Log: return std::log(x);
    case Primitive::Asin: return std::asin(std::clamp(x, -1.0, 1.0));
    case Primitive::Correlation: return y <= 0 ? 0.0 : std::clamp(x / std::sqrt(y), -1.0, 1.0);
  }
  return 0.0;
}

}  // namespace tpc::ir
