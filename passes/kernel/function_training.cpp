#include "passes/kernel/function_training.h"

#include <algorithm>

#include "ir/tp/criterion.h"
#include "passes/autodiff/output_gradient.h"
#include "passes/autodiff/reverse.h"
#include "passes/kernel/no_kernel.h"
#include "passes/kernel/recursion.h"
#include "passes/update/update.h"

namespace tpc::passes::kernel {

using ir::DimId;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

template <class Items>
std::string unused_name(const Items& items, std::string name) {
  while (std::any_of(items.begin(), items.end(), [&](const auto& item) { return item.name == name; })) name += "'";
  return name;
}

/// The dimension of the outputs.
DimId output_axis(const tp::Module& source, DimId batch) {
  const tp::Function& predict = *source.find(ir::FunctionRole::predict);
  return ir::without_dims(predict.type(predict.result(ir::result_name::output)).dims, {batch}).front();
}

/// Training reads fields of its own beside those of the data.
void check_fields(const tp::Function& criterion) {
  for (const tp::Instruction& instruction : criterion.body) {
    const auto* input = std::get_if<ir::Input>(&instruction.op);
    if (input == nullptr) continue;
    const std::string& field = input->field;
    if (field == index_field || field == kernel_field || field == initial_field) {
      throw NoKernel{"the data field `" + field + "` bears the name of a field of kernel training: rename it",
                     instruction.span};
    }
  }
}

class Training {
 public:
  Training(const tp::Module& source, DimId batch, tp::Module& target)
      : source_(source), target_(target), batch_(batch), outputs_(output_axis(source, batch)) {
    target.dims.push_back({unused_name(target.dims, "P"), std::nullopt});
    points_ = DimId(target.dims.size() - 1);
    ir::State state;
    state.name = unused_name(target.states, "f");
    state.type = {ir::Kind::scalar, {points_, outputs_}};
    state.role = ir::Role::finite;
    target.states.push_back(std::move(state));
    function_values_ = StateId(target.states.size() - 1);
  }

  void add_start() {
    tp::Function function{ir::FunctionRole::start, {}, {}};
    tp::Builder builder(target_, function);
    const ValueId initial = builder.input(initial_field, {batch_, outputs_});
    builder.write(function_values_, builder.contract(rows(builder), initial, {batch_}));
    target_.functions.push_back(std::move(function));
  }

  void add_step(const ir::OptimizerSettings& optimizer) {
    tp::Function function{ir::FunctionRole::gradient, {}, {}};
    tp::Builder builder(target_, function);
    const ValueId f = builder.read(function_values_);
    const ValueId of_batch = rows(builder);
    builder.name_next("f");
    const ValueId f_batch = builder.contract(of_batch, f, {points_});
    const tp::Function* criterion = source_.find(ir::FunctionRole::criterion);
    if (criterion == nullptr) throw NoKernel{"there is no function `criterion`", {}};
    check_fields(*criterion);
    if (const std::string fault = criterion_fault(*criterion, {batch_, outputs_}); !fault.empty()) {
      throw NoKernel{fault, criterion->span};
    }
    const OutputGradient at_output = insert_criterion(builder, *criterion, f_batch);
    const ValueId d_output = broadcast_adjoint(builder, at_output.gradient, f_batch);
    const ValueId kernel = builder.input(kernel_field, {batch_, points_});
    const ValueId direction = builder.contract(kernel, d_output, {batch_});
    function.results = {{ir::result_name::loss, at_output.loss},
                        {ir::result_name::gradient + target_.state(function_values_).name, direction}};
    target_.functions.push_back(std::move(function));
    add_training_step(target_, optimizer);
  }

  void add_predict() {
    tp::Function function{ir::FunctionRole::predict, {}, {}};
    tp::Builder builder(target_, function);
    function.results = {{ir::result_name::output, builder.read(function_values_)}};
    target_.functions.push_back(std::move(function));
  }

 private:
  /// 1 where the batch's example is the point: scalar[B,P].
  ValueId rows(tp::Builder& builder) {
    return builder.insert(ir::OneHot{builder.input(index_field, {batch_}), points_});
  }

  const tp::Module& source_;
  tp::Module& target_;
  DimId batch_, outputs_, points_;
  StateId function_values_;
};

}  // namespace

void add_training(const tp::Module& source, const ir::OptimizerSettings& optimizer, DimId batch, tp::Module& target) {
  Training training(source, batch, target);
  training.add_predict();
  training.add_start();
  training.add_step(optimizer);
}

}  // namespace tpc::passes::kernel
