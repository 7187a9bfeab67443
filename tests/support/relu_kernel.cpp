#include "tests/support/relu_kernel.h"

#include <numbers>

namespace tpc::test {

using ir::DimId;
using ir::Primitive;
using ir::ValueId;

namespace {

const DimId batch(0), other_batch(1), inputs_dim(2);

class KernelBuilder {
 public:
  KernelBuilder(ir::limit::Module& module, double weight_variance)
      : b_(module, module.functions.front()), weight_variance_(weight_variance) {}

  void build(double inputs, int layers) {
    const ValueId x = b_.input("x", {batch, inputs_dim}),
                  other = b_.input(ir::Input{"x", true}, {other_batch, inputs_dim});
    auto mean_product = [&](ValueId a, ValueId b) { return times(1.0 / inputs, b_.contract(a, b, {inputs_dim})); };
    ValueId nngp = mean_product(x, other), kernel = nngp;
    ValueId norm = mean_product(x, x), other_norm = mean_product(other, other);
    for (int layer = 0; layer < layers; ++layer) {
      const ValueId p = times(weight_variance_, norm), q = times(weight_variance_, other_norm);
      const ValueId variances = b_.mul(p, q);
      const ValueId c = b_.map(Primitive::Correlation, {times(weight_variance_, nngp), variances});
      const ValueId angle = b_.map(Primitive::Asin, {c});
      const ValueId sine = b_.map(Primitive::Sqrt, {b_.sub(b_.constant(1.0), b_.mul(c, c))});
      const ValueId shape = b_.add(sine, b_.mul(c, b_.add(b_.constant(std::numbers::pi / 2), angle)));
      nngp = times(0.5 / std::numbers::pi, b_.mul(b_.map(Primitive::Sqrt, {variances}), shape));
      const ValueId slopes = b_.add(b_.constant(0.25), times(0.5 / std::numbers::pi, angle));
      kernel = b_.add(nngp, b_.mul(kernel, times(weight_variance_, slopes)));
      norm = times(0.5, p);
      other_norm = times(0.5, q);
    }
    b_.function().results = {{"kernel", kernel}, {"nngp", nngp}};
  }

 private:
  ValueId times(double factor, ValueId value) { return b_.mul(b_.constant(factor), value); }

  ir::limit::Builder b_;
  double weight_variance_;
};

}  // namespace

ir::limit::Module relu_kernel(int64_t inputs, int layers, double weight_variance) {
  ir::limit::Module module;
  module.name = "relu";
  module.dims = {{"B", {}}, {"B'", {}, ir::DimId(0)}, {"d", inputs}};
  module.functions.push_back({ir::FunctionRole::kernel, {}, {}});
  KernelBuilder(module, weight_variance).build(static_cast<double>(inputs), layers);
  return module;
}

}  // namespace tpc::test
