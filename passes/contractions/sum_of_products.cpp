#include "passes/contractions/sum_of_products.h"

#include <algorithm>
#include <utility>

#include "base/diag/check.h"
#include "ir/core/dim_copies.h"
#include "ir/core/primitive_traits.h"
#include "ir/core/typing.h"
#include "ir/core/visit.h"
#include "passes/contractions/flops.h"
#include "passes/simplify/matcher.h"

namespace tpc::passes::contractions {

using ir::DimId;
using ir::Kind;
using ir::PrimitiveForm;
using ir::Rational;
using ir::Type;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

bool is_linear(PrimitiveForm form) {
  switch (form) {
    case PrimitiveForm::sum:
    case PrimitiveForm::difference:
    case PrimitiveForm::negation:
    case PrimitiveForm::product: return true;
    case PrimitiveForm::quotient:
    case PrimitiveForm::power:
    case PrimitiveForm::correlation:
    case PrimitiveForm::curve: break;
  }
  return false;
}

bool disjoint(const std::vector<DimId>& a, const std::vector<DimId>& b) { return ir::without_dims(a, b) == a; }

}  // namespace

std::optional<ProductOf> as_product(const tp::Instruction& instruction) {
  const tp::Op& op = instruction.op;
  if (const auto* sum = std::get_if<ir::Contract>(&op); sum != nullptr && sum->rhs.valid()) {
    return ProductOf{sum->lhs, sum->rhs, {sum->over, false}, instruction.scale};
  }
  if (const auto* sum = std::get_if<tp::Moment>(&op); sum != nullptr && sum->rhs.valid()) {
    return ProductOf{sum->lhs, sum->rhs, {sum->over, true}, instruction.scale};
  }
  return std::nullopt;
}

bool is_transparent(const tp::Op& op) {
  return std::visit(
      ir::Overloaded{[](const ir::Map& map) { return is_linear(ir::form_of(map.primitive)); },
                     [](const ir::OneOf<ir::Contract, tp::Moment> auto& sum) { return sum.rhs.valid(); },
                     [](const tp::StopGradient&) { return true; },
                     [](const ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex,
                                        tp::WidthPower, ir::Read, ir::Relabel, ir::OneHot, ir::Softmax, ir::LogSumExp,
                                        tp::Matmul, tp::Outer, tp::Gradient, ir::Gather, ir::Scatter, ir::Present,
                                        ir::FirstOccurrence, ir::AddRows, ir::Write> auto&) { return false; }},
      op);
}

bool SumOfProducts::is_open(ValueId value) const {
  if (open_.contains(value)) return true;
  const auto* stop = std::get_if<tp::StopGradient>(&builder_.function().at(value).op);
  return stop != nullptr && open_.contains(stop->argument);
}

SumOfProducts::Key SumOfProducts::key(const ProductOf& product) {
  Summation sum = product.sum;
  std::sort(sum.over.begin(), sum.over.end());
  return {std::min(product.lhs, product.rhs), std::max(product.lhs, product.rhs), std::move(sum), product.scale};
}

ValueId SumOfProducts::product(const ProductOf& wanted, const std::vector<DimId>& order) {
  order_ = order;
  return multiplied(wanted);
}

ValueId SumOfProducts::multiplied(const ProductOf& product) {  // NOLINT(misc-no-recursion)
  if (const auto known = known_.find(key(product)); known != known_.end()) return known->second;
  std::optional<ValueId> made;
  const Context context{product.sum, product.scale};
  if (is_open(product.lhs)) made = multiplied_out(product.lhs, product.rhs, context);
  if (!made && is_open(product.rhs)) made = multiplied_out(product.rhs, product.lhs, context);
  if (!made) return direct(product);
  known_.try_emplace(key(product), *made);
  return *made;
}

std::optional<ValueId> SumOfProducts::multiplied_out(ValueId open, ValueId other,  // NOLINT(misc-no-recursion)
                                                     const Context& context) {
  const tp::Instruction instruction = builder_.function().at(open);
  if (const auto* stop = std::get_if<tp::StopGradient>(&instruction.op)) {
    if (!is_open(stop->argument)) return std::nullopt;
    return multiplied_out(stop->argument, other, {context.sum, context.scale, true});
  }
  if (const auto* map = std::get_if<ir::Map>(&instruction.op)) return with_map(*map, instruction.type, other, context);
  if (auto inner = as_product(instruction)) return of_three(std::move(*inner), other, context);
  return std::nullopt;
}

ValueId SumOfProducts::part(ValueId value, ValueId other, const Context& context) {  // NOLINT(misc-no-recursion)
  return multiplied({stopped_values_.stop_if(context.stopped, value), other, context.sum, context.scale});
}

ValueId SumOfProducts::scaled(ValueId made, const ir::Rational& scale) {
  builder_.function().body[made.index].scale = scale;
  return made;
}

/// Whether a part of a sum or multiple has every index that is summed: what it lacks would be a count of equal terms.
bool SumOfProducts::fits(ValueId part, const Type& whole, ValueId other, const Summation& sum) const {
  const std::vector<DimId> present = ir::union_dims(type(part).dims, type(other).dims);
  return type(part).kind == whole.kind && ir::without_dims(sum.over, present).empty();
}

std::optional<ValueId> SumOfProducts::with_map(const ir::Map& map, const Type& whole,  // NOLINT(misc-no-recursion)
                                               ValueId other, Context context) {
  const auto& parts = map.arguments;
  const PrimitiveForm form = ir::form_of(map.primitive);
  const Rational scale = context.scale;
  if (!is_linear(form)) return std::nullopt;
  if (form == PrimitiveForm::product) {
    for (size_t i : {0, 1}) {
      const ValueId factor = parts[i], rest = parts[1 - i];
      if (type(factor).kind != Kind::scalar || !fits(rest, whole, other, context.sum)) continue;
      if (!disjoint(type(factor).dims, context.sum.over)) continue;
      context.scale = scale + Matcher<tp::Module>(builder_, {}).power_of_width(factor);
      const ValueId product = part(rest, other, context);
      return scaled(builder_.mul(product, stopped_values_.stop_if(context.stopped, factor)), scale);
    }
    return std::nullopt;
  }
  for (ValueId summand : parts) {
    if (!fits(summand, whole, other, context.sum)) return std::nullopt;
  }
  std::vector<ValueId> products;
  for (ValueId summand : parts) products.push_back(part(summand, other, context));
  return scaled(builder_.map(map.primitive, products), scale);
}

/// sum (sum' l r) o as (r o) l or (l o) r. The inner indices get names of their own where the other factor has them,
/// too.
std::optional<ValueId> SumOfProducts::of_three(ProductOf inner, ValueId other,  // NOLINT(misc-no-recursion)
                                               Context context) {
  Summation& sum = context.sum;
  sum.width = sum.width || inner.sum.width;
  const int vectors = is_vector(inner.lhs) + is_vector(inner.rhs) + is_vector(other);
  // Products coordinate by coordinate of more vectors are no contractions.
  if (vectors > 1 && !(sum.width && vectors == 2)) return std::nullopt;
  ValueId left = stopped_values_.stop_if(context.stopped, inner.lhs);
  ValueId right = stopped_values_.stop_if(context.stopped, inner.rhs);
  const std::vector<DimId> here = ir::union_dims(type(left).dims, type(right).dims);
  for (DimId& dim : inner.sum.over) {
    if (!ir::contains_dim(type(other).dims, dim)) continue;
    const DimId copy = ir::copy_of(builder_.module().dims, dim, ir::union_dims(here, type(other).dims));
    for (ValueId* factor : {&left, &right}) {
      if (ir::contains_dim(type(*factor).dims, dim)) *factor = builder_.insert(ir::Relabel{*factor, dim, copy});
    }
    dim = copy;
  }
  sum.over = ir::union_dims(inner.sum.over, sum.over);
  const double right_first = cost_of_pair_first(right, other, left, sum);
  const double left_first = cost_of_pair_first(left, other, right, sum);
  return right_first <= left_first ? pair_first(right, other, left, context) : pair_first(left, other, right, context);
}

/// What can be summed in a b already: what the last factor lacks, and the width if they are the two vectors.
Summation SumOfProducts::inner_sum(ValueId a, ValueId b, ValueId last, const Summation& sum) const {
  return {ir::without_dims(sum.over, type(last).dims), is_vector(a) && is_vector(b)};
}

ValueId SumOfProducts::pair_first(ValueId a, ValueId b, ValueId last,  // NOLINT(misc-no-recursion)
                                  const Context& context) {
  const auto& [sum, scale, stopped] = context;
  const Summation inner = inner_sum(a, b, last, sum);
  const ValueId pair = multiplied({a, b, inner, scale});
  return multiplied({pair, last, {ir::without_dims(sum.over, inner.over), sum.width && !inner.width}, scale});
}

double SumOfProducts::cost_of_pair_first(ValueId a, ValueId b, ValueId last, const Summation& sum) const {
  const auto kind = [](bool width) { return width ? Kind::vector : Kind::scalar; };
  const Summation inner = inner_sum(a, b, last, sum);
  const std::vector<DimId> both = ir::union_dims(type(a).dims, type(b).dims);
  const bool pair_is_vector = (is_vector(a) || is_vector(b)) && !inner.width;
  const std::vector<DimId> all = ir::union_dims(ir::without_dims(both, inner.over), type(last).dims);
  return flops_of_products(builder_.module(), {kind(is_vector(a) || is_vector(b)), both}) +
         flops_of_products(builder_.module(), {kind(pair_is_vector || is_vector(last)), all});
}

ValueId SumOfProducts::direct(const ProductOf& product) {
  auto [lhs, rhs, sum, scale] = product;
  if (!in_order(lhs, rhs, sum) && in_order(rhs, lhs, sum)) std::swap(lhs, rhs);
  ValueId made;
  if (sum.width) {
    made = builder_.insert(tp::Moment{lhs, rhs, sum.over});
  } else {
    made = sum.over.empty() ? builder_.mul(lhs, rhs) : builder_.contract(lhs, rhs, sum.over);
  }
  remember(product, made);
  return scaled(made, scale);
}

/// Whether the dimensions of the product come in the order of those wanted, as far as these are.
bool SumOfProducts::in_order(ValueId first, ValueId second, const Summation& sum) const {
  const std::vector<DimId> made = ir::without_dims(ir::union_dims(type(first).dims, type(second).dims), sum.over);
  const std::vector<DimId> both = ir::without_dims(made, ir::without_dims(made, order_));
  return both == ir::without_dims(order_, ir::without_dims(order_, made));
}

}  // namespace tpc::passes::contractions
