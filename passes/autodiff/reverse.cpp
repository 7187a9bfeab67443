#include "passes/autodiff/reverse.h"

#include "passes/autodiff/adjoints.h"
#include "passes/autodiff/rules.h"

namespace tpc::passes {

using ir::ValueId;
namespace tp = ir::tp;

namespace {

bool passes_derivatives(const tp::Op& op) {
  if (std::holds_alternative<tp::StopGradient>(op)) return false;
  const auto* map = std::get_if<ir::Map>(&op);
  return map == nullptr || !has_zero_derivative(*map);
}

/// dz, or d(W z) where the name is a product.
std::string gradient_name(const std::string& name) {
  return name.find(' ') == std::string::npos ? "d" + name : "d(" + name + ")";
}

/// Users stand after what they use: going backwards, an adjoint is complete when its value is reached.
void run_backwards(tp::Builder& builder, const std::vector<Seed>& seeds, Adjoints& adjoints) {
  tp::Function& function = builder.function();
  const size_t end = function.body.size();
  for (const Seed& seed : seeds) adjoints.contribute(seed.value, seed.adjoint);
  for (size_t i = end; i-- > 0;) {
    const Place place{ValueId(i), adjoints.of(ValueId(i))};
    if (!place.adjoint.valid()) continue;
    const tp::Instruction forward = function.body[i];
    tp::Instruction& adjoint = function.body[place.adjoint.index];
    if (!forward.name.empty() && adjoint.name.empty() && place.adjoint.index >= end) {
      adjoint.name = gradient_name(forward.name);
      adjoint.scale = -forward.scale;  // the derivative by n^scale times the value
    }
    builder.at(forward.span);
    std::visit([&](const auto& op) { differentiate_op(op, place, adjoints); }, forward.op);
  }
}

}  // namespace

std::vector<bool> differentiable_values(const tp::Function& function, const std::vector<ValueId>& wanted) {
  std::vector<bool> active(function.body.size(), false);
  for (ValueId id : wanted) active[id.index] = true;
  for (size_t i = 0; i < function.body.size(); ++i) {
    const tp::Op& op = function.body[i].op;
    if (!passes_derivatives(op)) continue;
    for (ValueId operand : ir::operands(op)) active[i] = active[i] || active[operand.index];
  }
  return active;
}

std::vector<ValueId> differentiate(tp::Builder& builder, const std::vector<Seed>& seeds,
                                   const std::vector<ValueId>& wanted) {
  return differentiate_each(builder, seeds, wanted, {});
}

std::vector<ValueId> differentiate_each(tp::Builder& builder, const std::vector<Seed>& seeds,
                                        const std::vector<ValueId>& wanted, const std::vector<ir::DimId>& kept) {
  Adjoints adjoints(builder, differentiable_values(builder.function(), wanted), kept);
  run_backwards(builder, seeds, adjoints);
  std::vector<ValueId> result;
  result.reserve(wanted.size());
  for (ValueId id : wanted) result.push_back(adjoints.of(id));
  return result;
}

std::vector<std::vector<Contribution>> collect_contributions(tp::Builder& builder, const std::vector<Seed>& seeds,
                                                             const std::vector<ValueId>& collected,
                                                             const std::vector<ir::DimId>& kept) {
  Adjoints adjoints(builder, differentiable_values(builder.function(), collected), kept, collected);
  run_backwards(builder, seeds, adjoints);
  std::vector<std::vector<Contribution>> result;
  result.reserve(collected.size());
  for (ValueId id : collected) result.push_back(adjoints.collected(id));
  return result;
}

ValueId broadcast_adjoint(tp::Builder& builder, ValueId adjoint, ValueId value) {
  if (builder.type(adjoint) == builder.type(value)) return adjoint;
  // value^0 is 1 at every index of the value, in its order of dimensions.
  const ValueId ones = builder.map(ir::Primitive::Pow, {value}, 0);
  return builder.mul(ones, adjoint);
}

}  // namespace tpc::passes
