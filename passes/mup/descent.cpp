#include "passes/mup/descent.h"

#include <map>
#include <sstream>

#include "base/diag/check.h"
#include "ir/tp/criterion.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"
#include "passes/width/whole_forward.h"
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
  return with_whole_forward(std::get<tp::Module>(std::move(any)));
}

std::vector<std::string> describe_changes(const std::vector<ir::State>& from, const std::vector<ir::State>& to,
                                          Invariant rate) {
  std::vector<std::string> sentences;
  for (const Invariant invariant : {Invariant::scale, rate}) {
    std::map<std::pair<Rational, Rational>, std::vector<std::string>> by_size;  // {change, goal}
    for (size_t i = 0; i < from.size(); ++i) {
      const Rational goal = value_of(invariant, to[i]), change = goal - value_of(invariant, from[i]);
      if (!change.is_zero()) by_size[{change, goal}].push_back(from[i].name);
    }
    for (const auto& [size, names] : by_size) {
      const auto& [by, goal] = size;
      const bool raise = by > Rational(0);
      sentences.push_back(std::string(raise ? "raise " : "lower ") + name_of(invariant) + " of " +
                          width::enumeration(names) + " by " + (raise ? by : -by).str() + " (to " + goal.str() + ")");
    }
  }
  return sentences;
}

}  // namespace tpc::passes::mup
