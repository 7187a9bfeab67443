/// \file Values of the language on top of TP IR values: axes in the written order, where TP IR identifies dimensions by
/// id and knows no order. Operations choose the TP IR instruction (matmul, contract or moment) by which axes grow.
#pragma once

#include <optional>
#include <vector>

#include "frontend/lowering/dimensions.h"
#include "ir/tp/ir.h"

namespace tpc::lowering {

/// A finite dimension, or the width (empty). The batch is no axis: a value has it or not.
using Axis = std::optional<ir::DimId>;

struct Array {
  ir::ValueId value;
  std::vector<Axis> axes;
  ir::Rational exponent;    ///< the array is n^exponent times the value: the factor n^{-a} of a weight, not yet applied
  bool transposed = false;  ///< of a matrix: the array is the value's transpose
};

class ArrayBuilder {
 public:
  ArrayBuilder(ir::tp::Builder& builder, Dimensions& dimensions) : builder_(builder), dimensions_(dimensions) {}

  /// Applies the pending power of n.
  Array scaled(Array array);
  /// Reverses the two axes.
  static Array transpose(Array array);
  /// Coordinatewise; axes agree up to variants of a dimension, or are none.
  Array pointwise(ir::Primitive primitive, std::vector<Array> arguments, int power);
  /// Sum over the last axis of lhs and the first of rhs. `length`: of this axis, if it grows, as a multiple of n.
  Array contract(Array lhs, Array rhs, const ir::Rational& length);
  /// (1/n) sum over the width of lhs * rhs; rhs.value not valid: of lhs.
  Array mean(Array lhs, Array rhs);
  /// x[index] of an axis, which is finite; counted from 1.
  Array element(Array array, int64_t index, size_t axis);
  /// Along `longer`, or a variant of it, in the stead of the axis: `before` zeros, its places, and zeros.
  Array pad(Array array, size_t axis, ir::DimId longer, int64_t before);
  /// Arrays of one shape, or constants where that has axes, along a new first axis, `axis` or a variant of it.
  Array stack(std::vector<Array> elements, ir::DimId axis);
  /// The places that an index says, along an axis, which is finite.
  Array gather(Array table, Array index, size_t axis);
  /// Sum over the first axis, which is finite.
  Array sum(Array array);
  /// The axis becomes an index of the value that is no axis, along `dim`: the places from `first` (counted from 1) on,
  /// each `step` further.
  Array at_index(Array array, size_t axis, ir::DimId dim, int64_t first, int64_t step);
  /// An index that is no axis becomes the first axis.
  Array from_index(Array array, ir::DimId dim);
  /// Sum over an index that is no axis, of lhs * rhs; rhs.value not valid: of lhs.
  Array sum_over(Array lhs, Array rhs, ir::DimId dim);
  /// 1 where the index along `inner` is at most the one along `outer` plus a number, else 0.
  Array at_most(ir::DimId inner, ir::DimId outer, int64_t offset);
  /// The index along a dimension times `step` plus a number.
  Array index(ir::DimId dim, int64_t offset, int64_t step = 1);
  /// The same values with axes that are none of these dimensions.
  Array without(Array array, const std::vector<ir::DimId>& taken);
  /// Over the last axis.
  Array softmax(Array array);
  /// The same values along other variants of their dimensions.
  Array with_axes(Array array, const std::vector<Axis>& axes);
  /// A value that is 1 along `dim`, which has size 1: gives a scalar that dimension by multiplication.
  ir::ValueId ones(ir::DimId dim);

 private:
  [[nodiscard]] size_t example_dims(const Array& array) const;
  [[nodiscard]] bool must_follow(const Array& first, const Array& second) const;
  Array binary(ir::Primitive primitive, Array lhs, Array rhs);
  /// Applies the pending power of n to a product over one axis, whose scale it is.
  Array scaled_product(Array product);
  ir::ValueId one_hot(int64_t index, ir::DimId dim);
  ir::ValueId product_over_width(const Array& lhs, const Array& rhs);

  ir::tp::Builder& builder_;
  Dimensions& dimensions_;
};

}  // namespace tpc::lowering
