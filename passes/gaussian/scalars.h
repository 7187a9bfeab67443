/// \file Scalar formulas in Limit IR with the obvious folding: an invalid id is the number 0.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "ir/core/primitive_traits.h"
#include "ir/core/visit.h"
#include "ir/limit/ir.h"

namespace tpc::passes::gaussian {

using ir::DimId;
using ir::Primitive;
using ir::PrimitiveForm;
using ir::ValueId;

class Scalars {
 public:
  explicit Scalars(ir::limit::Builder& builder) : build(builder) {}

  ValueId number(double value) { return value == 0.0 ? ValueId{} : build.constant(value); }
  [[nodiscard]] std::optional<double> known(ValueId x) const {
    if (!x.valid()) return 0.0;
    const auto* constant = std::get_if<ir::Constant>(&build.function().at(x).op);
    return constant == nullptr ? std::nullopt : std::optional(constant->value);
  }
  ValueId add(ValueId x, ValueId y) {
    if (!x.valid() || !y.valid()) return x.valid() ? x : y;
    if (known(x) && known(y)) return number(*known(x) + *known(y));
    return in_order(x, y) ? build.add(x, y) : build.add(y, x);
  }
  ValueId mul(ValueId x, ValueId y) {
    if (!x.valid() || !y.valid()) return {};
    if (known(x) == 1.0) return y;
    if (known(y) == 1.0) return x;
    if (known(x) && known(y)) return number(*known(x) * *known(y));
    return in_order(x, y) ? build.mul(x, y) : build.mul(y, x);
  }
  ValueId mul(double x, ValueId y) { return mul(number(x), y); }
  ValueId div(ValueId x, ValueId y) {
    if (!x.valid() || known(y) == 1.0) return x;
    if (known(x) && known(y)) return number(*known(x) / *known(y));
    return build.div(x, y);
  }
  ValueId neg(ValueId x) { return mul(-1.0, x); }
  ValueId map(Primitive primitive, ValueId x, int power = 0) {
    const auto value = known(x);
    return value ? number(ir::evaluate_primitive(primitive, {&*value, 1}, power)) : build.map(primitive, {x}, power);
  }
  ValueId power(ValueId x, int k) { return k == 0 ? number(1) : k == 1 ? x : map(Primitive::Pow, x, k); }
  ValueId root(ValueId x) { return map(Primitive::Sqrt, x); }
  ValueId correlation(ValueId covariance, ValueId variances) {
    if (!covariance.valid() || !variances.valid()) return {};
    const ValueId result = build.map(Primitive::Correlation, {covariance, variances});
    const std::string& of = build.function().at(covariance).name;
    if (of.starts_with("C^")) name(result, "ρ" + of.substr(1));
    return result;
  }
  /// For people; a value keeps the first name it is given.
  void name(ValueId x, const std::string& text) {
    if (!x.valid() || known(x)) return;
    std::string& present = build.function().body[x.index].name;
    if (present.empty()) present = text;
  }
  /// The value as an operand of something that does not fold.
  ValueId made(ValueId x) { return x.valid() ? x : build.constant(0.0); }

  ir::limit::Builder& build;

 private:
  /// Dimensions come in the order of first appearance: keep the first batch before the second.
  [[nodiscard]] bool in_order(ValueId x, ValueId y) const { return !(build.type(y).dims < build.type(x).dims); }
};

}  // namespace tpc::passes::gaussian
