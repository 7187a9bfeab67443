/// \file What the simplification rules ask of a value, for either IR.
#pragma once

#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "ir/core/builder.h"
#include "ir/core/primitive_traits.h"
#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

template <class ModuleType>
class Matcher {
 public:
  using Op = typename ModuleType::Op;
  static constexpr bool has_width = std::is_same_v<ModuleType, ir::tp::Module>;

  /// For the replacement of one instruction, which has this scale.
  Matcher(ir::Builder<ModuleType>& builder, ir::Rational scale) : build(builder), scale_(std::move(scale)) {}

  [[nodiscard]] std::optional<double> number(ir::ValueId id) const {
    const auto* constant = std::get_if<ir::Constant>(&op(id));
    return constant == nullptr ? std::nullopt : std::optional(constant->value);
  }
  [[nodiscard]] bool is(ir::ValueId id, double value) const { return number(id) == value; }

  /// The exponent of n^exponent.
  [[nodiscard]] std::optional<ir::Rational> width_exponent([[maybe_unused]] ir::ValueId id) const {
    if constexpr (has_width) {
      if (const auto* power = std::get_if<ir::tp::WidthPower>(&op(id))) return power->exponent;
    }
    return std::nullopt;
  }
  ir::ValueId width_power([[maybe_unused]] const ir::Rational& exponent) {
    if constexpr (has_width) return build.insert(ir::tp::WidthPower{exponent});
    return {};
  }
  [[nodiscard]] bool is_finite_number(ir::ValueId id) const {
    return std::holds_alternative<ir::Constant>(op(id)) || std::holds_alternative<ir::DimSize>(op(id)) ||
           width_exponent(id).has_value();
  }

  /// One number that depends on no index.
  [[nodiscard]] bool is_plain(ir::ValueId id) const { return build.type(id) == ir::Type{ir::Kind::scalar, {}}; }

  /// The operation, if it is of this kind; else null.
  template <class Operation>
  [[nodiscard]] const Operation* as(ir::ValueId id) const {
    return std::get_if<Operation>(&op(id));
  }

  /// The argument of a map of one argument, e.g. x of neg x; invalid: it is something else.
  [[nodiscard]] ir::ValueId argument(ir::ValueId id, ir::Primitive primitive) const {
    const auto* map = std::get_if<ir::Map>(&op(id));
    return map != nullptr && map->primitive == primitive ? map->arguments[0] : ir::ValueId{};
  }
  /// The arguments of a map of two; empty: it is something else.
  [[nodiscard]] std::vector<ir::ValueId> arguments(ir::ValueId id, ir::Primitive primitive) const {
    const auto* map = std::get_if<ir::Map>(&op(id));
    return map != nullptr && map->primitive == primitive ? map->arguments : std::vector<ir::ValueId>{};
  }
  [[nodiscard]] int power(ir::ValueId id) const { return std::get<ir::Map>(op(id)).power; }

  /// A product of two, the factor that varies least first.
  struct Factored {
    ir::ValueId factor, rest;
    explicit operator bool() const { return factor.valid(); }
  };
  [[nodiscard]] Factored factored(ir::ValueId id) const {
    const std::vector<ir::ValueId> both = arguments(id, ir::Primitive::Mul);
    if (both.empty()) return {};
    return rank(both[1]) < rank(both[0]) ? Factored{both[1], both[0]} : Factored{both[0], both[1]};
  }
  /// s * y, of (-s) * y; invalid: the value has no such form.
  ir::ValueId positive_product(ir::ValueId id) {
    const Factored product = factored(id);
    if (!product) return {};
    const ir::ValueId scalar = argument(product.factor, ir::Primitive::Neg);
    return scalar.valid() ? with_scale(build.mul(scalar, product.rest), instruction(id).scale) : ir::ValueId{};
  }

  /// What is left of the replaced value where the plain scalar `factor` (invalid: a sign only) has been taken out of
  /// it, newly built: the scale gains the factor's power of the width.
  ir::ValueId without_factor(ir::ValueId rest, ir::ValueId factor = {}) {
    return with_scale(rest, factor.valid() ? scale_ + power_of_width(factor) : scale_);
  }
  /// The power of the width among the factors of a scalar.
  [[nodiscard]] ir::Rational power_of_width(ir::ValueId factor) const {
    Known known;
    return width_exponent_in(factor, known);
  }
  /// How far out a factor stands in a product: numbers, powers of n, other plain scalars, arrays.
  [[nodiscard]] int rank(ir::ValueId id) const {
    if (number(id)) return number_rank;
    if (width_exponent(id)) return width_rank;
    return is_plain(id) ? 2 : 3;
  }
  static constexpr int number_rank = 0;
  static constexpr int width_rank = 1;

  ir::Builder<ModuleType>& build;

 private:
  [[nodiscard]] const ir::Instruction<Op>& instruction(ir::ValueId id) const { return build.function().at(id); }
  [[nodiscard]] const Op& op(ir::ValueId id) const { return instruction(id).op; }

  ir::ValueId with_scale(ir::ValueId id, const ir::Rational& scale) {
    build.function().body[id.index].scale = scale;
    return id;
  }

  using Known = std::map<ir::ValueId, ir::Rational>;

  [[nodiscard]] ir::Rational width_exponent_in(ir::ValueId id, Known& known) const {  // NOLINT(misc-no-recursion)
    if (const auto found = known.find(id); found != known.end()) return found->second;
    return known[id] = width_exponent_of(op(id), known);
  }
  [[nodiscard]] ir::Rational width_exponent_of(const Op& factor, Known& known) const {  // NOLINT(misc-no-recursion)
    if constexpr (has_width) {
      if (const auto* power = std::get_if<ir::tp::WidthPower>(&factor)) return power->exponent;
    }
    const auto* map = std::get_if<ir::Map>(&factor);
    if (map == nullptr) return {};
    const auto of = [&](size_t i) { return width_exponent_in(map->arguments[i], known); };
    switch (ir::form_of(map->primitive)) {
      case ir::PrimitiveForm::product: return of(0) + of(1);
      case ir::PrimitiveForm::quotient: return of(0) - of(1);
      case ir::PrimitiveForm::negation: return of(0);
      case ir::PrimitiveForm::power: return of(0) * ir::Rational(map->power);
      case ir::PrimitiveForm::sum:
      case ir::PrimitiveForm::difference:
      case ir::PrimitiveForm::correlation:
      case ir::PrimitiveForm::curve: break;  // no product
    }
    return {};
  }

  ir::Rational scale_;
};

}  // namespace tpc::passes
