#include "frontend/lowering/arrays.h"

#include <algorithm>

#include "base/diag/check.h"
#include "ir/core/primitive_traits.h"

namespace tpc::lowering {

using ir::DimId;
using ir::Primitive;
using ir::Rational;
using ir::ValueId;

namespace {

std::vector<DimId> finite_dims(const std::vector<Axis>& axes) {
  std::vector<DimId> dims;
  for (const Axis& axis : axes) {
    if (axis) dims.push_back(*axis);
  }
  return dims;
}

bool is_matrix(const Array& array) { return std::count(array.axes.begin(), array.axes.end(), Axis()) == 2; }

}  // namespace

/// How many of the dimensions count examples: the batch, and the rows of a group.
size_t ArrayBuilder::example_dims(const Array& array) const {
  return static_cast<size_t>(std::ranges::count_if(builder_.type(array.value).dims,
                                                   [&](DimId dim) { return dimensions_.counts_examples(dim); }));
}

/// The batch is the first dimension of everything computed from data, then come rows (the storage order of outputs is
/// [B, rows, k]), and a result has its operands' dimensions in order of appearance: so an operand that has more of them
/// comes first.
bool ArrayBuilder::must_follow(const Array& first, const Array& second) const {
  return example_dims(first) < example_dims(second) && builder_.type(first.value).dims.size() > example_dims(first);
}

Array ArrayBuilder::scaled(Array array) {
  if (array.exponent.is_zero()) return array;
  ValueId factor = builder_.insert(ir::tp::WidthPower{array.exponent});
  array.value = builder_.mul(factor, array.value);
  array.exponent = Rational();
  return array;
}

Array ArrayBuilder::scaled_product(Array product) {
  builder_.function().body[product.value.index].scale = product.exponent;
  return scaled(product);
}

Array ArrayBuilder::transpose(Array array) {
  std::reverse(array.axes.begin(), array.axes.end());
  if (is_matrix(array)) array.transposed = !array.transposed;
  return array;
}

Array ArrayBuilder::with_axes(Array array, const std::vector<Axis>& axes) {
  TPC_CHECK(axes.size() == array.axes.size(), "arrays of different rank");
  auto rename = [&](size_t i, DimId to) {
    array.value = builder_.insert(ir::Relabel{array.value, *array.axes[i], to});
    array.axes[i] = to;
  };
  while (array.axes != axes) {
    bool progress = false;
    size_t blocked = 0;
    std::vector<DimId> taken = finite_dims(array.axes);
    for (size_t i = 0; i < axes.size() && !progress; ++i) {
      if (array.axes[i] == axes[i]) continue;
      TPC_CHECK(array.axes[i] && axes[i], "the width cannot be renamed");
      blocked = i;
      progress = !ir::contains_dim(taken, *axes[i]);
      if (progress) rename(i, *axes[i]);
    }
    if (progress) continue;
    for (DimId dim : finite_dims(axes)) taken.push_back(dim);
    rename(blocked, dimensions_.fresh_variant(*array.axes[blocked], taken));  // breaks a cycle such as k <-> k'
  }
  return array;
}

Array ArrayBuilder::binary(Primitive primitive, Array lhs, Array rhs) {
  std::vector<Axis> axes = lhs.axes.empty() ? rhs.axes : lhs.axes;
  ValueId value;
  if (!must_follow(lhs, rhs)) {
    value = builder_.map(primitive, {lhs.value, rhs.value});
  } else if (primitive == Primitive::Sub) {
    value = builder_.add(builder_.neg(rhs.value), lhs.value);
  } else if (primitive == Primitive::Div) {
    value = builder_.mul(builder_.map(Primitive::Pow, {rhs.value}, -1), lhs.value);
  } else {
    TPC_CHECK(ir::commutes(primitive), "the operands of this primitive cannot change places");
    value = builder_.map(primitive, {rhs.value, lhs.value});
  }
  return {value, axes, {}};
}

Array ArrayBuilder::pointwise(Primitive primitive, std::vector<Array> arguments, int power) {
  std::vector<Axis> axes;
  for (Array& argument : arguments) {
    argument = scaled(argument);
    if (argument.axes.empty()) continue;
    if (axes.empty()) axes = argument.axes;
    argument = with_axes(argument, axes);
  }
  if (arguments.size() == 2) return binary(primitive, arguments[0], arguments[1]);
  return {builder_.map(primitive, {arguments.front().value}, power), axes, {}};
}

ValueId ArrayBuilder::product_over_width(const Array& lhs, const Array& rhs) {
  if (is_matrix(lhs)) return builder_.insert(ir::tp::Matmul{lhs.value, rhs.value, lhs.transposed});
  // x^T W = (W^T x)^T
  if (is_matrix(rhs)) return builder_.insert(ir::tp::Matmul{rhs.value, lhs.value, !rhs.transposed});
  bool swap = must_follow(lhs, rhs);
  return builder_.insert(ir::tp::Moment{swap ? rhs.value : lhs.value, swap ? lhs.value : rhs.value, {}});
}

Array ArrayBuilder::contract(Array lhs, Array rhs, const Rational& length) {
  const Axis summed = lhs.axes.back();
  std::vector<Axis> axes(lhs.axes.begin(), lhs.axes.end() - 1);
  // Give the axes of rhs ids that meet lhs at the summed axis only.
  std::vector<Axis> renamed = {summed};
  std::vector<DimId> taken = finite_dims(lhs.axes);
  for (size_t i = 1; i < rhs.axes.size(); ++i) {
    Axis axis = rhs.axes[i];
    if (axis && ir::contains_dim(taken, *axis)) axis = dimensions_.fresh_variant(*axis, taken);
    if (axis) taken.push_back(*axis);
    renamed.push_back(axis);
  }
  rhs = with_axes(rhs, renamed);
  axes.insert(axes.end(), renamed.begin() + 1, renamed.end());
  Array result{{}, axes, lhs.exponent + rhs.exponent};
  if (!summed) {
    result.value = product_over_width(lhs, rhs);
  } else {
    // U @ x stays in its order: without the summed dimension only the batch is left.
    bool swap = must_follow(lhs, rhs) && builder_.type(lhs.value).dims != std::vector{*summed};
    result.value = builder_.contract(swap ? rhs.value : lhs.value, swap ? lhs.value : rhs.value, {*summed});
  }
  result = scaled_product(result);
  // Sums over a width are n times a mean in TP IR (ir/tp/lengths.h).
  if (length != Rational(1)) result.value = builder_.mul(builder_.constant(length.value()), result.value);
  return result;
}

Array ArrayBuilder::mean(Array lhs, Array rhs) {
  Array result{{}, {}, lhs.exponent + Rational(-1)};
  for (const Axis& axis : lhs.axes) {
    if (axis) result.axes.push_back(axis);
  }
  if (rhs.value.valid()) {
    result.exponent += rhs.exponent;
    rhs = with_axes(rhs, lhs.axes);
    result.value = product_over_width(lhs, rhs);
  } else {
    result.value = builder_.insert(ir::tp::Moment{lhs.value, {}, {}});
  }
  return scaled_product(result);
}

/// 1 at the place `index` (from 1) of the dimension, else 0.
ValueId ArrayBuilder::one_hot(int64_t index, DimId dim) {
  return builder_.insert(ir::OneHot{builder_.constant(static_cast<double>(index - 1)), dim});
}

Array ArrayBuilder::element(Array array, int64_t index, size_t axis) {
  const DimId dim = *array.axes[axis];
  array.value = builder_.contract(array.value, one_hot(index, dim), {dim});
  array.axes.erase(array.axes.begin() + static_cast<std::ptrdiff_t>(axis));
  return array;
}

Array ArrayBuilder::pad(Array array, size_t axis, DimId longer, int64_t before) {
  const DimId along = *array.axes[axis];
  longer = dimensions_.fresh_variant(longer, ir::without_dims(builder_.type(array.value).dims, {along}));
  array.value =
      builder_.contract(array.value, builder_.insert(ir::OneHot{index(along, before).value, longer}), {along});
  array.axes[axis] = longer;
  return array;
}

Array ArrayBuilder::stack(std::vector<Array> elements, DimId axis) {
  std::vector<Axis> shape;
  for (const Array& element : elements) {
    if (shape.empty()) shape = element.axes;
  }
  std::vector<DimId> taken;
  for (Array& element : elements) {
    element = scaled(element);
    if (element.axes.empty()) element.axes = shape;  // constant along all of them
    element = with_axes(element, shape);
    for (DimId dim : builder_.type(element.value).dims) taken.push_back(dim);
  }
  axis = dimensions_.fresh_variant(axis, taken);
  Array result;
  for (size_t i = 0; i < elements.size(); ++i) {
    Array part = elements[i];
    part.value = builder_.mul(part.value, one_hot(static_cast<int64_t>(i) + 1, axis));
    part.axes.insert(part.axes.begin(), axis);
    result = i == 0 ? part : binary(Primitive::Add, result, part);
  }
  return result;
}

Array ArrayBuilder::gather(Array table, Array index, size_t axis) {
  const DimId dim = *table.axes[axis];
  Array result{{}, table.axes, table.exponent};
  const auto at = result.axes.erase(result.axes.begin() + static_cast<std::ptrdiff_t>(axis));
  // No dimension occurs twice: the places of the index take variants of their own.
  std::vector<Axis> places;
  std::vector<DimId> taken = finite_dims(table.axes);
  for (const Axis& axis_of_index : index.axes) {
    places.emplace_back(dimensions_.fresh_variant(*axis_of_index, taken));
    taken.push_back(*places.back());
  }
  index = with_axes(index, places);
  result.axes.insert(at, places.begin(), places.end());
  result.value = builder_.insert(ir::Gather{table.value, index.value, dim});
  return scaled_product(result);
}

Array ArrayBuilder::sum(Array array) {
  array.value = builder_.contract(array.value, {}, {*array.axes.front()});
  array.axes.erase(array.axes.begin());
  return array;
}

Array ArrayBuilder::without(Array array, const std::vector<DimId>& taken) {
  std::vector<Axis> axes = array.axes;
  std::vector<DimId> all = taken;
  for (DimId dim : builder_.type(array.value).dims) all.push_back(dim);
  for (Axis& axis : axes) {
    if (!axis || !ir::contains_dim(taken, *axis)) continue;
    axis = dimensions_.fresh_variant(*axis, all);
    all.push_back(*axis);
  }
  return with_axes(std::move(array), axes);
}

Array ArrayBuilder::at_index(Array array, size_t axis, DimId dim, int64_t first, int64_t step) {
  const ir::tp::Module& module = builder_.module();
  const bool all = first == 1 && step == 1 && module.dim(*array.axes[axis]).size == module.dim(dim).size;
  if (!all) array = without(array, {dim});
  const DimId along = *array.axes[axis];
  const auto place = array.axes.begin() + static_cast<std::ptrdiff_t>(axis);
  if (along != dim) {
    // The value may have this index already: of a matrix of pairs then the diagonal.
    if (all && !ir::contains_dim(builder_.type(array.value).dims, dim)) {
      array.value = builder_.insert(ir::Relabel{array.value, along, dim});
    } else {
      const ValueId places = builder_.insert(ir::OneHot{index(dim, first - 1, step).value, along});
      array.value = builder_.contract(array.value, places, {along});
    }
  }
  array.axes.erase(place);
  return array;
}

Array ArrayBuilder::from_index(Array array, DimId dim) {
  if (!ir::contains_dim(builder_.type(array.value).dims, dim)) {
    const ValueId one = builder_.map(Primitive::Pow, {builder_.insert(ir::DimIndex{dim})}, 0);
    array = {builder_.mul(scaled(array).value, one), array.axes, {}};
  }
  array.axes.insert(array.axes.begin(), dim);
  return array;
}

Array ArrayBuilder::sum_over(Array lhs, Array rhs, DimId dim) {
  const std::vector<Axis> axes = lhs.axes.empty() ? rhs.axes : lhs.axes;
  Array result{{}, axes, lhs.exponent};
  if (rhs.value.valid()) {
    result.exponent += rhs.exponent;
    const bool swap = must_follow(lhs, rhs);
    result.value = builder_.contract(swap ? rhs.value : lhs.value, swap ? lhs.value : rhs.value, {dim});
  } else {
    result.value = builder_.contract(lhs.value, {}, {dim});
  }
  return scaled_product(result);
}

Array ArrayBuilder::index(DimId dim, int64_t offset, int64_t step) {
  ValueId place = builder_.insert(ir::DimIndex{dim});
  if (step != 1) place = builder_.mul(builder_.constant(static_cast<double>(step)), place);
  return {offset == 0 ? place : builder_.add(place, builder_.constant(static_cast<double>(offset))), {}, {}};
}

Array ArrayBuilder::at_most(DimId inner, DimId outer, int64_t offset) {
  const ValueId difference = builder_.sub(index(outer, offset).value, builder_.insert(ir::DimIndex{inner}));
  return {builder_.map(Primitive::Step, {builder_.add(difference, builder_.constant(0.5))}), {}, {}};
}

Array ArrayBuilder::softmax(Array array) {
  array = scaled(array);
  array.value = builder_.insert(ir::Softmax{array.value, *array.axes.back()});
  return array;
}

ValueId ArrayBuilder::ones(DimId dim) { return builder_.insert(ir::OneHot{builder_.constant(0.0), dim}); }

}  // namespace tpc::lowering
