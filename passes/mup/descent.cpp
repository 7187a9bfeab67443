#include "passes/mup/descent.h"

#include <sstream>

#include "base/diag/check.h"
#include "ir/tp/criterion.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"
#include "passes/width/wording.h"

namespace tpc::passes::mup {

using ir::DimId;
using ir::Rational;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// The function `loss` of a program that is not trained: the batch mean of 1/2 |output - target|^2.
void add_squared_loss(tp::Module& module) {
  tp::Function loss = *module.find(ir::FunctionRole::predict);
  loss.key = ir::FunctionRole::loss;
  const ValueId output = loss.result(ir::result_name::output);
  tp::Builder builder(module, loss);
  const std::vector<DimId> dims = builder.type(output).dims;
  const ValueId difference = builder.sub(output, builder.input("target", dims));
  const ValueId squares = builder.mul(builder.constant(0.5), builder.mul(difference, difference));
  ValueId mean = builder.contract(squares, {}, dims);
  for (DimId dim : dims) {
    if (!module.dim(dim).size) mean = builder.div(mean, builder.insert(ir::DimSize{dim}));
  }
  loss.results = {{ir::result_name::loss, mean}};
  module.functions.push_back(std::move(loss));
}

}  // namespace

tp::Module with_gradient(tp::Module module) {
  std::erase_if(module.functions, [](const auto& f) {
    return f.key != ir::FunctionRole::predict && f.key != ir::FunctionRole::loss &&
           f.key != ir::FunctionRole::criterion;
  });
  if (module.find(ir::FunctionRole::loss) == nullptr) add_squared_loss(module);
  AnyModule any = std::move(module);
  std::ostringstream unused;
  const PassError error = run_passes(any, gradient_pipeline(), {}, unused);
  TPC_CHECK(error.empty(), error);
  return std::get<tp::Module>(std::move(any));
}

std::string describe_change(const std::string& what, const std::vector<std::string>& names, const Rational& by,
                            const Rational& to) {
  const bool raise = by > Rational(0);
  return std::string(raise ? "raise " : "lower ") + what + " of " + width::enumeration(names) + " by " +
         (raise ? by : -by).str() + " (to " + to.str() + ")";
}

}  // namespace tpc::passes::mup
