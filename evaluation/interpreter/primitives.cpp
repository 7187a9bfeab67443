#include "evaluation/interpreter/primitives.h"

#include <cmath>
#include <string>

#include "base/diag/check.h"
#include "ir/core/primitive_traits.h"

namespace tpc::evaluation::interpreter {

using ir::form_of;
using ir::Primitive;
using ir::primitive_name;
using ir::PrimitiveForm;

namespace {

using Column = Eigen::Map<Eigen::ArrayXd>;
using ConstColumn = Eigen::Map<const Eigen::ArrayXd>;

void integer_power(const ConstColumn& x, int power, Column y) {
  switch (power) {
    case -1: y = x.inverse(); break;
    case 1: y = x; break;
    case 2: y = x.square(); break;
    case 3: y = x.cube(); break;
    default: y = x.pow(static_cast<double>(power));
  }
}

void unary(Primitive primitive, int power, const ConstColumn& x, Column y) {
  switch (primitive) {
    case Primitive::Neg: y = -x; return;
    case Primitive::Pow: return integer_power(x, power, y);
    case Primitive::Relu: y = (x > 0.0).select(x, 0.0); return;
    case Primitive::Abs: y = x.abs(); return;
    case Primitive::Sign: y = x.sign(); return;
    case Primitive::Step: y = (x > 0.0).cast<double>(); return;
    case Primitive::Tanh: y = x.tanh(); return;
    case Primitive::Sigmoid: y = (1.0 + (-x).exp()).inverse(); return;
    case Primitive::Softplus: y = x.max(0.0) + (-x.abs()).exp().log1p(); return;
    case Primitive::Erf: y = x.unaryExpr([](double value) { return std::erf(value); }); return;
    case Primitive::Sin: y = x.sin(); return;
    case Primitive::Cos: y = x.cos(); return;
    case Primitive::Exp: y = x.exp(); return;
    case Primitive::Sqrt: y = x.sqrt(); return;
    case Primitive::Log: y = x.log(); return;
    case Primitive::Asin: y = x.max(-1.0).min(1.0).asin(); return;
    case Primitive::Add:
    case Primitive::Sub:
    case Primitive::Mul:
    case Primitive::Div:
    case Primitive::Correlation: break;
  }
  internal_error(__FILE__, __LINE__, std::string(primitive_name(primitive)) + " does not take one argument");
}

template <class Left, class Right>
void binary(Primitive primitive, const Left& a, const Right& b, Column y) {
  switch (form_of(primitive)) {
    case PrimitiveForm::sum: y = a + b; return;
    case PrimitiveForm::difference: y = a - b; return;
    case PrimitiveForm::product: y = a * b; return;
    case PrimitiveForm::quotient: y = a / b; return;
    case PrimitiveForm::correlation: y = (b <= 0.0).select(0.0, (a / b.sqrt()).max(-1.0).min(1.0)); return;
    case PrimitiveForm::negation:
    case PrimitiveForm::power:
    case PrimitiveForm::curve: break;
  }
  internal_error(__FILE__, __LINE__, std::string(primitive_name(primitive)) + " does not take two arguments");
}

}  // namespace

void apply_unary(Primitive primitive, int power, const double* x, Eigen::Index count, double* result) {
  unary(primitive, power, ConstColumn(x, count), Column(result, count));
}

void apply_binary(Primitive primitive, Argument a, Argument b, Eigen::Index count, double* result) {
  const ConstColumn x(a.data, count), y(b.data, count);
  const Column out(result, count);
  if (a.one_number) {
    binary(primitive, Eigen::ArrayXd::Constant(count, *a.data), y, out);
  } else if (b.one_number) {
    binary(primitive, x, Eigen::ArrayXd::Constant(count, *b.data), out);
  } else {
    binary(primitive, x, y, out);
  }
}

}  // namespace tpc::evaluation::interpreter
