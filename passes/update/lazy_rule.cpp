#include "passes/update/lazy_rule.h"

#include "ir/core/primitive_traits.h"
#include "ir/core/typing.h"
#include "passes/update/row_order.h"
#include "passes/update/sgd_rule.h"

namespace tpc::passes {

using ir::DimId;
using ir::PrimitiveForm;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// Takes a gradient apart: sums and multiples of rows that are scattered.
class RowParts {
 public:
  RowParts(tp::Builder& builder, const ir::Type& state) : build_(builder), state_(state) {}

  bool collect(ValueId gradient, ValueId coefficient) {  // NOLINT(misc-no-recursion)
    const tp::Op op = build_.function().at(gradient).op;
    if (const auto* rows = std::get_if<ir::Scatter>(&op)) {
      const ir::Type& value = build_.type(rows->value);
      const bool whole = build_.type(gradient) == state_ && (parts.empty() || parts.front().dim == rows->dim) &&
                         ir::without_dims(ir::without_dims(state_.dims, {rows->dim}), value.dims).empty();
      parts.push_back({coefficient, rows->value, rows->index, rows->dim});
      return whole;
    }
    const auto* map = std::get_if<ir::Map>(&op);
    if (map == nullptr) return false;
    const ValueId first = map->arguments.front(), last = map->arguments.back();
    switch (ir::form_of(map->primitive)) {
      case PrimitiveForm::sum: return collect(first, coefficient) && collect(last, coefficient);
      case PrimitiveForm::difference: return collect(first, coefficient) && collect(last, negated(coefficient));
      case PrimitiveForm::negation: return collect(first, negated(coefficient));
      case PrimitiveForm::product:
        if (is_number(first)) return collect(last, times(coefficient, first));
        return is_number(last) && collect(first, times(coefficient, last));
      case PrimitiveForm::quotient:
      case PrimitiveForm::power:
      case PrimitiveForm::correlation:
      case PrimitiveForm::curve: break;
    }
    return false;
  }

  std::vector<RowGradient> parts;

 private:
  [[nodiscard]] bool is_number(ValueId id) const { return build_.type(id) == ir::Type{ir::Kind::scalar, {}}; }
  ValueId times(ValueId a, ValueId b) { return a.valid() ? build_.mul(a, b) : b; }
  ValueId negated(ValueId a) { return times(a, build_.constant(-1.0)); }

  tp::Builder& build_;
  const ir::Type& state_;
};

ValueId gradient_of(tp::Builder& builder, const RowGradient& part) {
  return part.coefficient.valid() ? builder.mul(part.coefficient, part.value) : part.value;
}

}  // namespace

std::optional<std::vector<RowGradient>> row_gradients(tp::Builder& builder, StateId state, ValueId gradient) {
  const ir::Type type = builder.module().state(state).type;
  RowParts rows(builder, type);
  if (!rows.collect(gradient, {})) return std::nullopt;
  return std::move(rows.parts);
}

void write_lazy_update(tp::Builder& builder, const ir::SgdSettings& settings, ValueId learning_rate, StateId state,
                       const std::vector<RowGradient>& parts, ValueId width_factor) {
  const ValueId rate = update_rate(builder, settings, learning_rate, state, width_factor);
  StateId momentum;
  if (settings.momentum != 0.0) momentum = add_momentum(builder.module(), state);
  std::vector<ValueId> earlier;
  for (const RowGradient& part : parts) {
    ValueId direction = gradient_of(builder, part);
    ValueId once;  // 1 where a row occurs for the first time
    if (settings.weight_decay != 0.0 || momentum.valid()) {
      once = builder.insert(ir::FirstOccurrence{part.index, earlier});
      earlier.push_back(part.index);
    }
    const auto old_rows = [&](StateId of) {
      return builder.mul(once, builder.insert(ir::Gather{builder.read(of), part.index, part.dim}));
    };
    if (settings.weight_decay != 0.0) {
      direction = builder.add(direction, builder.mul(builder.constant(settings.weight_decay), old_rows(state)));
    }
    if (momentum.valid()) {
      const ValueId carried = old_rows(momentum);
      direction = builder.add(direction, builder.mul(builder.constant(settings.momentum), carried));
      builder.insert(ir::AddRows{momentum, builder.sub(direction, carried), part.index, part.dim});
    }
    builder.insert(ir::AddRows{state, builder.neg(builder.mul(rate, direction)), part.index, part.dim});
  }
}

void write_ordered_update(tp::Builder& builder, const ir::SgdSettings& settings, ValueId rate, StateId state,
                          const std::vector<RowGradient>& parts) {
  std::vector<ValueId> earlier;
  const ValueId shrinkage = builder.mul(builder.constant(settings.weight_decay), rate);
  for (size_t i = 0; i < parts.size(); ++i) {
    const RowGradient& part = parts[i];
    ValueId change = builder.neg(builder.mul(rate, gradient_of(builder, part)));
    if (settings.weight_decay != 0.0) {
      const ValueId later = later_shrinkage(builder, parts, i, shrinkage), one = builder.constant(1);
      const ValueId once = builder.insert(ir::FirstOccurrence{part.index, earlier});
      earlier.push_back(part.index);
      const ValueId kept = builder.mul(builder.sub(one, shrinkage), later);
      const ValueId old = builder.insert(ir::Gather{builder.read(state), part.index, part.dim});
      change = builder.add(builder.mul(later, change), builder.mul(builder.mul(once, builder.sub(kept, one)), old));
    }
    builder.insert(ir::AddRows{state, change, part.index, part.dim});
  }
}

}  // namespace tpc::passes
