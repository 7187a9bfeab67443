#include "passes/kernel/recursion.h"

#include "base/diag/check.h"
#include "passes/kernel/only_functions.h"
#include "passes/simplify/dce.h"

namespace tpc::passes {
namespace {

namespace limit = ir::limit;

/// The state f : scalar[P, k] that `predict` reads.
const ir::State& function_state(const limit::Module& module) {
  const limit::Function* predict = module.find(ir::FunctionRole::predict);
  TPC_CHECK(predict != nullptr, "a kernel module predicts");
  const auto* read = std::get_if<ir::Read>(&predict->at(predict->results.at(0).value).op);
  TPC_CHECK(read != nullptr && module.state(read->state).type.dims.size() == 2, "predict reads f : scalar[P, k]");
  return module.state(read->state);
}

/// A step that changes nothing: the loss alone.
limit::Function loss_of_step(limit::Function step) {
  step.key = ir::FunctionRole::loss;
  for (limit::Instruction& instruction : step.body) {
    if (!std::holds_alternative<ir::Write>(instruction.op)) continue;
    instruction.op = ir::Constant{0.0};
    instruction.type = {ir::Kind::scalar, {}};
  }
  eliminate_dead_code(step);
  return step;
}

}  // namespace

limit::Module recursion_functions(const limit::Module& module, int64_t points, std::optional<int64_t> outputs) {
  using ir::FunctionRole;
  limit::Module recursion = kernel::only_functions(module, [](const ir::FunctionKey& key) {
    return key == FunctionRole::start || key == FunctionRole::step || key == FunctionRole::predict;
  });
  const ir::Type type = function_state(recursion).type;
  recursion.dims[type.dims[0].index].size = points;
  if (outputs) recursion.dims[type.dims[1].index].size = outputs;
  const limit::Function* step = recursion.find(ir::FunctionRole::step);
  TPC_CHECK(step != nullptr, "a kernel module has a step");
  recursion.functions.push_back(loss_of_step(*step));
  return recursion;
}

}  // namespace tpc::passes
