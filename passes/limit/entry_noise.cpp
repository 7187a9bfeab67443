#include "passes/limit/entry_noise.h"

#include <numbers>

namespace tpc::passes {

namespace limit = ir::limit;
using ir::Primitive;
using ir::ValueId;

namespace {

/// cos(u(w) + u(w')) = cos u(w) cos u(w') - sin u(w) sin u(w'), u = pi erf(Z / sqrt 2).
struct CosineOfSum {
  ValueId cosines, sines;
};

CosineOfSum cosine_of_sum(limit::Builder& builder, ir::StateId state) {
  const ValueId scaled = builder.mul(builder.constant(std::numbers::sqrt2 / 2.0), builder.read(state));
  const ValueId angle = builder.mul(builder.constant(std::numbers::pi), builder.map(Primitive::Erf, {scaled}));
  const ValueId cosine = builder.map(Primitive::Cos, {angle}), sine = builder.map(Primitive::Sin, {angle});
  return {builder.insert(limit::PairProduct{cosine, cosine}), builder.insert(limit::PairProduct{sine, sine})};
}

/// sqrt(-2 log U).
ValueId radius(limit::Builder& builder, const CosineOfSum& sum) {
  constexpr double inside = 1.0 - 1e-6;  // rounding of a cosine does not leave what asin takes
  const ValueId cosine = builder.mul(builder.constant(inside), builder.sub(sum.cosines, sum.sines));
  const ValueId turn = builder.mul(builder.constant(1.0 / std::numbers::pi), builder.map(Primitive::Asin, {cosine}));
  const ValueId uniform = builder.add(builder.constant(0.5), turn);
  const ValueId square = builder.mul(builder.constant(-2.0), builder.map(Primitive::Log, {uniform}));
  return builder.map(Primitive::Sqrt, {square});
}

}  // namespace

ValueId entry_noise(limit::Builder& builder, ir::StateId first, ir::StateId second, const std::string& name) {
  const ValueId length = radius(builder, cosine_of_sum(builder, first));
  const CosineOfSum direction = cosine_of_sum(builder, second);
  const ValueId along = builder.mul(length, direction.cosines), against = builder.mul(length, direction.sines);
  builder.name_next(name);
  return builder.sub(along, against);
}

}  // namespace tpc::passes
