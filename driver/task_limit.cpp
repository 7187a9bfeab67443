#include "driver/task_limit.h"

#include <algorithm>
#include <optional>

#include "driver/pass_runs.h"
#include "driver/plain_training.h"
#include "frontend/lowering/lower.h"
#include "passes/pipeline.h"
#include "passes/width/width_analysis.h"

namespace tpc::driver {
namespace {

using Translated = std::variant<passes::FunctionSpaceProgram, passes::LimitFailure>;

/// One number or one list of outputs, which do not grow.
bool gives_outputs(const sema::Program& program, const sema::RowFunction& function) {
  const sema::Shape& shape = function.body.at(function.body.result).shape;
  return shape.size() <= 1 && sema::width_count(program, shape) == 0;
}

Translated translate(const sema::Program& program, const sema::RowFunction& function) {
  const lowering::WithCalls lowered = lowering::lower_with_calls(program, function.name);
  std::vector<passes::NetworkField> fields;
  for (size_t i = 0; i < function.parameters.size(); ++i) {
    fields.push_back({function.parameters[i], function.shapes[i].size()});
  }
  return passes::in_function_space(lowered.module, lowered.calls, fields);
}

/// The kernel of the network, whatever it is trained on, and the training of the tasks.
std::variant<ir::limit::Module, passes::LimitFailure> derive(const sema::Program& program,
                                                             const sema::RowFunction& function,
                                                             const ir::OptimizerSettings& optimizer,
                                                             passes::FunctionSpaceProgram& tasks) {
  tasks.functions = passes::without_inner_gradients(std::move(tasks.functions));
  check_ir(tasks.functions, "the translation to function space");
  const ir::OptimizerSettings descent = ir::SgdSettings::constant(1);
  const sema::Program network = with_plain_training(sema::network_of(program, function), descent);
  const ir::tp::Module step = run_pipeline(lowering::lower(network), passes::step_pipeline(), descent);
  return passes::derive_task_kernel(step, passes::analyze_width(step), optimizer, tasks);
}

}  // namespace

std::variant<ir::limit::Module, passes::LimitFailure> derive_task_limit(const sema::Program& program,
                                                                        const ir::OptimizerSettings& optimizer,
                                                                        passes::FunctionSpace& space) {
  const sema::Program trained = program.train ? program : with_plain_training(program, optimizer);
  std::optional<passes::LimitFailure> failure;
  for (const sema::RowFunction& function : trained.row_functions) {
    if (!gives_outputs(trained, function)) continue;
    Translated translated = translate(trained, function);
    if (const auto* fault = std::get_if<passes::LimitFailure>(&translated)) {
      failure = *fault;
      continue;
    }
    auto& tasks = std::get<passes::FunctionSpaceProgram>(translated);
    auto limit = derive(trained, function, optimizer, tasks);
    space = std::move(tasks.space);
    return limit;
  }
  if (failure) return *failure;
  return passes::LimitFailure{
      "in the kernel regime the steps within tasks move values of one function of single rows, and no def is one", {}};
}

}  // namespace tpc::driver
