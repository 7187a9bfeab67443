#include "passes/simplify/storage_order.h"

#include "base/diag/check.h"
#include "ir/core/typing.h"

namespace tpc::passes {

using ir::DimId;
using ir::ValueId;

/// A product has the dimensions of its first factor first: that is made of ones, dimension by dimension.
ValueId in_order(ir::tp::Builder& builder, ValueId value, const std::vector<DimId>& dims) {
  const std::vector<DimId> present = builder.type(value).dims;
  TPC_CHECK(ir::same_dims(present, dims), "a value in another order has the same dimensions");
  if (present == dims) return value;
  ValueId ones;
  for (DimId dim : dims) {
    const ValueId along = builder.contract(value, {}, ir::without_dims(present, {dim}));
    const ValueId one = builder.map(ir::Primitive::Pow, {along}, 0);
    ones = ones.valid() ? builder.mul(ones, one) : one;
  }
  return builder.mul(ones, value);
}

}  // namespace tpc::passes
