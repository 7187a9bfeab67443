#include "frontend/lowering/losses.h"

#include <array>

namespace tpc::lowering {
namespace {

using ir::DimId;
using ir::ValueId;
using Builder = ir::tp::Builder;

/// 1/2 sum_o (f_o - y_o)^2.
ValueId mse(Builder& builder, ValueId f, ValueId y, DimId over) {
  const ValueId squares = builder.map(ir::Primitive::Pow, {builder.sub(f, y)}, 2);
  const ValueId sum = builder.contract(squares, {}, {over});
  return builder.mul(builder.constant(0.5), sum);
}

/// -sum_o y_o log softmax(f)_o, written with log softmax(f) = f - log sum exp(f), which is finite for all f.
ValueId cross_entropy(Builder& builder, ValueId f, ValueId y, DimId over) {
  const ValueId normalizer = builder.insert(ir::LogSumExp{f, over});
  return builder.contract(y, builder.sub(normalizer, f), {over});
}

/// By sema::Loss: a line of losses.def without a function here does not compile.
constexpr std::array functions = {
#define TPC_LOSS(name, targets) &name,
#include "frontend/sema/losses.def"
};

}  // namespace

ValueId example_losses(Builder& builder, sema::Loss loss, ValueId f, ValueId y, DimId over) {
  return functions.at(static_cast<size_t>(loss))(builder, f, y, over);
}

}  // namespace tpc::lowering
