#include "evaluation/interpreter/coordinatewise.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/diag/check.h"
#include "ir/core/primitive_traits.h"

namespace tpc::evaluation::interpreter {
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

void apply_unary(Primitive primitive, int power, const ConstColumn& x, Column y) {
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
void apply_binary(Primitive primitive, const Left& a, const Right& b, Column y) {
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

/// An argument seen along the result's columns: a column of its own for each, or one number for each (a scalar in a
/// vector's map).
class Operand {
 public:
  Operand(const Array& array, const std::vector<DimId>& dims, const Sizes& sizes, Index rows)
      : array_(array), columns_(columns_of(array.dims, dims, sizes)), number_(rows != array.values.rows()) {}
  [[nodiscard]] bool number() const { return number_; }
  [[nodiscard]] ConstColumn column(Index p) const { return {start(p), array_.values.rows()}; }
  [[nodiscard]] auto repeated(Index p, Index rows) const { return Eigen::ArrayXd::Constant(rows, *start(p)); }

 private:
  [[nodiscard]] const double* start(Index p) const {
    return array_.values.data() + columns_[static_cast<size_t>(p)] * array_.values.rows();
  }
  const Array& array_;
  std::vector<Index> columns_;
  bool number_;
};

void apply_column(Primitive primitive, int power, const std::vector<Operand>& operands, Index p, Column y) {
  const Operand& first = operands.front();
  if (operands.size() == 1) return apply_unary(primitive, power, first.column(p), y);
  const Operand& second = operands.back();
  if (first.number()) {
    apply_binary(primitive, first.repeated(p, y.size()), second.column(p), y);
  } else if (second.number()) {
    apply_binary(primitive, first.column(p), second.repeated(p, y.size()), y);
  } else {
    apply_binary(primitive, first.column(p), second.column(p), y);
  }
}

/// A map of scalars is one expression over all finite indices at once.
Array map_scalars(Primitive primitive, int power, const std::vector<const Array*>& arguments,
                  const std::vector<DimId>& dims, const Sizes& sizes) {
  Array result{dims, Eigen::MatrixXd(1, sizes.product(dims))};
  Column y(result.values.data(), result.values.size());
  Eigen::MatrixXd first_storage, second_storage;
  const Eigen::MatrixXd& first = arranged(*arguments.front(), dims, sizes, first_storage);
  const ConstColumn x(first.data(), first.size());
  if (arguments.size() == 1) {
    apply_unary(primitive, power, x, y);
  } else {
    const Eigen::MatrixXd& second = arranged(*arguments.back(), dims, sizes, second_storage);
    apply_binary(primitive, x, ConstColumn(second.data(), second.size()), y);
  }
  return result;
}

}  // namespace

Array coordinatewise(Primitive primitive, int power, const std::vector<const Array*>& arguments,
                     const std::vector<DimId>& dims, const Sizes& sizes) {
  Index rows = 1;
  for (const Array* argument : arguments) rows = std::max(rows, argument->values.rows());
  if (rows == 1) return map_scalars(primitive, power, arguments, dims, sizes);
  std::vector<Operand> operands;
  for (const Array* argument : arguments) operands.emplace_back(*argument, dims, sizes, rows);
  Array result{dims, Eigen::MatrixXd(rows, sizes.product(dims))};
  tbb::parallel_for(Index{0}, result.values.cols(), [&](Index p) {
    apply_column(primitive, power, operands, p, Column(result.values.col(p).data(), rows));
  });
  return result;
}

}  // namespace tpc::evaluation::interpreter
