#include "frontend/lowering/lower.h"

#include <algorithm>

#include "base/diag/check.h"
#include "frontend/lowering/function_lowering.h"
#include "ir/tp/criterion.h"

namespace tpc::lowering {
namespace {

using ir::DimId;
using ir::ValueId;

/// The state of a parameter, as far as its shape says what it is.
ir::State state_of_shape(const sema::Parameter& parameter, const sema::Program& program, Dimensions& dimensions) {
  ir::State state;
  std::vector<std::string> finite;
  std::vector<ir::Rational> lengths;
  for (const std::string& axis : parameter.shape) {
    const sema::Width* width = sema::width_of(program, axis);
    if (width == nullptr) finite.push_back(axis);
    if (width != nullptr) lengths.push_back(width->ratio);
  }
  const ir::Kind kind = lengths.empty() ? ir::Kind::scalar : lengths.size() == 1 ? ir::Kind::vector : ir::Kind::matrix;
  state.type = {kind, dimensions.of_shape(finite)};
  if (!lengths.empty()) state.rows = lengths.front();
  if (kind == ir::Kind::matrix) state.columns = lengths.back();
  return state;
}

/// The calls of one def that are looked for, by function.
struct CallRecord {
  const std::string& definition;
  ir::tp::CallsByFunction& calls;
};

void record_calls(const CallRecord* record, const FunctionLowering& lowering, const ir::FunctionKey& function) {
  if (record != nullptr) record->calls[function] = lowering.calls_of(record->definition);
}

/// The loss of every example : scalar[B], where `output` is that of the network.
ValueId lower_losses(const sema::TrainPlan& plan, FunctionLowering& lowering, ValueId output) {
  lowering.set_output(output);
  return lowering.lower(plan.loss.result).value;
}

/// The mean over the batch.
void lower_loss(const sema::Program& program, ir::tp::Module& module, Dimensions& dimensions,
                const CallRecord* record) {
  const sema::TrainPlan& plan = *program.train;
  ir::tp::Function function{ir::FunctionRole::loss, {}, {}};
  FunctionLowering lowering(program, module, function, dimensions);
  ir::tp::Builder& builder = lowering.builder();
  lowering.of(plan.loss, plan.loss_fields);
  const ValueId output = lowering.output();
  const ValueId losses = lower_losses(plan, lowering, output);
  builder.at(plan.loss.at(plan.loss.result).span);
  const ValueId sum = builder.contract(losses, {}, {dimensions.batch()});
  const ValueId count = builder.insert(ir::DimSize{dimensions.batch()});
  builder.name_next("loss");
  function.results = {{ir::result_name::loss, builder.div(sum, count)}};
  if (!plan.of_output_alone) function.results.push_back({ir::result_name::output, output});
  record_calls(record, lowering, function.key);
  module.functions.push_back(std::move(function));
}

void lower_criterion(const sema::Program& program, ir::tp::Module& module, Dimensions& dimensions) {
  const sema::TrainPlan& plan = *program.train;
  ir::tp::Function function{ir::FunctionRole::criterion, {}, {}};
  FunctionLowering lowering(program, module, function, dimensions);
  lowering.of(plan.loss, plan.loss_fields);
  const sema::Body& network = program.network.body;
  std::vector<DimId> dims = dimensions.of_examples(network.at(network.result).rows);
  dims.push_back(lowering.output_dim());
  const ValueId output = lowering.builder().input(ir::tp::criterion_output, dims);
  function.results = {{ir::result_name::losses, lower_losses(plan, lowering, output)}};
  module.functions.push_back(std::move(function));
}

void lower_predict(const sema::Program& program, ir::tp::Module& module, Dimensions& dimensions,
                   const CallRecord* record) {
  ir::tp::Function function{ir::FunctionRole::predict, {}, {}};
  FunctionLowering lowering(program, module, function, dimensions);
  ValueId output = lowering.output();
  function.results = {{ir::result_name::output, output}};
  record_calls(record, lowering, function.key);
  module.functions.push_back(std::move(function));
}

/// gram(z) = (1/n) sum over the width of z(x) z(x') for all pairs of the batch: scalar[B, B'].
void lower_gram(const sema::Program& program, const sema::Observation& observation, ir::tp::Module& module,
                Dimensions& dimensions) {
  ir::tp::Function function{observation.function, {}, {}};
  FunctionLowering lowering(program, module, function, dimensions);
  ir::tp::Builder& builder = lowering.builder();
  Array value = lowering.lower(observation.value);
  builder.at(observation.span);
  ValueId other = builder.insert(ir::Relabel{value.value, dimensions.batch(), dimensions.second_batch()});
  ValueId sum = builder.insert(ir::tp::Moment{value.value, other, {}});
  const ir::Rational exponent(-1);
  function.body[sum.index].scale = exponent;
  ValueId factor = builder.insert(ir::tp::WidthPower{exponent});
  builder.name_next("gram");
  function.results = {{ir::result_name::value, builder.mul(factor, sum)}};
  module.functions.push_back(std::move(function));
}

/// Values of the examples: of a def, their losses, or the scores that accuracy compares with labels.
void lower_own(const sema::Program& program, const sema::Observation& observation, ir::tp::Module& module,
               Dimensions& dimensions, const CallRecord* record) {
  ir::tp::Function function{observation.function, {}, {}};
  FunctionLowering lowering(program, module, function, dimensions);
  lowering.of(observation.body, observation.fields);
  function.results = {{ir::result_name::value, lowering.value()}};
  record_calls(record, lowering, function.key);
  module.functions.push_back(std::move(function));
}

void check_module(const ir::tp::Module& module) {
  const std::vector<std::string> problems = ir::tp::verify(module);
  TPC_CHECK(problems.empty(), "lowering made TP IR that does not verify: " + problems.front());
}

ir::tp::Module lower_program(const sema::Program& program, const CallRecord* record) {
  ir::tp::Module module;
  module.name = program.model;
  module.width = program.width;
  Dimensions dimensions(program, module);
  for (const sema::Parameter& parameter : program.parameters) {
    ir::State& state = module.states.emplace_back(state_of_shape(parameter, program, dimensions));
    state.name = parameter.name;
    state.init = parameter.init;
    state.role = parameter.role;
    state.a = parameter.a;
    state.b = parameter.b;
    state.c = parameter.c;
    state.d = parameter.d;
    state.learning_rate_factor = parameter.learning_rate_factor;
    state.span = parameter.span;
  }
  lower_predict(program, module, dimensions, record);
  if (program.train) {
    lower_loss(program, module, dimensions, record);
    if (program.train->of_output_alone) lower_criterion(program, module, dimensions);
  }
  for (const sema::Observation& observation : program.observations) {
    switch (observation.kind) {
      case sema::ObservationKind::outputs: break;  // predict
      case sema::ObservationKind::gram: lower_gram(program, observation, module, dimensions); break;
      case sema::ObservationKind::values:
      case sema::ObservationKind::measure: lower_own(program, observation, module, dimensions, record); break;
    }
  }
  check_module(module);
  return module;
}

}  // namespace

ir::tp::Module lower(const sema::Program& program) { return lower_program(program, nullptr); }

WithCalls lower_with_calls(const sema::Program& program, const std::string& definition) {
  WithCalls result;
  const CallRecord record{definition, result.calls};
  result.module = lower_program(program, &record);
  return result;
}

ir::tp::Module lower_targets(const sema::Program& program, const std::vector<sema::TermId>& targets) {
  ir::tp::Module module;
  module.name = program.model;
  module.width = program.width;
  Dimensions dimensions(program, module);
  for (size_t i = 0; i < targets.size(); ++i) {
    ir::tp::Function function{ir::FunctionKey("target_" + std::to_string(i)), {}, {}};
    FunctionLowering lowering(program, module, function, dimensions);
    lowering.of(program.train->loss, program.train->loss_fields);
    function.results = {{ir::result_name::value, lowering.lower(targets[i]).value}};
    module.functions.push_back(std::move(function));
  }
  check_module(module);
  return module;
}

}  // namespace tpc::lowering
